"""Makes the beginning of every run once: HQ with two shops, and tills set up and paired; runs start from copies."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from importlib import resources
from pathlib import Path

from config.paths import HomePaths
from config.settings import Settings
from hq.database import open_database
from hq.office import Office
from hq.service import Headquarters
from loyalty.basket import Line
from simulation.chance import SeededRandom
from simulation.clock import MachineClock, WorldClock
from simulation.headquarters import answered
from sync.exchange import Answer, Request
from sync.wire import Pair, Paired
from terminal.till import Till
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_sale_shapes import SaleRequest
from terminal.till_shapes import SetUp
from terminal.till_sync import SyncDesk

HQ_FILE = "hq.db"
STORES = ("north", "south")
PIN = "2468"
FIRST_SALE_MINOR = 2500
_ADDRESS = "https://hq.example"
_MEMBERS = "members"


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

    def members(self) -> list[str]:
        """Whom the tills know at the beginning."""
        return (self.folder / _MEMBERS).read_text(encoding="ascii").split()

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
        with ExitStack() as shops:
            tills = []
            for number in range(self.tills):
                home = HomePaths(draft / till_folder(number))
                asked = SetUp(store=STORES[number % 2].title(), pin=PIN, programme=programme())
                set_up(home, asked, clock=clock, random=random)
                till = shops.enter_context(open_till(home, Settings(), clock=clock, random=random))
                desk = SyncDesk(till.counter, make_transport=partial(_Wire, hq))
                desk.pair(_ADDRESS, office.add_till(STORES[number % 2], f"Till {number}"))
                tills.append((till, desk))
            (draft / _MEMBERS).write_text(" ".join(_first_day(tills)), encoding="ascii")
        database.close()
        draft.rename(self.folder)


class _Wire:
    """A way to HQ on which nothing ever goes wrong."""

    def __init__(self, hq: Headquarters, _url: str, till_id: str, _key: object, _settings: Settings) -> None:
        self._hq = hq
        self._till_id = till_id

    def pair(self, url: str, ask: Pair) -> Paired:  # noqa: ARG002 - there is one HQ
        """Take the till in."""
        return self._hq.pair(ask)

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:  # noqa: ARG002 - no time passes here
        """HQ's answer."""
        return answered(self._hq, self._till_id, request.message)


def _first_day(tills: list[tuple[Till, SyncDesk]]) -> list[str]:
    """Each till enrols a member who earns there, and all tills know all of them; the members' ids."""
    members = []
    for number, (till, _) in enumerate(tills):
        member_id = till.members.enrol(Enrolment(name=f"Ann {number}")).member_id
        line = Line(category="General", amount_minor=FIRST_SALE_MINOR, quantity_milli=1000)
        till.sales.sell(SaleRequest(lines=(line,), member_id=member_id))
        members.append(member_id)
    for _ in range(2):
        for _, desk in tills:
            desk.sync_once()
    return members


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
