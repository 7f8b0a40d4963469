"""A till that belongs to an HQ which is not there any more: the worst network that a checkout meets."""

from pathlib import Path

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from hq.database import open_database
from hq.office import Office
from hq.service import Headquarters
from terminal.till_opening import open_till
from tests.integration.hq.serving import serving


def pair(home: HomePaths, folder: Path) -> int:
    """Pair the till of *home* with an HQ in *folder* that serves for as long as that takes; the port it had."""
    clock, random = SystemClock(), SystemRandom()
    hq = Headquarters(open_database(folder / "hq.db"), clock=clock, random=random)
    office = Office(hq)
    office.add_store("S1", "Shop", "Europe/Warsaw", "PLN")
    with serving(hq) as url, open_till(home, Settings(), clock=clock, random=random) as till:
        till.sync.pair(url, office.add_till("S1", "Till"))
    hq.database.close()
    return int(url.rpartition(":")[2])
