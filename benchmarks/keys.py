"""How many keys each act at the counter takes, and for how long the till lets one wait, beside the budgets.

    python -m benchmarks.keys

The real app, in a window without a screen, is driven key by key; each act must have come to what it is for. The time of
a person is reckoned at five keys a second, and what the till needed is added.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from config.terminal_settings import TerminalSettings
from loyalty.basket import Line
from terminal.app import RegularsApp
from terminal.screens.member_card import CardScreen
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_sale_shapes import SaleRequest
from terminal.till_shapes import SetUp
from tests.unit.terminal.driving import Typist

PIN = "4711"
SIZE = (80, 24)
KEY_S = 0.2
LIMIT_S = 30.0


class Cashier:
    """Presses keys, counts them, and waits for what they lead to."""

    def __init__(self, app: RegularsApp) -> None:
        self._app = app
        self._hands = Typist(app)

    def scan(self, code: str) -> None:
        """A scanner types: no key of the cashier's."""
        self._hands.scan(code)

    async def act(self, name: str, budget: str, keys: tuple[str, ...], done: Callable[[], bool]) -> None:
        """Press *keys*, of which ``=text`` is typed; print how many and how long, once it is *done*."""
        typed = 0
        for key in keys:
            if key.startswith("="):
                self._hands.keys(key[1:])
                typed += len(key) - 1
            else:
                self._hands.press(key)
        started = time.perf_counter()
        await until(done)
        pressed = sum(not key.startswith("=") for key in keys)
        all_s = (typed + pressed) * KEY_S + time.perf_counter() - started
        print(f"{name:<36} {typed:>3} typed, {pressed} keys, {all_s:5.1f} s in all  ({budget})")


async def until(holds: Callable[[], bool]) -> None:
    """Wait; an act that comes to nothing is a fault of this benchmark or of the app."""
    end = time.perf_counter() + LIMIT_S
    while not holds():
        if time.perf_counter() > end:
            raise TimeoutError("it never came to that")
        await asyncio.sleep(0.002)


async def run(home: HomePaths, card: str) -> None:
    """Sign in, then one act after the other."""
    settings = Settings(terminal=TerminalSettings(sound="off"))
    app = RegularsApp(home, settings, SystemClock(), SystemRandom())
    async with app.run_test(size=SIZE):
        await until(lambda: app.sell is not None and app.focused is not None)
        cashier = Cashier(app)
        cashier.scan(PIN)
        await until(lambda: app.screen is app.sell)
        assert app.sell is not None
        sale = app.sell.sale
        cashier.scan(card)
        await until(lambda: sale.member is not None)
        await cashier.act(
            "identify and earn: the amount", "one key beyond it", ("=45,90", "f12"), lambda: bool(sale.done)
        )
        await cashier.act("take the saved sale back", "one key", ("f7",), lambda: not sale.done)
        redeem = ("f4", "1", "enter")
        await cashier.act("redeem the first reward", "≤ 3 keys", redeem, lambda: bool(sale.draft.rewards))
        await cashier.act("undo", "one key", ("f7",), lambda: not sale.draft.rewards)
        await cashier.act("paid by card", "one key", ("f11",), lambda: sale.draft.payment_method == "card")
        await cashier.act("put the sale aside", "one key", ("f6",), lambda: sale.draft.is_empty)
        await cashier.act("take it up again", "one key", ("f6",), lambda: bool(sale.draft.lines))
        await cashier.act("why these points", "one key", ("f5",), lambda: app.screen is not app.sell)
        await cashier.act("back to the sale", "one key", ("escape",), lambda: app.screen is app.sell)
        enrol = ("f2", "=602333444", "enter", "=Ewa Kowalska", "f12")
        await cashier.act("enrol with phone and name", "≤ 15 s", enrol, lambda: isinstance(app.screen, CardScreen))


def main() -> None:
    """Make a shop with one member, and drive."""
    with tempfile.TemporaryDirectory() as folder:
        home, clock, random = HomePaths(Path(folder, "home")), SystemClock(), SystemRandom()
        set_up(home, SetUp(pin=PIN), clock=clock, random=random)
        with open_till(home, Settings(), clock=clock, random=random) as till:
            till.staff.sign_in(PIN)
            enrolled = till.members.enrol(Enrolment(name="Zofia Nowak"))
            till.sales.sell(SaleRequest(lines=(Line("Groceries", 60_000),), member_id=enrolled.member_id))
        asyncio.run(run(home, enrolled.cards[0].code))


if __name__ == "__main__":
    main()
