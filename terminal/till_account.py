"""A member's account as this till may use it now: the ledger's facts and the profile's birthday, as one value."""

from typing import NamedTuple

import msgspec

from ledger import profiles, units
from ledger.facts import MemberFacts as LedgerFacts
from ledger.facts import member_facts
from ledger.store import View
from loyalty import facts as loyalty_facts
from loyalty.account import Account, Voucher
from loyalty.booking import STAMPS
from loyalty.days import StoreFacts, business_day
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Draft
from loyalty.facts import MemberFacts, birthday_windows, limit_units
from loyalty.lots import PostedLeg
from loyalty.programme.load import Programme
from loyalty.tiers import ManualTier
from terminal.till_counter import Counter
from terminal.till_person import month_and_day, segments_of
from terminal.till_sync_account import with_pulled

FOREVER_MS = 1 << 62
_STAMPS = f"{STAMPS}/"
_SHOP = ("",)


class MemberAccount(NamedTuple):
    """A member at one moment: the ledger's *facts*, the *account* that a quote looks at, and *through* which id.

    After a merge that is not confirmed yet, a card of either spends only what that card brought (SYNC.md 13).
    """

    facts: LedgerFacts
    account: Account
    through: str


def read_account(
    counter: Counter, view: View, programme: Programme, member_id: str, at_ms: int, store: StoreFacts
) -> MemberAccount:
    """The account of a member at *at_ms*, under any of their ids; Refused ``member_unknown``."""
    facts = member_facts(view, member_id)
    wanted = limit_units(programme, at_ms, store)
    member = facts.member
    person = profiles.profile(view, member.member_id)
    known = MemberFacts(
        member_id=member.member_id,
        status=member.status,
        points=posted(facts, POINTS),
        qualifying=posted(facts, QUALIFYING),
        stamps={
            currency.removeprefix(_STAMPS): count
            for currency, count in facts.balances.items()
            if currency.startswith(_STAMPS)
        },
        vouchers=[Voucher(each.code, each.reward, each.expires_ms) for each in facts.vouchers if each.status == "open"],
        uses=units.uses(view, facts.ids, wanted) if wanted else {},
        shop_uses=units.uses(view, _SHOP, wanted) if wanted else {},
        visits=facts.visits,
        birthday_windows=_birthday_windows(programme, person, at_ms, store),
        segments=() if person is None else segments_of(person.segments),
        manual_tier=(
            ManualTier(member.tier, FOREVER_MS if member.tier_until_ms is None else member.tier_until_ms)
            if member.tier_manual and member.tier
            else None
        ),
        right_millipoints=None if counter.acts_alone(view) else facts.right_millipoints,
    )
    known = with_pulled(view, facts, known)
    return MemberAccount(facts, loyalty_facts.build_account(programme, known, at_ms, store), member_id)


def posted(facts: LedgerFacts, currency: str) -> list[PostedLeg]:
    """The member's legs in one currency, as the arithmetic of lots takes them."""
    return [
        PostedLeg(
            booked.ref,
            booked.at_ms,
            booked.leg.amount,
            booked.leg.against,
            booked.leg.available_ms,
            booked.leg.expires_ms,
            booked.leg.undoes,
        )
        for booked in facts.legs
        if booked.leg.currency == currency
    ]


def alone(draft: Draft, balance_millipoints: int) -> Draft:
    """*draft* for a till that is its own HQ, where a member's right is their balance, and never below zero.

    So credits raise ``own`` and debits ``used`` by what the balance above zero changes (SYNC.md 0).
    """
    moved = sum(leg.amount for leg in draft.header.legs if leg.currency == POINTS)
    if not moved or draft.member_id is None:
        return draft
    change = max(0, balance_millipoints + moved) - max(0, balance_millipoints)
    header = msgspec.structs.replace(
        draft.header,
        own=(AccountMove(draft.member_id, change),) if change > 0 else (),
        used=(AccountMove(draft.member_id, -change),) if change < 0 else (),
    )
    return msgspec.structs.replace(draft, header=header)


def _birthday_windows(
    programme: Programme, person: profiles.Profile | None, at_ms: int, store: StoreFacts
) -> tuple[int, ...]:
    if person is None or person.birthday is None:
        return ()
    return birthday_windows(programme, *month_and_day(person.birthday), business_day(at_ms, store))
