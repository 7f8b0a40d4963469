"""The manager's reports: a day, a period, the programme, the members, the cashiers, and what should be looked at."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from config.errors import N_, Refused, WrongUse
from ledger import reports
from ledger.report_entries import EntryFilter
from ledger.reports import Span
from ledger.store import View
from loyalty.programme.load import Programme
from terminal import till_report_tables as tables
from terminal.till_counter import Counter
from terminal.till_figures import Sums, before, member_figures, period_figures, shown_period
from terminal.till_report_day import day_report
from terminal.till_report_entries import chosen_entries, entry_shown, not_accepted, notable
from terminal.till_report_shapes import DayReport, EntryShown, Figure, Report, Table
from terminal.till_report_tables import Asked

MAX_DAYS = 3_660
FIRST_YEAR, LAST_YEAR = 1970, 9000
_TableOf = Callable[[Asked], Table]


class _Plan(NamedTuple):
    """What a report consists of."""

    id: str
    figures: tuple[str, ...]
    tables: tuple[_TableOf, ...]


DAY = _Plan(
    "day",
    (
        "sales",
        "net",
        "participation",
        "points_earned",
        "points_spent",
        "members_enrolled",
        "average_basket_member",
        "average_basket_other",
        "turnover",
        "discounts",
        "to_pay",
        "refunds",
        "voids",
        "refunded",
        "points_expired",
        "points_adjusted",
        "points_imported",
        "points_outstanding",
        "flags",
        "sales_with_member",
        "lines",
    ),
    (
        tables.by_hour,
        tables.by_cashier,
        tables.categories,
        tables.rewards,
        tables.activities,
        tables.other_tills,
    ),
)
PERIOD = _Plan(
    "period",
    (
        "net",
        "sales",
        "participation",
        "buyers",
        "average_basket_member",
        "average_basket_other",
        "purchase_frequency",
        "sales_with_member",
        "turnover",
        "discounts",
        "to_pay",
        "refunds",
        "voids",
        "refunded",
        "members_enrolled",
        "points_earned",
        "points_spent",
        "points_expired",
    ),
    (
        tables.by_day,
        tables.heat_map,
        tables.categories,
        tables.products,
        tables.rewards,
        tables.activities,
        tables.stores,
    ),
)
PROGRAMME = _Plan(
    "programme",
    (
        "liability",
        "points_outstanding",
        "redemption_rate",
        "programme_cost",
        "points_earned",
        "points_spent",
        "points_expired",
        "breakage",
        "points_adjusted",
        "points_imported",
        "discounts",
        "participation",
        "average_basket_member",
        "average_basket_other",
    ),
    (tables.rewards, tables.rules, tables.activities, tables.tier_steps),
)
MEMBERS = _Plan(
    "members",
    (
        "members",
        "members_enrolled",
        "members_buying",
        "member_value",
        "buyers",
        "purchase_frequency",
        "sales_per_member",
        "members_rewarded",
        "time_to_first_reward",
        "time_to_next_tier",
        "members_blocked",
    ),
    (tables.enrolments, tables.tiers, tables.tier_steps, tables.recency_frequency),
)
CASHIERS = _Plan(
    "cashiers", ("sales", "participation", "members_enrolled", "refunds", "voids", "refunded"), (tables.by_cashier,)
)
EXCEPTIONS = _Plan(
    "exceptions",
    ("flags", "refunds", "voids", "refunded", "points_adjusted"),
    (tables.flags, notable, not_accepted),
)
PERIOD_REPORTS = tuple(plan.id for plan in (PERIOD, PROGRAMME, MEMBERS, CASHIERS, EXCEPTIONS))
"""The reports over a period: each is a method of the desk, by its name."""


class ReportDesk:
    """Reports as data; screens and the command line put them into words. They are for managers."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def day(self, day: str | None = None) -> DayReport:
        """One business day (ISO date); today's without one."""
        with self._view() as view:
            chosen = day or self._counter.today(view).isoformat()
            asked = self._asked(view, read_span(chosen, chosen))
            return day_report(self._report(asked, DAY), asked)

    def period(self, first: str, last: str) -> Report:
        """Everything about a period, beside the period before."""
        return self._made(PERIOD, first, last)

    def programme(self, first: str, last: str) -> Report:
        """What the programme gave and what it cost."""
        return self._made(PROGRAMME, first, last)

    def members(self, first: str | None = None, last: str | None = None) -> Report:
        """Who the members are, what they bring, and how many come back; of a period, or since the beginning."""
        with self._view() as view:
            today = self._counter.today(view)
            start = max(reports.first_day(view) or today, today - timedelta(MAX_DAYS))
            end = last or max(start, today).isoformat()
            span = read_span(first or min(start.isoformat(), end), end)
            asked = self._asked(view, span)
            ever = member_figures(view, span, asked.member_counts, asked.tier_steps)
            return self._report(asked, MEMBERS, ever)

    def cashiers(self, first: str, last: str) -> Report:
        """Who sold, refunded, adjusted and enrolled how much."""
        return self._made(CASHIERS, first, last)

    def exceptions(self, first: str, last: str) -> Report:
        """What a manager should look at: flags, refunds, adjustments, overrides, blocks, and what HQ did not accept."""
        return self._made(EXCEPTIONS, first, last)

    def entries(self, first: str, last: str, chosen: EntryFilter) -> Report:
        """The entries of a period that *chosen* lets through: what is behind a row of a report."""
        with self._view() as view:
            asked = self._asked(view, read_span(first, last))
            return self._report(asked, _Plan("entries", (), (lambda every: chosen_entries(every, chosen),)))

    def entry(self, entry_id: str) -> EntryShown:
        """One entry of this till's journal."""
        with self._view() as view:
            return entry_shown(view, entry_id)

    @contextmanager
    def _view(self) -> Iterator[View]:
        if self._counter.session.role != "manager":
            raise Refused(
                "manager_needed", N_("This needs a manager. Nothing was changed. Ask a manager for their PIN.")
            )
        with self._counter.ledger.read() as view:
            yield view

    def _made(self, plan: _Plan, first: str, last: str) -> Report:
        with self._view() as view:
            return self._report(self._asked(view, read_span(first, last)), plan)

    def _asked(self, view: View, span: Span) -> Asked:
        return Asked(view, span, self._programme(view), self._counter.clock.now_ms())

    def _report(self, asked: Asked, plan: _Plan, known: Sequence[Figure] = ()) -> Report:
        till = self._counter.till(asked.view)
        earlier = before(asked.span)
        figures = {figure.id: figure for figure in known}
        of_period = [name for name in plan.figures if name not in figures]
        now, then = (Sums(asked.view, span, asked.programme, till.currency) for span in (asked.span, earlier))
        figures |= {figure.id: figure for figure in period_figures(now, then, asked.span, of_period)}
        return Report(
            id=plan.id,
            store=till.store_name,
            currency=till.currency,
            zone=till.zone,
            period=shown_period(asked.span),
            before=shown_period(earlier) if of_period else None,
            made_ms=asked.now_ms,
            figures=tuple(figures[name] for name in plan.figures),
            tables=tuple(table(asked) for table in plan.tables),
        )

    def _programme(self, view: View) -> Programme | None:
        try:
            return self._counter.programme(view, self._counter.clock.now_ms())
        except Refused:
            return None


def read_day(text: str) -> date:
    """An ISO date; WrongUse for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise WrongUse(
            "day_wrong", N_("“{text}” is not a day. Nothing was changed; write it like 2026-05-31."), text=text[:20]
        ) from error


def read_span(first: str, last: str) -> Span:
    """Two ISO dates in order, at most ten years apart; WrongUse otherwise."""
    span = Span(read_day(first), read_day(last))
    in_order = timedelta(0) <= span.last - span.first <= timedelta(MAX_DAYS)
    if not (in_order and FIRST_YEAR <= span.first.year <= LAST_YEAR):
        raise WrongUse(
            "period_wrong",
            N_("A period goes from a day to the same or a later one, at most ten years. Nothing was changed."),
        )
    return span
