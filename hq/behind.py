"""What HQ does behind the ingest, never in its way: entry by entry, in the order in which they came.

Each sale's quote is made again, the days are added up, limits are counted, full stamp cards become vouchers, and
refunds of sales that their till did not know move their points. No entry ever stops this: one that can't be looked at
is an exception like any other.
"""

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from config.errors import RegularsError
from hq import schema
from hq.day_totals import DayTotals
from hq.elsewhere import note_refund, settle_refunds
from hq.excess import report_excess
from hq.flags import raise_flags
from hq.full_cards import fill_cards
from hq.ingest import EntryText
from hq.people import MEMBERS_MERGED
from hq.rerun import QUOTE_DIFFERS, run_again, tell
from hq.rows import Fetched
from loyalty.bodies import ActivityRecorded
from loyalty.booking import STAMPS
from loyalty.entries import Kind
from loyalty.ids import HQ_TILL_ID
from loyalty.sale_bodies import decode_refund, decode_sale

if TYPE_CHECKING:
    from hq.shelf import Shelf

# Few enough that tills never wait long for the database.
MOST_AT_ONCE: Final = 100
_COUNTER: Final = "behind"


def go_on(shelf: "Shelf", most: int = MOST_AT_ONCE) -> int:
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
    totals, stamped = DayTotals(shelf), dict[str, None]()
    for row in rows:
        try:
            _look_at(shelf, row, totals, stamped)
        except (RegularsError, msgspec.DecodeError, ValueError, ArithmeticError, LookupError, TypeError) as error:
            # A body that makes no sense: what its header says was booked all the same.
            tell(shelf, row, QUOTE_DIFFERS, figure=type(error).__name__)
    totals.flush()
    for member_id in stamped:
        fill_cards(shelf, member_id)
    settle_refunds(shelf)
    if rows:
        shelf.next_number(_COUNTER, rows[-1].position - done)
    return len(rows)


def _look_at(shelf: "Shelf", row: Fetched, totals: DayTotals, stamped: dict[str, None]) -> None:
    if row.kind == MEMBERS_MERGED and row.till_id == HQ_TILL_ID:
        stamped[row.member_id] = None
    if row.till_id == HQ_TILL_ID or row.kind not in _LOOKED_AT:
        return
    said = msgspec.json.decode(row.text, type=EntryText)
    body = bytes(said.body)
    stamped.update((unit.member, None) for unit in said.header.units if unit.kind == STAMPS)
    match row.kind:
        case Kind.SALE_COMPLETED | Kind.SALE_IMPORTED:
            sale = decode_sale(body)
            totals.add_sale(row, sale)
            if row.kind == Kind.SALE_COMPLETED:
                run_again(shelf, row, sale, body)
                report_excess(shelf, row, said.header, sale.programme, sale.basket.currency, sale.store)
                raise_flags(shelf, row, sale.store)
        case Kind.SALE_REFUNDED | Kind.SALE_VOIDED:
            refund = decode_refund(body)
            totals.add_refund(row, refund)
            note_refund(shelf, row, said.header, refund)
        case Kind.ACTIVITY_RECORDED:
            done = msgspec.json.decode(body, type=ActivityRecorded)
            report_excess(shelf, row, said.header, done.programme, shelf.terms.currency, done.store)


_LOOKED_AT: Final = frozenset(
    {
        Kind.SALE_COMPLETED,
        Kind.SALE_IMPORTED,
        Kind.SALE_REFUNDED,
        Kind.SALE_VOIDED,
        Kind.ACTIVITY_RECORDED,
        Kind.ALLOWANCE_RETURNED,
    }
)
