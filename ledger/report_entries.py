"""The journal's entries behind a report's figures: found by index, newest first, and never too many."""

from collections.abc import Sequence

import msgspec

from ledger.journal import COLUMNS, HistoryEntry, entry_of_row
from ledger.reports import Span
from ledger.sqlite import Row
from ledger.store import View

MAX_SHOWN = 500
MAX_SEARCHED = 20_000


class EntryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: all of *kinds*; of one cashier, hour 0–23, weekday (0 is Monday); *containing* a text in the body.

    Of more than :data:`MAX_SEARCHED` entries of those kinds, only the newest are looked at.
    """

    kinds: tuple[str, ...]
    cashier_id: str | None = None
    hour: int | None = None
    weekday: int | None = None
    containing: str | None = None

    @property
    def conditions(self) -> dict[str, object]:
        """What an entry must fulfil beside its kind: the condition, and the value of its parameter."""
        wanted: dict[str, object] = {
            "COALESCE(cashier_id, '') = ?": self.cashier_id,
            "hour = ?": self.hour,
            "(day + 3) % 7 = ?": self.weekday,
            "INSTR(body, ?) > 0": self.containing,
        }
        return {condition: value for condition, value in wanted.items() if value is not None}


def entries_behind(view: View, span: Span, chosen: EntryFilter, *, limit: int = MAX_SHOWN) -> tuple[HistoryEntry, ...]:
    """The entries of *span* that *chosen* lets through, of the latest day first."""
    # The inner query reads the index alone; only what it leaves is read from the journal.
    kinds = ", ".join("?" * len(chosen.kinds))
    first, last = span.params["first"], span.params["last"]
    conditions = "".join(f" AND {condition}" for condition in chosen.conditions)
    rows = view.rows(
        f"SELECT position, {COLUMNS} FROM entry WHERE position IN (SELECT position FROM entry"
        f" WHERE kind IN ({kinds}) AND day BETWEEN ? AND ? ORDER BY day DESC, position DESC LIMIT {MAX_SEARCHED})"
        f"{conditions} ORDER BY day DESC, position DESC LIMIT ?",
        (*chosen.kinds, first, last, *chosen.conditions.values(), min(limit, MAX_SHOWN)),
    )
    return _history(view, rows)


def entries_at(view: View, places: Sequence[tuple[int, int]]) -> tuple[HistoryEntry, ...]:
    """The entries at these (epoch, seq), as far as this journal has them, in the same order."""
    found = [
        view.row(f"SELECT position, {COLUMNS} FROM entry WHERE epoch = ? AND seq = ?", place)
        for place in places[:MAX_SHOWN]
    ]
    return _history(view, [row for row in found if row is not None])


def _history(view: View, rows: Sequence[Row]) -> tuple[HistoryEntry, ...]:
    till_id = view.value("SELECT till_id FROM till")
    return tuple(HistoryEntry(row[0], entry_of_row(row[1:], till_id)) for row in rows)
