"""What a till does while its power is at risk, and what must be left of it afterwards."""

import random
from collections.abc import Callable
from pathlib import Path

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from ledger import journal
from ledger.store import Ledger
from loyalty.basket import Line
from terminal.till import Till
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_sale_shapes import RefundRequest, RewardChoice, SaleRequest
from terminal.till_shapes import SetUp

MEMBERS = 5
ACTS = 40
PIN = "246810"


def founded_shop(home: Path) -> Path:
    """A shop with a few members who have bought; closed, so that it can be copied."""
    paths = HomePaths(home)
    set_up(paths, SetUp(pin=PIN), clock=SystemClock(), random=SystemRandom())
    with _till(home) as till:
        for number in range(MEMBERS):
            member = till.members.enrol(Enrolment(name=f"Member {number}"))
            till.sales.sell(_basket(200_00, member.member_id))
    return home


def sell_until_dark(home: Path, chance: random.Random, say: Callable[[str], object], *, normal: bool) -> None:
    """Sell, redeem, refund, hold and enrol; each entry's identity is said once the service has returned it."""
    with _till(home) as till:
        if normal:
            _write_carelessly(till.counter.ledger)
        members = [match.member_id for match in till.members.find("Member").matches]
        rich, sold = list(members), list[str]()
        for _ in range(ACTS):
            match chance.randrange(10):
                case 0:
                    till.sales.hold(_basket(5_00, None), label="back in a minute")
                case 1:
                    members.append(till.members.enrol(Enrolment(name=f"Newcomer {chance.randrange(10**9)}")).member_id)
                case 2 if sold:
                    refunded = till.refunds.refund(RefundRequest(sale=sold.pop()))
                    say(str(refunded.refund_id))
                case 3 if rich:
                    points = RewardChoice(reward="pay-with-points", points_millipoints=100_000)
                    done = till.sales.sell(_basket(9_000, rich.pop(), points))
                    say(done.sale_id)
                case _:
                    done = till.sales.sell(_basket(chance.randint(1, 9_000), _one_of(chance, members)))
                    sold.append(done.sale_id)
                    say(done.sale_id)


def look_after(home: Path) -> tuple[set[str], bool]:
    """The identities of all entries that are left, and whether the file is sound in every respect."""
    with _till(home) as till:
        verified = till.upkeep.verify()
        with till.counter.ledger.read() as view:
            found = {str(entry.id) for entry in journal.entries_of_positions(view, 1)}
    # The witness is written after the commit: the power may go between the two, and it is then a step behind.
    return found, not verified.differences


def _one_of(chance: random.Random, members: list[str]) -> str | None:
    return chance.choice([*members, ""]) or None


def _till(home: Path) -> Till:
    return open_till(HomePaths(home), Settings(), clock=SystemClock(), random=SystemRandom())


def _basket(amount_minor: int, member_id: str | None, *rewards: RewardChoice) -> SaleRequest:
    lines = (Line("groceries", amount_minor), Line("coffee", 9_00, 2000))
    return SaleRequest(lines=lines, member_id=member_id, rewards=rewards)


def _write_carelessly(ledger: Ledger) -> None:
    # The control run breaks what the ledger promises.
    with ledger.write() as tx:
        connection = tx.connection
    connection.execute("PRAGMA synchronous = NORMAL")
