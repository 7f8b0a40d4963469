"""HQ's own journal: what HQ decides by itself is an entry too, chained like a till's, of the till ``hq``.

Its epoch is the timeline: a restored HQ begins a new life.
"""

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, insert, select

from hq import schema
from hq.headers import posting_of
from hq.records import Arrived, Life
from loyalty.entries import Entry, Header, canonical_bytes, canonical_json, chain_hash
from loyalty.ids import HQ_TILL_ID, EntryId

if TYPE_CHECKING:
    from hq.shelf import Shelf

NO_EFFECT: Final = Header()


class OwnJournal:
    """Appends entries of HQ within one transaction."""

    def __init__(self, shelf: "Shelf") -> None:
        self._shelf = shelf
        self._head: tuple[Life, int, bytes] | None = None

    def write(
        self,
        kind: str,
        *,
        body: object = None,
        header: Header = NO_EFFECT,
        member_id: str | None = None,
        at_ms: int | None = None,
        booked: bool = True,
    ) -> Arrived:
        """Append one entry whose effects are *booked* already; the legs of its *header* become postings.

        One that is not booked yet is handed to the booking as an entry of a till would be.
        """
        life, seq, previous = self._head or self._find_head()
        text = msgspec.Raw(canonical_json({} if body is None else body))
        when = self._shelf.now_ms if at_ms is None else at_ms
        entry = Entry(HQ_TILL_ID, life.epoch, seq + 1, kind, when, HQ_TILL_ID, 0, None, member_id, header, text, b"")
        digest = chain_hash(previous, entry)
        arrived = Arrived(
            position=self._shelf.next_number("position"),
            life=life,
            seq=seq + 1,
            hash=digest,
            kind=kind,
            at_ms=when,
            member_id=member_id,
            header=header,
            text=canonical_bytes(entry),
            received_ms=self._shelf.now_ms,
        )
        self._shelf.add_entry(arrived)
        for place, leg in enumerate(header.legs if booked else ()):
            self._shelf.add(posting_of(arrived, place, leg))
        self._head = (life, seq + 1, digest)
        return arrived

    def next_id(self) -> EntryId:
        """The identity of the entry that is written next."""
        life, seq, _ = self._head or self._find_head()
        return EntryId(HQ_TILL_ID, life.epoch, seq + 1)

    def flush(self) -> None:
        """Remember where the journal stands."""
        if self._head is None:
            return
        life, seq, digest = self._head
        table = schema.heads
        self._shelf.connection.execute(delete(table).where(table.c.life == life.life))
        self._shelf.connection.execute(insert(table).values(life=life.life, hash=digest, seq=seq))

    def _find_head(self) -> tuple[Life, int, bytes]:
        connection = self._shelf.connection
        lives, heads = schema.lives, schema.heads
        newest = select(lives.c.life).where(lives.c.till_id == HQ_TILL_ID).order_by(lives.c.life.desc()).limit(1)
        life = self._shelf.life(connection.execute(newest).scalar_one())
        row = connection.execute(select(heads).where(heads.c.life == life.life)).first()
        assert life.genesis is not None
        return (life, row.seq, row.hash) if row else (life, 0, life.genesis)
