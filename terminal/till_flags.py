"""Fraud flags: looked for in the transaction of the act they are about, kept as entries, never in anybody's way."""

from collections.abc import Sequence
from typing import Any

from ledger import journal, search, staff
from ledger.journal import HistoryEntry
from ledger.sale_reading import SALES
from ledger.store import Transaction, View
from loyalty.bodies import FlagRaised, decode_body, decode_sale
from loyalty.days import business_day
from loyalty.entries import Draft, Entry, Kind
from loyalty.flags import (
    MINUTE_MS,
    Flag,
    Raised,
    SaleSigns,
    adjustment_flags,
    enrolment_flags,
    refund_flags,
    sale_flags,
)
from loyalty.programme.load import Programme
from loyalty.programme.model import Flags
from loyalty.quoted import Quote
from loyalty.trace import Reason
from terminal.till_counter import Counter

SPARE_ROWS = 6
MAX_ROWS = 200
DAY_MS = 24 * 60 * MINUTE_MS


def flag_sale(counter: Counter, tx: Transaction, programme: Programme, sale: Entry) -> tuple[str, ...]:
    """Look at a member's sale that was just written; the flags that it raised."""
    flags = programme.model.flags
    wanted = (flags.sales_per_day, flags.two_stores_minutes, flags.cashier_own_card)
    if sale.member_id is None or all(limit is None for limit in wanted):
        return ()
    history = journal.member_history(tx, (sale.member_id,), limit=_needed(flags))
    return _keep(counter, tx, sale_flags(flags, _signs(tx, sale, history)), sale, history)


def flag_refund(counter: Counter, tx: Transaction, refund: Entry, *, taken_back: int, balance: int) -> tuple[str, ...]:
    """Look at a refund that was just written: *taken_back* millipoints of a *balance* before it."""
    flags = counter.programme(tx, refund.at_ms).model.flags
    return _keep(counter, tx, refund_flags(flags, taken_back, balance), refund, ())


def flag_adjustment(
    counter: Counter, tx: Transaction, programme: Programme, adjustment: Entry, millipoints: int
) -> tuple[str, ...]:
    """Look at a manual adjustment that was just written."""
    return _keep(counter, tx, adjustment_flags(programme.model.flags, millipoints), adjustment, ())


def flag_enrolment(
    counter: Counter, tx: Transaction, enrolment: Entry, fields: dict[str, str | None]
) -> tuple[str, ...]:
    """Look at an enrolment that was just written: how many members have its phone or e-mail now."""
    if not fields.get("phone") and not fields.get("email"):
        return ()
    flags = counter.programme(tx, enrolment.at_ms).model.flags
    if flags.enrolments_per_contact is None:
        return ()
    most = flags.enrolments_per_contact + 1
    alike = max(
        len(search.same_contact(tx, phone=fields.get("phone"), limit=most)),
        len(search.same_contact(tx, email=fields.get("email"), limit=most)),
    )
    return _keep(counter, tx, enrolment_flags(flags, alike), enrolment, ())


def flag_failures(counter: Counter, tx: Transaction, quoted: Quote, sale: Entry) -> tuple[str, ...]:
    """Tell of the programme's expressions that failed at *sale* and so counted as false: of each once a day."""
    failed = {
        f"{line.subject}/{line.id}": line.params["error"]
        for line in quoted.trace
        if line.reason == Reason.EXPRESSION_FAILED
    }
    if not failed:
        return ()
    recent = (found.entry for found in journal.recent(tx, (Kind.FLAG_RAISED,), limit=MAX_ROWS))
    told = {_params_of(entry).get("part") for entry in recent if sale.at_ms - entry.at_ms < DAY_MS}
    fresh = [part for part in sorted(failed) if part not in told]
    for part in fresh:
        body = FlagRaised(Flag.EXPRESSION_FAILED.value, {"part": part, "error": failed[part]}, str(sale.id))
        draft = Draft(Kind.FLAG_RAISED, body, cashier_id=counter.session.cashier_id)
        counter.append(tx, draft, sale.at_ms)
    return (Flag.EXPRESSION_FAILED.value,) if fresh else ()


def _needed(flags: Flags) -> int:
    """How many of the newest entries tell all: as many sales as the limits allow, and some others between them."""
    return min(MAX_ROWS, max(flags.sales_per_day or 1, flags.cashier_own_card or 1) + SPARE_ROWS)


def _signs(view: View, sale: Entry, history: Sequence[HistoryEntry]) -> SaleSigns:
    store = decode_sale(sale.body).store
    day = business_day(sale.at_ms, store)
    sales = [found.entry for found in history if found.entry.kind in SALES]
    today = [each for each in sales if business_day(each.at_ms, store) == day]
    # Whoever imports sales has not rung them up.
    cashier_id = None if sale.kind == Kind.SALE_IMPORTED else sale.cashier_id
    cashier = None if cashier_id is None else staff.get(view, cashier_id)
    others = [(each, decode_sale(each.body).store.store_id) for each in sales if each.at_ms <= sale.at_ms]
    elsewhere = next(((each, name) for each, name in others if name != store.store_id), None)
    return SaleSigns(
        sales_today=len(today),
        of_cashier=sum(each.cashier_id == cashier_id for each in today if each.kind != Kind.SALE_IMPORTED),
        is_cashiers=cashier is not None and cashier.member_id == sale.member_id,
        elsewhere=None if elsewhere is None else elsewhere[1],
        elsewhere_ms=None if elsewhere is None else sale.at_ms - elsewhere[0].at_ms,
    )


def _keep(
    counter: Counter, tx: Transaction, raised: Sequence[Raised], about: Entry, history: Sequence[HistoryEntry]
) -> tuple[str, ...]:
    """Write what was raised, once a day for each member and flag."""
    already = {_flag_of(found.entry) for found in history if about.at_ms - found.entry.at_ms < DAY_MS}
    fresh = [each for each in raised if str(each.flag) not in already]
    for each in fresh:
        draft = Draft(
            kind=Kind.FLAG_RAISED,
            body=FlagRaised(flag=str(each.flag), params=each.params, entry=str(about.id)),
            member_id=about.member_id,
            cashier_id=counter.session.cashier_id,
        )
        counter.append(tx, draft, about.at_ms)
    return tuple(str(each.flag) for each in fresh)


def _flag_of(entry: Entry) -> str | None:
    body = _raised(entry)
    return None if body is None else body.flag


def _params_of(entry: Entry) -> dict[str, Any]:
    body = _raised(entry)
    return {} if body is None else body.params


def _raised(entry: Entry) -> FlagRaised | None:
    body = decode_body(entry.kind, entry.body) if entry.kind == Kind.FLAG_RAISED else None
    return body if isinstance(body, FlagRaised) else None
