"""A backup of HQ's SQLite file, checked after writing; and putting one back, which begins a new timeline."""

import os
import shutil
from pathlib import Path

from config.errors import N_, Broken, Refused
from hq.database import Database, open_database

_STEP_PAGES = 1000


def backup(database: Database, file: Path) -> int:
    """Copy the database to *file* while HQ runs; its size in bytes. Refused for PostgreSQL, which has its own tools."""
    if database.is_postgres:
        raise Refused(
            "backup_postgresql",
            N_("This HQ runs on PostgreSQL. Nothing was changed; back it up with pg_dump or its own archiving."),
        )
    if file.exists():
        raise Refused(
            "file_exists", N_("{file} is there already. Nothing was changed; choose another name."), file=str(file)
        )
    from pysqlite3 import dbapi2

    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    with database.read() as connection:
        source = connection.connection.driver_connection
        assert source is not None
        target = dbapi2.connect(str(partial))
        try:
            source.backup(target, pages=_STEP_PAGES)
            if target.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise Broken(
                    "backup_damaged", N_("The backup does not read back. The database is untouched; try again.")
                )
        finally:
            target.close()
    partial.chmod(0o600)
    handle = os.open(partial, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    partial.rename(file)
    return file.stat().st_size


def put_back(file: Path, where: Path) -> Database:
    """Replace the database at *where* by the backup *file*; no HQ may be running on it. The old one is kept beside."""
    if not file.exists():
        raise Refused("file_missing", N_("There is no file {file}. Nothing was changed."), file=str(file))
    _check(file)
    where.parent.mkdir(parents=True, exist_ok=True)
    partial = where.with_name(where.name + ".partial")
    shutil.copyfile(file, partial)
    partial.chmod(0o600)
    try:
        open_database(partial).close()
    except Broken:
        partial.unlink()
        raise
    for suffix in ("-wal", "-shm"):
        Path(f"{partial}{suffix}").unlink(missing_ok=True)
    if where.exists():
        where.replace(where.with_name(where.name + ".before-restore"))
    for suffix in ("-wal", "-shm"):
        Path(f"{where}{suffix}").unlink(missing_ok=True)
    partial.replace(where)
    return open_database(where)


def _check(file: Path) -> None:
    """Refused when *file* is no backup of HQ, or damaged."""
    from pysqlite3 import dbapi2

    uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    connection = dbapi2.connect(uri, uri=True)
    try:
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        whole = whole and connection.execute("SELECT value FROM facts WHERE name = 'timeline'").fetchone() is not None
    except dbapi2.Error:
        whole = False
    finally:
        connection.close()
    if not whole:
        raise Refused(
            "no_backup",
            N_("{file} is not a backup of HQ, or it is damaged. Nothing was changed; take another."),
            file=str(file),
        )
