"""What the till knows of a member without anything personal: from this, loyalty makes the account."""

from collections.abc import Mapping

import msgspec

from ledger import exchange
from ledger.allowance import Moves, moves
from ledger.identity import till_facts
from ledger.legs import BookedLeg, balances, legs, not_included
from ledger.lives import current_life
from ledger.members import Member, ids_of, require
from ledger.sale_reading import REVERSALS, SALES, read_sale_body
from ledger.statistics import MemberStatistics, statistics
from ledger.store import View
from ledger.units import Voucher, moves_above, vouchers
from loyalty.entries import POINTS, UnitMove


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

    *member* is the surviving one of a merge, *ids* all of them, it first. Without a pulled row, *legs* are all of this
    till's; with one, those that it does not count in, and so are *balances* (by currency), *unit_moves* and *visits*:
    what HQ says is in *pulled*, to be added (SYNC.md 12). Without one, *unit_moves* is empty: see
    :func:`ledger.units.uses`. *vouchers* are those that this till issued.
    """

    member: Member
    ids: tuple[str, ...]
    pulled: exchange.PulledRow | None
    balances: dict[str, int]
    legs: tuple[BookedLeg, ...]
    visits: int
    unit_moves: tuple[UnitMove, ...]
    right_millipoints: int
    accounts: tuple[Account, ...]
    vouchers: tuple[Voucher, ...]
    statistics: MemberStatistics

    @property
    def points_millipoints(self) -> int:
        """The balance to show."""
        return self.balances.get(POINTS, 0) + (self.pulled.balance_millipoints if self.pulled else 0)


def member_facts(view: View, member_id: str) -> MemberFacts:
    """The facts of a member, under any of their ids; Refused ``member_unknown``."""
    pulled = exchange.row_of(view, member_id)
    ids = _all_ids(view, member_id, pulled)
    accounts = accounts_of(view, ids)
    unit_moves: tuple[UnitMove, ...] = ()
    if pulled is None:
        booked, held, visits = legs(view, ids), balances(view, ids), None
    else:
        above = exchange.includes(view, pulled.read_id)
        booked = legs(view, ids, above=above)
        held = _sums(booked)
        visits, unit_moves = visits_above(view, ids, above), moves_above(view, ids, above)
    counted = joined_statistics(view, ids)
    # An unpaired till is its own HQ: what a member has can be spent (SYNC.md 0).
    paired = till_facts(view).paired
    right = sum(account.right_millipoints for account in accounts) if paired else max(0, held.get(POINTS, 0))
    return MemberFacts(
        member=require(view, ids[0]),
        ids=ids,
        pulled=pulled,
        balances=held,
        legs=booked,
        visits=counted.sales if visits is None else visits,
        unit_moves=unit_moves,
        right_millipoints=right,
        accounts=accounts,
        vouchers=vouchers(view, ids),
        statistics=counted,
    )


def accounts_of(view: View, member_ids: tuple[str, ...]) -> tuple[Account, ...]:
    """The allowance accounts of a member's ids in the current life."""
    account = current_life(view).account
    return tuple(
        Account(member_id, exchange.granted(view, member_id, account), moves(view, member_id, account))
        for member_id in member_ids
    )


def visits_above(view: View, member_ids: tuple[str, ...], above: Mapping[int, int]) -> int:
    """Sales less those voided or wholly refunded, among the entries that *above* (seq by epoch) does not count in."""
    kinds = sorted(SALES | REVERSALS)
    places = ", ".join("?" * len(member_ids))
    bounds = [number for pair in above.items() for number in pair]
    rows = view.rows(
        f"SELECT kind, body FROM entry WHERE member_id IN ({places}) AND kind IN ({', '.join('?' * len(kinds))})"
        f"{not_included(above)}",
        (*member_ids, *kinds, *bounds),
    )
    readings = [read_sale_body(kind, body) for kind, body in rows]
    return sum(reading.is_sale for reading in readings) - sum(reading.whole for reading in readings)


def joined_statistics(view: View, member_ids: tuple[str, ...]) -> MemberStatistics:
    """The statistics of a merged member at this till: of all ids together."""
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


def _all_ids(view: View, member_id: str, pulled: exchange.PulledRow | None) -> tuple[str, ...]:
    ids = ids_of(view, member_id)
    if pulled is None:
        return ids
    others = (each for each in (*pulled.ids, *ids) if each != pulled.root)
    return (pulled.root, *dict.fromkeys(others))


def _sums(booked: tuple[BookedLeg, ...]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for each in booked:
        sums[each.leg.currency] = sums.get(each.leg.currency, 0) + each.leg.amount
    return sums
