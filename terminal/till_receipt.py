"""One receipt from one entry: what its body says, with the names that the till has for it."""

from collections.abc import Sequence

import msgspec

from config.i18n import language_from
from ledger import legs, profiles, staff
from ledger.identity import TillFacts
from ledger.sale_reading import SALES
from ledger.store import View
from loyalty import lots
from loyalty.bodies import SaleCompleted, SaleRefunded, decode_refund, decode_sale
from loyalty.entries import POINTS, Contra, Entry, Kind, PostingRef
from loyalty.lots import Lot, PostedLeg
from loyalty.money import MILLI
from loyalty.programme.load import Programme
from receipts.receipt import (
    HASH_PREFIX_LETTERS,
    Code,
    EarnedBy,
    Expiry,
    JournalPlace,
    Mark,
    Points,
    Receipt,
    ReceiptLine,
    ReceiptReward,
    Shop,
    StampCard,
    TierProgress,
    VoucherWon,
)
from scanner import codes
from terminal.till_codes import own_issuer
from terminal.till_counter import Counter
from terminal.till_quoting import names_of


def build_receipt(counter: Counter, view: View, entry: Entry) -> Receipt:
    """The receipt of a sale, a refund or a void."""
    receipt = _frame(counter, view, entry)
    if entry.kind in SALES:
        body = decode_sale(entry.body)
        programme = counter.programme_of_version(view, body.programme)
        return _Sale(counter.till(view), view, entry, body, programme).fill(receipt)
    return _refund(view, entry, decode_refund(entry.body), receipt)


def lots_after(body: SaleCompleted) -> tuple[Lot, ...]:
    """The member's lots once the sale is booked, from the account in its own body."""
    if body.account is None:
        return ()
    # The references only keep the order: what the account held comes before what the sale brought.
    held = [
        _credit(place, lot.at_ms or 0, lot.amount_millipoints, lot.available_ms, lot.expires_ms)
        for place, lot in enumerate(body.account.lots)
    ]
    earned = [
        _credit(len(held) + place, 1 << 62, lot.millipoints, lot.available_ms, lot.expires_ms)
        for place, lot in enumerate(body.quote.earned)
    ]
    spent = body.quote.points_spent_millipoints
    debit = [PostedLeg(PostingRef("", 1, 0, 0), (1 << 62) - 1, -spent, Contra.REDEEMED)] if spent else []
    return lots.replay([*held, *debit, *earned]).lots


def _credit(place: int, at_ms: int, amount: int, available_ms: int | None, expires_ms: int | None) -> PostedLeg:
    return PostedLeg(PostingRef("", 0, 0, place), at_ms, amount, Contra.ISSUED, available_ms, expires_ms)


def _frame(counter: Counter, view: View, entry: Entry) -> Receipt:
    """What every receipt has: shop, time, member, code, place in the journal, marks."""
    till = counter.till(view)
    cashier = staff.get(view, entry.cashier_id) if entry.cashier_id else None
    profile = profiles.profile(view, entry.member_id) if entry.member_id else None
    marks = [Mark.TRAINING] if counter.training else []
    if entry.kind == Kind.SALE_REFUNDED:
        marks.append(Mark.REFUND)
    elif entry.kind == Kind.SALE_VOIDED:
        marks.append(Mark.VOID)
    return Receipt(
        shop=Shop(
            name=till.store_name,
            till=till.till_name,
            cashier=cashier.name if cashier else "",
            logo=counter.settings.printer.logo is not None,
        ),
        currency=till.currency,
        zone=till.zone,
        at_ms=entry.at_ms,
        language=language_from((profile.language if profile else None) or counter.settings.language),
        entry_id=str(entry.id),
        member_name=profile.name if profile else None,
        sale_code=Code(codes.sale_qr(entry.id)),
        journal=JournalPlace(seq=entry.seq, hash_prefix=entry.hash.hex()[:HASH_PREFIX_LETTERS]),
        marks=tuple(marks),
    )


