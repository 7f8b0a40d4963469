"""Sales from CSV: one row a line, rows of a sale beside each other; a bad row takes its whole sale out."""

from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from cli.csv_rows import NumberedRow, Row
from cli.times import parse_moment, utc_ms
from config.errors import WrongUse
from config.formats import parse_amount, parse_quantity
from loyalty.basket import Line
from terminal.till_import_shapes import ImportedSale, ImportProblem

MOST_KEPT = 8192  # texts of a file that come again and again, with what they mean
COLUMNS = ("sale_id", "at", "store", "till", "card", "category", "sku", "quantity", "amount")


class SaleKey(NamedTuple):
    """What a sale is known by."""

    store: str
    till: str
    sale_id: str


# Told once for each sale that is left out, with everything that is wrong with it.
Refuse = Callable[[list[ImportProblem]], None]


class Bad(Exception):
    """A row that can't be taken: why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def scattered_sales(rows: Iterable[NumberedRow]) -> frozenset[SaleKey]:
    """The sales whose rows do not all stand beside each other."""
    met: set[SaleKey] = set()
    scattered = set()
    for key, _group in groupby(rows, key=_Keys()):
        if key in met:
            scattered.add(key)
        met.add(key)
    return frozenset(scattered)


def read_sales(
    rows: Iterable[NumberedRow], currency: str, refuse: Refuse, scattered: Container[SaleKey] = frozenset()
) -> Iterator[ImportedSale]:
    """The sales of *rows*; nothing is given of one that is *scattered* or has a bad row: *refuse* is told."""
    for key, group in groupby(rows, key=_Keys()):
        numbered = list(group)
        if key in scattered:
            refuse([ImportProblem(line=numbered[0].line, sale=key.sale_id or None, reason="rows_not_adjacent")])
            continue
        sale = _sale(key, numbered, currency, refuse)
        if sale is not None:
            yield sale


class _Keys:
    """Tells which sale a row belongs to."""

    def __init__(self) -> None:
        self._last = SaleKey("", "", "")

    def __call__(self, numbered: NumberedRow) -> SaleKey:
        """The key in the row; one of which too little can be read may belong to the sale before it."""
        row = numbered.row
        sale_id = row.get("sale_id", self._last.sale_id).strip()
        if numbered.problem is None or sale_id != self._last.sale_id:
            self._last = SaleKey(row.get("store", "").strip(), row.get("till", "").strip(), sale_id)
        return self._last


def _sale(key: SaleKey, numbered: list[NumberedRow], currency: str, refuse: Refuse) -> ImportedSale | None:
    lines: list[Line] = []
    problems: list[ImportProblem] = []
    head: tuple[int, str | None] | None = None
    for line, row, problem in numbered:
        try:
            if problem is not None:
                raise Bad(problem)
            own = read_at(row["at"]), row["card"].strip() or None
            if head is not None and own != head:
                raise Bad("rows_disagree")
            head = own
            lines.append(_line(row, currency))
        except Bad as error:
            problems.append(ImportProblem(line=line, sale=key.sale_id or None, reason=error.reason))
    if problems or head is None:
        refuse(problems)
        return None
    return ImportedSale(
        line=numbered[0].line,
        sale_id=key.sale_id,
        at_ms=head[0],
        store=key.store,
        till=key.till,
        card=head[1],
        lines=tuple(lines),
    )


@lru_cache(maxsize=MOST_KEPT)
def read_at(text: str) -> int:
    """UTC milliseconds of an ISO 8601 time with an offset; Bad where it is none."""
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise Bad("time_wrong") from error
    if moment.tzinfo is None:
        raise Bad("time_without_offset")
    return utc_ms(moment)


@lru_cache(maxsize=MOST_KEPT)
def _amount(text: str, currency: str) -> int:
    try:
        amount_minor = parse_amount(text, currency)
    except WrongUse as error:
        raise Bad("amount_not_understood") from error
    if amount_minor < 0:
        raise Bad("amount_negative")
    return amount_minor


@lru_cache(maxsize=MOST_KEPT)
def _quantity(text: str) -> int:
    try:
        quantity_milli = parse_quantity(text)
    except WrongUse as error:
        raise Bad("quantity_not_understood") from error
    if quantity_milli < 0:
        raise Bad("quantity_negative")
    return quantity_milli


def _line(row: Row, currency: str) -> Line:
    amount_minor, quantity_milli = _amount(row["amount"], currency), _quantity(row["quantity"])
    category = row["category"].strip()
    if not category:
        raise Bad("category_missing")
    return Line(category, amount_minor, quantity_milli, row["sku"].strip() or None)
