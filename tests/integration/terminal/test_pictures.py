"""Every screen as it looks, at the smallest window and a large one; with the texts' contrast measured."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
from rich.color import Color as RichColor
from textual.color import Color
from textual.pilot import Pilot

from config.settings import Settings
from config.terminal_settings import TerminalSettings
from tests.integration.terminal.scenes import SCENES, furnish
from tests.integration.terminal.shop import Counter, Shop
from tests.unit.terminal.test_themes import ENOUGH, contrast

IN_LARGE = ("sell", "sell-saved", "enrol", "enrolled", "find", "member", "refund", "receipt", "help", "locked")
IN_EVERY_COLOUR = ("sell", "sell-choosing", "sell-saved", "enrol", "find", "confirm", "member", "locked")
DRAWN = set("─│╭╮╰╯━┏┓┗┛┃┛┗▀▄█▌▐ ╶╴╷╵┌┐└┘├┤┬┴┼╸╹╺╻▁▔")
Look = Literal["dark", "light", "contrast"]
SnapCompare = Callable[..., bool]


def compare(snap_compare: SnapCompare, shop: Shop, scene: str, size: tuple[int, int]) -> bool:
    """Whether *scene* looks as it did."""
    card = furnish(shop)
    app = shop.make_app()

    async def reach(pilot: Pilot[int]) -> None:
        counter = Counter(app, pilot)
        await counter.sign_in()
        await SCENES[scene](counter, card)

    return snap_compare(app, terminal_size=size, run_before=reach)


@pytest.mark.parametrize("scene", SCENES)
def test_looks_as_it_did(snap_compare: SnapCompare, shop: Shop, scene: str) -> None:
    assert compare(snap_compare, shop, scene, (80, 24))


@pytest.mark.parametrize("scene", IN_LARGE)
def test_looks_as_it_did_in_a_large_window(snap_compare: SnapCompare, shop: Shop, scene: str) -> None:
    assert compare(snap_compare, shop, scene, (120, 40))


@pytest.mark.parametrize("theme", ["light", "contrast"])
def test_the_sell_screen_in_other_colours(snap_compare: SnapCompare, shop: Shop, theme: Look) -> None:
    shop.settings = Settings(terminal=TerminalSettings(sound="off", theme=theme))
    assert compare(snap_compare, shop, "sell", (80, 24))


def test_the_sell_screen_without_colours(
    snap_compare: SnapCompare, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert compare(snap_compare, shop, "sell", (80, 24))


@pytest.mark.parametrize("size", [(200, 60), (80, 24)], ids=["200x60", "80x24"])
async def test_the_sell_screen_shows_its_figures_at_every_size(shop: Shop, size: tuple[int, int]) -> None:
    card = furnish(shop)
    async with shop.app(size) as counter:
        await SCENES["sell"](counter, card)
        text = counter.text()
        assert all(word in text for word in ("Zofia Nowak", "Rewards", "45.90", "To pay", "F12", "Help"))


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
@pytest.mark.parametrize("scene", IN_EVERY_COLOUR)
async def test_texts_can_be_read(shop: Shop, scene: str, theme: Look) -> None:
    shop.settings = Settings(terminal=TerminalSettings(sound="off", theme=theme))
    card = furnish(shop)
    async with shop.app() as counter:
        reach: Callable[[Counter, str], Awaitable[None]] = SCENES[scene]
        await reach(counter, card)
        assert weak_texts(counter) == []


def weak_texts(counter: Counter) -> list[tuple[str, float]]:
    """Texts on the screen whose contrast with their ground is below what can be read; frames are no texts."""
    weak = []
    for strip in counter.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if style is None or not set(segment.text) - DRAWN or style.color is None or style.bgcolor is None:
                continue
            pair = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
            ratio = contrast(*(colour_of(each) for each in pair))
            if ratio < ENOUGH:
                weak.append((segment.text, round(ratio, 2)))
    return weak


def colour_of(colour: RichColor) -> Color:
    triplet = colour.get_truecolor()
    return Color(triplet.red, triplet.green, triplet.blue)


def test_the_documentation_s_pictures_are_those_of_the_real_screens() -> None:
    folder = Path(__file__).resolve().parents[3] / "docs" / "pictures"
    from tests.integration.terminal.pictures import PICTURES

    assert {path.stem for path in folder.glob("*.svg")} == set(PICTURES), "run scripts/screens"
