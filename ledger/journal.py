"""The journal: appending entries to the hash chain, and reading them back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec

from config.errors import N_, Refused, WrongUse
from ledger.booking import book, know_account
from ledger.days import day_number
from ledger.lives import Head
from ledger.sqlite import Row
from ledger.store import Transaction, View
from loyalty.days import StoreFacts, moment
from loyalty.entries import MAX_ENTRY_BYTES, Draft, Entry, Header, canonical_json, chain_hash
from loyalty.ids import EntryId

PAGE = 500
MAX_AMOUNT = 10**15
COLUMNS = "epoch, seq, kind, at_ms, boot_id, monotonic_ms, cashier_id, member_id, header, body, hash"


class HistoryEntry(NamedTuple):
    """An entry and its *position* in this file, by which pages go on."""

    position: int
    entry: Entry


@dataclass
class _Chain:
    """Where the chain stands inside one transaction; read in it, never kept beyond it."""

    till_id: str
    store: StoreFacts
    head: Head


def append(tx: Transaction, draft: Draft, *, at_ms: int, store: StoreFacts | None = None) -> Entry:
    """Give *draft* its place in the journal and book all its effects; it is saved when *tx* commits.

    *store* says where its day counts: by default the store in the body, or this till's. WrongUse ``entry_too_large``,
    Refused ``amount_too_large``; TypeError for a float in the body.
    """
    chain = tx.keep(_Chain, lambda: _chain(tx))
    _check_amounts(draft.header)
    entry = Entry(
        till_id=chain.till_id,
        epoch=chain.head.epoch,
        seq=chain.head.seq + 1,
        kind=str(draft.kind),
        at_ms=at_ms,
        boot_id=tx.clock.boot_id(),
        monotonic_ms=tx.clock.monotonic_ms(),
        cashier_id=draft.cashier_id,
        member_id=draft.member_id,
        header=draft.header,
        body=msgspec.Raw(canonical_json(draft.body)),
        hash=b"",
    )
    entry = msgspec.structs.replace(entry, hash=chain_hash(chain.head.hash, entry))
    _insert(tx, entry, store or _own_store(draft) or chain.store)
    chain.head = Head(entry.epoch, entry.seq, entry.hash)
    tx.witness.saw(*chain.head)
    return entry


def forget_chain(tx: Transaction) -> None:
    """Read the chain's head afresh: call it after opening a life inside a transaction that has appended already."""
    tx.forget(_Chain)


def entry(view: View, entry_id: EntryId) -> Entry | None:
    """The entry *entry_id*, if this journal has it."""
    row = view.row(
        f"SELECT {COLUMNS} FROM entry WHERE epoch = ? AND seq = ? AND EXISTS (SELECT 1 FROM till WHERE till_id = ?)",
        (entry_id.epoch, entry_id.seq, entry_id.till_id),
    )
    return entry_of_row(row, entry_id.till_id) if row else None


def require_entry(view: View, entry_id: EntryId) -> Entry:
    """The entry *entry_id*; Refused ``entry_unknown``."""
    found = entry(view, entry_id)
    if found is None:
        raise Refused(
            "entry_unknown",
            N_("This till has no record with the number {entry}. Nothing was changed. Check the number."),
            entry=str(entry_id),
        )
    return found


def entries_after(view: View, epoch: int, seq: int, limit: int = PAGE) -> tuple[Entry, ...]:
    """The entries of one life after *seq*, in order, at most *limit*."""
    rows = view.rows(
        f"SELECT {COLUMNS} FROM entry WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT ?", (epoch, seq, limit)
    )
    till_id = _till_id(view)
    return tuple(entry_of_row(row, till_id) for row in rows)


def hash_at(view: View, epoch: int, seq: int) -> bytes | None:
    """The hash of one entry; of *seq* 0, the life's genesis hash; None when there is no such entry."""
    if seq == 0:
        genesis: bytes | None = view.value("SELECT genesis FROM life WHERE epoch = ?", (epoch,))
        return genesis
    found: bytes | None = view.value("SELECT hash FROM entry WHERE epoch = ? AND seq = ?", (epoch, seq))
    return found


def last_entry(view: View, kinds: Sequence[str] = ()) -> Entry | None:
    """The newest entry, of any life, of one of *kinds* (all kinds when empty)."""
    newest = recent(view, kinds, limit=1)
    return newest[0].entry if newest else None


def recent(
    view: View, kinds: Sequence[str] = (), *, limit: int = 20, before: int | None = None
) -> tuple[HistoryEntry, ...]:
    """The newest entries first, before the position *before*."""
    return _page(view, _in("kind", kinds), tuple(kinds), before=before, limit=limit)


def member_history(
    view: View, member_ids: Sequence[str], *, before: int | None = None, limit: int = 50
) -> tuple[HistoryEntry, ...]:
    """The entries of a member (all ids of a merged one), newest first, before the position *before*."""
    return _page(view, _in("member_id", member_ids), tuple(member_ids), before=before, limit=limit)


def entries_of_days(view: View, *, first_day: date, last_day: date, kinds: Sequence[str]) -> Iterator[HistoryEntry]:
    """Entries of *kinds* on the business days from *first_day* to *last_day*, one by one as they were written."""
    till_id = _till_id(view)
    # The plus signs keep SQLite from the index by kind, after which it would have to sort a whole year.
    rows = view.each(
        f"SELECT position, {COLUMNS} FROM entry WHERE +day BETWEEN ? AND ?{_in('+kind', kinds)} ORDER BY position",
        (day_number(first_day), day_number(last_day), *kinds),
    )
    for row in rows:
        yield HistoryEntry(row[0], entry_of_row(row[1:], till_id))


