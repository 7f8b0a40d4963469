"""Every screen as it looks, at the smallest window and a large one; with the texts' contrast measured."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from rich.color import Color as RichColor
from rich.segment import Segment
from textual.color import Color
from textual.pilot import Pilot

from config.settings import Settings
from config.terminal_settings import TerminalSettings
from terminal.themes import THEMES
from tests.integration.terminal.pictures import PICTURES
from tests.integration.terminal.scenes import SCENES
from tests.integration.terminal.shop import Counter, Shop
from tests.unit.terminal.test_themes import ENOUGH, contrast

LONG = os.environ.get("REGULARS_LONG") == "1"
IN_SHORT = ("sell", "sell-choosing", "sell-saved", "enrol", "member", "refund", "confirm", "locked")
"""Scenes that every run looks at; the long form looks at each one, in both sizes."""
IN_SHORT_LARGE = ("sell", "enrol")
IN_EVERY_COLOUR = tuple(SCENES) if LONG else ("sell", "enrol", "confirm", "locked")
DRAWN = {" ", *map(chr, range(0x2500, 0x25A0))}  # frames, bars and scrollbars
Look = Literal["dark", "light", "contrast"]
SnapCompare = Callable[..., bool]


def compare(snap_compare: SnapCompare, shop: Shop, scene: str, size: tuple[int, int]) -> bool:
    """Whether *scene* looks as it did."""
    app = shop.make_app()

    async def reach(pilot: Pilot[int]) -> None:
        counter = Counter(app, pilot)
        await counter.sign_in()
        await SCENES[scene](counter, shop.card)

    return snap_compare(app, terminal_size=size, run_before=reach)


@pytest.mark.parametrize("scene", SCENES if LONG else IN_SHORT)
def test_looks_as_it_did(snap_compare: SnapCompare, furnished: Shop, scene: str) -> None:
    assert compare(snap_compare, furnished, scene, (80, 24))


@pytest.mark.parametrize("scene", SCENES if LONG else IN_SHORT_LARGE)
def test_looks_as_it_did_in_a_large_window(snap_compare: SnapCompare, furnished: Shop, scene: str) -> None:
    assert compare(snap_compare, furnished, scene, (120, 40))


@pytest.mark.parametrize("theme", ["light", "contrast"])
def test_the_sell_screen_in_other_colours(snap_compare: SnapCompare, furnished: Shop, theme: Look) -> None:
    furnished.settings = Settings(terminal=TerminalSettings(sound="off", theme=theme))
    assert compare(snap_compare, furnished, "sell", (80, 24))


def test_the_sell_screen_without_colours(
    snap_compare: SnapCompare, furnished: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert compare(snap_compare, furnished, "sell", (80, 24))


async def test_the_sell_screen_shows_its_figures_in_a_huge_window(furnished: Shop) -> None:
    async with furnished.app((200, 60)) as counter:
        await SCENES["sell"](counter, furnished.card)
        text = counter.text()
        assert all(word in text for word in ("Zofia Nowak", "Rewards", "45.90", "To pay", "F12", "Help"))


@pytest.mark.parametrize("scene", IN_EVERY_COLOUR)
async def test_texts_can_be_read(furnished: Shop, scene: str) -> None:
    async with furnished.app() as counter:
        await SCENES[scene](counter, furnished.card)
        for theme in THEMES.values():
            counter.app.theme = theme.name
            await counter.settled()
            assert weak_texts(counter) == [], theme.name


def weak_texts(counter: Counter) -> list[tuple[str, float]]:
    """Texts on the screen whose contrast with their ground is below what can be read; frames are no texts.

    What a dialog covers is dimmed on purpose: there only the dialog counts.
    """
    screen = counter.app.screen
    region = next((dialog.region for dialog in screen.query(".dialog")), screen.region)
    weak = []
    for y, strip in enumerate(screen._compositor.render_strips()):
        if not region.y <= y < region.bottom:
            continue
        for segment in strip.crop(region.x, region.right):
            ratio = readable(segment)
            if ratio < ENOUGH:
                weak.append((segment.text, round(ratio, 2)))
    return weak


def readable(segment: Segment) -> float:
    """The contrast of a text with its ground; beyond all doubt where there is no text."""
    style = segment.style
    if style is None or not set(segment.text) - DRAWN or style.color is None or style.bgcolor is None:
        return ENOUGH
    return contrast(colour_of(style.color), colour_of(style.bgcolor))


def colour_of(colour: RichColor) -> Color:
    triplet = colour.get_truecolor()
    return Color(triplet.red, triplet.green, triplet.blue)


def test_the_documentation_s_pictures_are_there() -> None:
    folder = Path(__file__).resolve().parents[3] / "docs" / "pictures"
    missing = set(PICTURES) - {path.stem for path in folder.glob("*.svg")}
    assert missing == set(), "run scripts/screens"
