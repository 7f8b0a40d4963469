"""Figures and cells as people read them: by unit, in their language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.formats import (
    format_amount,
    format_day,
    format_moment,
    format_money,
    format_points,
    format_quantity,
    locale_of,
)
from config.i18n import _, ngettext
from terminal.kind_words import KINDS
from terminal.report_words import FLAGS, STATES
from terminal.till_report_shapes import Cell, Figure, Report, Table, Unit

PARTS: Final[dict[str, tuple[Unit, Unit]]] = {
    "participation": ("count", "count"),
    "average_basket_member": ("minor", "count"),
    "average_basket_other": ("minor", "count"),
    "purchase_frequency": ("count", "count"),
    "redemption_rate": ("millipoints", "millipoints"),
    "breakage": ("millipoints", "millipoints"),
    "programme_cost": ("minor", "minor"),
    "members_buying": ("count", "count"),
    "member_value": ("minor", "count"),
    "sales_per_member": ("count", "count"),
    "members_rewarded": ("count", "count"),
    "time_to_first_reward": ("ms", "count"),
    "time_to_next_tier": ("ms", "count"),
}
"""What the numerator and the denominator of a figure are counted in."""

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MAX_NUMBERED_DAYS = 62
NOTHING = "–"
IN_WORDS = "▲▼= "
"""The glyphs that go before words about a change."""
_MINUS = "\u2212"


@dataclass(frozen=True)
class Reader:
    """Who reads: the words and numbers of their *language*, the shop's *currency* and *zone*."""

    language: str
    currency: str
    zone: str

    def figure(self, figure: Figure) -> str:
        """The figure's value."""
        return self.cell(figure.value, figure.unit)

    def change(self, figure: Figure) -> str:
        """How it compares with the period before: a glyph and words; nothing where there is no such period."""
        if figure.previous is None or figure.value is None:
            return ""
        if figure.value == figure.previous:
            return "= " + _("as before")
        previous = self.cell(figure.previous, figure.unit)
        if figure.value > figure.previous:
            return "▲ " + _("up from {value}").format(value=previous)
        return "▼ " + _("down from {value}").format(value=previous)

    def parts(self, figure: Figure) -> str:
        """Numerator and denominator, as they were divided; nothing where that is no plain division."""
        if figure.denominator is None or figure.id not in PARTS:
            return ""
        above, below = PARTS[figure.id]
        return f"{self.cell(figure.numerator, above)} / {self.cell(figure.denominator, below)}"

    def cell(self, value: Cell, unit: Unit) -> str:
        """One value of *unit*."""
        if value is None:
            return NOTHING
        return self._writers()[unit](value)

    def amount(self, minor: int) -> str:
        """Money without its sign, for columns and large digits."""
        return format_amount(minor, self.currency, self.language)

    def bar_labels(self, table: Table) -> list[str]:
        """What stands below the bars of *table*: hours, days, or of many days each new month."""
        values = [str(row[0]) for row in table.rows]
        if table.columns[0].unit != "day":
            return values
        days = [date.fromisoformat(value) for value in values]
        if len(days) <= MAX_NUMBERED_DAYS:
            return [str(day.day) for day in days]
        names = locale_of(self.language).months["stand-alone"]["abbreviated"]
        months = [None, *(day.month for day in days)]
        return [str(names[day.month]) if day.month != before else "" for day, before in zip(days, months, strict=False)]

    def columns(self, table: Table) -> list[int]:
        """The places of the columns that people read; the others hold identities for programs."""
        return [place for place, column in enumerate(table.columns) if column.id not in IDENTITIES]

    def cells(self, table: Table) -> list[list[str]]:
        """The rows as people read them."""
        places = self.columns(table)
        rows = [[self.cell(row[place], table.columns[place].unit) for place in places] for row in table.rows]
        if table.id == "tiers":
            return [[_("without a tier") if row[0] == NOTHING else row[0], *row[1:]] for row in rows]
        return rows

    def period(self, report: Report) -> str:
        """The days that *report* is about."""
        return self.days(report.period.first, report.period.last)

    def days(self, first: str | None, last: str) -> str:
        """One day, or from one to another."""
        until = date.fromisoformat(last)
        if first is None:
            return _("until {day}").format(day=format_day(until, self.language))
        return _interval(date.fromisoformat(first), until, self.language)

    def _writers(self) -> dict[str, Callable[[int | str], str]]:
        return {
            "count": lambda value: self._number(int(value)),
            "minor": lambda value: format_money(int(value), self.currency, self.language),
            "millipoints": lambda value: format_points(int(value), self.language),
            "permille": lambda value: self._percent(int(value)),
            "milli": lambda value: format_quantity(int(value), self.language),
            "ms": lambda value: duration(int(value)),
            "day": lambda value: format_day(date.fromisoformat(str(value)), self.language),
            "hour": lambda value: f"{value}:00",
            "weekday": lambda value: self.weekday(int(value)),
            "moment": lambda value: format_moment(int(value), self.zone, self.language),
            "kind": lambda value: _(KINDS.get(str(value), str(value))),
            "flag": lambda value: _(FLAGS.get(str(value), str(value))),
            "state": lambda value: _(STATES.get(str(value), str(value))),
            "subject": lambda value: subject(str(value)),
            "text": lambda value: str(value) or NOTHING,
        }

    def weekday(self, place: int) -> str:
        """A weekday's short name; 0 is Monday."""
        return str(locale_of(self.language).days["stand-alone"]["abbreviated"][place])

    def _number(self, value: int) -> str:
        return format_quantity(value * 1000, self.language)

    def _percent(self, permille: int) -> str:
        # Always one decimal: 50.0 % and 50.1 % stand below each other.
        whole, tenths = divmod(abs(permille), 10)
        point = str(locale_of(self.language).number_symbols["latn"]["decimal"])
        return f"{_MINUS if permille < 0 else ''}{self._number(whole)}{point}{tenths}\u00a0%"


IDENTITIES = frozenset({"reward", "rule", "activity", "tier", "cashier_id"})
"""Columns for programs: beside them stands the name that people know."""


def duration(ms: int) -> str:
    """A time span in the largest unit that leaves at least two of it."""
    if ms >= 2 * DAY_MS:
        days = ms // DAY_MS
        return ngettext("{count} day", "{count} days", days).format(count=days)
    if ms >= 2 * HOUR_MS:
        hours = ms // HOUR_MS
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    minutes = ms // MINUTE_MS
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def subject(text: str) -> str:
    """What an entry is about: a flag in words, a sale by its short number, anything else as it was written."""
    if text in FLAGS:
        return _(FLAGS[text])
    till, _dash, seq = text.rpartition("-")
    return f"#{seq}" if till.count("-") == 1 and seq.isdigit() else text


def _interval(first: date, last: date, language: str) -> str:
    """From *first* to *last* as short as the language allows: ``1–17 Nov 2026``."""
    if first == last:
        return format_day(first, language)
    from babel.dates import format_interval

    # Thin spaces around the dash are not in every terminal's font.
    return str(format_interval(first, last, "yMMMd", locale=locale_of(language))).replace("\u2009", " ")
