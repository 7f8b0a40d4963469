"""Stamp cards: what a sale stamps, and the vouchers that full cards become."""

from typing import NamedTuple

from loyalty.conditions import Situation, first_miss
from loyalty.days import last_until_ms
from loyalty.limits import UnitUse, unit_name
from loyalty.money import MILLI
from loyalty.programme.plan import CardPlan, Plan
from loyalty.quoted import StampChange, VoucherWon
from loyalty.rewards import Left
from loyalty.trace import Miss, Reason, Subject, TraceLine


class Stamped(NamedTuple):
    """What a sale does to a member's stamp cards."""

    changes: tuple[StampChange, ...]
    won: tuple[VoucherWon, ...]
    uses: tuple[UnitUse, ...]
    trace: tuple[TraceLine, ...]


def stamp(plan: Plan, situation: Situation, left: Left) -> Stamped:
    """The stamps of every card, once rewards have left *left* to pay."""
    changes: list[StampChange] = []
    won: list[VoucherWon] = []
    uses: list[UnitUse] = []
    trace: list[TraceLine] = []
    for card in plan.cards:
        counted = _count(card, situation, left)
        if isinstance(counted, Miss):
            trace.append(TraceLine(Subject.STAMP_CARD, card.id, False, counted.reason, counted.params))
            continue
        change = _change(card, situation, counted)
        changes.append(change)
        won += [_voucher(card, situation)] * change.vouchers
        if card.per == "visit":
            uses.append(UnitUse(_visit_unit(card, situation), 1))
        trace.append(_explain(card, situation, change))
    return Stamped(tuple(changes), tuple(won), tuple(uses), tuple(trace))


def full_cards(size: int, stamps: int) -> int:
    """How many full cards *stamps* make."""
    return max(0, stamps) // size


def _count(card: CardPlan, situation: Situation, left: Left) -> int | Miss:
    """How many stamps the sale gives, or why none."""
    miss = first_miss(card.checks, situation)
    if miss is not None:
        return miss
    if card.per == "item":
        quantity, freed = situation.quantity_milli, left.freed_milli
        items = sum((quantity[line] - freed[line]) // MILLI for line in situation.matched(card.lines))
    else:
        items = 1
    if card.per == "visit" and situation.account.uses.get(_visit_unit(card, situation)):
        return Miss(Reason.STAMPED_TODAY, {})
    if not items:
        return Miss(Reason.NO_STAMPS, {})
    stamps = items * card.stamps
    return stamps if card.cap_per_sale is None else min(stamps, card.cap_per_sale)


def _change(card: CardPlan, situation: Situation, stamps: int) -> StampChange:
    before = situation.account.stamps.get(card.id, 0)
    vouchers = 0 if _is_held_elsewhere(card, situation) else full_cards(card.size, before + stamps)
    matched = situation.matched(card.lines)
    by_items = card.per == "item" and len(matched) < len(situation.order)
    return StampChange(
        card=card.id,
        earned=stamps,
        before=before,
        after=before + stamps - vouchers * card.size,
        vouchers=vouchers,
        lines=tuple(sorted(situation.order[line] for line in matched)) if by_items else (),
    )


def _is_held_elsewhere(card: CardPlan, situation: Situation) -> bool:
    return f"stamps/{card.id}" in situation.account.not_held


def _visit_unit(card: CardPlan, situation: Situation) -> str:
    return unit_name(f"stamp/{card.id}", "day", situation.now.day)


def _voucher(card: CardPlan, situation: Situation) -> VoucherWon:
    valid = card.voucher_valid
    expires_ms = None if valid is None else last_until_ms(valid, situation.now, situation.store)
    return VoucherWon(card.reward, f"stamps/{card.id}", expires_ms)


def _explain(card: CardPlan, situation: Situation, change: StampChange) -> TraceLine:
    params = {"stamps": change.earned, "have": change.after, "size": card.size, "vouchers": change.vouchers}
    held_elsewhere = _is_held_elsewhere(card, situation) and change.after >= card.size
    reason = Reason.CARD_HELD_ELSEWHERE if held_elsewhere else Reason.STAMPS_EARNED
    return TraceLine(Subject.STAMP_CARD, card.id, True, reason, params)