class _Sale:
    """Fills a sale's receipt."""

    def __init__(
        self, till: TillFacts, view: View, entry: Entry, body: SaleCompleted, programme: Programme | None
    ) -> None:
        self.till, self.view, self.entry, self.body = till, view, entry, body
        self.programme = programme
        self.names = None if programme is None else names_of(programme)

    def fill(self, frame: Receipt) -> Receipt:
        body, quote = self.body, self.body.quote
        account = body.account
        return msgspec.structs.replace(
            frame,
            currency=body.basket.currency,
            zone=body.store.zone,
            lines=tuple(
                ReceiptLine(_line_text(line.category, line.sku), line.amount_minor, line.quantity_milli)
                for line in body.basket.lines
            ),
            total_minor=quote.total_minor,
            to_pay_minor=quote.to_pay_minor,
            rewards=tuple(
                ReceiptReward(self._name("reward", each.reward), each.amount_minor, each.points_millipoints)
                for each in quote.discounts
            ),
            earned=tuple(EarnedBy(self._name("rule", each.rule), each.millipoints) for each in quote.earned_by_rule),
            points=None if account is None else self._points(account.points_millipoints),
            tier=self._tier(),
            expiry=self._expiry(),
            stamps=self._stamps(),
            vouchers=self._vouchers(),
        )

    def _name(self, kind: str, identity: str) -> str:
        return identity if self.names is None else self.names.of(kind, identity)

    def _points(self, before_millipoints: int) -> Points:
        quote = self.body.quote
        return Points(
            before_millipoints=before_millipoints,
            earned_millipoints=quote.points_earned_millipoints,
            spent_millipoints=quote.points_spent_millipoints,
            after_millipoints=before_millipoints + quote.points_earned_millipoints - quote.points_spent_millipoints,
            pending_millipoints=lots.pending(lots_after(self.body), self.entry.at_ms),
        )

    def _tier(self) -> TierProgress | None:
        account = self.body.account
        if account is None or self.programme is None or not self.programme.model.tier:
            return None
        qualifying = account.qualifying_millipoints + self.body.quote.qualifying_millipoints
        tier = self.body.quote.tier_after or account.tier
        further = next((each for each in self.programme.model.tier if int(each.from_points * MILLI) > qualifying), None)
        return TierProgress(
            tier=self._name("tier", tier) if tier else "",
            next_tier=None if further is None else further.name,
            missing_millipoints=0 if further is None else int(further.from_points * MILLI) - qualifying,
        )

    def _expiry(self) -> Expiry | None:
        soonest = lots.next_expiry(lots_after(self.body), self.entry.at_ms)
        return None if soonest is None else Expiry(*soonest)

    def _stamps(self) -> tuple[StampCard, ...]:
        account = self.body.account
        if account is None or self.names is None:
            return ()
        return tuple(
            StampCard(
                self._name("stamp_card", each.card),
                account.stamps.get(each.card, 0) + each.earned - each.vouchers * each.size,
                self.names.card_sizes.get(each.card, 0),
            )
            for each in self.body.quote.stamps
        )

    def _vouchers(self) -> tuple[VoucherWon, ...]:
        won = self.body.quote.vouchers_won
        if not won:
            return ()
        issuer = own_issuer(self.view)
        return tuple(
            VoucherWon(self._name("reward", each.reward), Code(codes.voucher_qr(issuer, each.code)), each.expires_ms)
            for each in won
        )


def _refund(view: View, entry: Entry, body: SaleRefunded, frame: Receipt) -> Receipt:
    return msgspec.structs.replace(
        frame,
        refunded_entry_id=body.sale,
        lines=tuple(
            ReceiptLine(_line_text(line.category, line.sku), line.refunded_minor, line.quantity_milli)
            for line in body.lines
        ),
        total_minor=body.refunded_minor,
        to_pay_minor=body.refunded_minor,
        points=None if entry.member_id is None else _points_of_refund(view, entry, body),
    )


def _points_of_refund(view: View, entry: Entry, body: SaleRefunded) -> Points:
    taken, given = sum(body.taken_back), body.given_back_millipoints
    after = _balance_after(view, entry)
    return Points(
        before_millipoints=after + taken - given,
        earned_millipoints=-taken,
        spent_millipoints=-given,
        after_millipoints=after,
    )


def _balance_after(view: View, entry: Entry) -> int:
    """The member's points right after *entry*, by this till's own postings."""
    booked: Sequence[legs.BookedLeg] = legs.legs(view, [entry.member_id or ""], [POINTS])
    return sum(each.leg.amount for each in booked if each.ref.epoch != entry.epoch or each.ref.seq <= entry.seq)


def _line_text(category: str, sku: str | None) -> str:
    return f"{category} {sku}" if sku else category
