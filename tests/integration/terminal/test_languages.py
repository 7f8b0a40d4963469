"""Every screen in every language at the smallest window: nothing is cut, and nothing is left in English."""

import gettext
import re
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from textual.screen import Screen

from config import i18n
from config.paths import HomePaths
from terminal import screens
from terminal.screens.base import TillScreen
from terminal.screens.set_up import SetUpScreen
from terminal.till_opening import sample_programme
from tests.integration.terminal.cut_texts import cut_texts
from tests.integration.terminal.scenes import enrolling, finding, refunding, saved, selling
from tests.integration.terminal.shop import PIN, Counter, Shop
from tests.unit.languages.catalogues import TRANSLATED

Way = Callable[[Counter], Awaitable[None]]
SMALLEST = (80, 24)
MOST_ESCAPES = 6
LOOKS = 3
CUT_IDENTITY = re.compile("[0-9A-Z]{8,}…")
"""A list shows how an identity begins; opening the line shows the whole of it."""
ELSEWHERE = {"TillScreen", "FormScreen", "SetUpScreen"}
"""No screens of their own, and the one that a till shows before it is set up."""


class Listener(gettext.NullTranslations):
    """Keeps every sentence for which the language has no words."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def gettext(self, message: str) -> str:
        self.heard.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture(params=TRANSLATED)
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    """The language of one run, and who listens for what it can't say."""
    i18n.use_language(request.param)
    listener = Listener()
    i18n._Current.catalogue.add_fallback(listener)
    yield listener
    i18n.use_language("en")


def keys(*names: str) -> Way:
    """Where keys lead from the sale on screen."""

    async def way(counter: Counter) -> None:
        await counter.press(*names)

    return way


def command(name: str, *names: str, typed: str = "") -> Way:
    """A command of the menu; then keys, and what is *typed* with Enter."""

    async def way(counter: Counter) -> None:
        assert counter.app.sell is not None
        await counter.app.sell.run_command(name)
        await counter.settled()
        await counter.press(*names)
        if typed:
            await counter.type(typed)

    return way


async def wrong_pin(counter: Counter) -> None:
    """A locked till that does not know a PIN."""
    await counter.press("ctrl+l")
    await counter.type(PIN[::-1])


async def two_held(counter: Counter) -> None:
    """Two sales to choose from."""
    await counter.press("f6", "f6")


async def another_tills_sale(counter: Counter) -> None:
    """The receipt of a till that this one knows nothing of."""
    await counter.type("K7Q2M9XAB3-0ABCDEFGHJKMN-152")


MEMBERS_DAYS = (*["right"] * 4, *["down"] * 6)
"""Through the reports to a row that leads to entries."""

WAYS: dict[str, Way] = {
    "sell": keys(),
    "choosing": keys("f4"),
    "enrol": lambda counter: enrolling(counter, ""),
    "find": lambda counter: finding(counter, ""),
    "sales": keys("f8"),
    "refund": lambda counter: refunding(counter, ""),
    "receipt": keys("f8", "enter", "f4"),
    **{"-".join(each): keys(*each) for each in (("f1",), ("f5",), ("f9",), ("f10",), ("f10", "f2"), ("f10", "f3"))},
    **{f"f10-{key}": keys("f10", key) for key in ("f4", "f5", "f6", "f8", "f10", "f11")},
    "card": keys("f10", "f4", "f4"),
    **{name: command(name) for name in ("activities", "adjust", "shift", "staff", "print_jobs", "headquarters")},
    **{f"report-{place}": command("reports", *["right"] * place) for place in range(6)},
    "report-period": command("reports", "f2"),
    "report-export": command("reports", "f6"),
    "report-entries": command("reports", *MEMBERS_DAYS, "enter"),
    "report-entry": command("reports", *MEMBERS_DAYS, "enter", "enter"),
    "refund-unknown": another_tills_sale,
    "shift-closed": command("shift", typed="100"),
    "staff-add": command("staff", "f2"),
    "staff-pin": command("staff", "f4"),
    "palette": keys("ctrl+p"),
    "locked": wrong_pin,
    "held": two_held,
}


async def test_nothing_is_cut_and_nothing_is_english(furnished: Shop, listener: Listener) -> None:
    problems: list[str] = []
    seen = set()
    async with furnished.app(SMALLEST) as counter:
        await selling(counter, furnished.card)
        for name, way in WAYS.items():
            await way(counter)
            seen.add(type(counter.app.screen).__name__)
            problems += [f"{name}: {each}" for each in await cut(counter) if not CUT_IDENTITY.match(each)]
            await back(counter)
        await saved(counter, furnished.card)
        problems += [f"saved: {each}" for each in await cut(counter)]
    assert problems == []
    assert sorted(listener.heard) == []
    assert sorted(kinds_of(TillScreen) - seen - ELSEWHERE) == []


async def test_the_first_run_is_whole(listener: Listener, tmp_path: Path) -> None:
    async with Shop(HomePaths(tmp_path / "till")).app(SMALLEST, signed_in=False) as counter:
        await counter.until(lambda: counter.on(SetUpScreen))
        assert await cut(counter) == []
    assert sorted(listener.heard) == []


async def cut(counter: Counter) -> list[str]:
    """What is cut on the screen; names that the shop gave its rewards may be as long as it likes."""
    found: list[str] = []
    for _ in range(LOOKS):
        await counter.settled()
        texts = cut_texts(counter.app.screen, counter.text())
        found = [each for each in texts if f" {each.partition('… in: ')[0]}" not in sample_programme()]
        if not found:
            break
    return found


async def back(counter: Counter) -> None:
    """Back to the sale, signed in."""
    for _ in range(MOST_ESCAPES):
        if counter.app.session is None:
            await counter.sign_in(PIN)
        if counter.selling:
            break
        await counter.press("escape")
    await counter.press("escape")


def kinds_of(kind: type[Screen[Any]]) -> set[str]:
    """The names of *kind* and of all that are made from it, in whichever module of the screens."""
    for module in iter_modules(screens.__path__):
        import_module(f"{screens.__name__}.{module.name}")
    return {kind.__name__}.union(*(kinds_of(each) for each in kind.__subclasses__()))
