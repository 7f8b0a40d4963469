"""A quote becomes an entry: the sale's body, from which it can be made again, and the header of its effects."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from loyalty.account import Account, Voucher
from loyalty.basket import Basket
from loyalty.days import StoreFacts
from loyalty.earning import split_points
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Contra, Draft, Header, Kind, Leg, UnitMove
from loyalty.limits import EVERYBODY, UnitUse
from loyalty.programme.load import Programme
from loyalty.quote import quote
from loyalty.quoted import Choice, EarnedLot, Quote, StampChange
from loyalty.sale_bodies import ImportKey, IssuedVoucher, SaleCompleted, SaleQuote, StampsEarned

VOUCHER = "voucher"
STAMPS = "stamps"
LIMIT = "limit"


class Sources(NamedTuple):
    """Where the points spent come from at a paired till: allowance accounts, and what it decides alone."""

    used: tuple[AccountMove, ...] = ()
    standin_millipoints: int = 0


class Sale(NamedTuple):
    """Everything that makes one sale; *quoted* is its quote, without a refused choice."""

    programme: Programme
    account: Account | None
    basket: Basket
    choices: Sequence[Choice]
    at_ms: int
    store: StoreFacts
    quoted: Quote


class Difference(msgspec.Struct, frozen=True):
    """A figure of a sale's body that comes out otherwise when the quote is made again."""

    figure: str
    kept: Any
    again: Any


def sale_draft(
    sale: Sale,
    *,
    cashier_id: str | None = None,
    codes: Sequence[str] = (),
    sources: Sources | None = None,
    clock_skew_ms: int = 0,
    imported: ImportKey | None = None,
) -> Draft:
    """The entry of *sale*.

    *codes* holds a new code for each of the vouchers that it wins. *sources* says where the points spent come from;
    without it all come from the member's own account at this till, as at a till that was never paired.
    """
    assert not sale.quoted.refused
    assert len(codes) == len(sale.quoted.vouchers_won)
    account = sale.account
    body = SaleCompleted(
        store=sale.store,
        programme=sale.programme.version,
        basket=sale.basket,
        quote=sale_quote(sale.quoted, account, codes),
        account=None if account is None else account.as_seen(sale.at_ms),
        choices=tuple(sale.choices),
        refund_policy=sale.programme.model.refunds.policy,
        clock_skew_ms=clock_skew_ms,
        imported=imported,
    )
    return Draft(
        kind=Kind.SALE_COMPLETED if imported is None else Kind.SALE_IMPORTED,
        body=body,
        header=Header() if account is None else _header(account.member_id, body.quote, sale.quoted, sources),
        member_id=None if account is None else account.member_id,
        cashier_id=cashier_id,
    )


def sale_quote(quoted: Quote, account: Account | None, codes: Sequence[str]) -> SaleQuote:
    """What the body keeps of *quoted*: the figures, without offers and trace, which can be made again."""
    return SaleQuote(
        total_minor=quoted.total_minor,
        to_pay_minor=quoted.to_pay_minor,
        discounts=quoted.discounts,
        points_earned_millipoints=quoted.points_earned_millipoints,
        points_spent_millipoints=quoted.points_spent_millipoints,
        earned=tuple(_without_usual_spread(lot, quoted.net_by_line) for lot in quoted.earned),
        earned_by_rule=quoted.earned_by_rule,
        qualifying_millipoints=quoted.qualifying_millipoints,
        stamps=tuple(
            StampsEarned(change.card, change.earned, change.vouchers, _size(change), change.lines)
            for change in quoted.stamps
        ),
        vouchers_won=tuple(
            IssuedVoucher(code, won.reward, won.source, won.expires_ms)
            for code, won in zip(codes, quoted.vouchers_won, strict=True)
        ),
        vouchers_spent=tuple(_spent(code, account) for code in quoted.vouchers_spent),
        tier_after=None if quoted.tier_after == quoted.tier_before else quoted.tier_after,
    )


def rerun(programme: Programme, body: SaleCompleted, at_ms: int) -> Quote:
    """The sale's quote made again from its own body; *programme* is the version that it names."""
    return quote(programme, body.account, body.basket, body.choices, at_ms, body.store, offers=False)


