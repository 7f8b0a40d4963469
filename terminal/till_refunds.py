"""Taking sales back: line by line, in parts, any number of times; whole ones of the same shift as a void."""

import msgspec

from config.errors import N_, Refused, WrongUse
from ledger import imports, journal
from ledger.store import View
from loyalty.account import Account
from loyalty.basket import MAX_LINE_MINOR
from loyalty.bodies import SaleRefunded, decode_refund, decode_sale
from loyalty.entries import POINTS, Draft, Entry, Kind
from loyalty.ids import EntryId
from loyalty.refund_booking import PairedTill, refund_draft
from loyalty.refunds import MemberNow, Refund, SoldSale, refund
from loyalty.refunds import RefundLine as LineBack
from terminal.till_account import MemberAccount, alone, read_account
from terminal.till_codes import find_entry_id, find_sale, short_form
from terminal.till_counter import Counter
from terminal.till_expiry import reverse_expiry, would_come_back
from terminal.till_flags import flag_refund
from terminal.till_receipts import print_receipt
from terminal.till_sale_shapes import RefundDone, RefundedLine, RefundRequest
from terminal.till_sales import in_open_shift, refunds_of
from terminal.till_shapes import Session
from terminal.till_shifts import ensure_shift
from terminal.till_spending import take_back_sources
from terminal.till_staff import StaffDesk, note_override

KEY_SOURCE = "till.refund"
MAX_REASON = 200
UNKNOWN_SALE = "unknown"


class UnknownRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Money for a sale that this till can't look up; *sale* is its receipt's code, if there is one."""

    amount_minor: int
    reason: str
    sale: str | None = None
    member_id: str | None = None


class _Prepared(msgspec.Struct, frozen=True):
    """A refund worked out, and the member it is for."""

    refund: Refund
    draft: Draft
    member: MemberAccount | None
    entry: Entry


class RefundDesk:
    """Refunds and voids."""

    def __init__(self, counter: Counter, staff: StaffDesk) -> None:
        self._counter = counter
        self._staff = staff

    def preview(self, request: RefundRequest) -> RefundDone:
        """What a refund would come to; nothing is kept."""
        with self._counter.ledger.read() as view:
            now_ms = self._counter.clock.now_ms()
            prepared = self._prepare(view, request, now_ms, void=False)
            member, unexpired = prepared.member, 0
            if member is not None:
                unexpired = would_come_back(self._counter, view, member, prepared.draft, now_ms)
            return _shown(prepared, None, now_ms, unexpired)

    def refund(self, request: RefundRequest) -> RefundDone:
        """Take lines of a sale back, with their share of points and rewards.

        Refused ``sale_unknown``, ``refund_more_than_sold``, ``refund_nothing_left``. A *key* that was used before
        gives that refund again.
        """
        return self._take_back(request, void=False)

    def void(self, sale: str, manager_pin: str | None = None) -> RefundDone:
        """Undo a sale of the shift that is open: the member is left exactly as before. Refused ``void_too_late``."""
        manager = None if manager_pin is None else self._staff.check_manager(manager_pin)
        return self._take_back(RefundRequest(sale=sale), void=True, manager=manager)

    def refund_unknown(self, request: UnknownRefund, manager_pin: str | None = None) -> RefundDone:
        """Pay out for a sale that this till does not know; a manager allows it, and no points move here."""
        manager = self._staff.approved_by(manager_pin)
        reason = _reason(request.reason)
        if not 0 < request.amount_minor <= MAX_LINE_MINOR:
            raise WrongUse(
                "refund_amount_absurd", N_("This is no amount to give back. Nothing was changed; check the receipt.")
            )
        with self._counter.ledger.write() as tx:
            now_ms = self._counter.clock.now_ms()
            sale = self._unknown_sale(tx, request.sale)
            ensure_shift(self._counter, tx, now_ms)
            note_override(self._counter, tx, manager, "refund_unknown")
            body = SaleRefunded(
                sale=sale,
                store=self._counter.store(tx),
                refunded_minor=request.amount_minor,
                reason=reason,
                manager=manager.cashier_id,
            )
            draft = Draft(
                Kind.SALE_REFUNDED,
                body,
                member_id=request.member_id,
                cashier_id=self._counter.session.cashier_id,
            )
            entry = self._counter.append(tx, draft, now_ms)
            return RefundDone(
                refund_id=str(entry.id),
                short=short_form(entry.id),
                sale_id=sale,
                member_id=request.member_id,
                refunded_minor=request.amount_minor,
                points_taken_back_millipoints=0,
                points_given_back_millipoints=0,
                balance_millipoints=None,
                lines=(),
                whole=False,
                at_ms=now_ms,
            )

    def _take_back(self, request: RefundRequest, *, void: bool, manager: Session | None = None) -> RefundDone:
        with self._counter.ledger.write() as tx:
            before = None if request.key is None else imports.seen(tx, KEY_SOURCE, [request.key]).get(request.key)
            if before is not None:
                return self._again(tx, before)
            now_ms = self._counter.clock.now_ms()
            prepared = self._prepare(tx, request, now_ms, void=void, manager=manager)
            ensure_shift(self._counter, tx, now_ms)
            entry = self._counter.append(tx, prepared.draft, now_ms)
            if request.key is not None:
                imports.remember(tx, KEY_SOURCE, request.key, entry)
            print_receipt(self._counter, tx, entry)
            unexpired = 0
            if prepared.member is not None:
                member_id = prepared.member.account.member_id
                unexpired = reverse_expiry(self._counter, tx, member_id, now_ms, cause=str(entry.id))
                flag_refund(
                    self._counter,
                    tx,
                    entry,
                    taken_back=prepared.refund.taken_back_millipoints,
                    balance=prepared.member.facts.points_millipoints + unexpired,
                )
            return _shown(prepared, entry.id, now_ms, unexpired)

    def _prepare(
        self, view: View, request: RefundRequest, now_ms: int, *, void: bool, manager: Session | None = None
    ) -> _Prepared:
        entry = find_sale(view, request.sale)
        same_shift = in_open_shift(view, entry)
        if void and not same_shift:
            raise Refused(
                "void_too_late",
                N_("Only a sale of the open shift can be voided. Nothing was changed. Refund it instead."),
            )
        sale = SoldSale(
            entry.id, decode_sale(entry.body), entry.header, tuple(body for _, body in refunds_of(view, entry.id))
        )
        member = self._member(view, sale.body.account, now_ms)
        lines = [LineBack(line.number - 1, line.quantity_milli) for line in request.lines]
        worked_out = refund(sale, lines or None, self._member_now(view, member, now_ms), at_ms=now_ms)
        draft = refund_draft(
            worked_out,
            store=self._counter.store(view),
            void=void,
            cashier_id=self._counter.session.cashier_id,
            reason=" ".join((request.reason or "").split())[:MAX_REASON],
            manager=None if manager is None else manager.cashier_id,
            paired=self._paired(view, member, spendable_now=same_shift and self._is_of_this_life(view, entry)),
        )
        if member is not None:
            draft = self._sourced(view, draft, member, worked_out.taken_back_millipoints)
        return _Prepared(worked_out, draft, member, entry)

    def _is_of_this_life(self, view: View, entry: Entry) -> bool:
        return entry.epoch == self._counter.till(view).epoch

    def _sourced(self, view: View, draft: Draft, member: MemberAccount, taken_back: int) -> Draft:
        """*draft* with the allowance accounts that pay for the points taken back, of all ids of a merged member."""
        if self._counter.acts_alone(view):
            return alone(draft, member.facts.points_millipoints)
        used = take_back_sources(self._counter, view, member.facts, taken_back)
        return msgspec.structs.replace(draft, header=msgspec.structs.replace(draft.header, used=used))

    def _member(self, view: View, account: Account | None, now_ms: int) -> MemberAccount | None:
        if account is None:
            return None
        programme = self._counter.programme(view, now_ms)
        return read_account(self._counter, view, programme, account.member_id, now_ms, self._counter.store(view))

    def _member_now(self, view: View, member: MemberAccount | None, now_ms: int) -> MemberNow:
        if member is None:
            return MemberNow()
        return MemberNow(
            balance_millipoints=member.facts.points_millipoints,
            stamps=member.account.stamps,
            vouchers=member.account.vouchers,
            cards=self._counter.programme(view, now_ms).model.stamp_cards,
        )

    def _paired(self, view: View, member: MemberAccount | None, *, spendable_now: bool) -> PairedTill | None:
        if member is None or self._counter.acts_alone(view):
            return None
        return PairedTill(right_millipoints=member.facts.right_millipoints, spendable_now=spendable_now)

    def _unknown_sale(self, view: View, text: str | None) -> str:
        if text is None or not text.strip():
            return UNKNOWN_SALE
        entry_id = find_entry_id(view, text)
        if journal.entry(view, entry_id) is not None:
            raise Refused(
                "sale_known",
                N_("This till knows that sale. Nothing was changed. Refund it line by line instead."),
            )
        return str(entry_id)

    def _again(self, view: View, refund_id: EntryId) -> RefundDone:
        """A refund that was saved before with the same key."""
        entry = journal.require_entry(view, refund_id)
        body = decode_refund(entry.body)
        now = None if entry.member_id is None else self._member_by_id(view, entry.member_id)
        return RefundDone(
            refund_id=str(entry.id),
            short=short_form(entry.id),
            sale_id=body.sale,
            member_id=entry.member_id,
            refunded_minor=body.refunded_minor,
            points_taken_back_millipoints=sum(body.taken_back),
            points_given_back_millipoints=body.given_back_millipoints,
            balance_millipoints=None if now is None else now.facts.points_millipoints,
            lines=_lines(body),
            whole=body.whole,
            at_ms=entry.at_ms,
            kind="void" if entry.kind == Kind.SALE_VOIDED else "refund",
        )

    def _member_by_id(self, view: View, member_id: str) -> MemberAccount:
        now_ms = self._counter.clock.now_ms()
        programme = self._counter.programme(view, now_ms)
        return read_account(self._counter, view, programme, member_id, now_ms, self._counter.store(view))


def _shown(prepared: _Prepared, refund_id: EntryId | None, at_ms: int, unexpired_millipoints: int = 0) -> RefundDone:
    worked_out, draft = prepared.refund, prepared.draft
    moved = unexpired_millipoints + sum(leg.amount for leg in draft.header.legs if leg.currency == POINTS)
    member = prepared.member
    assert isinstance(draft.body, SaleRefunded)
    return RefundDone(
        refund_id=None if refund_id is None else str(refund_id),
        short=None if refund_id is None else short_form(refund_id),
        sale_id=str(prepared.entry.id),
        member_id=None if member is None else member.account.member_id,
        refunded_minor=worked_out.refunded_minor,
        points_taken_back_millipoints=worked_out.taken_back_millipoints,
        points_given_back_millipoints=worked_out.given_back_millipoints,
        balance_millipoints=None if member is None else member.facts.points_millipoints + moved,
        lines=_lines(draft.body),
        whole=worked_out.whole,
        at_ms=at_ms,
        kind="void" if draft.kind == Kind.SALE_VOIDED else "refund",
    )


def _lines(body: SaleRefunded) -> tuple[RefundedLine, ...]:
    return tuple(
        RefundedLine(number=line.line + 1, quantity_milli=line.quantity_milli, amount_minor=line.refunded_minor)
        for line in body.lines
    )


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 0 < len(reason) <= MAX_REASON:
        raise WrongUse("reason_missing", N_("A reason is needed, in a few words. Nothing was changed."))
    return reason
