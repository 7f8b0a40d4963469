"""Vouchers, stamps and limits, each of which has one holder: what is held here, and what to ask HQ for."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from ledger import exchange, lives
from ledger.facts import accounts_of
from ledger.store import View
from loyalty.limits import ALL_LIMITS
from sync.wire import MemberRow
from terminal.till_sync_rows import member_row

STAMPS = "stamps/"
VOUCHER = "voucher/"


class Wish(NamedTuple):
    """What HQ is asked to grant on the accounts of one member id: totals, of millipoints and of units by name."""

    member_id: str
    raise_to: int
    units: tuple[tuple[str, int], ...]


def not_held(view: View, row: MemberRow, stamps: Mapping[str, int]) -> tuple[str, ...]:
    """Vouchers, stamp cards and limits that only another holder, or HQ, may use just now.

    A card of which somebody else holds some of the *stamps* is not turned into vouchers here: those stamps would count
    twice. Of a merged member, the limits of every id must be here.
    """
    there = Counter({f"{STAMPS}{card}": count for card, count in stamps.items()})
    there.update({unit.what: unit.count for unit in row.units if unit.what.startswith(VOUCHER)})
    there[ALL_LIMITS] = len(row.ids)
    here: Counter[str] = Counter()
    for (_, what), count in _held(view, row).items():
        here[what] += count
    return tuple(sorted(what for what, count in there.items() if here[what] < count))


def wishes(view: View, member_id: str, millipoints: int) -> tuple[Wish, ...]:
    """What to ask HQ for so that *millipoints* can be spent here, with all units of the member that others hold."""
    pulled = exchange.row_of(view, member_id)
    row = member_row(pulled)
    account = lives.current_life(view).account
    missing = missing_millipoints(view, member_id, millipoints)
    found = []
    for each in _ids(row, member_id):
        granted = exchange.granted(view, each, account)
        units = () if row is None else _missing_units(view, row, each)
        more = missing if each == member_id else 0
        if more or units:
            found.append(Wish(each, granted + more, units))
    return tuple(found)


def missing_millipoints(view: View, member_id: str, millipoints: int) -> int:
    """How much more than this till's right *millipoints* are."""
    pulled = exchange.row_of(view, member_id)
    accounts = accounts_of(view, pulled.ids if pulled is not None else (member_id,))
    return max(0, millipoints - sum(account.right_millipoints for account in accounts))


def _missing_units(view: View, row: MemberRow, member_id: str) -> tuple[tuple[str, int], ...]:
    account = lives.current_life(view).account
    held = _held(view, row)
    there = Counter({unit.what: unit.count for unit in row.units if unit.member == member_id})
    there[ALL_LIMITS] = 1
    return tuple(
        (what, exchange.granted(view, member_id, account, what) + count - held.get((member_id, what), 0))
        for what, count in sorted(there.items())
        if held.get((member_id, what), 0) < count
    )


def _held(view: View, row: MemberRow) -> dict[tuple[str, str], int]:
    return exchange.held_units(view, [each.member for each in row.ids], lives.current_life(view).account)


def _ids(row: MemberRow | None, member_id: str) -> tuple[str, ...]:
    return (member_id,) if row is None else tuple(each.member for each in row.ids)
