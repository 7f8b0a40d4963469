"""What HQ does behind the ingest, never in its way: it makes each sale's quote again, and adds up the days.

A difference is an exception with both results; it changes nothing that was booked. Day totals count each entry once, a
refund on its own day in the store that gave the money back, and go to the store's tills.
"""

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import Connection, select

from config.errors import RegularsError
from hq import schema
from hq.ingest import EntryText
from hq.notices import publish
from hq.records import Raised
from hq.rows import Fetched
from loyalty.booking import differences
from loyalty.days import StoreFacts, business_day
from loyalty.entries import Kind, canonical_json
from loyalty.ids import HQ_TILL_ID, EntryId
from loyalty.programme.load import Programme, load_programme
from loyalty.sale_bodies import SaleCompleted, SaleRefunded, decode_refund, decode_sale

if TYPE_CHECKING:
    from hq.shelf import Shelf

MOST_AT_ONCE: Final = 500
MAX_PROGRAMMES_KEPT: Final = 16
QUOTE_DIFFERS = "quote_differs"
BODY_NOT_CANONICAL = "body_not_canonical"
PROGRAMME_UNKNOWN = "programme_unknown"
PROGRAMME_TOO_EARLY = "programme_before_its_start"
CLOCK_AHEAD = "sale_in_the_future"
MAX_AHEAD_MS: Final = 24 * 60 * 60_000
_SALES = frozenset({Kind.SALE_COMPLETED, Kind.SALE_IMPORTED})
_REFUNDS = frozenset({Kind.SALE_REFUNDED, Kind.SALE_VOIDED})
_COUNTER = "behind"


class DayTotal(msgspec.Struct, frozen=True, omit_defaults=True):
    """One till's day: *day* is the business day of the store, amounts in minor units and millipoints."""

    store_id: str
    day: str
    till_id: str
    sales: int = 0
    turnover_minor: int = 0
    to_pay_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0
    earned_millipoints: int = 0
    spent_millipoints: int = 0


class Programmes:
    """Programme versions, compiled; the last few are kept."""

    def __init__(self) -> None:
        self._kept: dict[str, Programme | None] = {}

    def get(self, shelf: "Shelf", version: str) -> Programme | None:
        """The programme of a version, if HQ has it."""
        if version not in self._kept:
            table = schema.programmes
            text = shelf.connection.scalar(select(table.c.text).where(table.c.version == version))
            while len(self._kept) >= MAX_PROGRAMMES_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[version] = None if text is None else load_programme(text)
        return self._kept[version]


def go_on(shelf: "Shelf", programmes: Programmes, most: int = MOST_AT_ONCE) -> int:
    """Look at the next entries in the order in which they came; how many."""
    entries, lives = schema.entries, schema.lives
    done = shelf.next_number(_COUNTER, 0) - 1
    query = (
        select(entries, lives.c.till_id, lives.c.epoch)
        .join(lives, lives.c.life == entries.c.life)
        .where(entries.c.position > done)
        .order_by(entries.c.position)
        .limit(most)
    )
    rows = shelf.connection.execute(query).all()
    totals: dict[tuple[str, str, str], DayTotal] = {}
    for row in rows:
        if row.till_id != HQ_TILL_ID and row.kind in _SALES | _REFUNDS:
            _look_at(shelf, programmes, row, totals)
    _keep(shelf, totals)
    if rows:
        shelf.next_number(_COUNTER, rows[-1].position - done)
    return len(rows)


def totals_of(connection: Connection, store_id: str | None = None) -> list[DayTotal]:
    """Every day's totals, by store, day and till."""
    table = schema.day_totals
    query = select(table.c.totals).order_by(table.c.store_id, table.c.day, table.c.till_id)
    if store_id is not None:
        query = query.where(table.c.store_id == store_id)
    return [msgspec.json.decode(each, type=DayTotal) for each in connection.scalars(query).all()]


def _look_at(
    shelf: "Shelf", programmes: Programmes, row: Fetched, totals: dict[tuple[str, str, str], DayTotal]
) -> None:
    body = _body_of(row.text)
    try:
        if row.kind in _REFUNDS:
            refund = decode_refund(body)
            _add_refund(shelf, row, refund, totals)
            return
        sale = decode_sale(body)
    except (msgspec.DecodeError, ValueError):
        return
    _add_sale(row, sale, totals)
    if row.kind == Kind.SALE_COMPLETED:
        _run_again(shelf, programmes, row, sale, body)


