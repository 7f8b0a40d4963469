"""What was imported already: keys of other systems' sales, so that a second import of a file changes nothing."""

from collections.abc import Sequence

from ledger.store import Transaction, View
from loyalty.entries import Entry
from loyalty.ids import EntryId

MOST_KEYS = 1_000


def seen(view: View, source: str, keys: Sequence[str]) -> dict[str, EntryId]:
    """Those of *keys* (at most :data:`MOST_KEYS`) that *source* has brought before, with the entries they became."""
    assert len(keys) <= MOST_KEYS, "ask for one batch at a time"
    places = ", ".join("?" * len(keys))
    rows = view.rows(
        f"SELECT key, (SELECT till_id FROM till), epoch, seq FROM import_key WHERE source = ? AND key IN ({places})",
        (source, *keys),
    )
    return {row[0]: EntryId(*row[1:]) for row in rows}


def remember(tx: Transaction, source: str, key: str, entry: Entry) -> None:
    """The act *key* of *source* has become *entry*; an IntegrityError, and no commit, when it was there before."""
    tx.execute("INSERT INTO import_key VALUES (?, ?, ?, ?)", (source, key, entry.epoch, entry.seq))
