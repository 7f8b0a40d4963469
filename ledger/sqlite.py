"""The only place that knows the SQLite driver: connections, their pragmas, and what its errors mean.

pysqlite3 brings a SQLite without the WAL-reset race that 3.51.3 fixed (https://sqlite.org/wal.html#walresetbug).
Where only an older one can be had, :data:`SHARED_HOME` is False and one process locks the whole home.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import N_, Broken

if TYPE_CHECKING:
    import sqlite3 as driver
else:
    try:
        from pysqlite3 import dbapi2 as driver
    except ImportError:
        import sqlite3 as driver

Connection = driver.Connection
Error = driver.Error
Row = tuple[Any, ...]

SAFE_WAL_VERSION = (3, 51, 3)
VERSION: str = driver.sqlite_version
SHARED_HOME = driver.sqlite_version_info >= SAFE_WAL_VERSION
BUSY_TIMEOUT_MS = 5_000
WAL_LIMIT_BYTES = 64 * 1024 * 1024
_PAGE_CACHE_KIB = 16_384
_STATEMENTS = 512
_ROOM_BYTES = 64 * 1024  # what SQLite needs at least to begin anything


def driver_name() -> str:
    """Which SQLite is used, for `doctor`: "pysqlite3 3.53.4" or "sqlite3 3.40.1"."""
    module = "pysqlite3" if driver.__name__.startswith("pysqlite3") else "sqlite3"
    return f"{module} {driver.sqlite_version}"


def is_complete(statement: str) -> bool:
    """Whether *statement* ends where a statement of SQL ends."""
    return bool(driver.complete_statement(statement))


def connect(path: Path, *, create: bool = False) -> Connection:
    """The writing connection to *path*: WAL, every commit synced, foreign keys held."""
    mode = "rwc" if create else "rw"
    connection = _open(path, mode)
    if create:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
    return connection


def connect_read_only(path: Path) -> Connection:
    """A connection to *path* that cannot write."""
    connection = _open(path, "ro")
    connection.execute("PRAGMA query_only = ON")
    return connection


def connect_scratch(path: Path) -> Connection:
    """A new throw-away file at *path*, written without any care for power cuts."""
    connection = _open(path, "rwc")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _open(path: Path, mode: str) -> Connection:
    connection = driver.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    connection.execute(f"PRAGMA cache_size = -{_PAGE_CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def copy_database(source: Connection, target: Path, *, pages_a_step: int = 4096) -> None:
    """Copy the whole database behind *source* to the new file *target* with SQLite's backup API."""
    copy = driver.connect(str(target), isolation_level=None)
    try:
        source.backup(copy, pages=pages_a_step)
        # A backup is one file: it must not need a -wal beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()


@contextmanager
def errors_told(folder: Path) -> Iterator[None]:
    """Turn errors of the driver and of the file system, met in *folder*, into :class:`config.errors.Broken`."""
    try:
        yield
    except driver.Error as error:
        raise _told(error, folder) from error
    except OSError as error:
        raise _told_of_files(error) from error


def _told(error: driver.Error, folder: Path) -> Broken:
    name = str(getattr(error, "sqlite_errorname", "") or type(error).__name__)
    if name.startswith("SQLITE_IOERR") and _is_full(folder):
        # SQLite says so where it could not grow its shared memory.
        return _full(name)
    for prefixes, broken in _MEANINGS:
        if name.startswith(prefixes):
            return broken(name)
    return Broken(
        "database_failed",
        N_("The till's database answered with an error ({name}). Nothing was changed. Run `regulars doctor`."),
        name=name,
    )


def _is_full(folder: Path) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _ROOM_BYTES


def _locked(name: str) -> Broken:
    return Broken(
        "home_locked",
        N_(
            "Another program keeps this till's data locked. Nothing was changed. Close the other program and try again."
        ),
        name=name,
    )


def _full(name: str) -> Broken:
    return Broken(
        "disk_full",
        N_("The disk is full. What was saved before is safe; this was not saved. Free some space and try again."),
        name=name,
    )


def _read_only(name: str) -> Broken:
    return Broken(
        "home_read_only",
        N_("The till's folder cannot be written to. Nothing was changed. Check the folder's owner and permissions."),
        name=name,
    )


def _corrupt(name: str) -> Broken:
    return Broken(
        "database_corrupt",
        N_("The till's database file is damaged. Stop selling on it, and restore the latest backup."),
        name=name,
    )


def _disk_failed(name: str) -> Broken:
    return Broken(
        "disk_failed",
        N_("The disk reported an error ({name}). What was saved before is safe; this was not saved. Check the disk."),
        name=name,
    )


_MEANINGS = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"), _locked),
    (("SQLITE_FULL", "ENOSPC", "EDQUOT"), _full),
    (("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "EROFS", "EACCES", "EPERM", "ENOTDIR"), _read_only),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), _corrupt),
    (("SQLITE_IOERR", "EIO"), _disk_failed),
)


def _told_of_files(error: OSError) -> Broken:
    name = errno.errorcode.get(error.errno or 0, "EIO")
    for prefixes, broken in _MEANINGS:
        if name in prefixes:
            return broken(name)
    return _disk_failed(name)
