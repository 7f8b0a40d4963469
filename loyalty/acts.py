"""Entries for acts other than sales: adjustments, imported balances, expiry, tiers, vouchers."""

from collections.abc import Sequence

from config.errors import N_, Refused
from loyalty.bodies import (
    ExpiryReversed,
    PointsAdjusted,
    PointsExpired,
    PointsImported,
    TierChanged,
    VoucherIssued,
    VoucherVoided,
)
from loyalty.booking import STAMPS, VOUCHER, voucher_legs
from loyalty.days import StoreFacts, last_until_ms, moment, parse_duration
from loyalty.entries import POINTS, AccountMove, Contra, Draft, Header, Kind, Leg, UnitMove
from loyalty.lots import Lot, Overdone
from loyalty.programme.load import Programme
from loyalty.programme.model import StampCard
from loyalty.sale_bodies import IssuedVoucher
from loyalty.tiers import ManualTier


def adjustment_draft(
    programme: Programme,
    member_id: str,
    millipoints: int,
    *,
    reason: str,
    manager: str,
    balance_millipoints: int,
    at_ms: int,
    store: StoreFacts,
    right_millipoints: int | None = None,
) -> Draft:
    """A manager's change of a balance; what is added expires like points that are earned.

    Refused when it would take more than the balance. A paired till takes what is subtracted from its right first.
    """
    if millipoints < 0 and millipoints + max(0, balance_millipoints) < 0:
        raise Refused(
            "adjustment_below_zero",
            N_("The member has only {balance} points. Nothing was changed; take away no more than that."),
            balance=max(0, balance_millipoints) // 1000,
        )
    return Draft(
        kind=Kind.POINTS_ADJUSTED,
        body=PointsAdjusted(millipoints, reason, manager),
        header=_points(programme, member_id, millipoints, at_ms, store, right_millipoints),
        member_id=member_id,
        cashier_id=manager,
    )


def points_import_draft(
    programme: Programme,
    member_id: str,
    millipoints: int,
    *,
    at_ms: int,
    store: StoreFacts,
    source: str = "",
    tier: ManualTier | None = None,
    cashier_id: str | None = None,
) -> Draft:
    """A balance (≥ 0), and perhaps a tier, from another system; the points expire like points that are earned."""
    assert millipoints >= 0
    return Draft(
        kind=Kind.POINTS_IMPORTED,
        body=PointsImported(millipoints, source, *(tier or (None, None))),
        header=_points(programme, member_id, millipoints, at_ms, store, None),
        member_id=member_id,
        cashier_id=cashier_id,
    )


def expiry_draft(member_id: str, lots: Sequence[Lot]) -> Draft:
    """The expiry of *lots* (not empty): one leg each, which names it. HQ's to write, or an unpaired till's."""
    assert lots
    legs = tuple(Leg(member_id, POINTS, -lot.amount_millipoints, Contra.EXPIRED, undoes=lot.ref) for lot in lots)
    total = sum(lot.amount_millipoints for lot in lots)
    header = Header(legs=legs, used=(AccountMove(member_id, total),))
    return Draft(kind=Kind.POINTS_EXPIRED, body=PointsExpired(total), header=header, member_id=member_id)


def expiry_reversed_draft(member_id: str, overdone: Overdone, *, cause: str = "") -> Draft:
    """What an expiry took too much comes back to its lot; *cause* is the entry that showed it, where it is known."""
    header = Header(
        legs=(Leg(member_id, POINTS, overdone.millipoints, Contra.EXPIRED, undoes=overdone.expiry),),
        own=(AccountMove(member_id, overdone.millipoints),),
    )
    body = ExpiryReversed(overdone.lot, cause, overdone.millipoints)
    return Draft(kind=Kind.EXPIRY_REVERSED, body=body, header=header, member_id=member_id)


def tier_draft(
    member_id: str, tier: str | None, until_ms: int | None, *, manager: str | None = None, reason: str = ""
) -> Draft:
    """A tier given by hand until *until_ms*, or taken away again."""
    body = TierChanged(tier, until_ms, manager, reason)
    return Draft(kind=Kind.TIER_CHANGED, body=body, member_id=member_id, cashier_id=manager)


def full_card_draft(member_id: str, card: StampCard, code: str, *, at_ms: int, store: StoreFacts) -> Draft:
    """A full stamp card becomes a voucher outside a sale: at the card's holder, once stamps of others came in."""
    expires_ms = None
    if card.voucher_valid is not None:
        expires_ms = last_until_ms(parse_duration(card.voucher_valid), moment(at_ms, store), store)
    voucher = IssuedVoucher(code, card.reward, f"{STAMPS}/{card.id}", expires_ms)
    header = Header(
        legs=(
            Leg(member_id, f"{STAMPS}/{card.id}", -card.size, Contra.REDEEMED),
            *voucher_legs(member_id, (voucher,)),
        ),
        units=(
            UnitMove(STAMPS, card.id, member_id, change=-card.size),
            UnitMove(VOUCHER, code, member_id, change=1),
        ),
    )
    return Draft(Kind.VOUCHER_ISSUED, VoucherIssued(voucher, card.id, card.size), header, member_id)


def voucher_void_draft(
    member_id: str, code: str, reward: str, *, manager: str | None = None, reason: str = ""
) -> Draft:
    """An unused voucher no longer works."""
    header = Header(
        legs=(Leg(member_id, f"{VOUCHER}/{reward}", -1, Contra.ADJUSTED),),
        units=(UnitMove(VOUCHER, code, member_id, change=-1),),
    )
    body = VoucherVoided(code, reward, reason, manager)
    return Draft(Kind.VOUCHER_VOIDED, body, header, member_id, manager)


def _points(
    programme: Programme,
    member_id: str,
    millipoints: int,
    at_ms: int,
    store: StoreFacts,
    right_millipoints: int | None,
) -> Header:
    if not millipoints:
        return Header()
    if millipoints < 0:
        used = -millipoints if right_millipoints is None else min(-millipoints, max(0, right_millipoints))
        leg = Leg(member_id, POINTS, millipoints, Contra.ADJUSTED)
        return Header(legs=(leg,), used=(AccountMove(member_id, used),) if used else ())
    expires_ms = programme.expiry.expires_ms(moment(at_ms, store), store)
    leg = Leg(member_id, POINTS, millipoints, Contra.ADJUSTED, expires_ms=expires_ms)
    return Header(legs=(leg,), own=(AccountMove(member_id, millipoints),))
