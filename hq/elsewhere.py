"""Refunds of sales that the refunding till did not know: HQ has the sale, and moves the points that go with the money.

The till gave money back and could not say more. The share of the points is that of the money, rounded down; a refund
of all that was paid takes and gives back everything. What is given back waits, as always, for the sale's shift.
"""

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, func, select

from hq import schema
from hq.records import Arrived
from hq.rows import Fetched, ref_text
from hq.stored import stored_entry
from loyalty.entries import POINTS, QUALIFYING, Contra, Header, Kind, Leg, PostingRef
from loyalty.ids import EntryId, parse_entry_id
from loyalty.money import share_of
from loyalty.sale_bodies import SaleRefunded, decode_refund, decode_sale

if TYPE_CHECKING:
    from hq.shelf import Shelf

REFUND_SETTLED: Final = "refund_settled"
MOST_AT_ONCE: Final = 100
_SALES: Final = (Kind.SALE_COMPLETED, Kind.SALE_IMPORTED)
_BACK: Final = (Contra.ISSUED, Contra.REDEEMED)


class RefundSettled(msgspec.Struct, frozen=True):
    """HQ's word on the points of a refund: the entry that gave money back, and the sale that it names."""

    refund: str
    sale: str
    refunded_minor: int


def note_refund(shelf: "Shelf", row: Fetched, header: Header, refund: SaleRefunded) -> None:
    """Remember a refund that names a sale and says nothing of its lines."""
    if header.legs or refund.lines or row.suspended is not None:
        return
    try:
        sale = parse_entry_id(refund.sale)
    except ValueError:
        return
    shelf.database.upsert_many(shelf.connection, schema.unsettled, [(row.position, *sale)])


def settle_refunds(shelf: "Shelf") -> None:
    """Move the points of refunds whose sale HQ has by now."""
    unsettled, lives, entries = schema.unsettled, schema.lives, schema.entries
    query = (
        select(unsettled.c.position.label("refund"), entries.c.position.label("sale"))
        .join(lives, (lives.c.till_id == unsettled.c.till_id) & (lives.c.epoch == unsettled.c.epoch))
        .join(entries, (entries.c.life == lives.c.life) & (entries.c.seq == unsettled.c.seq))
        .where(entries.c.kind.in_(_SALES))
        .order_by(unsettled.c.position, entries.c.position.desc())
        .limit(MOST_AT_ONCE)
    )
    # Of two branches of a fork the first that came is meant.
    found = {row.refund: row.sale for row in shelf.connection.execute(query).all()}
    for refund, sale in found.items():
        shelf.connection.execute(delete(unsettled).where(unsettled.c.position == refund))
        _settle(shelf, _entry(shelf, refund), _entry(shelf, sale))


def _settle(shelf: "Shelf", refund: Arrived, sale: Arrived) -> None:
    try:
        paid_minor = decode_sale(sale.body).quote.to_pay_minor
    except msgspec.DecodeError:
        return
    given_minor = max(0, decode_refund(refund.body).refunded_minor)
    legs = []
    for place, leg in enumerate(sale.header.legs):
        if leg.undoes is None and leg.currency in (POINTS, QUALIFYING) and leg.against in _BACK:
            amount = leg.amount if given_minor >= paid_minor else share_of(leg.amount, given_minor, paid_minor)
            ref = PostingRef(sale.life.till_id, sale.life.epoch, sale.seq, place)
            if leg.currency == QUALIFYING:
                # Of points the booking itself takes back no more than is left of the sale.
                amount = min(amount, leg.amount - _taken_back(shelf, leg.member, ref))
            if amount:
                legs.append(Leg(leg.member, leg.currency, -amount, leg.against, undoes=ref))
    if not legs:
        return
    body = RefundSettled(_name(refund), _name(sale), given_minor)
    header = Header(legs=tuple(legs))
    entry = shelf.journal.write(REFUND_SETTLED, body=body, header=header, member_id=sale.member_id, booked=False)
    shelf.booking.book(entry)


def _taken_back(shelf: "Shelf", member_id: str, ref: PostingRef) -> int:
    """How many of the qualifying points that *ref* gave have gone back before."""
    table = schema.postings
    query = select(func.sum(table.c.booked)).where(
        table.c.member_id == member_id, table.c.currency == QUALIFYING, table.c.undoes == ref_text(ref)
    )
    return -int(shelf.connection.scalar(query) or 0)


def _entry(shelf: "Shelf", position: int) -> Arrived:
    table = schema.entries
    row = shelf.connection.execute(select(table).where(table.c.position == position)).one()
    return stored_entry(row, shelf.life(row.life))


def _name(entry: Arrived) -> str:
    return str(EntryId(entry.life.till_id, entry.life.epoch, entry.seq))
