"""A paired till's view of a member: what HQ has said, and this till's own entries on top of it."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from ledger import exchange
from ledger.facts import MemberFacts as LedgerFacts
from ledger.store import View
from loyalty.account import Voucher
from loyalty.entries import Contra, PostingRef, UnitMove
from loyalty.facts import MemberFacts
from loyalty.ids import HQ_TILL_ID
from loyalty.lots import PostedLeg
from loyalty.tiers import ManualTier
from sync.wire import Lot, MemberRow
from terminal.till_sync_rows import member_row
from terminal.till_sync_units import STAMPS, VOUCHER, not_held

_FOREVER_MS = 1 << 62


def with_pulled(view: View, facts: LedgerFacts, known: MemberFacts) -> MemberFacts:
    """*known*, which holds own entries that HQ's row does not count, with that row under them.

    Without a row (an unpaired till, a member that HQ has not confirmed) nothing changes.
    """
    row = member_row(facts.pulled)
    if row is None:
        return known
    stamps = _stamps(row, facts.unit_moves)
    return msgspec.structs.replace(
        known,
        points=[*_legs(row.lots, row.balance), *known.points],
        qualifying=[*_legs(row.qualifying, None), *known.qualifying],
        stamps=stamps,
        vouchers=_vouchers(view, facts, row, known.vouchers),
        uses=_uses(row, facts.unit_moves),
        visits=row.visits + facts.visits,
        manual_tier=known.manual_tier or _tier(row),
        not_held=(*known.not_held, *not_held(view, row, stamps)),
    )


def _legs(lots: Iterable[Lot], balance: int | None) -> list[PostedLeg]:
    """HQ's lots as credits; a balance below their sum (a deficit, points held for a refund) as one debit."""
    legs = [PostedLeg(lot.ref, lot.at_ms, lot.amount, Contra.ISSUED, lot.available_ms, lot.expires_ms) for lot in lots]
    missing = sum(leg.amount for leg in legs) - balance if balance is not None else 0
    if missing:
        last_ms = max((leg.at_ms for leg in legs), default=0)
        ref = PostingRef(HQ_TILL_ID, 0, 0, 0)
        legs.append(PostedLeg(ref, last_ms, -missing, Contra.ADJUSTED))
    return legs


def _stamps(row: MemberRow, moves: Iterable[UnitMove]) -> dict[str, int]:
    stamps = {unit.what.removeprefix(STAMPS): 0 for unit in row.units if unit.what.startswith(STAMPS)}
    for unit in row.units:
        if unit.what.startswith(STAMPS):
            stamps[unit.what.removeprefix(STAMPS)] += unit.count
    for move in moves:
        if move.kind == "stamps" and move.to is None:
            stamps[move.unit] = stamps.get(move.unit, 0) + move.change
    return stamps


def _vouchers(view: View, facts: LedgerFacts, row: MemberRow, own: Iterable[Voucher]) -> list[Voucher]:
    """HQ's open vouchers, and own ones that HQ does not count yet; without those used here since."""
    listed = {unit.what.removeprefix(VOUCHER): unit for unit in row.units if unit.what.startswith(VOUCHER)}
    above = exchange.includes(view, facts.pulled.read_id) if facts.pulled is not None else {}
    # What HQ counts in and no longer lists was used elsewhere.
    counted = {each.code for each in facts.vouchers if each.seq <= above.get(each.epoch, 0)}
    found = {each.code: each for each in own if each.code in listed or each.code not in counted}
    for code, unit in listed.items():
        if unit.count > 0 and unit.reward is not None:
            found.setdefault(code, Voucher(code, unit.reward, unit.expires_ms))
        elif unit.count <= 0:
            found.pop(code, None)
    changes: Counter[str] = Counter()
    for move in facts.unit_moves:
        changes[move.unit] += move.change if move.kind == "voucher" and move.to is None else 0
    return [voucher for code, voucher in found.items() if changes[code] >= 0]


def _uses(row: MemberRow, moves: Iterable[UnitMove]) -> dict[str, int]:
    uses: dict[str, int] = {}
    for name, count in row.uses:
        uses[name] = uses.get(name, 0) + count
    for move in moves:
        if move.kind == "limit" and move.to is None:
            uses[move.unit] = uses.get(move.unit, 0) - move.change
    return uses


def _tier(row: MemberRow) -> ManualTier | None:
    if row.tier is None:
        return None
    return ManualTier(row.tier, _FOREVER_MS if row.tier_until_ms is None else row.tier_until_ms)
