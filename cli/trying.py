"""The past of a till as events, for `programme try`: what was sold, taken back, recorded and adjusted."""

import sys
from collections.abc import Iterator
from datetime import date

import click
import msgspec

from config.errors import N_, WrongUse
from config.i18n import _
from ledger import journal
from ledger.journal import HistoryEntry
from ledger.store import View
from loyalty.activities import Proof
from loyalty.bodies import ActivityRecorded, decode_refund, decode_sale
from loyalty.entries import POINTS, Kind
from loyalty.programme.load import Programme
from loyalty.refunds import RefundLine
from loyalty.whatif import (
    Comparison,
    Event,
    PastActivity,
    PastPoints,
    PastRefund,
    PastSale,
    Replay,
    compare,
    replay_all,
)
from terminal.till import Till

SALES = (Kind.SALE_COMPLETED, Kind.SALE_IMPORTED)
REVERSALS = (Kind.SALE_REFUNDED, Kind.SALE_VOIDED)
POINTS_ONLY = (Kind.POINTS_ADJUSTED, Kind.POINTS_IMPORTED)
KINDS = (*SALES, *REVERSALS, Kind.ACTIVITY_RECORDED, *POINTS_ONLY)
BEGINNING = date(1970, 1, 1)


def tried(till: Till, draft: Programme, first: str | None, last: str | None) -> Comparison:
    """The history of the business days *first* to *last* under the programme in force, and under *draft*."""
    counter = till.counter
    with counter.ledger.read() as view:
        in_force = counter.programme(view, counter.clock.now_ms())
        currency = counter.till(view).currency
        since = BEGINNING if first is None else _day(first)
        until = counter.today(view) if last is None else _day(last)
        replays = (Replay(in_force, currency), Replay(draft, currency))
        newest = journal.recent(view, limit=1)
        size = newest[0].position if newest else 1
        with click.progressbar(length=size, label=_("Playing the past"), file=sys.stderr) as bar:
            replay_all(replays, _events(view, since, until, bar))
    return compare(replays[0].outcome(), replays[1].outcome())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse("day_wrong", N_("“{text}” is not a day. Write it like 2026-05-31."), text=text[:20]) from error


def _events(view: View, since: date, until: date, bar: "click._termui_impl.ProgressBar[int]") -> Iterator[Event]:
    after = 0
    while page := journal.entries_of_days(
        view, first_day=since, last_day=until, kinds=[kind.value for kind in KINDS], after=after
    ):
        for row in page:
            event = _event(view, row)
            if event is not None:
                yield event
        bar.update(page[-1].position - after)
        after = page[-1].position


def _event(view: View, row: HistoryEntry) -> Event | None:
    entry = row.entry
    if entry.kind in SALES:
        sale = decode_sale(entry.body)
        account = sale.account
        return PastSale(
            str(entry.id),
            entry.at_ms,
            sale.store,
            sale.basket,
            member_id=None if account is None else account.member_id,
            choices=sale.choices,
            segments=() if account is None else account.segments,
            birthday_windows=() if account is None else account.birthday_windows,
            comes_back=bool(journal.reversals(view, entry.id)),
        )
    if entry.kind in REVERSALS:
        refund = decode_refund(entry.body)
        lines = [RefundLine(line.line, line.quantity_milli) for line in refund.lines]
        return PastRefund(refund.sale, entry.at_ms, lines) if lines else None
    if entry.member_id is None:
        return None
    if entry.kind == Kind.ACTIVITY_RECORDED:
        body = msgspec.json.decode(entry.body, type=ActivityRecorded)
        proof = Proof(body.reference, body.manager)
        return PastActivity(entry.at_ms, body.store, entry.member_id, body.activity, proof)
    leg = next((leg for leg in entry.header.legs if leg.currency == POINTS), None)
    if leg is None:
        return None
    return PastPoints(entry.at_ms, entry.member_id, leg.amount, leg.against, leg.expires_ms)
