"""Pure readings of an entry's header: what it names, whether it adds up, and its legs as postings."""

from collections.abc import Iterable
from dataclasses import dataclass

from hq.records import Arrived, Posting
from loyalty.entries import POINTS, Contra, Leg
from loyalty.ids import HQ_TILL_ID, EntryId

EXPIRY_BY_TILL = "expiry_by_till"
HEADER_UNBALANCED = "header_unbalanced"


@dataclass(slots=True)
class Share:
    """Part of what an entry's header puts on one member id's account."""

    member_id: str
    amount: int


def problem_of(entry: Arrived, *, paired: bool) -> str | None:
    """Why HQ can't accept *entry*, or None. *paired*: it was written after its till was paired."""
    header = entry.header
    credited = sum(leg.amount for leg in header.legs if leg.currency == POINTS and leg.amount > 0)
    debited = sum(-leg.amount for leg in header.legs if leg.currency == POINTS and leg.amount < 0)
    if sum(move.amount for move in header.own) > credited:
        return HEADER_UNBALANCED
    if sum(move.amount for move in header.used) + header.standin_millipoints > debited:
        return HEADER_UNBALANCED
    if paired and entry.life.till_id != HQ_TILL_ID and any(leg.against == Contra.EXPIRED for leg in header.legs):
        return EXPIRY_BY_TILL
    return None


def entry_id_of(entry: Arrived) -> str:
    """The entry's identity, as people see it."""
    return str(EntryId(entry.life.till_id, entry.life.epoch, entry.seq))


def posting_of(entry: Arrived, place: int, leg: Leg) -> Posting:
    """The *place*-th leg of an entry as a posting that counts whole."""
    return Posting(
        position=entry.position,
        leg=place,
        life=entry.life.life,
        seq=entry.seq,
        member_id=leg.member,
        currency=leg.currency,
        amount=leg.amount,
        booked=leg.amount,
        against=leg.against,
        at_ms=entry.at_ms,
        available_ms=leg.available_ms,
        expires_ms=leg.expires_ms,
        undoes=leg.undoes,
    )


def is_redemption(leg: Leg) -> bool:
    """Whether the leg spends points."""
    return leg.against == Contra.REDEEMED and leg.undoes is None


def take_shares(own: list[Share], most: int) -> list[Share]:
    """Take shares worth at most *most* off the front of *own*."""
    taken = []
    while own and most > 0:
        first = own[0]
        part = min(first.amount, most)
        taken.append(Share(first.member_id, part))
        most -= part
        first.amount -= part
        if first.amount == 0:
            own.pop(0)
    return taken


def members_of(entry: Arrived) -> Iterable[str]:
    """Every member id that an entry concerns; some more than once."""
    if entry.member_id is not None:
        yield entry.member_id
    header = entry.header
    for leg in header.legs:
        yield leg.member
    for moves in (header.own, header.used, header.returned):
        for move in moves:
            yield move.member
    for unit in header.units:
        if unit.member:
            yield unit.member
