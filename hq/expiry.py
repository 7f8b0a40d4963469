"""Expiry, which HQ alone posts: of points that are free; and giving back what an expiry took too much.

Points that are lent expire when they come back: HQ asks for them.
"""

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from hq import schema
from hq.lending import forget_want, want_back
from hq.lots import lots_of, newest_entry
from hq.records import Member
from loyalty.acts import expiry_reversed_draft
from loyalty.bodies import PointsExpired
from loyalty.entries import POINTS, Contra, Header, Kind, Leg
from loyalty.ids import HQ_TILL_ID
from loyalty.lots import Lot, Lots, expired

if TYPE_CHECKING:
    from hq.shelf import Shelf

# How long HQ waits before it asks again for expired points that a till does not give back.
ASK_AGAIN_MS: Final = 60 * 60_000


def expire(shelf: "Shelf", most: int) -> int:
    """Post what has expired and is free, of at most *most* members; how many lots. Not while HQ recovers."""
    if shelf.recovering:
        return 0
    members, wanted = schema.members, schema.wanted
    come_back = select(wanted.c.member_id).where(wanted.c.till_id == HQ_TILL_ID, wanted.c.what == POINTS)
    query = (
        select(members.c.root)
        .where(
            or_(
                members.c.next_expiry_ms <= shelf.now_ms,
                (members.c.free > 0) & members.c.member_id.in_(come_back),
            )
        )
        .order_by(members.c.next_expiry_ms, members.c.root)
        .limit(most)
    )
    roots = dict.fromkeys(shelf.connection.scalars(query).all())
    return sum(_expire(shelf, shelf.family(root)) for root in roots)


def _expire(shelf: "Shelf", family: list[Member]) -> int:
    root, ids = family[0], [each.member_id for each in family]
    renewal = shelf.terms.renewal_of(root)
    left = lots_of(shelf.connection, ids, renewal)
    if left.overdone:
        _reverse(shelf, ids, left)
    over = expired(left.lots, shelf.now_ms)
    posted = _post(shelf, family, over)
    _look_again(shelf, family, left.lots, lent=len(over) > posted)
    shelf.booking.settle(root.member_id, shelf.now_ms)
    shelf.touch(root.member_id)
    return posted


def _reverse(shelf: "Shelf", ids: list[str], left: Lots) -> None:
    """Give back what expired of points that, as is known now, were not there to expire; the lots say so already."""
    cause = newest_entry(shelf.connection, ids)
    for each in left.overdone:
        draft = expiry_reversed_draft(ids[0], each, cause=cause)
        header = Header(legs=draft.header.legs)
        shelf.booking.post(header)
        shelf.journal.write(draft.kind, body=draft.body, header=header, member_id=ids[0])


def _post(shelf: "Shelf", family: list[Member], over: tuple[Lot, ...]) -> int:
    """Post the expiry of lots as far as they are free; of how many all is posted."""
    root = family[0].member_id
    free = sum(each.available if shelf.rules.expire_only_available else each.balance for each in family)
    for place, lot in enumerate(over):
        amount = min(lot.amount_millipoints, free)
        if amount > 0:
            free -= amount
            header = Header(legs=(Leg(root, POINTS, -amount, Contra.EXPIRED, undoes=lot.ref),))
            shelf.booking.post(header)
            shelf.journal.write(Kind.POINTS_EXPIRED, body=PointsExpired(amount), header=header, member_id=root)
        if amount < lot.amount_millipoints:
            return place
    return len(over)


def _look_again(shelf: "Shelf", family: list[Member], lots: tuple[Lot, ...], *, lent: bool) -> None:
    """When the member is to be looked at again; what is lent is asked for now."""
    root = family[0]
    later = [lot.expires_ms for lot in lots if lot.expires_ms is not None and lot.expires_ms > shelf.now_ms]
    for each in family:
        each.next_expiry_ms = None
    if lent:
        want_back(shelf, root.member_id, POINTS)
        later.append(shelf.now_ms + ASK_AGAIN_MS)
    else:
        forget_want(shelf, root.member_id, POINTS)
    root.next_expiry_ms = min(later, default=None)