def _run_again(shelf: "Shelf", programmes: Programmes, row: Fetched, sale: SaleCompleted, body: bytes) -> None:
    if canonical_json(msgspec.json.decode(body)) != body:
        _tell(shelf, row, BODY_NOT_CANONICAL)
    if row.at_ms - sale.clock_skew_ms > row.received_ms + MAX_AHEAD_MS:
        _tell(shelf, row, CLOCK_AHEAD)
    try:
        programme = programmes.get(shelf, sale.programme)
        if programme is None:
            _tell(shelf, row, PROGRAMME_UNKNOWN, version=sale.programme[:64])
            return
        found = differences(programme, sale, row.at_ms)
    except (RegularsError, ValueError, ArithmeticError) as error:
        _tell(shelf, row, QUOTE_DIFFERS, figure=type(error).__name__)
        return
    for each in found:
        _tell(shelf, row, QUOTE_DIFFERS, figure=each.figure, till=str(each.kept)[:200], hq=str(each.again)[:200])
    start_ms = shelf.connection.scalar(
        select(schema.programmes.c.start_ms).where(schema.programmes.c.version == sale.programme)
    )
    if start_ms is not None and row.at_ms - sale.clock_skew_ms < start_ms:
        _tell(shelf, row, PROGRAMME_TOO_EARLY, version=sale.programme[:64])


def _tell(shelf: "Shelf", row: Fetched, reason: str, **params: str | int) -> None:
    entry_id = str(EntryId(row.till_id, row.epoch, row.seq))
    shelf.tell(Raised(reason, row.position, entry_id, row.member_id, dict(params)))


def _add_sale(row: Fetched, sale: SaleCompleted, totals: dict[tuple[str, str, str], DayTotal]) -> None:
    store_id = sale.imported.store if sale.imported is not None else sale.store.store_id
    _add(
        totals,
        store_id,
        sale.store,
        row,
        DayTotal(
            "",
            "",
            "",
            sales=1,
            turnover_minor=sale.quote.total_minor,
            to_pay_minor=sale.quote.to_pay_minor,
            earned_millipoints=sale.quote.points_earned_millipoints,
            spent_millipoints=sale.quote.points_spent_millipoints,
        ),
    )


def _add_refund(
    shelf: "Shelf", row: Fetched, refund: SaleRefunded, totals: dict[tuple[str, str, str], DayTotal]
) -> None:
    store_id = refund.store.store_id
    if not shelf.rules.refund_counts_where_refunded:
        store_id = refund.sale_store or store_id
    _add(totals, store_id, refund.store, row, DayTotal("", "", "", refunds=1, refunded_minor=refund.refunded_minor))


def _add(
    totals: dict[tuple[str, str, str], DayTotal], store_id: str, store: StoreFacts, row: Fetched, more: DayTotal
) -> None:
    day = business_day(row.at_ms, store).isoformat()
    key = (store_id, day, row.till_id)
    before = totals.get(key, DayTotal(*key))
    totals[key] = _sum(before, more)


def _sum(one: DayTotal, other: DayTotal) -> DayTotal:
    names = DayTotal.__struct_fields__[3:]
    return msgspec.structs.replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})


def _keep(shelf: "Shelf", totals: dict[tuple[str, str, str], DayTotal]) -> None:
    table = schema.day_totals
    for (store_id, day, till_id), more in totals.items():
        place = (table.c.store_id == store_id, table.c.day == day, table.c.till_id == till_id)
        before = shelf.connection.scalar(select(table.c.totals).where(*place))
        total = more if before is None else _sum(msgspec.json.decode(before, type=DayTotal), more)
        content = msgspec.json.encode(total)
        shelf.database.upsert_many(shelf.connection, table, [(store_id, day, till_id, content)])
        publish(shelf, "day_total", f"{store_id}/{day}/{till_id}", content, store_id)


def _body_of(text: bytes) -> bytes:
    return bytes(msgspec.json.decode(text, type=EntryText).body)
