"""Pure readings of an entry's header: what it names, whether it adds up, and its legs as postings."""

from collections.abc import Iterable
from dataclasses import dataclass

from hq.records import Arrived, Posting
from loyalty.entries import POINTS, AccountMove, Contra, Leg
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
    credited = debited = 0
    expires = False
    for leg in header.legs:
        if leg.currency == POINTS:
            credited += max(0, leg.amount)
            debited += max(0, -leg.amount)
        expires = expires or leg.against == Contra.EXPIRED
    if _total(header.own) > credited or _total(header.used) + header.standin_millipoints > debited:
        return HEADER_UNBALANCED
    return EXPIRY_BY_TILL if expires and paired and entry.life.till_id != HQ_TILL_ID else None


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


def members_of(entry: Arrived) -> list[str]:
    """Every member id that an entry concerns, each once."""
    header = entry.header
    found = {} if entry.member_id is None else {entry.member_id: None}
    for leg in header.legs:
        found[leg.member] = None
    for moves in (header.own, header.used, header.returned):
        for move in moves:
            found[move.member] = None
    for unit in header.units:
        if unit.member:
            found[unit.member] = None
    return list(found)


def _total(moves: Iterable[AccountMove]) -> int:
    total = 0
    for move in moves:
        total += move.amount
    return total
