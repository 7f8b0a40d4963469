"""Sales from CSV: one row a line, rows of a sale beside each other; a bad row takes its whole sale out."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from cli.csv_rows import NumberedRow, Row
from config.errors import WrongUse
from config.formats import parse_amount, parse_quantity
from loyalty.basket import Line
from terminal.till_import_shapes import ImportedSale, ImportProblem

COLUMNS = ("sale_id", "at", "store", "till", "card", "category", "sku", "quantity", "amount")
Refuse = Callable[[ImportProblem], None]


class _Bad(Exception):
    """A row that can't be taken: why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_sales(rows: Iterable[NumberedRow], currency: str, refuse: Refuse) -> Iterator[ImportedSale]:
    """The sales of *rows*; *refuse* is told of each bad row, and nothing of its sale is given."""
    for key, group in groupby(rows, key=_Keys()):
        sale = _sale(key, list(group), currency, refuse)
        if sale is not None:
            yield sale


class _Keys:
    """Tells which sale a row belongs to; a row of which nothing can be read belongs to the sale before it."""

    def __init__(self) -> None:
        self._last = ("", "", "")

    def __call__(self, numbered: NumberedRow) -> tuple[str, str, str]:
        row = numbered.row
        if {"store", "till", "sale_id"} <= row.keys():
            self._last = (row["store"].strip(), row["till"].strip(), row["sale_id"].strip())
        return self._last


def _sale(key: tuple[str, str, str], numbered: list[NumberedRow], currency: str, refuse: Refuse) -> ImportedSale | None:
    store, till, sale_id = key
    lines: list[Line] = []
    bad = False
    head: tuple[int, str | None] | None = None
    for line, row, whole in numbered:
        try:
            if not whole:
                raise _Bad("row_unreadable")
            own = _at_ms(row["at"]), row["card"].strip() or None
            if head is not None and own != head:
                raise _Bad("rows_disagree")
            head = own
            lines.append(_line(row, currency))
        except _Bad as error:
            bad = True
            refuse(ImportProblem(line=line, sale=sale_id or None, reason=error.reason))
    if bad or head is None:
        return None
    return ImportedSale(
        line=numbered[0].line,
        sale_id=sale_id,
        at_ms=head[0],
        store=store,
        till=till,
        card=head[1],
        lines=tuple(lines),
    )


def _at_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _Bad("time_wrong") from error
    if moment.tzinfo is None:
        raise _Bad("time_without_offset")
    return int(moment.timestamp() * 1000)


def _line(row: Row, currency: str) -> Line:
    try:
        amount_minor = parse_amount(row["amount"], currency)
    except WrongUse as error:
        raise _Bad("amount_not_understood") from error
    try:
        quantity_milli = parse_quantity(row["quantity"])
    except WrongUse as error:
        raise _Bad("quantity_not_understood") from error
    if amount_minor < 0:
        raise _Bad("amount_negative")
    if quantity_milli < 0:
        raise _Bad("quantity_negative")
    if not row["category"].strip():
        raise _Bad("category_missing")
    return Line(row["category"].strip(), amount_minor, quantity_milli, row["sku"].strip() or None)
