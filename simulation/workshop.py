"""Makes the beginning of every run once: HQ with two shops, and tills set up and paired; runs start from copies."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Never

from config.paths import HomePaths
from config.settings import Settings
from hq.database import open_database
from hq.office import Office
from hq.service import Headquarters
from simulation.chance import SeededRandom
from simulation.clock import MachineClock, WorldClock
from sync.exchange import Request
from sync.transport import Unreachable
from sync.wire import Pair, Paired
from terminal.till_opening import open_till, set_up
from terminal.till_shapes import SetUp
from terminal.till_sync import SyncDesk

HQ_FILE = "hq.db"
STORES = ("north", "south")
PIN = "2468"
_ADDRESS = "https://hq.example"


class Workshop:
    """Beginnings for runs of one size, kept in *folder*."""

    def __init__(self, folder: Path, tills: int) -> None:
        self.folder = folder
        self.tills = tills

    def begin(self, where: Path) -> None:
        """Put a beginning into the empty folder *where*."""
        if not self.folder.exists():
            self._make()
        shutil.copytree(self.folder, where, dirs_exist_ok=True)

    def _make(self) -> None:
        draft = self.folder.with_name(self.folder.name + ".draft")
        draft.mkdir(parents=True)
        world, random = WorldClock(), SeededRandom("workshop")
        clock = MachineClock(world, "workshop")
        database = open_database(draft / HQ_FILE)
        hq = Headquarters(database, clock=clock, random=random)
        office = Office(hq)
        for store in STORES:
            office.add_store(store, store.title(), "Europe/Warsaw", "PLN")
        for number in range(self.tills):
            home = HomePaths(draft / till_folder(number))
            asked = SetUp(store=STORES[number % 2].title(), pin=PIN, programme=programme())
            set_up(home, asked, clock=clock, random=random)
            with open_till(home, Settings(), clock=clock, random=random) as till:
                desk = SyncDesk(till.counter, make_transport=lambda *_: _Desk(hq))
                desk.pair(_ADDRESS, office.add_till(STORES[number % 2], f"Till {number}"))
        database.close()
        draft.rename(self.folder)


class _Desk:
    """A transport that can pair and nothing else."""

    def __init__(self, hq: Headquarters) -> None:
        self._hq = hq

    def pair(self, url: str, ask: Pair) -> Paired:  # noqa: ARG002 - there is one HQ
        """Take the till in."""
        return self._hq.pair(ask)

    def send(self, request: Request, timeout_s: float | None = None) -> Never:  # noqa: ARG002
        """Nothing is sent while shops are built."""
        raise Unreachable("there is no network yet")


def till_folder(number: int) -> str:
    """The home of the *number*-th till, below a run's folder."""
    return f"till-{number}"


def programme() -> str:
    """The programme of the simulated shops."""
    return resources.files("simulation").joinpath("shop.toml").read_text(encoding="utf-8")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a run, in memory where there is one: what a power cut takes is another proof's business."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    folder = Path(tempfile.mkdtemp(prefix="regulars-simulation-", dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