def entries_of_positions(view: View, first: int, last: int | None = None) -> Iterator[Entry]:
    """The entries at positions *first* to *last* (inclusive; to the end when None), one by one."""
    till_id = _till_id(view)
    bounds = (first, 2**62 if last is None else last)
    for row in view.each(f"SELECT {COLUMNS} FROM entry WHERE position BETWEEN ? AND ? ORDER BY position", bounds):
        yield entry_of_row(row, till_id)


def reversals(view: View, sale: EntryId) -> tuple[Entry, ...]:
    """The refunds and voids of *sale* that this till has written, in order."""
    columns = ", ".join(f"entry.{name}" for name in COLUMNS.split(", "))
    rows = view.rows(
        f"SELECT {columns} FROM reversal JOIN entry USING (epoch, seq) WHERE sale = ? ORDER BY position",
        (str(sale),),
    )
    till_id = _till_id(view)
    return tuple(entry_of_row(row, till_id) for row in rows)


def _chain(tx: Transaction) -> _Chain:
    # One question instead of four: this is asked in every sale.
    row = tx.row(
        "SELECT till_id, till.store_id, zone, closing_minute, life.epoch, account, COALESCE(seq, 0),"
        " COALESCE(hash, genesis) FROM till, life LEFT JOIN entry ON entry.epoch = life.epoch"
        " AND seq = (SELECT MAX(seq) FROM entry WHERE epoch = life.epoch) ORDER BY number DESC LIMIT 1"
    )
    assert row is not None, "an open ledger has a till and a life"
    till_id, store_id, zone, closing_minute, epoch, account, seq, digest = row
    know_account(tx, epoch, account)
    return _Chain(till_id, StoreFacts(store_id, zone, closing_minute), Head(epoch, seq, digest))


def _own_store(draft: Draft) -> StoreFacts | None:
    store = getattr(draft.body, "store", None)
    return store if isinstance(store, StoreFacts) else None


def _insert(tx: Transaction, new: Entry, store: StoreFacts) -> None:
    header = msgspec.json.encode(new.header, order="sorted").decode()
    body = bytes(new.body).decode()
    if len(header) + len(body) > MAX_ENTRY_BYTES:
        raise WrongUse(
            "entry_too_large",
            N_("This is too much for one record. Nothing was saved. Split it into smaller parts."),
        )
    when = moment(new.at_ms, store)
    day, hour = day_number(when.day), when.minute // 60
    tx.execute(
        "INSERT INTO entry (epoch, seq, kind, at_ms, boot_id, monotonic_ms, cashier_id, member_id, header, body, hash,"
        " store_id, day, hour) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.epoch,
            new.seq,
            new.kind,
            new.at_ms,
            new.boot_id,
            new.monotonic_ms,
            new.cashier_id,
            new.member_id,
            header,
            body,
            new.hash,
            store.store_id,
            day,
            hour,
        ),
    )
    book(tx, new, store.store_id, day, hour)


def _check_amounts(header: Header) -> None:
    amounts = [leg.amount for leg in header.legs]
    moves = [move.amount for move in (*header.own, *header.used, *header.returned)]
    if any(abs(amount) > MAX_AMOUNT for amount in amounts + moves):
        raise Refused(
            "amount_too_large",
            N_("This amount is larger than a till can hold. Nothing was saved. Check the amount."),
        )
    assert all(amount > 0 for amount in moves), "an allowance account only grows"


def _page(
    view: View, condition: str, params: tuple[str, ...], *, before: int | None, limit: int
) -> tuple[HistoryEntry, ...]:
    rows = view.rows(
        f"SELECT position, {COLUMNS} FROM entry WHERE position < ?{condition} ORDER BY position DESC LIMIT ?",
        (before if before is not None else 2**62, *params, limit),
    )
    return _history(view, rows)


def _in(column: str, values: Sequence[str]) -> str:
    return f" AND {column} IN ({', '.join('?' * len(values))})" if values else ""


def _history(view: View, rows: list[Row]) -> tuple[HistoryEntry, ...]:
    till_id = _till_id(view)
    return tuple(HistoryEntry(row[0], entry_of_row(row[1:], till_id)) for row in rows)


def entry_of_row(row: Row, till_id: str) -> Entry:
    """The entry in a *row* of :data:`COLUMNS`; msgspec.MsgspecError when its header cannot be read."""
    epoch, seq, kind, at_ms, boot_id, monotonic_ms, cashier_id, member_id, header, body, digest = row
    return Entry(
        till_id=till_id,
        epoch=epoch,
        seq=seq,
        kind=kind,
        at_ms=at_ms,
        boot_id=boot_id,
        monotonic_ms=monotonic_ms,
        cashier_id=cashier_id,
        member_id=member_id,
        header=_decode_header(header),
        body=msgspec.Raw(body.encode()),
        hash=digest,
    )


_decode_header = msgspec.json.Decoder(Header).decode


def _till_id(view: View) -> str:
    till_id: str = view.value("SELECT till_id FROM till")
    return till_id
