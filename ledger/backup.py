"""A copy of the till's file that is known to be good: written with SQLite's backup API, then read back."""

import os
from pathlib import Path

import msgspec

from config.errors import N_, Broken, Refused
from ledger import sqlite
from ledger.founding import sync_folder
from ledger.lives import Head, head
from ledger.migrations import APPLICATION_ID, schema_version
from ledger.store import Ledger, View


class BackupDone(msgspec.Struct, frozen=True):
    """A backup in place: how large it is, and how far its journal goes."""

    file: Path
    size_bytes: int
    entries: int
    head: Head


def backup(ledger: Ledger, file: Path) -> BackupDone:
    """Copy the till's file to *file*, which appears only when the copy has been checked.

    Refused ``backup_exists``; Broken ``disk_full``, ``home_read_only``, ``backup_damaged``. It holds everything but
    the private keys.
    """
    if file.exists():
        raise Refused(
            "backup_exists",
            N_("There is a file with this name already. Nothing was changed. Choose another name."),
        )
    draft = file.with_name(file.name + ".part")
    with sqlite.errors_told(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        try:
            os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600))
            with ledger.copying() as source:
                sqlite.copy_database(source, draft)
            with draft.open("rb+") as written:
                os.fsync(written.fileno())
            entries, last = check_copy(draft)
            draft.replace(file)
            sync_folder(file.parent)
        finally:
            draft.unlink(missing_ok=True)
    return BackupDone(file, file.stat().st_size, entries, last)


def check_copy(file: Path) -> tuple[int, Head]:
    """Read a copy through: how many entries it has, and its head. Broken ``backup_damaged``, ``database_newer``."""
    try:
        connection = sqlite.connect_read_only(file)
    except sqlite.Error as error:
        raise _damaged() from error
    try:
        if schema_version(connection) == 0:
            raise _damaged()
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if found != "ok" or application != APPLICATION_ID:
            raise _damaged()
        view = View(connection)
        return int(view.value("SELECT COUNT(*) FROM entry")), head(view)
    except sqlite.Error as error:
        raise _damaged() from error
    finally:
        connection.close()


def _damaged() -> Broken:
    return Broken(
        "backup_damaged",
        N_("This copy of the till's data is damaged. The till itself was not changed. Take another copy."),
    )
