"""Real tills, a real HQ and a real HTTP server between them, for the tests of this folder."""

from pathlib import Path

from config.paths import HomePaths
from config.seams import SystemRandom
from config.settings import Settings
from hq.database import open_database
from hq.office import Office
from hq.service import Headquarters
from loyalty.basket import Line
from sync.exchange import Answer, Request
from sync.exchange import Path as Where
from sync.wire import Pair, Paired
from terminal.till import Till
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_sale_shapes import RewardChoice, SaleDone, SaleRequest
from terminal.till_shapes import SetUp
from terminal.till_sync import SyncDesk
from tests.unit.hq.world import HandClock


class Direct:
    """Carries messages to HQ by calling it."""

    def __init__(self, hq: Headquarters, till_id: str) -> None:
        self._hq, self._till_id = hq, till_id

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:
        act = {
            Where.HELLO: self._hq.hello,
            Where.PUSH: self._hq.push,
            Where.PULL: self._hq.pull,
            Where.AUTHORISE: self._hq.authorise,
            Where.SNAPSHOT: self._hq.snapshot,
        }[request.path]
        return act(self._till_id, request.message)  # type: ignore[operator,no-any-return]

    def pair(self, url: str, ask: Pair) -> Paired:
        return self._hq.pair(ask)


class Shop:
    """HQ with one store, and tills that talk to it directly."""

    def __init__(self, folder: Path, database: str | Path | None = None, programme: str | None = None) -> None:
        self.folder, self.programme = folder, programme
        self.clock = HandClock()
        self.random = SystemRandom()
        self.hq = Headquarters(open_database(database or folder / "hq.db"), clock=self.clock, random=self.random)
        self.office = Office(self.hq)
        self.office.add_store("S1", "Shop 1", "Europe/Warsaw", "PLN")

    def till(self, name: str, *, paired: bool = True) -> Till:
        home = HomePaths(self.folder / name)
        set_up(home, SetUp(till=name, pin="2468", programme=self.programme), clock=self.clock, random=self.random)
        till = open_till(home, Settings(), clock=self.clock, random=self.random)
        if paired:
            self.desk(till).pair("https://hq.test", self.office.add_till("S1", name))
        return till

    def desk(self, till: Till) -> SyncDesk:
        return SyncDesk(till.counter, make_transport=lambda url, till_id, key, settings: Direct(self.hq, till_id))

    def sync(self, *tills: Till) -> None:
        for till in tills:
            self.desk(till).sync_once()


def enrol(till: Till, name: str, phone: str | None = None) -> str:
    return till.members.enrol(Enrolment(name=name, phone=phone)).member_id


def sell(till: Till, member: str | None, amount_minor: int, *rewards: RewardChoice) -> SaleDone:
    return till.sales.sell(SaleRequest(lines=(Line("groceries", amount_minor),), member_id=member, rewards=rewards))
