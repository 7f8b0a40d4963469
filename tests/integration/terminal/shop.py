"""A real till in a temporary home, with the app around it and a cashier at the keyboard."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from config.paths import HomePaths
from config.settings import Settings
from config.terminal_settings import TerminalSettings
from terminal.app import RegularsApp
from terminal.sale import SaleInProgress
from terminal.screens.sign_in import SignInScreen
from terminal.sound import Sound
from terminal.till import Till
from terminal.till_opening import open_till, set_up
from terminal.till_shapes import SetUp
from terminal.widgets.message_line import MessageLine
from tests.unit.terminal.driving import Typist

PIN = "4711"
NOW_MS = 1_794_909_600_000  # Tuesday, 17 November 2026, 11:00 in Warsaw
WAIT_STEPS = 1000
STEP_S = 0.005
QUIET_LOOKS = 2
HOPS = 3


class StillClock:
    """A clock that stands until it is moved."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> int:
        return self.at_ms - NOW_MS

    def boot_id(self) -> str:
        return "test"


class SeededRandom:
    """The same identities in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)


class Ears:
    """Hears the sounds instead of a cashier."""

    def __init__(self) -> None:
        self.heard: list[Sound] = []

    def play(self, sound: Sound) -> None:
        self.heard.append(sound)


def make_home(folder: Path) -> HomePaths:
    """A shop with a manager whose PIN is 4711, set up once and copied from then on."""
    home = HomePaths(folder)
    request = SetUp(store="Corner shop", till="Till 3", manager="Ana", pin=PIN)
    set_up(home, request, clock=StillClock(NOW_MS - 86_400_000), random=SeededRandom())
    return home


class Shop:
    """One home and the people in it."""

    def __init__(self, home: HomePaths) -> None:
        self.home = home
        self.clock = StillClock()
        self.random = SeededRandom(2)
        self.ears = Ears()
        self.card = ""
        self.settings = Settings(terminal=TerminalSettings(sound="off"))

    def till(self, cashier_pin: str = PIN) -> Till:
        """The till service beside the app, as the command line uses it."""
        till = open_till(self.home, self.settings, clock=self.clock, random=self.random)
        till.staff.sign_in(cashier_pin)
        return till

    def make_app(self, *, training: bool = False) -> RegularsApp:
        """The app on this home, not running yet."""
        return RegularsApp(self.home, self.settings, self.clock, self.random, training=training, speaker=self.ears)

    @asynccontextmanager
    async def app(
        self, size: tuple[int, int] = (80, 24), *, signed_in: bool = True, training: bool = False
    ) -> AsyncIterator["Counter"]:
        """The running app; signed in as the manager unless told otherwise."""
        app = self.make_app(training=training)
        async with app.run_test(size=size) as pilot:
            counter = Counter(app, pilot)
            if signed_in:
                await counter.sign_in()
            yield counter


class Counter:
    """The cashier's side: hands on the keyboard, eyes on the screen."""

    def __init__(self, app: RegularsApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.hands = Typist(app)

    async def sign_in(self, pin: str = PIN) -> None:
        """Type a PIN once the till asks for it."""
        app = self.app
        await self.until(lambda: isinstance(app.screen, SignInScreen) and app.focused is not None)
        self.hands.keys(pin, enter=True)
        await self.until(lambda: app.sell is not None and app.screen is app.sell)
        await self.settled()

    @property
    def message(self) -> str:
        """What the message line of the screen on top says, or of the one below a dialog."""
        lines = [line for screen in self.app.screen_stack for line in screen.query(MessageLine)]
        text, _tone = lines[-1].message
        return text

    @property
    def selling(self) -> bool:
        """Whether the sell screen is on top."""
        return self.app.screen is self.app.sell

    @property
    def sale(self) -> SaleInProgress:
        """The sale in progress."""
        assert self.app.sell is not None
        return self.app.sell.sale

    def on(self, kind: type[Screen[Any]]) -> bool:
        """Whether a screen of this *kind* is on top."""
        return isinstance(self.app.screen, kind)

    def text(self) -> str:
        """Everything that stands on the screen, row by row."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in rows)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to become true; fails with the screen's text where it never does."""
        for _ in range(WAIT_STEPS):
            await self._handled()
            if holds():
                return
            await asyncio.sleep(STEP_S)
        pytest.fail(f"it never came to that:\n{self.text()}")

    async def settled(self) -> None:
        """Everything that was asked for is done and drawn: nothing is under way at several looks in a row."""
        quiet = 0

        def is_quiet() -> bool:
            nonlocal quiet
            quiet = 0 if self._busy() else quiet + 1
            return quiet >= QUIET_LOOKS

        await self.until(is_quiet)

    def _busy(self) -> bool:
        app = self.app
        if app.keyboard.holding or not (app.sell is None or app.sell.idle or app.screen is not app.sell):
            return True
        mine = [worker for worker in app.workers if worker.node is app.screen and worker.group in {"work", "latest"}]
        return not all(worker.is_finished for worker in mine)

    async def _handled(self) -> None:
        """The messages that were waiting are handled, on their way through three widgets at least."""
        for _ in range(HOPS):
            await self.pilot._wait_for_screen()

    async def type(self, text: str) -> None:
        """Type *text* and Enter."""
        self.hands.keys(text, enter=True)
        await self.settled()

    async def press(self, *keys: str) -> None:
        """Press keys that have no letter."""
        for key in keys:
            self.hands.press(key)
            await self.settled()

    async def scan(self, code: str) -> None:
        """Scan a card with the wedge scanner."""
        self.hands.scan(code)
        await self.settled()
