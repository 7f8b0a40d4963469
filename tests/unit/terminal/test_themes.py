"""Every text of our themes can be read on every ground."""

import re
from itertools import product
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from terminal.themes import GROUNDS, INVERSE_GROUNDS, TEXTS, THEMES

ENOUGH = 4.5


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio of WCAG 2.1: (lighter + 0.05) / (darker + 0.05) of the relative luminances."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.rgb]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour(theme: Theme, name: str) -> Color:
    return Color.parse({**theme.to_color_system().generate(), **theme.variables}[name])


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_texts_stand_out_from_grounds(theme: Theme) -> None:
    pairs = [*product(TEXTS, GROUNDS), *(("on-colour", ground) for ground in INVERSE_GROUNDS)]
    weak = {pair: contrast(colour(theme, pair[0]), colour(theme, pair[1])) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < ENOUGH} == {}


def test_the_screens_use_no_colours_but_these() -> None:
    """Else a pair could be on the screen that the test above knows nothing of; ``rule`` is for frames and bars."""
    terminal = Path(__file__).parents[3] / "terminal"
    files = [file for file in terminal.rglob("*") if file.suffix in {".py", ".tcss"}]
    used = {name for file in files for name in re.findall(r"\$([a-z][a-z-]*)", file.read_text(encoding="utf-8"))}
    assert used - {*TEXTS, *GROUNDS, *INVERSE_GROUNDS, "on-colour", "rule"} == set()
    written = {
        pair
        for file in files
        for block in re.findall(r"\{([^{}]*)\}", file.read_text(encoding="utf-8"))
        for pair in product(
            re.findall(r"(?<![-\w])color: \$([a-z-]+)", block), re.findall(r"background: \$([a-z-]+)", block)
        )
    }
    known = {*product(TEXTS, GROUNDS), *(("on-colour", ground) for ground in INVERSE_GROUNDS)}
    assert written
    assert written - known == set()
