"""The witness: the journal's head, kept in a small file outside the database.

A database file that was put back to an older copy is behind its witness; the till then spends no points until HQ has
been asked. The file is not synced: after a power cut it may lag behind the database, which is harmless.
"""

import os
import zlib
from contextlib import suppress
from enum import StrEnum

from config.paths import HomePaths
from ledger.lives import Head
from ledger.store import Transaction, View

_SIZE = 128


class WitnessState(StrEnum):
    """What the witness says of the database."""

    AGREES = "agrees"
    ABSENT = "absent"  # a new home, or the witness was lost
    BEHIND = "behind"  # the database is older than its witness
    DIFFERS = "differs"  # same place, another history


class Witness:
    """Remembers the last head of one transaction, and writes it down once that is committed."""

    def __init__(self, tx: Transaction) -> None:
        self._paths = tx.paths
        self._head: Head | None = None
        tx.after_commit(self._write)

    def saw(self, head: Head) -> None:
        """The journal's head is now *head*."""
        self._head = head

    def _write(self) -> None:
        # The entry is saved by now: a disk that is full must not make it look otherwise.
        with suppress(OSError):
            if self._head is not None:
                write_witness(self._paths, self._head)


def write_witness(paths: HomePaths, head: Head) -> None:
    """Write *head* down in place: one short line, checked when it is read."""
    content = f"{head.epoch} {head.seq} {head.hash.hex()}"
    line = f"{content} {zlib.crc32(content.encode()):08x}".ljust(_SIZE - 1) + "\n"
    descriptor = os.open(paths.witness, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def read_witness(paths: HomePaths) -> Head | None:
    """What was written down; None when there is nothing that can be trusted."""
    try:
        *parts, check = paths.witness.read_text(encoding="ascii").split()
        epoch, seq, digest = parts
        if f"{zlib.crc32(' '.join(parts).encode()):08x}" != check:
            return None
        return Head(int(epoch), int(seq), bytes.fromhex(digest))
    except (OSError, ValueError):
        return None


def witness_state(view: View, paths: HomePaths) -> WitnessState:
    """Compare the database with its witness."""
    witness = read_witness(paths)
    if witness is None:
        return WitnessState.ABSENT
    if view.value("SELECT 1 FROM life WHERE epoch = ?", (witness.epoch,)) is None:
        return WitnessState.BEHIND
    if witness.seq == 0:
        return WitnessState.AGREES
    found = view.value("SELECT hash FROM entry WHERE epoch = ? AND seq = ?", (witness.epoch, witness.seq))
    if found is None:
        return WitnessState.BEHIND
    return WitnessState.AGREES if found == witness.hash else WitnessState.DIFFERS
