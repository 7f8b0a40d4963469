"""Putting a backup back: the till goes on from it in a new life, and forgets again whom it had forgotten."""

import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from config.errors import N_, Refused
from config.paths import HomePaths
from config.seams import Clock, RandomSource
from ledger import journal, members, sqlite
from ledger.backup import check_copy
from ledger.erasures import read_erasures
from ledger.founding import sync_folder
from ledger.identity import has_private_key, install_key, make_key
from ledger.lives import Head, Life, head, open_life
from ledger.locks import HomeLock
from ledger.migrations import migrate
from ledger.store import Transaction
from ledger.witness import write_witness
from loyalty.bodies import MemberErased
from loyalty.entries import Draft, Kind
from loyalty.ids import make_epoch


class Restored(msgspec.Struct, frozen=True):
    """The new *life*, the head it goes on from, and what was done on the way.

    *kept_aside*: the file that was there before, or None; *was_paired*: nothing may be spent until HQ was greeted.
    """

    life: Life
    parent: Head
    erasures_replayed: int
    was_paired: bool
    kept_aside: Path | None


def restore(paths: HomePaths, file: Path, *, clock: Clock, random: RandomSource) -> Restored:
    """Put the backup *file* in place of the till's data, which is kept aside; append LIFE_OPENED afterwards.

    Broken ``home_locked`` while any program has the till open, ``backup_damaged``, ``database_newer``;
    Refused ``backup_missing``. Until the last step nothing of the till is changed.
    """
    if not file.is_file():
        raise Refused(
            "backup_missing",
            N_("There is no backup file with this name. Nothing was changed. Check the name."),
        )
    check_copy(file)
    with sqlite.errors_told(paths.root):
        paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with HomeLock(paths, exclusive=True):
            draft = paths.database.with_suffix(".restored")
            _remove(draft)
            _copy(file, draft)
            life, parent, erased, was_paired = _begin_new_life(draft, paths, clock, random)
            kept_aside = _set_aside(paths, clock.now_ms())
            draft.replace(paths.database)
            sync_folder(paths.root)
            write_witness(paths, Head(life.epoch, 0, life.genesis))
    return Restored(life, parent, erased, was_paired, kept_aside)


def _begin_new_life(draft: Path, paths: HomePaths, clock: Clock, random: RandomSource) -> tuple[Life, Head, int, bool]:
    connection = sqlite.connect(draft)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        tx = Transaction(connection, clock, paths)
        parent = head(tx)
        # Nobody knows which of these receipts reached the paper after the backup was made.
        tx.execute("UPDATE print_job SET state = 'may_have_printed' WHERE state IN ('queued', 'sending')")
        was_paired = bool(tx.value("SELECT paired FROM till"))
        if not was_paired and not has_private_key(paths, tx):
            # Another machine: nobody knows the old key yet, so a new one will do.
            install_key(tx, make_key(paths, random))
        life = open_life(tx, make_epoch(random.token(8)), at_ms=clock.now_ms())
        erased = forget_again(tx, paths, clock.now_ms())
        for finish in tx.before_commit_acts:
            finish()
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    return life, parent, len(erased), was_paired


def forget_again(tx: Transaction, paths: HomePaths, now_ms: int) -> tuple[str, ...]:
    """Erase once more whom this home has erased before, in a file that does not know it; their ids."""
    erased = tuple(each for each in read_erasures(paths) if _is_held(tx, each))
    members.erase(tx, erased, at_ms=now_ms)
    for member_id in erased:
        # The entry that said so may have been lost with the newer file: HQ has to hear it again.
        journal.append(tx, Draft(Kind.MEMBER_ERASED, MemberErased(), member_id=member_id), at_ms=now_ms)
    return erased


def _is_held(tx: Transaction, member_id: str) -> bool:
    return tx.value("SELECT 1 FROM member WHERE member_id = ? AND status <> 'erased'", (member_id,)) is not None


def _copy(file: Path, draft: Path) -> None:
    source = sqlite.connect_read_only(file)
    try:
        sqlite.copy_database(source, draft)
    finally:
        source.close()
    draft.chmod(0o600)


def _set_aside(paths: HomePaths, now_ms: int) -> Path | None:
    """Keep the present file under another name too, its log folded in, so that the old name can be replaced at once."""
    if not paths.database.exists():
        return None
    paths.backups_dir.mkdir(mode=0o700, exist_ok=True)
    aside = paths.backups_dir / f"before-restore-{now_ms}.db"
    with suppress(sqlite.Error):
        # A damaged file is why people restore: it is kept as it is.
        connection = sqlite.connect(paths.database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.close()
    for suffix in ("-wal", "-shm"):
        # A log that stayed beside the name would be taken for the restored file's.
        log = paths.database.with_name(paths.database.name + suffix)
        if log.exists():
            log.replace(aside.with_name(aside.name + suffix))
    shutil.copyfile(paths.database, aside)
    aside.chmod(0o600)
    return aside


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
