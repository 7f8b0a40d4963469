"""The till's ledger as one object: opening it, reading a snapshot, writing a transaction."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from config.errors import N_, Broken, Refused
from config.paths import HomePaths
from config.seams import Clock
from ledger import sqlite
from ledger.locks import HomeLock
from ledger.migrations import migrate
from ledger.witness_file import WitnessFile

Params = Sequence[object] | dict[str, object]
_IDLE_READERS = 4
K = TypeVar("K")


class View:
    """What can be asked of the ledger. Inside a transaction it sees what was written so far."""

    def __init__(self, connection: sqlite.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, params: Params = ()) -> list[sqlite.Row]:
        """All rows."""
        return self.connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: Params = ()) -> sqlite.Row | None:
        """The first row, if there is one."""
        found: sqlite.Row | None = self.connection.execute(sql, params).fetchone()
        return found

    def value(self, sql: str, params: Params = ()) -> Any:  # noqa: ANN401 - whatever the column holds
        """The first column of the first row, or None."""
        found = self.connection.execute(sql, params).fetchone()
        return None if found is None else found[0]

    def each(self, sql: str, params: Params = ()) -> Iterator[sqlite.Row]:
        """Rows one by one, without holding them all."""
        yield from self.connection.execute(sql, params)


class Transaction(View):
    """One act: everything written through it is saved together or not at all."""

    def __init__(
        self, connection: sqlite.Connection, clock: Clock, paths: HomePaths, witness: WitnessFile | None = None
    ) -> None:
        super().__init__(connection)
        self.clock = clock
        self.paths = paths
        self.witness = witness or WitnessFile(paths.witness)
        self.before_commit_acts: list[Callable[[], None]] = []
        self._kept: dict[type, object] = {}

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run one statement; how many rows it changed."""
        return self.connection.execute(sql, params).rowcount

    def execute_many(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement for each of *rows*."""
        self.connection.executemany(sql, rows)

    def insert(self, sql: str, params: Params = ()) -> int:
        """Insert one row; the number that it got."""
        number = self.connection.execute(sql, params).lastrowid
        assert number is not None, "an INSERT into a table with numbers"
        return number

    def before_commit(self, act: Callable[[], None]) -> None:
        """Call *act* as the last thing before COMMIT: for what is gathered up over many entries."""
        self.before_commit_acts.append(act)

    def keep(self, kind: type[K], make: Callable[[], K]) -> K:
        """The one *kind* of this transaction, made by *make* when first asked for."""
        kept = self._kept.get(kind)
        if not isinstance(kept, kind):
            kept = self._kept[kind] = make()
        return kept

    def forget(self, kind: type) -> None:
        """Make :meth:`keep` read afresh."""
        self._kept.pop(kind, None)


class Ledger:
    """An open till file: one writing connection, and read-only ones for whoever asks."""

    def __init__(self, paths: HomePaths, clock: Clock, connection: sqlite.Connection, lock: HomeLock) -> None:
        self.paths = paths
        self.clock = clock
        self._lock = lock
        self._writer: sqlite.Connection | None = connection
        self._writing = threading.RLock()
        self._busy = False
        self._witness = WitnessFile(paths.witness)
        self._readers: list[sqlite.Connection] = []
        self._readers_lock = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction: BEGIN IMMEDIATE, then COMMIT, or ROLLBACK when anything is raised inside.

        Not re-entrant. Broken ``home_locked`` when another process keeps writing for longer than the busy timeout.
        """
        with self._writing:
            if self._busy:
                raise RuntimeError("a transaction is open in this thread already")
            self._busy = True
            try:
                with sqlite.errors_told(self.paths.root):
                    tx = Transaction(self._connection(), self.clock, self.paths, self._witness)
                    yield from self._run(tx)
            finally:
                self._busy = False
            self._witness.write()

    def _run(self, tx: Transaction) -> Iterator[Transaction]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield tx
            for finish in tx.before_commit_acts:
                finish()
            connection.execute("COMMIT")
        except BaseException:
            self._witness.forget()
            # A failed COMMIT (disk full) leaves the transaction open; some errors have rolled it back already.
            if connection.in_transaction:
                with suppress(sqlite.Error):
                    connection.execute("ROLLBACK")
            raise

    @contextmanager
    def read(self) -> Iterator[View]:
        """One snapshot: everything read inside belongs to the same moment."""
        with ExitStack() as held, sqlite.errors_told(self.paths.root):
            if sqlite.SHARED_HOME:
                connection = self._take_reader()
                held.callback(self._give_reader, connection)
            else:
                # An old SQLite gets one connection for everything: see the module docstring of ledger.sqlite.
                held.enter_context(self._writing)
                connection = self._connection()
            if connection.in_transaction:
                yield View(connection)
                return
            connection.execute("BEGIN")
            try:
                yield View(connection)
            finally:
                connection.execute("ROLLBACK")

    def data_version(self) -> int:
        """A number that changes when another connection or process has written."""
        with self._writing, sqlite.errors_told(self.paths.root):
            return int(self._connection().execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def copying(self) -> Iterator[sqlite.Connection]:
        """The connection to copy one snapshot from, while others go on writing."""
        with self.read() as view:
            # The first read takes the snapshot.
            view.value("SELECT COUNT(*) FROM till")
            yield view.connection

    def truncate_log(self) -> None:
        """Move everything into the main file, so that what was erased is gone from the log beside it too."""
        with self._writing, sqlite.errors_told(self.paths.root):
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection and let the home go; harmless when closed already."""
        with self._writing:
            with self._readers_lock:
                readers, self._readers = self._readers, []
            for reader in readers:
                reader.close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._witness.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connection(self) -> sqlite.Connection:
        if self._writer is None:
            raise RuntimeError("the ledger is closed")
        return self._writer

    def _take_reader(self) -> sqlite.Connection:
        with self._readers_lock:
            if self._readers:
                return self._readers.pop()
        self._connection()
        return sqlite.connect_read_only(self.paths.database)

    def _give_reader(self, reader: sqlite.Connection) -> None:
        with self._readers_lock:
            if self._writer is not None and len(self._readers) < _IDLE_READERS:
                self._readers.append(reader)
                return
        reader.close()


def has_ledger(paths: HomePaths) -> bool:
    """Whether a till was set up in this home."""
    return paths.database.exists()


def open_ledger(paths: HomePaths, *, clock: Clock) -> Ledger:
    """Open the till's file, migrating an older one.

    Refused ``not_set_up``; Broken ``home_locked``, ``database_newer``, ``database_foreign``, ``database_corrupt``,
    ``home_read_only``, ``disk_full``.
    """
    if not has_ledger(paths):
        raise Refused(
            "not_set_up",
            N_("No till is set up in this folder. Nothing was changed. Run `regulars setup` first."),
        )
    with ExitStack() as undo, sqlite.errors_told(paths.root):
        lock = undo.enter_context(HomeLock(paths, exclusive=not sqlite.SHARED_HOME))
        connection = sqlite.connect(paths.database)
        undo.callback(connection.close)
        migrate(connection)
        if not connection.execute("SELECT COUNT(*) FROM till").fetchone()[0]:
            raise Broken(
                "set_up_unfinished",
                N_(
                    "Setting up this till was broken off. Nothing was sold on it."
                    " Remove the folder and set it up again."
                ),
            )
        undo.pop_all()
        return Ledger(paths, clock, connection, lock)
