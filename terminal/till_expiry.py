"""Expiry at a till that is its own headquarters: points whose time is over, and what an expiry took too much."""

from collections.abc import Sequence

from ledger.store import Transaction, View
from loyalty.acts import expiry_draft, expiry_reversed_draft
from loyalty.entries import POINTS, Contra, Draft, PostingRef
from loyalty.expiry import expiries_due
from loyalty.lots import Lot, Overdone, PostedLeg, replay
from terminal.till_account import MemberAccount, alone, posted, read_account
from terminal.till_counter import Counter


def is_expiry_due(counter: Counter, view: View, member_id: str, now_ms: int) -> bool:
    """Whether anything of a member's is to be posted as expired, or given back."""
    member = _read(counter, view, member_id, now_ms)
    return bool(expiries_due(member.account.lots, now_ms) or _overdone(counter, view, member, now_ms))


def post_expiry(counter: Counter, tx: Transaction, member_id: str, now_ms: int) -> int:
    """Give back what expired too much, then post what has expired; how many millipoints have."""
    reverse_expiry(counter, tx, member_id, now_ms)
    member = _read(counter, tx, member_id, now_ms)
    lots: tuple[Lot, ...] = expiries_due(member.account.lots, now_ms)
    if lots:
        _post(counter, tx, expiry_draft(member.account.member_id, lots), now_ms)
    return sum(lot.amount_millipoints for lot in lots)


def reverse_expiry(counter: Counter, tx: Transaction, member_id: str, now_ms: int, *, cause: str = "") -> int:
    """Give back what expired of points that were not there to expire, as *cause* (an entry) shows; how many that were.

    Only where this till is its own headquarters: elsewhere HQ does it.
    """
    if not counter.acts_alone(tx):
        return 0
    member = _read(counter, tx, member_id, now_ms)
    overdone = _overdone(counter, tx, member, now_ms)
    for each in overdone:
        _post(counter, tx, expiry_reversed_draft(member.account.member_id, each, cause=cause), now_ms)
    return sum(each.millipoints for each in overdone)


def would_come_back(counter: Counter, view: View, member: MemberAccount, draft: Draft, now_ms: int) -> int:
    """How many millipoints :func:`reverse_expiry` would give back once *draft* is an entry."""
    if not counter.acts_alone(view):
        return 0
    new = [
        PostedLeg(PostingRef("", 0, 0, place), now_ms, leg.amount, leg.against, undoes=leg.undoes)
        for place, leg in enumerate(draft.header.legs)
        if leg.currency == POINTS
    ]
    return sum(each.millipoints for each in _overdone(counter, view, member, now_ms, new))


def _overdone(
    counter: Counter, view: View, member: MemberAccount, now_ms: int, new: Sequence[PostedLeg] = ()
) -> tuple[Overdone, ...]:
    legs = [*posted(member.facts, POINTS), *new]
    if all(leg.against != Contra.EXPIRED for leg in legs):
        return ()
    return replay(legs, counter.programme(view, now_ms).expiry.renewal(counter.store(view))).overdone


def _post(counter: Counter, tx: Transaction, draft: Draft, now_ms: int) -> None:
    assert draft.member_id is not None
    balance_millipoints = _read(counter, tx, draft.member_id, now_ms).facts.points_millipoints
    counter.append(tx, alone(draft, balance_millipoints), now_ms)


def _read(counter: Counter, view: View, member_id: str, at_ms: int) -> MemberAccount:
    return read_account(counter, view, counter.programme(view, at_ms), member_id, at_ms, counter.store(view))
