"""What the till knows of a member without anything personal: from this, loyalty makes the account."""

from collections.abc import Mapping

import msgspec

from ledger.allowance import Moves, moves
from ledger.identity import till_facts
from ledger.legs import BookedLeg, balances, legs
from ledger.lives import current_life
from ledger.members import Member, ids_of, require
from ledger.statistics import MemberStatistics, statistics
from ledger.store import View
from ledger.units import Voucher, vouchers
from loyalty.entries import POINTS


class Account(msgspec.Struct, frozen=True):
    """The allowance account of one member id in the current life; totals in millipoints that only grow."""

    member_id: str
    granted: int
    moved: Moves

    @property
    def right_millipoints(self) -> int:
        """What may be spent from it."""
        return max(0, self.granted + self.moved.own - self.moved.used - self.moved.returned)


class MemberFacts(msgspec.Struct, frozen=True):
    """One member as this till can show them.

    *member* is the surviving one of a merge, *ids* all of them, it first. *legs* and *vouchers* are this till's own.
    *balances* are by currency, from all of this till's legs.
    """

    member: Member
    ids: tuple[str, ...]
    balances: dict[str, int]
    legs: tuple[BookedLeg, ...]
    right_millipoints: int
    accounts: tuple[Account, ...]
    vouchers: tuple[Voucher, ...]
    statistics: MemberStatistics


def member_facts(view: View, member_id: str) -> MemberFacts:
    """The facts of a member, under any of their ids; Refused ``member_unknown``."""
    ids = ids_of(view, member_id)
    member = require(view, ids[0])
    held = balances(view, ids)
    accounts = accounts_of(view, ids)
    paired = till_facts(view).paired
    # An unpaired till is its own HQ: what a member has can be spent (SYNC.md 0).
    right = sum(account.right_millipoints for account in accounts) if paired else max(0, held.get(POINTS, 0))
    return MemberFacts(
        member=member,
        ids=ids,
        balances=held,
        legs=legs(view, ids),
        right_millipoints=right,
        accounts=accounts,
        vouchers=vouchers(view, ids),
        statistics=joined_statistics(view, ids),
    )


def accounts_of(
    view: View, member_ids: tuple[str, ...], granted: Mapping[str, int] | None = None
) -> tuple[Account, ...]:
    """The allowance accounts of a member's ids in the current life; *granted* by member id."""
    account = current_life(view).account
    given = granted or {}
    return tuple(Account(each, given.get(each, 0), moves(view, each, account)) for each in member_ids)


def joined_statistics(view: View, member_ids: tuple[str, ...]) -> MemberStatistics:
    """The statistics of a merged member: of all ids together."""
    parts = [statistics(view, member_id) for member_id in member_ids]
    if len(parts) == 1:
        return parts[0]
    firsts = [part.first_sale_ms for part in parts if part.first_sale_ms is not None]
    lasts = [part.last_sale_ms for part in parts if part.last_sale_ms is not None]
    rewards = [part.first_reward_ms for part in parts if part.first_reward_ms is not None]
    return MemberStatistics(
        sales=sum(part.sales for part in parts),
        refunds=sum(part.refunds for part in parts),
        spent_minor=sum(part.spent_minor for part in parts),
        first_sale_ms=min(firsts, default=None),
        last_sale_ms=max(lasts, default=None),
        first_reward_ms=min(rewards, default=None),
        rewards=sum(part.rewards for part in parts),
    )
