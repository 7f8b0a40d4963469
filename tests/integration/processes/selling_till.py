"""A till that sells until it is killed: says each saved sale on its standard output; a process of its own.

python -m tests.integration.processes.selling_till HOME SEED
"""

import random
import sys
import time
from pathlib import Path

from config.errors import RegularsError
from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from config.sync_settings import SyncSettings
from loyalty.basket import Line
from terminal.till import Till
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till
from terminal.till_sale_shapes import RefundRequest, RewardChoice, SaleRequest
from terminal.till_sync import SyncDesk

PAUSE_S = 0.01
QUICK = Settings(sync=SyncSettings(connect_timeout_s=1, read_timeout_s=2))


def open_shop(home: Path) -> Till:
    """The till of *home*, with a network that is not waited for long."""
    return open_till(HomePaths(home), QUICK, clock=SystemClock(), random=SystemRandom())


def sell_for_ever(home: Path, chance: random.Random) -> None:
    """Sell, redeem, refund, enrol and sync, one after the other."""
    sales: list[str] = []
    with open_shop(home) as till:
        desk = SyncDesk(till.counter)
        while True:
            time.sleep(PAUSE_S)
            try:
                _one_act(till, desk, chance, sales)
            except RegularsError as error:
                _say("refused", error.reason)


def _one_act(till: Till, desk: SyncDesk, chance: random.Random, sales: list[str]) -> None:
    act = chance.randrange(20)
    found = till.members.find("Ann").matches
    member_id = chance.choice(found).member_id if found else None
    if act == 0 or member_id is None:
        done = till.members.enrol(Enrolment(name=f"Ann {chance.randrange(1000)}"))
        _say("member", done.member_id)
    elif act == 1 and sales:
        till.refunds.refund(RefundRequest(sale=chance.choice(sales)))
    elif act in (2, 3, 4, 5):
        desk.sync_once()
    else:
        rewards: tuple[RewardChoice, ...] = ()
        if act in (6, 7, 8):
            points = chance.randint(1, 8) * 1000
            desk.authorise(member_id, points)
            rewards = (RewardChoice(reward="pay", points_millipoints=points),)
        line = Line(category=chance.choice(("Coffee", "General")), amount_minor=900, quantity_milli=1000)
        sold = till.sales.sell(SaleRequest(lines=(line,), member_id=member_id, rewards=rewards))
        sales.append(sold.sale_id)
        _say("sale", sold.sale_id)


def _say(what: str, which: str) -> None:
    """Tell whoever listens; it has been read once this returns, or never will be."""
    sys.stdout.write(f"{what} {which}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sell_for_ever(Path(sys.argv[1]), random.Random(int(sys.argv[2])))
