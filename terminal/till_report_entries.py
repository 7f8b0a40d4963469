"""What is behind the figures: the journal's entries as rows of a table, and one of them whole."""

from collections.abc import Sequence
from typing import Any

import msgspec

from config.errors import N_, WrongUse
from ledger import exchange, journal
from ledger.identity import till_facts
from ledger.journal import HistoryEntry
from ledger.report_entries import EntryFilter, entries_at, entries_behind
from ledger.sale_reading import REVERSALS, SALES
from ledger.store import View
from loyalty.bodies import SaleCompleted, SaleRefunded, decode_body
from loyalty.entries import POINTS, Entry, Kind
from loyalty.ids import EntryId, parse_entry_id
from terminal.till_report_shapes import Cell, EntryShown, LegShown, Table
from terminal.till_report_tables import Asked, columns, staff_names

MAX_EXCEPTIONS = 200
NOTABLE = (
    Kind.FLAG_RAISED,
    Kind.SALE_REFUNDED,
    Kind.SALE_VOIDED,
    Kind.POINTS_ADJUSTED,
    Kind.OVERRIDE_GRANTED,
    Kind.VOUCHER_VOIDED,
    Kind.MEMBER_BLOCKED,
    Kind.CARD_BLOCKED,
    Kind.TIER_CHANGED,
)


def notable(asked: Asked) -> Table:
    """What a manager should look at, the newest first."""
    chosen = EntryFilter(kinds=tuple(kind.value for kind in NOTABLE))
    return _table("exceptions", asked.view, entries_behind(asked.view, asked.span, chosen, limit=MAX_EXCEPTIONS))


def chosen_entries(asked: Asked, chosen: EntryFilter) -> Table:
    """The entries that *chosen* lets through, the newest first."""
    return _table("entries", asked.view, entries_behind(asked.view, asked.span, chosen))


def not_accepted(asked: Asked) -> Table:
    """Entries of this till that HQ has but does not count: for good, until somebody decides, or only not yet."""
    states = {(epoch, seq): state for epoch, seq, state in exchange.kept_back(asked.view)}
    found = entries_at(asked.view, list(states))
    table = _table("not_accepted", asked.view, found)
    return msgspec.structs.replace(
        table,
        columns=(*columns(state="state"), *table.columns),
        rows=tuple(
            (states[each.entry.epoch, each.entry.seq], *row) for each, row in zip(found, table.rows, strict=True)
        ),
        note=None if till_facts(asked.view).paired else "no_headquarters",
    )


def entry_shown(view: View, entry_id: str) -> EntryShown:
    """One entry of this till's journal. WrongUse ``entry_id_wrong``, Refused ``entry_unknown``."""
    entry = journal.require_entry(view, _parsed(entry_id))
    legs = tuple(
        LegShown(
            member_id=leg.member,
            currency=leg.currency,
            amount=leg.amount,
            against=leg.against,
            expires_ms=leg.expires_ms,
        )
        for leg in entry.header.legs
    )
    return EntryShown(
        entry_id=str(entry.id),
        short=f"#{entry.seq}",
        kind=entry.kind,
        at_ms=entry.at_ms,
        cashier_id=entry.cashier_id,
        cashier=staff_names(view).get(entry.cashier_id or ""),
        member_id=entry.member_id,
        is_sale=entry.kind in SALES or entry.kind in REVERSALS,
        legs=legs,
        body=_plain_body(entry),
        hash=entry.hash.hex(),
    )


def _plain_body(entry: Entry) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(entry.body)
    return body


def _parsed(text: str) -> EntryId:
    try:
        return parse_entry_id(text.strip())
    except ValueError as error:
        raise WrongUse(
            "entry_id_wrong",
            N_("“{text}” does not name an entry of the journal. Nothing was changed; check it."),
            text=text[:40],
        ) from error


def _table(name: str, view: View, found: Sequence[HistoryEntry]) -> Table:
    names = staff_names(view)
    return Table(
        id=name,
        columns=columns(
            at="moment",
            kind="kind",
            subject="subject",
            cashier="text",
            points="millipoints",
            money="minor",
            member="text",
        ),
        rows=tuple(_row(each.entry, names) for each in found),
        entries=tuple(str(each.entry.id) for each in found),
    )


def _row(entry: Entry, names: dict[str, str]) -> tuple[Cell, ...]:
    points = sum(leg.amount for leg in entry.header.legs if leg.currency == POINTS)
    subject, money = _said(entry)
    cashier = names.get(entry.cashier_id or "", entry.cashier_id)
    return entry.at_ms, entry.kind, subject, cashier, points, money, entry.member_id


def _said(entry: Entry) -> tuple[str | None, int | None]:
    """What an entry's body says of itself in a word, and the money it moved; nothing for a body of a newer form."""
    try:
        body = decode_body(entry.kind, entry.body)
    except msgspec.ValidationError:
        body = None
    if isinstance(body, SaleCompleted):
        return f"#{entry.seq}", body.quote.to_pay_minor
    if isinstance(body, SaleRefunded):
        return body.sale, -body.refunded_minor
    words = (getattr(body, name, None) for name in ("flag", "act", "activity", "reason"))
    return next((word for word in words if word), None), None
