"""What HQ does not have yet: entries in the bytes that were hashed, and the profile edits that belong to them."""

from typing import NamedTuple

from ledger.journal import PAGE, entries_after
from ledger.lives import lives, unsynced
from ledger.profiles import ProfileChange, changes_between
from ledger.store import View
from loyalty.entries import canonical_bytes

PUSH_BYTES = 4 << 20


class CanonicalEntry(NamedTuple):
    """An entry as it was hashed."""

    seq: int
    canonical: bytes
    hash: bytes


class Waiting(NamedTuple):
    """How much waits for HQ, and since when; *oldest_ms* is None when nothing does."""

    entries: int
    oldest_ms: int | None


def canonical_after(
    view: View, epoch: int, seq: int, limit: int = PAGE, max_bytes: int = PUSH_BYTES
) -> tuple[CanonicalEntry, ...]:
    """As :func:`entries_after`, in the bytes that were hashed; at least one, then at most *max_bytes* together."""
    found: list[CanonicalEntry] = []
    size = 0
    for each in entries_after(view, epoch, seq, limit):
        content = canonical_bytes(each)
        size += len(content)
        if found and size > max_bytes:
            break
        found.append(CanonicalEntry(each.seq, content, each.hash))
    return tuple(found)


def profile_changes(view: View, epoch: int, first_seq: int, last_seq: int) -> tuple[ProfileChange, ...]:
    """The profile edits told by the entries from *first_seq* to *last_seq*; those of erased members are gone."""
    return changes_between(view, epoch, first_seq, last_seq)


def waiting(view: View) -> Waiting:
    """How many entries HQ has not confirmed, and when the oldest of them was made."""
    oldest = [
        at_ms
        for life in lives(view)
        if (
            at_ms := view.value("SELECT at_ms FROM entry WHERE epoch = ? AND seq = ?", (life.epoch, life.acked_seq + 1))
        )
        is not None
    ]
    return Waiting(unsynced(view), min(oldest, default=None))
