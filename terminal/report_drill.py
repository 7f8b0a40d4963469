"""From a row of a report to what is behind it: one entry, the entries of a kind, or the report of a day."""

import json
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from ledger.report_entries import EntryFilter
from ledger.sale_reading import REVERSALS, SALES
from loyalty.entries import Kind
from terminal.till_report_entries import NOTABLE
from terminal.till_report_shapes import Cell, Table


class Entry(NamedTuple):
    """One entry of the journal."""

    entry_id: str


class Entries(NamedTuple):
    """The entries of the report's period that *chosen* lets through; *title* says which."""

    title: str
    chosen: EntryFilter


class Day(NamedTuple):
    """The report of one day (ISO)."""

    day: str


Target = Entry | Entries | Day
_Row = Mapping[str, Cell]

_SALES: Final = tuple(sorted(kind.value for kind in SALES))
_SOLD: Final = tuple(sorted(kind.value for kind in SALES | REVERSALS))
_WORK: Final = (*_SOLD, *(kind.value for kind in NOTABLE if kind not in REVERSALS), Kind.MEMBER_ENROLLED.value)


def _in_body(name: str, value: Cell) -> str:
    """How *value* stands in the canonical JSON of a body."""
    return f'"{name}":{json.dumps(value, ensure_ascii=False)}'


_FILTERS: Final[dict[str, Callable[[_Row], EntryFilter]]] = {
    "by_hour": lambda row: EntryFilter(kinds=_SOLD, hour=int(row["hour"] or 0)),
    "categories": lambda row: EntryFilter(kinds=_SOLD, containing=_in_body("category", row["category"])),
    "products": lambda row: EntryFilter(kinds=_SOLD, containing=_in_body("sku", row["sku"])),
    "rewards": lambda row: EntryFilter(kinds=_SALES, containing=_in_body("reward", row["reward"])),
    "rules": lambda row: EntryFilter(kinds=_SALES, containing=f"[{json.dumps(row['rule'])},"),
    "activities": lambda row: EntryFilter(
        kinds=(Kind.ACTIVITY_RECORDED.value,), containing=_in_body("activity", row["activity"])
    ),
    "cashiers": lambda row: EntryFilter(kinds=_WORK, cashier_id=str(row["cashier_id"])),
    "flags": lambda row: EntryFilter(kinds=(Kind.FLAG_RAISED.value,), containing=_in_body("flag", row["flag"])),
    "tier_steps": lambda row: EntryFilter(kinds=_SALES, containing=_in_body("tier_after", row["tier"])),
}


def target(table: Table, place: int, title: str) -> Target | None:
    """What is behind the row at *place* of *table*, called *title*; None where the row is all there is."""
    if table.entries:
        return Entry(table.entries[place])
    row = {column.id: value for column, value in zip(table.columns, table.rows[place], strict=True)}
    if table.id == "by_day":
        return Day(str(row["day"]))
    if table.id in _FILTERS:
        return Entries(title, _FILTERS[table.id](row))
    return None
