"""What the ledger knows of a member, and the account that a till makes of it."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from loyalty import lots as lots_of
from loyalty.account import ACTIVE, Account, Voucher
from loyalty.days import StoreFacts, business_day
from loyalty.limits import REFERENCE, unit_name
from loyalty.lots import PostedLeg
from loyalty.programme.load import Programme
from loyalty.tiers import ManualTier, standing


class MemberFacts(msgspec.Struct, frozen=True):
    """A member's postings and counts. The order of postings does not matter.

    *vouchers* are those neither used nor voided; *uses* counts this member's limit units by name, *shop_uses* those of
    everybody; *visits* completed sales, without those voided or wholly refunded. *right_millipoints* is the till's
    allowance for this member (None: it needs none), *not_held* the units of another holder.
    """

    member_id: str
    status: str = ACTIVE
    points: Sequence[PostedLeg] = ()
    qualifying: Sequence[PostedLeg] = ()
    stamps: dict[str, int] = {}
    vouchers: Sequence[Voucher] = ()
    uses: dict[str, int] = {}
    shop_uses: dict[str, int] = {}
    visits: int = 0
    segments: tuple[str, ...] = ()
    birthday_windows: tuple[int, ...] = ()
    manual_tier: ManualTier | None = None
    right_millipoints: int | None = None
    not_held: tuple[str, ...] = ()


def build_account(programme: Programme, facts: MemberFacts, at_ms: int, store: StoreFacts) -> Account:
    """The account at *at_ms*: lots replayed, tier found, and only the counts that the programme asks for."""
    left = lots_of.replay(facts.points, programme.expiry.renewal(store))
    stands = standing(facts.qualifying, programme.tiers, at_ms, store, facts.manual_tier)
    wanted = limit_units(programme, at_ms, store)
    return Account(
        member_id=facts.member_id,
        status=facts.status,
        points_millipoints=sum(leg.amount for leg in facts.points),
        lots=left.lots,
        right_millipoints=facts.right_millipoints,
        tier=stands.tier,
        tier_until_ms=stands.until_ms,
        qualifying_millipoints=stands.qualifying_millipoints,
        visits=facts.visits,
        segments=facts.segments,
        birthday_windows=facts.birthday_windows,
        stamps={card: count for card, count in facts.stamps.items() if count},
        vouchers=tuple(sorted(facts.vouchers, key=lambda voucher: voucher.code)),
        uses=_counts(facts.uses, wanted),
        shop_uses=_counts(facts.shop_uses, wanted),
        not_held=facts.not_held,
    )


def limit_units(programme: Programme, at_ms: int, store: StoreFacts) -> tuple[str, ...]:
    """The names of all units that a quote at *at_ms* may look at, members' and everybody's."""
    if not programme.counted_units:
        return ()
    day = business_day(at_ms, store)
    return tuple(unit_name(base, per, day) for base, per in programme.counted_units)


def birthday_windows(programme: Programme, month: int, day: int, today: date) -> tuple[int, ...]:
    """Of the numbers of days that the programme names, those within which a birthday is *today*.

    Who was born on 29 February has the birthday on the 28th in other years.
    """
    distance = min(abs((_birthday_in(year, month, day) - today).days) for year in _around(today))
    return tuple(days for days in programme.birthday_days if distance <= days)


def _around(today: date) -> range:
    return range(max(1, today.year - 1), today.year + 2)


def _birthday_in(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month + 1, 1) - timedelta(days=1)


def _counts(counts: dict[str, int], wanted: Sequence[str]) -> dict[str, int]:
    """The counts that the programme asks for, and those of an activity's reference."""
    if not counts:
        return {}
    asked = [*wanted, *(unit for unit in counts if unit.startswith(REFERENCE))]
    return {unit: counts[unit] for unit in asked if counts.get(unit)}
