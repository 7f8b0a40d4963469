"""Entries from tills: read and hashed before the transaction, attached and booked in it, each exactly once."""

import hashlib
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert, select

from config.errors import N_, WrongUse
from hq import schema
from hq.headers import members_of, problem_of
from hq.lives import heads_of, knows, seal
from hq.people import take_body
from hq.records import OPEN, Arrived, Life
from hq.tills import REVOKED, Till
from loyalty.entries import MAX_AT_MS, Header, Kind, TimeMs, Word
from sync.wire import ProfileChange, Push, Pushed, PushRefused, unpack_entries

if TYPE_CHECKING:
    from hq.shelf import Shelf

ENTRY_UNREADABLE = "entry_unreadable"
TILL_REVOKED = "till_revoked"
_ENTRY_DOMAIN = b"regulars/entry/1\x00"
_ZERO = b"\\u0000"


class EntryText(msgspec.Struct, frozen=True, array_like=True):
    """An entry's canonical bytes, taken apart; every word, amount and time in it fits into the books."""

    till_id: str
    epoch: int
    seq: int
    kind: Word
    at_ms: TimeMs
    boot_id: str
    monotonic_ms: int
    cashier_id: str | None
    member_id: Word | None
    header: Header
    body: msgspec.Raw


class Parsed(msgspec.Struct):
    """One entry of a batch: its place, its hash, and what it says (None: this program can't read it)."""

    seq: int
    hash: bytes
    text: bytes
    said: EntryText | None


class Batch(msgspec.Struct):
    """A push that has been read; nothing of it has been compared with the database yet."""

    till_id: str
    epoch: int
    prev_hash: bytes
    parsed: list[Parsed]
    profiles: tuple[ProfileChange, ...]


_KINDS = frozenset(Kind)
_decoder = msgspec.json.Decoder(EntryText)


def read_batch(till_id: str, push: Push) -> Batch:
    """Take a push apart and hash its entries; WrongUse when it is malformed, too large, or of another till."""
    texts = unpack_entries(push.entries)
    parsed = []
    digest = push.prev_hash
    for seq, text in enumerate(texts, push.first_seq):
        digest = hashlib.sha256(_ENTRY_DOMAIN + digest + text).digest()
        parsed.append(Parsed(seq, digest, text, _said(text, till_id, push.epoch, seq)))
    if digest != push.head:
        raise WrongUse(
            "head_wrong", N_("The batch does not lead to the head that was signed. Nothing was changed; send it again.")
        )
    for change in push.profiles:
        version = change.version
        here = (version.till_id, version.epoch) == (till_id, push.epoch)
        if (
            not here
            or not push.first_seq <= version.seq < push.first_seq + len(texts)
            or not 0 <= version.at_ms <= MAX_AT_MS
        ):
            raise _foreign()
    return Batch(till_id, push.epoch, push.prev_hash, parsed, push.profiles)


def take_batch(shelf: "Shelf", till: Till, timeline: int, push: Push, batch: Batch) -> Pushed | PushRefused:
    """Attach and book a batch; a gap or a till that must say hello first changes nothing."""
    life = shelf.life_of(till.till_id, batch.epoch)
    # A revoked till may not say hello any more; what it has saved waits for an operator.
    greeted = push.timeline == timeline == till.greeted or till.status == REVOKED or not shelf.rules.push_needs_hello
    if not greeted or life is None or life.genesis is None:
        return PushRefused("say_hello", timeline)
    first = batch.parsed[0]
    if not knows(shelf.connection, life, first.seq - 1, batch.prev_hash):
        return PushRefused("gap", timeline, tuple(heads_of(shelf.connection, life)))
    there = _already_there(shelf, life, first.seq, batch.parsed[-1].seq)
    new = [each for each in batch.parsed if (each.seq, each.hash) not in there or not shelf.rules.same_entry_once]
    taken = {seq for seq, _ in there}
    forked = any(each.seq in taken for each in new) and shelf.rules.same_entry_once
    if forked and not shelf.rules.forks_are_booked:
        new = []
    if new:
        _book_all(shelf, till, life, new)
        _move_heads(shelf, life, batch, new)
    if forked and life.state == OPEN:
        seal(shelf, till, life, "fork")
    return Pushed(batch.parsed[-1].seq, sealed=life.state != OPEN)


def _book_all(shelf: "Shelf", till: Till, life: Life, new: list[Parsed]) -> None:
    position = shelf.next_number("position", len(new))
    arrivals = [_arrived(shelf, till, life, number, each) for number, each in enumerate(new, position)]
    shelf.fetch([member_id for entry in arrivals for member_id in members_of(entry)], life)
    # HQ's own entries of this batch come after all of the till's: their positions must not fall between.
    for entry in arrivals:
        shelf.add_entry(entry)
    for entry in arrivals:
        shelf.booking.book(entry)
        take_body(shelf, entry)


def _arrived(shelf: "Shelf", till: Till, life: Life, position: int, each: Parsed) -> Arrived:
    said = each.said
    entry = Arrived(
        position=position,
        life=life,
        seq=each.seq,
        hash=each.hash,
        kind=said.kind if said else ENTRY_UNREADABLE,
        at_ms=said.at_ms if said else shelf.now_ms,
        member_id=said.member_id if said else None,
        header=_header_of(shelf, said),
        text=each.text,
        body=bytes(said.body) if said else b"",
        received_ms=shelf.now_ms,
    )
    if entry.kind == Kind.PAIRED:
        life.paired_seq = min(life.paired_seq, each.seq)
    entry.suspended = suspension_of(entry, till.status, readable=said is not None)
    return entry


def _header_of(shelf: "Shelf", said: EntryText | None) -> Header:
    if said is None or (said.kind not in _KINDS and not shelf.rules.unknown_kinds_are_booked):
        return Header()
    return said.header


def suspension_of(entry: Arrived, status: str, *, readable: bool) -> str | None:
    """Why HQ does not accept an entry, or None."""
    if not readable:
        return ENTRY_UNREADABLE
    if status == REVOKED:
        return TILL_REVOKED
    return problem_of(entry, paired=entry.seq > entry.life.paired_seq)


def _already_there(shelf: "Shelf", life: Life, first_seq: int, last_seq: int) -> set[tuple[int, bytes]]:
    table = schema.entries
    query = select(table.c.seq, table.c.hash).where(
        table.c.life == life.life, table.c.seq >= first_seq, table.c.seq <= last_seq
    )
    return {(row.seq, row.hash) for row in shelf.connection.execute(query)}


def _move_heads(shelf: "Shelf", life: Life, batch: Batch, new: list[Parsed]) -> None:
    before = batch.prev_hash if new[0] is batch.parsed[0] else batch.parsed[new[0].seq - batch.parsed[0].seq - 1].hash
    table = schema.heads
    shelf.connection.execute(delete(table).where(table.c.life == life.life, table.c.hash == before))
    shelf.connection.execute(insert(table).values(life=life.life, hash=new[-1].hash, seq=new[-1].seq))


def _said(text: bytes, till_id: str, epoch: int, seq: int) -> EntryText | None:
    try:
        said = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if (said.till_id, said.epoch, said.seq) != (till_id, epoch, seq):
        raise _foreign()
    # PostgreSQL keeps no text with a zero in it.
    return None if _ZERO in text else said


def _foreign() -> WrongUse:
    return WrongUse(
        "entry_foreign", N_("The batch holds entries of another till or another place. Nothing was changed.")
    )
