"""The typeface of pictures and PDFs: DejaVu Sans Mono, shipped in ``receipts/fonts`` under its own free licence."""

from functools import cache
from pathlib import Path
from typing import Final

from receipts.letters import Letters
from receipts.template import Style

FONTS: Final = Path(__file__).parent / "fonts"
REGULAR: Final = FONTS / "DejaVuSansMono.ttf"
BOLD: Final = FONTS / "DejaVuSansMono-Bold.ttf"
# A letter's width in units of the font's size (1233 of 2048 units).
ADVANCE: Final = 1233 / 2048


def font_file(style: Style) -> Path:
    """The file of a style."""
    return REGULAR if style is Style.NORMAL else BOLD


@cache
def font_letters() -> Letters:
    """What both fonts can show; everything else is written otherwise."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    shown: set[str] | None = None
    for path in (REGULAR, BOLD):
        with TTFont(path, lazy=True) as font:
            letters = {chr(code) for code in font.getBestCmap() if code > 0x7E}
        shown = letters if shown is None else shown & letters
    return Letters(shown or ())
