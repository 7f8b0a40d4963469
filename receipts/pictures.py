"""Codes and logos as black-and-white pictures."""

import io
from typing import TYPE_CHECKING

from config.errors import N_, WrongUse
from receipts.drawing import modules_of
from receipts.receipt import Code

if TYPE_CHECKING:
    from PIL.Image import Image

LOGO_SHARE = 0.6
MAX_LOGO_PIXELS = 40_000_000
MAX_LOGO_DOTS_HIGH = 400
WHITE = 255
BLACK = 0


def code_picture(code: Code, module_dots: int, bar_dots: int) -> "Image":
    """*code* with its quiet zone, each module *module_dots* wide; bars are *bar_dots* high."""
    from PIL import Image

    modules = modules_of(code)
    small = Image.new("L", (modules.width, len(modules.rows)), WHITE)
    small.putdata([BLACK if dark else WHITE for row in modules.rows for dark in row])
    height = bar_dots if modules.linear else len(modules.rows) * module_dots
    large = small.resize((modules.width * module_dots, height), Image.Resampling.NEAREST)
    quiet = modules.quiet * module_dots
    above = 0 if modules.linear else quiet
    framed = Image.new("L", (large.width + 2 * quiet, large.height + 2 * above), WHITE)
    framed.paste(large, (quiet, above))
    return framed


def logo_dots(picture: bytes, paper_dots: int) -> "Image":
    """The shop's logo in black and white, for a paper of *paper_dots*; WrongUse when it is no picture."""
    from PIL import Image

    logo = open_logo(picture)
    scale = min(paper_dots * LOGO_SHARE / logo.width, MAX_LOGO_DOTS_HIGH / logo.height)
    size = (max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
    return logo.resize(size, Image.Resampling.LANCZOS).convert("1").convert("L")


def open_logo(picture: bytes) -> "Image":
    """The picture in shades of grey on white; WrongUse when it is none, or a giant."""
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(picture))
        if image.width * image.height > MAX_LOGO_PIXELS:
            raise ValueError("too many pixels")
        coloured = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise WrongUse(
            "logo_not_a_picture",
            N_("The logo is not a picture that can be printed. Nothing was printed; use a PNG or JPEG file."),
        ) from error
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return paper.convert("L")
