"""A refund becomes an entry: each leg names the posting of the sale that it takes back or gives back."""

from collections import Counter
from typing import NamedTuple

import msgspec

from loyalty.booking import LIMIT, STAMPS, VOUCHER
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Contra, Draft, Header, Kind, Leg, PostingRef, UnitMove
from loyalty.refunds import Refund
from loyalty.sale_bodies import SaleRefunded


class PairedTill(NamedTuple):
    """What bounds a refund at a paired till.

    *right_millipoints*: this till's right to the member's points, which a clawback takes first. *spendable_now*:
    whether what is given back may be spent here at once: only at the till, in the epoch and the shift of the sale.
    """

    right_millipoints: int
    spendable_now: bool


class _SaleLeg(NamedTuple):
    ref: PostingRef
    leg: Leg


def refund_draft(
    refund: Refund,
    *,
    store: StoreFacts,
    void: bool = False,
    cashier_id: str | None = None,
    reason: str = "",
    manager: str | None = None,
    paired: PairedTill | None = None,
) -> Draft:
    """The entry of *refund*, at *store*; *void* when it undoes a sale of the same shift."""
    body = refund.sale.body
    kept = SaleRefunded(
        sale=str(refund.sale.sale_id),
        store=store,
        lines=refund.lines,
        refunded_minor=refund.refunded_minor,
        whole=refund.whole,
        sale_store=None if body.store.store_id == store.store_id else body.store.store_id,
        taken_back=refund.taken_back,
        shortfall=refund.shortfall if any(refund.shortfall) else (),
        given_back_millipoints=refund.given_back_millipoints,
        qualifying_millipoints=refund.qualifying_millipoints,
        stamps=refund.stamps,
        stamps_filled=refund.stamps_filled,
        vouchers_returned=refund.vouchers_returned,
        vouchers_cancelled=tuple(voucher.code for voucher in refund.vouchers_cancelled),
        reason=reason,
        manager=manager,
    )
    return Draft(
        kind=Kind.SALE_VOIDED if void else Kind.SALE_REFUNDED,
        body=kept,
        header=_Header(refund, paired).header(),
        member_id=None if body.account is None else body.account.member_id,
        cashier_id=cashier_id,
    )


class _Header:
    """The effects of one refund."""

    def __init__(self, refund: Refund, paired: PairedTill | None) -> None:
        self.refund, self.paired = refund, paired
        sale = refund.sale
        self.legs = [_SaleLeg(PostingRef(*sale.sale_id, place), leg) for place, leg in enumerate(sale.header.legs)]
        self.member = "" if sale.body.account is None else sale.body.account.member_id

    def header(self) -> Header:
        if not self.member:
            return Header()
        given, own = self._given_back()
        return Header(
            legs=(*self._taken_back(), *given, *self._stamp_legs(), *self._voucher_legs()),
            own=tuple(own),
            used=self._used(),
            units=tuple(self._units()),
        )

    def _find(self, currency: str, *, credit: bool) -> list[_SaleLeg]:
        return [each for each in self.legs if each.leg.currency == currency and (each.leg.amount > 0) is credit]

    def _taken_back(self) -> list[Leg]:
        lots = self._find(POINTS, credit=True)
        legs = [_undo(each, -amount) for each, amount in zip(lots, self.refund.taken_back, strict=True) if amount]
        qualifying = self._find(QUALIFYING, credit=True)
        if self.refund.qualifying_millipoints:
            legs.append(_undo(qualifying[0], -self.refund.qualifying_millipoints))
        return legs

    def _used(self) -> tuple[AccountMove, ...]:
        """A clawback takes this till's right first; the rest is HQ's to take."""
        amount = self.refund.taken_back_millipoints
        if self.paired is not None:
            amount = min(amount, max(0, self.paired.right_millipoints))
        return (AccountMove(self.member, amount),) if amount else ()

    def _given_back(self) -> tuple[list[Leg], list[AccountMove]]:
        """Points spent come back to where they came from: what was spent by stand-in first, which nobody had paid."""
        sale = self.refund.sale
        before = sum(earlier.given_back_millipoints for earlier in sale.so_far)
        after = before + self.refund.given_back_millipoints
        debits = self._find(POINTS, credit=False)
        standin = sale.header.standin_millipoints
        if standin:
            debits = [debits[-1], *debits[:-1]]
        legs, own, passed = [], [], 0
        for place, each in enumerate(debits):
            size = -each.leg.amount
            amount = _within(after - passed, size) - _within(before - passed, size)
            passed += size
            if not amount:
                continue
            legs.append(_undo(each, amount))
            if not (standin and place == 0) and (self.paired is None or self.paired.spendable_now):
                own.append(AccountMove(each.leg.member, amount))
        return legs, own

    def _stamp_legs(self) -> list[Leg]:
        """Stamps go back; those of cancelled vouchers, and of used ones that should come back, fill the card again."""
        legs = [
            _undo(self._find(f"{STAMPS}/{card}", credit=True)[0], -count) for card, count in self.refund.stamps.items()
        ]
        return legs + [
            Leg(self.member, f"{STAMPS}/{card}", count, Contra.REDEEMED) for card, count in self._filled().items()
        ]

    def _filled(self) -> Counter[str]:
        filled = Counter(self.refund.stamps_filled)
        for voucher in self.refund.vouchers_cancelled:
            if voucher.card is not None:
                filled[voucher.card] += voucher.stamps
        return filled

    def _voucher_legs(self) -> list[Leg]:
        """Cancelled vouchers go, used ones come back with the end that they had."""
        quote = self.refund.sale.body.quote
        vouchers = [each for each in self.legs if each.leg.currency.startswith(f"{VOUCHER}/")]
        made_legs = [each for each in vouchers if each.leg.amount > 0]
        spent_legs = [each for each in vouchers if each.leg.amount < 0]
        made = {voucher.code: each for voucher, each in zip(quote.vouchers_won, made_legs, strict=True)}
        spent = {voucher.code: each for voucher, each in zip(quote.vouchers_spent, spent_legs, strict=True)}
        legs = [
            _undo(made[voucher.code], -1)
            if voucher.code in made
            else Leg(self.member, f"{VOUCHER}/{voucher.reward}", -1, Contra.ISSUED)
            for voucher in self.refund.vouchers_cancelled
        ]
        for voucher in self.refund.vouchers_returned:
            back = _undo(spent[voucher.code], 1)
            legs.append(msgspec.structs.replace(back, expires_ms=voucher.expires_ms))
        return legs

    def _units(self) -> list[UnitMove]:
        refund, member = self.refund, self.member
        stamps = self._filled()
        stamps.subtract(refund.stamps)
        moves = [UnitMove(STAMPS, card, member, change=count) for card, count in stamps.items() if count]
        moves += [UnitMove(VOUCHER, voucher.code, member, change=-1) for voucher in refund.vouchers_cancelled]
        moves += [UnitMove(VOUCHER, voucher.code, member, change=1) for voucher in refund.vouchers_returned]
        return moves + [UnitMove(LIMIT, back.unit, back.member, change=back.amount) for back in refund.units]


def _undo(each: _SaleLeg, amount: int) -> Leg:
    leg = each.leg
    return Leg(leg.member, leg.currency, amount, leg.against, undoes=each.ref)


def _within(amount: int, size: int) -> int:
    return max(0, min(amount, size))
