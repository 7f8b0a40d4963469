"""Who was erased, kept outside the database: a restored backup must forget them again."""

import os

from config.paths import HomePaths
from ledger.store import Transaction


class Erasures:
    """Gathers the ids that one transaction erases, and writes them down just before it commits.

    Should that fail, the list names somebody who is not erased yet, but has asked to be.
    """

    def __init__(self, tx: Transaction) -> None:
        self._paths = tx.paths
        self._member_ids: list[str] = []
        tx.before_commit(self._write)

    def add(self, member_ids: tuple[str, ...] | list[str]) -> None:
        """These ids are erased."""
        self._member_ids.extend(member_ids)

    def _write(self) -> None:
        write_erasures(self._paths, self._member_ids)


def write_erasures(paths: HomePaths, member_ids: list[str]) -> None:
    """Add *member_ids* to the list outside the database, synced to the disk."""
    known = set(read_erasures(paths))
    new = [member_id for member_id in member_ids if member_id not in known]
    if not new:
        return
    descriptor = os.open(paths.erasures, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, "".join(f"{member_id}\n" for member_id in new).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_erasures(paths: HomePaths) -> tuple[str, ...]:
    """The ids that were ever erased in this home."""
    try:
        return tuple(paths.erasures.read_text(encoding="ascii").split())
    except FileNotFoundError:
        return ()
