"""Programs that die in the middle of a transaction, or right after it, as ``kill -9`` would have it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from config.paths import HomePaths
from hq.database import Database
from ledger.store import Ledger, Transaction
from simulation.faults import Fault

_LOG = "-wal"
_INDEX = "-shm"


class MachineDied(BaseException):
    """The program is gone. Not an Exception: nothing in the product may catch it, as nothing can catch a kill."""


class Fate:
    """When a program dies: *countdown* transactions from when it was sealed."""

    def __init__(self) -> None:
        self._fault: Fault | None = None
        self._countdown = 0
        self.struck: Fault | None = None
        self.is_near = True

    @contextmanager
    def near(self) -> Iterator[None]:
        """Death may come only inside, for a program whose fate is not always near."""
        self.is_near = True
        try:
            yield
        finally:
            self.is_near = False

    def seal(self, fault: Fault, countdown: int) -> None:
        """Let the program die of *fault* in its *countdown*-th transaction from now (0: the next)."""
        self._fault, self._countdown = fault, countdown

    def spare(self) -> None:
        """Whatever was sealed does not come to pass."""
        self._fault = None

    def meet(self, fault: Fault, leave: Callable[[], None]) -> None:
        """Die here if it is time: *leave* keeps what is on the disk just now."""
        if self._fault != fault or not self.is_near:
            return
        if self._countdown > 0:
            self._countdown -= 1
            return
        self._fault, self.struck = None, fault
        leave()
        raise MachineDied


class MortalLedger(Ledger):
    """A till's ledger whose program may die around a COMMIT; its files are left as they were at that moment."""

    fate: Fate
    image: Path

    @classmethod
    def over(cls, ledger: Ledger, fate: Fate, image: Path) -> Self:
        """The same open ledger, mortal; the disk as death finds it goes to the folder *image*."""
        mortal = cls.__new__(cls)
        vars(mortal).update(vars(ledger))
        mortal.fate, mortal.image = fate, image
        return mortal

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """As in the ledger; the program may die before or after its COMMIT."""
        with super().write() as tx:
            yield tx
            tx.before_commit(lambda: self.fate.meet(Fault.TILL_BEFORE_COMMIT, self._leave))
        self.fate.meet(Fault.TILL_AFTER_COMMIT, self._leave)

    def _leave(self) -> None:
        keep_files(self.paths, self.image)


class MortalDatabase(Database):
    """HQ's database whose program may die around a COMMIT."""

    def __init__(self, database: Database, fate: Fate) -> None:
        super().__init__(database.engine)
        self._fate = fate

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As in HQ; the program may die before or after its COMMIT."""
        with super().write() as connection:
            yield connection
            self._fate.meet(Fault.HQ_BEFORE_COMMIT, _nothing)
        self._fate.meet(Fault.HQ_AFTER_COMMIT, _nothing)


def keep_files(home: HomePaths, image: Path) -> None:
    """Copy the database and its log as they are on the disk."""
    shutil.rmtree(image, ignore_errors=True)
    image.mkdir(parents=True)
    for file in _files(home):
        if file.exists():
            shutil.copyfile(file, image / file.name)


def put_back_files(home: HomePaths, image: Path) -> None:
    """Make the disk what :func:`keep_files` kept. No program may have the home open."""
    for file in (*_files(home), Path(f"{home.database}{_INDEX}")):
        file.unlink(missing_ok=True)
    for kept in image.iterdir():
        shutil.copyfile(kept, home.root / kept.name)


def _files(home: HomePaths) -> tuple[Path, Path]:
    return home.database, Path(f"{home.database}{_LOG}")


def _nothing() -> None:
    """HQ's file is in SQLite's own hands: rolled back, or committed."""
