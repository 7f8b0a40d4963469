"""HQ's database: one SQLite file by default, PostgreSQL by its address; opened, migrated, written by one at a time.

All writers of one database wait for each other (``BEGIN IMMEDIATE``; an advisory lock in PostgreSQL), also those of
several HQ processes. That makes change numbers (``hq_seq``) visible in their order, so that no reader skips one.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Text,
    any_,
    cast,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError, DataError
from sqlalchemy.exc import TimeoutError as NoConnection

from config.errors import N_, Broken, RegularsError, WrongUse

Row = tuple[Any, ...]
WRITER_LOCK: Final = 0x5265_6775
BUSY_TIMEOUT_MS: Final = 10_000
CONNECTIONS: Final = 16
# So many rows are put in place one by one as fast as by way of a temporary table.
FEW_ROWS: Final = 40
BUSY: Final = "database_busy"
# PostgreSQL: could not serialise, deadlock, lock not to be had in time.
_BUSY_STATES = frozenset({"40001", "40P01", "55P03"})
_POSTGRES = ("postgresql://", "postgresql+psycopg://", "postgres://")


class Database:
    """An open HQ database; safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_postgres = engine.dialect.name == "postgresql"
        # Threads of this process queue here, in their order and without a connection; processes at the database.
        self._writing = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction of the one writer; committed at the end, rolled back whole by any exception.

        Broken("database_busy") when the others leave no room for too long: nothing was changed, it may be tried again.
        """
        with _named_failures(), self._turn(), self.engine.connect() as connection:
            if self.is_postgres:
                with connection.begin():
                    connection.execute(_PATIENCE)
                    connection.execute(_LOCK)
                    yield connection
            else:
                with connection.execution_options(regulars_begin="BEGIN IMMEDIATE").begin():
                    yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise _busy()
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot: every statement sees the same state."""
        with _named_failures(), self.engine.connect() as connection:
            if self.is_postgres:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def rows_among(
        self, connection: Connection, table: Table, column: str, values: Sequence[str], **exactly: int
    ) -> list[Row]:
        """The rows of *table* whose *column* is one of *values*, and others *exactly* as given.

        One statement, the same for any number of values: SQLAlchemy's own takes longer to write than to run.
        """
        names = ", ".join(each.name for each in table.columns)
        among = "= ANY(%s)" if self.is_postgres else "IN (SELECT value FROM json_each(?))"
        mark = "%s" if self.is_postgres else "?"
        also = "".join(f" AND {name} = {mark}" for name in exactly)
        asked = list(values) if self.is_postgres else msgspec.json.encode(values).decode()
        statement = f"SELECT {names} FROM {table.name} WHERE {column} {among}{also}"
        return [tuple(row) for row in connection.exec_driver_sql(statement, (asked, *exactly.values()))]

    def insert_many(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert *rows*, each with a value for every column of *table* in its order."""
        if not rows:
            return
        if self.is_postgres:
            self._copy(connection, table.name, table, rows)
            return
        marks = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", list(rows))

    def upsert_many(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert *rows*, or replace those that have the same primary key."""
        if not rows:
            return
        keys = ", ".join(column.name for column in table.primary_key)
        others = [column.name for column in table.columns if not column.primary_key]
        action = ", ".join(f"{name} = excluded.{name}" for name in others)
        conflict = f"ON CONFLICT ({keys}) DO " + (f"UPDATE SET {action}" if others else "NOTHING")
        if self.is_postgres and len(rows) > FEW_ROWS:
            temporary = f"temporary_{table.name}"
            connection.exec_driver_sql(
                f"CREATE TEMP TABLE IF NOT EXISTS {temporary} (LIKE {table.name}) ON COMMIT DELETE ROWS"
            )
            connection.exec_driver_sql(f"TRUNCATE {temporary}")
            self._copy(connection, temporary, table, rows)
            connection.exec_driver_sql(f"INSERT INTO {table.name} SELECT * FROM {temporary} {conflict}")
            return
        marks = ", ".join(["%s" if self.is_postgres else "?"] * len(table.columns))
        statement = f"INSERT INTO {table.name} VALUES ({marks}) {conflict}"
        connection.exec_driver_sql(statement, list(rows))

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @staticmethod
    def _copy(connection: Connection, target: str, table: Table, rows: Sequence[Row]) -> None:
        types = [_COPY_TYPES[column.type.__visit_name__] for column in table.columns]
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)


def among(connection: Connection, column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether *column* is one of *values*: one parameter for all, so that the statement is the same for any number."""
    if connection.dialect.name == "postgresql":
        return column == any_(cast(list(values), ARRAY(Text)))
    each = func.json_each(msgspec.json.encode(values).decode()).table_valued("value")
    return column.in_(select(each.c.value))


_PATIENCE = text(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
_LOCK = text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
_COPY_TYPES = {"big_integer": "int8", "text": "text", "large_binary": "bytea"}


# An error of the driver must not carry what was in the statement into a log.
_POOL: dict[str, Any] = {
    "pool_size": CONNECTIONS,
    "max_overflow": 0,
    "pool_timeout": BUSY_TIMEOUT_MS / 1000,
    "hide_parameters": True,
}


def open_database(where: str | Path) -> Database:
    """The database at *where*: a file's path, or ``postgresql://…``; made and migrated as needed.

    Broken when it can't be opened or belongs to a newer program.
    """
    address = str(where)
    with _named_failures():
        engine = _postgres(address) if address.startswith(_POSTGRES) else _sqlite(Path(address))
        database = Database(engine)
        _migrate(database)
    return database


def _postgres(address: str) -> Engine:
    rest = address.split("://", 1)[1]
    return create_engine(f"postgresql+psycopg://{rest}", pool_pre_ping=True, **_POOL)


def _sqlite(path: Path) -> Engine:
    from pysqlite3 import dbapi2

    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path}",
        module=dbapi2,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        **_POOL,
    )

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.isolation_level = None
        for pragma in (
            # Of a file that is not there yet: entries of about a kilobyte each lie better in larger pages.
            "page_size=8192",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("regulars_begin", "BEGIN"))

    return engine


def _migrate(database: Database) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.write() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(config)
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise Broken(
                "database_newer",
                N_(
                    "HQ's database was written by a newer version of Regulars. Nothing was changed; update the program."
                ),
            )
        if current != scripts.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except (DataError, OverflowError) as error:
        raise WrongUse(
            "figure_too_large", N_("A figure is too large to be kept. Nothing was changed; look at what was sent.")
        ) from error
    except NoConnection as error:
        raise _busy() from error
    except DatabaseError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in _BUSY_STATES or "database is locked" in str(error.orig):
            raise _busy() from error
        raise Broken(
            "database_failed",
            N_("HQ's database can't be used ({why}). What was saved before is safe; check the database and try again."),
            why=type(error.orig).__name__,
        ) from error


def _busy() -> RegularsError:
    return Broken(BUSY, N_("HQ's database is busy with others. Nothing was changed; it is tried again."))
