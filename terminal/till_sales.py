"""Selling: a quote that costs nothing, and the one transaction that makes it a sale."""

from collections.abc import Sequence

import msgspec

from config.errors import N_, Refused, WrongUse
from config.formats import format_money
from config.i18n import _, current_language
from ledger import held, imports, journal, members, shifts
from ledger.sale_reading import SALES
from ledger.store import Transaction, View
from loyalty.bodies import SaleRefunded, decode_refund, decode_sale
from loyalty.booking import Sale, rerun, sale_draft
from loyalty.entries import Draft, Entry, Kind
from loyalty.ids import EntryId
from loyalty.sold import sold
from scanner import codes
from terminal.till_account import alone
from terminal.till_baskets import BasketDesk, held_number
from terminal.till_codes import find_sale, short_form
from terminal.till_counter import Counter
from terminal.till_flags import flag_failures, flag_sale
from terminal.till_quoting import Prepared, names_of, prepare, shown
from terminal.till_receipts import print_receipt
from terminal.till_sale_shapes import (
    CategoryShown,
    QuoteShown,
    SaleBrief,
    SaleDone,
    SaleRequest,
    SaleShown,
    SoldLine,
)
from terminal.till_shifts import ensure_shift
from terminal.till_spending import sources_of_spending
from terminal.till_vouchers import new_voucher_codes
from terminal.words import say

KEY_SOURCE = "till.sale"
MAX_KEY = 100
MAX_RECENT = 200


class SalesDesk(BasketDesk):
    """Quotes, sales, and baskets that are not sold yet."""

    def quote(self, request: SaleRequest) -> QuoteShown:
        """What a basket costs and earns; nothing is kept. A basket without lines says what the member could have."""
        with self._counter.ledger.read() as view:
            return shown(prepare(self._counter, view, request))

    def sell(self, request: SaleRequest) -> SaleDone:
        """Save a sale: quoted again, checked, written with its receipt, all in one transaction.

        Refused with the reason of a reward that can't be given, ``price_changed`` when *expected_to_pay_minor* no
        longer holds. A *key* that was sold before gives that sale again.
        """
        _check(request)
        with self._counter.ledger.write() as tx:
            before = _sold_before(tx, request.key)
            if before is not None:
                return _repeated(self._counter, tx, journal.require_entry(tx, before))
            prepared = prepare(self._counter, tx, request, offers=False)
            _check_prepared(prepared, request)
            opened = ensure_shift(self._counter, tx, prepared.sale.at_ms)
            entry, voucher_codes = self._append(tx, prepared)
            if request.key is not None:
                imports.remember(tx, KEY_SOURCE, request.key, entry)
            if request.held_id is not None:
                held.drop(tx, held_number(request.held_id))
            _keep_tier(tx, prepared)
            print_receipt(self._counter, tx, entry)
            flags = flag_sale(self._counter, tx, prepared.sale.programme, entry)
            flags += flag_failures(self._counter, tx, prepared.sale.quoted, entry)
            done = _done(prepared, entry, voucher_codes)
            return msgspec.structs.replace(done, shift_opened=opened, flags=flags)

    def show(self, sale: str) -> SaleShown:
        """A sale with what was refunded of it; *sale* is an identity, ``#152`` or a receipt's code."""
        with self._counter.ledger.read() as view:
            return show_sale(view, find_sale(view, sale))

    def recent(self, limit: int = 20) -> tuple[SaleBrief, ...]:
        """The latest sales, newest first."""
        with self._counter.ledger.read() as view:
            latest = journal.recent(view, sorted(SALES), limit=min(limit, MAX_RECENT))
            return tuple(brief(view, each.entry) for each in latest)

    def last(self) -> SaleBrief | None:
        """The latest sale."""
        return next(iter(self.recent(1)), None)

    def categories(self) -> tuple[CategoryShown, ...]:
        """The categories that the programme in force names, in the order of their names."""
        with self._counter.ledger.read() as view:
            model = self._counter.programme(view, self._counter.clock.now_ms()).model
        parts = [*model.rules, *model.rewards, *model.stamp_cards]
        named = [name for part in parts for name in (*part.categories, *part.except_categories)]
        named += [*model.earning.exclude_categories, *model.redeeming.exclude_categories]
        distinct = {name.casefold(): name for name in reversed(named)}
        return tuple(CategoryShown(id=name, name=name) for _, name in sorted(distinct.items()))

    def _append(self, tx: Transaction, prepared: Prepared) -> tuple[Entry, tuple[str, ...]]:
        sale = prepared.sale
        voucher_codes = new_voucher_codes(tx, len(sale.quoted.vouchers_won))
        spent = sale.quoted.points_spent_millipoints
        draft = sale_draft(
            sale,
            cashier_id=self._counter.session.cashier_id,
            codes=voucher_codes,
            sources=sources_of_spending(self._counter, tx, prepared.member, spent, sale.at_ms) if spent else None,
        )
        return self._counter.append(tx, self._alone(tx, draft, sale), sale.at_ms), voucher_codes

    def _alone(self, tx: Transaction, draft: Draft, sale: Sale) -> Draft:
        if sale.account is None or not self._counter.acts_alone(tx):
            return draft
        return alone(draft, sale.account.points_millipoints)