def differences(programme: Programme, body: SaleCompleted, at_ms: int) -> tuple[Difference, ...]:
    """What comes out otherwise when the sale's quote is made again; empty when all is as it was."""
    again = rerun(programme, body, at_ms)
    codes = [voucher.code for voucher in body.quote.vouchers_won]
    if len(codes) != len(again.vouchers_won):
        return (Difference("vouchers_won", len(codes), len(again.vouchers_won)),)
    figures = msgspec.to_builtins(sale_quote(again, body.account, codes))
    kept = msgspec.to_builtins(body.quote)
    return tuple(
        Difference(figure, kept.get(figure), figures.get(figure))
        for figure in sorted(kept.keys() | figures.keys())
        if kept.get(figure) != figures.get(figure)
    )


def limit_moves(uses: Sequence[UnitUse], member_id: str) -> tuple[UnitMove, ...]:
    """The units of limits, caps, stock and budgets that are used."""
    return tuple(
        UnitMove(LIMIT, use.unit, EVERYBODY if use.everybody else member_id, change=-use.amount) for use in uses
    )


def voucher_legs(member_id: str, vouchers: Sequence[IssuedVoucher]) -> tuple[Leg, ...]:
    """One credit for each voucher that is made, in the order of their unit moves."""
    return tuple(
        Leg(member_id, f"{VOUCHER}/{voucher.reward}", 1, Contra.ISSUED, expires_ms=voucher.expires_ms)
        for voucher in vouchers
    )


def _header(member: str, kept: SaleQuote, quoted: Quote, sources: Sources | None) -> Header:
    spent = quoted.points_spent_millipoints
    if sources is None:
        sources = Sources((AccountMove(member, spent),) if spent else ())
    assert sum(move.amount for move in sources.used) + sources.standin_millipoints == spent
    earned = [
        Leg(member, POINTS, lot.millipoints, Contra.ISSUED, lot.available_ms, lot.expires_ms) for lot in quoted.earned
    ]
    if kept.qualifying_millipoints:
        earned.append(Leg(member, QUALIFYING, kept.qualifying_millipoints, Contra.ISSUED))
    return Header(
        legs=(
            *earned,
            *_spent_legs(member, sources),
            *_stamp_legs(member, kept),
            *voucher_legs(member, kept.vouchers_won),
            *(Leg(member, f"{VOUCHER}/{used.reward}", -1, Contra.REDEEMED) for used in kept.vouchers_spent),
        ),
        own=(AccountMove(member, quoted.points_earned_millipoints),) if quoted.points_earned_millipoints else (),
        used=sources.used,
        standin_millipoints=sources.standin_millipoints,
        units=(*_unit_moves(member, kept), *limit_moves(quoted.limit_uses, member)),
    )


def _spent_legs(member: str, sources: Sources) -> list[Leg]:
    legs = [Leg(move.member, POINTS, -move.amount, Contra.REDEEMED) for move in sources.used]
    if sources.standin_millipoints:
        legs.append(Leg(member, POINTS, -sources.standin_millipoints, Contra.REDEEMED))
    return legs


def _stamp_legs(member: str, kept: SaleQuote) -> list[Leg]:
    legs = []
    for stamps in kept.stamps:
        legs.append(Leg(member, f"{STAMPS}/{stamps.card}", stamps.earned, Contra.ISSUED))
        if stamps.vouchers:
            used = stamps.vouchers * stamps.size
            legs.append(Leg(member, f"{STAMPS}/{stamps.card}", -used, Contra.REDEEMED))
    return legs


def _unit_moves(member: str, kept: SaleQuote) -> list[UnitMove]:
    moves = [
        UnitMove(STAMPS, stamps.card, member, change=stamps.earned - stamps.vouchers * stamps.size)
        for stamps in kept.stamps
    ]
    moves += [UnitMove(VOUCHER, voucher.code, member, change=1) for voucher in kept.vouchers_won]
    return moves + [UnitMove(VOUCHER, voucher.code, member, change=-1) for voucher in kept.vouchers_spent]


def _without_usual_spread(lot: EarnedLot, net_by_line: Sequence[int]) -> EarnedLot:
    """*lot* without its spread where it is the usual one, in proportion to what is paid: bodies stay short."""
    usual = lot.by_line == split_points(lot.millipoints, net_by_line)
    return msgspec.structs.replace(lot, by_line=()) if usual else lot


def _size(change: StampChange) -> int:
    """How many stamps fill the card, where one was filled."""
    return (change.before + change.earned - change.after) // change.vouchers if change.vouchers else 0


def _spent(code: str, account: Account | None) -> Voucher:
    assert account is not None
    return next(voucher for voucher in account.vouchers if voucher.code == code)
