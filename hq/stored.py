"""An entry read back as it was booked."""

import msgspec

from hq.ingest import ENTRY_UNREADABLE, EntryText
from hq.records import Arrived, Life
from hq.rows import Fetched
from loyalty.entries import Header


def stored_entry(row: Fetched, life: Life) -> Arrived:
    """The entry in a row of ``entries``; one that nobody here can read has no header and no body."""
    said = None if row.suspended == ENTRY_UNREADABLE else msgspec.json.decode(row.text, type=EntryText)
    return Arrived(
        position=row.position,
        life=life,
        seq=row.seq,
        hash=row.hash,
        kind=row.kind,
        at_ms=row.at_ms,
        member_id=row.member_id,
        header=said.header if said else Header(),
        text=row.text,
        body=bytes(said.body) if said else b"",
        suspended=row.suspended,
    )