def show_sale(view: View, entry: Entry) -> SaleShown:
    """A whole sale, with what was refunded of each line."""
    body = decode_sale(entry.body)
    refunds = refunds_of(view, entry.id)
    net = sold(body).net
    return SaleShown(
        **msgspec.structs.asdict(brief(view, entry)),
        code=codes.sale_qr(entry.id),
        lines=tuple(
            SoldLine(
                number=place + 1,
                category=line.category,
                sku=line.sku,
                quantity_milli=line.quantity_milli,
                amount_minor=line.amount_minor,
                paid_minor=net[place],
                refunded_quantity_milli=_refunded(refunds, place, "quantity_milli"),
                refunded_minor=_refunded(refunds, place, "refunded_minor"),
            )
            for place, line in enumerate(body.basket.lines)
        ),
        refunded_minor=sum(refund.refunded_minor for _, refund in refunds),
        refunds=tuple(str(entry_id) for entry_id, _ in refunds),
        same_shift=in_open_shift(view, entry),
    )


def brief(view: View, entry: Entry) -> SaleBrief:
    """A sale in one line."""
    quote = decode_sale(entry.body).quote
    return SaleBrief(
        sale_id=str(entry.id),
        short=short_form(entry.id),
        at_ms=entry.at_ms,
        cashier=entry.cashier_id,
        member_id=entry.member_id,
        total_minor=quote.total_minor,
        to_pay_minor=quote.to_pay_minor,
        points_earned_millipoints=quote.points_earned_millipoints,
        points_spent_millipoints=quote.points_spent_millipoints,
        status=_status(view, entry.id),
    )


def refunds_of(view: View, sale: EntryId) -> tuple[tuple[EntryId, SaleRefunded], ...]:
    """The refunds and voids of a sale that this till has written."""
    return tuple((entry.id, decode_refund(entry.body)) for entry in journal.reversals(view, sale))


def in_open_shift(view: View, entry: Entry) -> bool:
    """Whether *entry* was made in the shift that is open."""
    current = shifts.current_shift(view)
    made_in = shifts.shift_of(view, entry.id)
    return current is not None and made_in is not None and made_in.shift_id == current.shift_id


def _status(view: View, sale: EntryId) -> str:
    reversals = journal.reversals(view, sale)
    if not reversals:
        return "sold"
    if any(entry.kind == Kind.SALE_VOIDED for entry in reversals):
        return "voided"
    return "refunded" if any(decode_refund(entry.body).whole for entry in reversals) else "part_refunded"


def _refunded(refunds: tuple[tuple[EntryId, SaleRefunded], ...], place: int, figure: str) -> int:
    return sum(getattr(line, figure) for _, refund in refunds for line in refund.lines if line.line == place)


def _check(request: SaleRequest) -> None:
    if not request.lines:
        raise WrongUse("basket_empty", N_("There is nothing in the basket yet. Add a line; nothing was changed."))
    if request.key is not None and not 0 < len(request.key) <= MAX_KEY:
        raise WrongUse("key_length", N_("A sale's key has 1 to {limit} characters. Nothing was saved."), limit=MAX_KEY)


def _check_prepared(prepared: Prepared, request: SaleRequest) -> None:
    """Refuse rewards that can't be given, and a price that is not the one that was shown."""
    sale = prepared.sale
    for refused in sale.quoted.refused:
        raise Refused(
            str(refused.reason),
            N_("“{reward}” can't be given: {why}. Nothing was saved. Take it off, or choose another."),
            reward=names_of(sale.programme).of("reward", refused.choice.reward),
            why=say(str(refused.reason), refused.params, _, currency=sale.basket.currency),
        )
    expected = request.expected_to_pay_minor
    if expected is not None and expected != sale.quoted.to_pay_minor:
        raise Refused(
            "price_changed",
            N_("There is {to_pay} to pay now, not {shown}. Nothing was saved. Look at the sale again and finish it."),
            to_pay=format_money(sale.quoted.to_pay_minor, sale.basket.currency, current_language()),
            shown=format_money(expected, sale.basket.currency, current_language()),
        )


def _keep_tier(tx: Transaction, prepared: Prepared) -> None:
    """Keep a tier that this sale has reached, for lists and reports; one given by hand stays until its end."""
    quoted, member = prepared.sale.quoted, prepared.member
    if member is not None and quoted.tier_after != quoted.tier_before and not member.facts.member.tier_manual:
        members.set_tier(tx, member.account.member_id, quoted.tier_after, None)


def _sold_before(view: View, key: str | None) -> EntryId | None:
    return None if key is None else imports.seen(view, KEY_SOURCE, [key]).get(key)


def _done(prepared: Prepared, entry: Entry, voucher_codes: Sequence[str]) -> SaleDone:
    return SaleDone(
        **msgspec.structs.asdict(shown(prepared, voucher_codes)),
        sale_id=str(entry.id),
        short=short_form(entry.id),
        code=codes.sale_qr(entry.id),
    )


def _repeated(counter: Counter, view: View, entry: Entry) -> SaleDone:
    """A sale that was saved before, shown once more: its quote made again from its own body."""
    body = decode_sale(entry.body)
    programme = counter.programme_of_version(view, body.programme)
    if programme is None:
        raise Refused(
            "already_saved",
            N_("This sale is saved already, as {sale}. Nothing was saved again."),
            sale=short_form(entry.id),
        )
    quoted = rerun(programme, body, entry.at_ms)
    sale = Sale(programme, body.account, body.basket, body.choices, entry.at_ms, body.store, quoted)
    voucher_codes = [voucher.code for voucher in body.quote.vouchers_won]
    return msgspec.structs.replace(_done(Prepared(sale, None), entry, voucher_codes), repeated=True)
