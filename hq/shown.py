"""What operators see: tills, members and exceptions as plain values."""

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from config.errors import N_, Refused
from hq import schema
from hq.lives import lives_of
from hq.lots import lots_of, posted_legs
from hq.records import OPEN, Member
from hq.tills import Till
from loyalty.entries import POINTS, QUALIFYING
from loyalty.lots import next_expiry, pending
from loyalty.tiers import ManualTier, standing

if TYPE_CHECKING:
    from hq.shelf import Shelf

_FOREVER_MS = 1 << 62


class TillShown(msgspec.Struct, frozen=True):
    """How a till stands; *erasures_pending*: erasures that it has not confirmed."""

    till_id: str
    number: int
    store_id: str
    name: str
    status: str
    epoch: int | None
    acked: int
    sealed: bool
    erasures_pending: int
    last_seen: int
    at_risk_millipoints: int


class AccountShown(msgspec.Struct, frozen=True):
    """One allowance account; *right_millipoints* is what its till may spend without asking."""

    member_id: str
    till_id: str
    epoch: int
    granted_millipoints: int
    own_millipoints: int
    used_millipoints: int
    returned_millipoints: int
    right_millipoints: int


class MemberShown(msgspec.Struct, frozen=True):
    """A whole member at HQ. *unconfirmed*: ids that a phone number has joined, and nobody has confirmed yet."""

    member_id: str
    member_ids: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    status: str
    balance_millipoints: int
    available_millipoints: int
    debt_millipoints: int
    held_millipoints: int
    pending_millipoints: int
    next_expiry_ms: int | None
    tier: str | None
    tier_until_ms: int | None
    visits: int
    accounts: tuple[AccountShown, ...]


def till_shown(shelf: "Shelf", till: Till) -> TillShown:
    """How *till* stands."""
    lives = lives_of(shelf, till.till_id)
    life = next((each for each in reversed(lives) if each.epoch == till.open_epoch), lives[-1] if lives else None)
    heads, notices = schema.heads, schema.notices
    acked = select(func.max(heads.c.seq)).where(heads.c.life == (life.life if life else 0))
    pending_erasures = select(func.count()).where(notices.c.kind == "erased", notices.c.hq_seq > till.erasures_done)
    dead = [each for each in lives if not each.closed and each.state != OPEN and each.account == each.life]
    lost = [right for each in dead for right in _points_held(shelf, each.account)]
    return TillShown(
        till_id=till.till_id,
        number=till.number,
        store_id=till.store_id,
        name=till.name,
        status=till.status,
        epoch=life.epoch if life else None,
        acked=shelf.connection.scalar(acked) or 0,
        sealed=life is not None and life.state != OPEN,
        erasures_pending=shelf.connection.scalar(pending_erasures) or 0,
        last_seen=till.last_seen_ms,
        at_risk_millipoints=sum(lost),
    )


def member_shown(shelf: "Shelf", member_id: str) -> MemberShown:
    """The whole member; Refused("member_unknown")."""
    family = require_family(shelf, member_id)
    ids = tuple(each.member_id for each in family)
    lots = lots_of(shelf.connection, ids, shelf.terms.renewal_of(family[0])).lots
    coming = next_expiry(lots, shelf.now_ms)
    tier, until_ms = _tier(shelf, family)
    return MemberShown(
        member_id=ids[0],
        member_ids=ids,
        unconfirmed=tuple(each.member_id for each in family if not each.confirmed),
        status=family[0].status,
        balance_millipoints=sum(each.balance - each.held for each in family),
        available_millipoints=sum(each.available for each in family),
        debt_millipoints=sum(each.debt for each in family),
        held_millipoints=sum(each.held for each in family),
        pending_millipoints=pending(lots, shelf.now_ms),
        next_expiry_ms=None if coming is None else coming[1],
        tier=tier,
        tier_until_ms=until_ms,
        visits=sum(each.visits for each in family),
        accounts=_accounts(shelf, ids),
    )


def require_family(shelf: "Shelf", member_id: str) -> list[Member]:
    """All ids of a member, the root first; Refused("member_unknown")."""
    if shelf.known(member_id) is None:
        raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))
    return shelf.family(member_id)


def _accounts(shelf: "Shelf", ids: tuple[str, ...]) -> tuple[AccountShown, ...]:
    accounts = [each for each in shelf.accounts_of_member(ids) if each.what == POINTS]
    found = []
    for each in sorted(accounts, key=lambda each: (each.member_id, each.life)):
        life = shelf.life(each.life)
        totals = (each.granted, each.own, each.used, each.returned, each.right)
        found.append(AccountShown(each.member_id, life.till_id, life.epoch, *totals))
    return tuple(found)


def _tier(shelf: "Shelf", family: list[Member]) -> tuple[str | None, int | None]:
    """The tier now and its end: by the programme in force and by what was given by hand."""
    root, programme = family[0], shelf.terms.programme
    manual = None
    if root.tier is not None:
        manual = ManualTier(root.tier, _FOREVER_MS if root.tier_until_ms is None else root.tier_until_ms)
    if programme is None:
        return root.tier, root.tier_until_ms
    of = posted_legs(shelf.connection, [each.member_id for each in family], QUALIFYING)
    legs = [leg for each in of.values() for leg in each]
    stands = standing(legs, programme.tiers, shelf.now_ms, shelf.terms.store_of(root), manual)
    return stands.tier, None if stands.until_ms == _FOREVER_MS else stands.until_ms


def _points_held(shelf: "Shelf", life: int) -> list[int]:
    return [max(0, each.right) for each in shelf.accounts_of(life) if each.what == POINTS]
