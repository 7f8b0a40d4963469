"""A receipt as a picture: the dots that a printer of 203 dots an inch would print, with smooth letters."""

import io
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Final

from receipts.columns import Piece, Row
from receipts.drawing import drawable
from receipts.layout import CodeDrawing
from receipts.pictures import BLACK, WHITE, code_picture, logo_dots
from receipts.receipt import Code
from receipts.template import Style
from receipts.typeface import ADVANCE, font_file

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

CELL_DOTS: Final = 12
ROW_DOTS: Final = 26
BASELINE_DOTS: Final = 20
MARGIN_DOTS: Final = 24
BARS_HEIGHT_DOTS: Final = 80
MAX_MODULE_DOTS: Final = 6
DOTS_AN_INCH: Final = 203


def to_png(pieces: Iterable[Piece], columns: int, logo: bytes | None) -> bytes:
    """*pieces* below each other on a white paper with margins."""
    from PIL import Image

    width = columns * CELL_DOTS
    strips = [strip for piece in pieces for strip in _strips(piece, columns, logo)]
    height = sum(strip.height for strip in strips)
    paper = Image.new("L", (width + 2 * MARGIN_DOTS, height + 2 * MARGIN_DOTS), WHITE)
    top = MARGIN_DOTS
    for strip in strips:
        paper.paste(strip, ((paper.width - strip.width) // 2, top))
        top += strip.height
    return png_bytes(paper)


def png_bytes(picture: "Image") -> bytes:
    """*picture* as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, dpi=(DOTS_AN_INCH, DOTS_AN_INCH))
    return file.getvalue()


def row_picture(text: str, columns: int, style: Style = Style.NORMAL) -> "Image":
    """One row of text, each letter in its own cell."""
    from PIL import Image, ImageDraw

    strip = Image.new("L", (columns * CELL_DOTS, ROW_DOTS), WHITE)
    pen = ImageDraw.Draw(strip)
    font = _font(style)
    for column, letter in enumerate(text):
        if letter != " ":
            pen.text((column * CELL_DOTS, BASELINE_DOTS), letter, fill=BLACK, font=font, anchor="ls")
    return strip.resize((strip.width, strip.height * 2)) if style is Style.BIG else strip


def _strips(piece: Piece, columns: int, logo: bytes | None) -> "list[Image]":
    if isinstance(piece, Row):
        return [row_picture(piece.text, columns, piece.style)]
    if isinstance(piece, CodeDrawing):
        return _code(piece.code, columns)
    return [logo_dots(logo, columns * CELL_DOTS)] if logo is not None else []


def _code(code: Code, columns: int) -> "list[Image]":
    modules = drawable(code)
    if modules is None:
        return []
    dots = min(MAX_MODULE_DOTS, columns * CELL_DOTS // (modules.width + 2 * modules.quiet))
    return [code_picture(code, dots, BARS_HEIGHT_DOTS)] if dots else []


@cache
def _font(style: Style) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(font_file(style)), CELL_DOTS / ADVANCE)
