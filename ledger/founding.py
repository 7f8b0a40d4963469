"""Setting up a till: its home, its keys, its file, its first life."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from config.errors import N_, Refused
from config.paths import HomePaths
from config.seams import Clock, RandomSource
from ledger import sqlite
from ledger.identity import CARD_KEY_BYTES, CardKey, Founding, make_key, store_card_key
from ledger.lives import open_life
from ledger.locks import HomeLock
from ledger.migrations import migrate
from ledger.store import Ledger, Transaction, has_ledger, open_ledger
from loyalty.ids import TILL_ID_LENGTH, make_epoch, make_id


def create_ledger(
    paths: HomePaths,
    founding: Founding,
    *,
    clock: Clock,
    random: RandomSource,
    first_act: Callable[[Transaction], None] | None = None,
) -> Ledger:
    """Make a till in an empty home and open it; *first_act* writes its first entries.

    The till's file appears under its name only when all of it is there. Refused ``already_set_up``;
    Broken as :func:`ledger.store.open_ledger`.
    """
    with ExitStack() as held, sqlite.errors_told(paths.root):
        paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        held.enter_context(HomeLock(paths, exclusive=True))
        if has_ledger(paths):
            raise Refused(
                "already_set_up",
                N_("A till is set up in this folder already. Nothing was changed. Choose another folder with --home."),
            )
        draft = DraftFile(paths)
        held.callback(draft.remove)
        draft.remove()
        public_key = make_key(paths, random)
        _write_first_life(draft, founding, public_key, clock, random, first_act)
        draft.put_in_place()
    return open_ledger(paths, clock=clock)


class DraftFile:
    """The file of a till that is still being set up."""

    def __init__(self, paths: HomePaths) -> None:
        self.paths = paths
        self.file: Path = paths.database.with_suffix(".new")

    def remove(self) -> None:
        """Clear away what an attempt that failed or was broken off has left."""
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)

    def put_in_place(self) -> None:
        """Give the file its name, safe against a power cut."""
        self.file.replace(self.paths.database)
        sync_folder(self.paths.root)


def sync_folder(folder: Path) -> None:
    """Make renames inside *folder* survive a power cut, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_first_life(
    draft: DraftFile,
    founding: Founding,
    public_key: bytes,
    clock: Clock,
    random: RandomSource,
    first_act: Callable[[Transaction], None] | None,
) -> None:
    os.close(os.open(draft.file, os.O_CREAT | os.O_WRONLY, 0o600))
    connection = sqlite.connect(draft.file, create=True)
    try:
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        tx = Transaction(connection, clock, draft.paths)
        _insert_till(tx, founding, public_key, clock.now_ms(), random)
        if first_act is not None:
            first_act(tx)
        for act in tx.before_commit_acts:
            act()
        connection.execute("COMMIT")
    finally:
        # Closing the last connection folds the log into the file.
        connection.close()
    tx.witness.write()
    tx.witness.close()


def _insert_till(tx: Transaction, founding: Founding, public_key: bytes, now_ms: int, random: RandomSource) -> None:
    till_id = make_id(random.token(8), TILL_ID_LENGTH)
    tx.execute(
        "INSERT INTO till (one, till_id, store_id, store_name, till_name, currency, zone, closing_minute, country,"
        " issuer, public_key, set_up_ms) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            till_id,
            founding.store_id,
            founding.store_name,
            founding.till_name,
            founding.currency,
            founding.zone,
            founding.closing_minute,
            founding.country,
            till_id,
            public_key,
            now_ms,
        ),
    )
    store_card_key(tx, CardKey(till_id, 1, random.token(CARD_KEY_BYTES)))
    open_life(tx, make_epoch(random.token(8)), at_ms=now_ms)
