"""A sum in figures that are read from a distance: five rows high where there is room, else three."""

from textual.app import RenderResult
from textual.content import Content
from textual.widgets import Digits

ROWS = 5
GAP = "  "
_BLOCKS = {
    "0": "███ █ █ █ █ █ █ ███",
    "1": " █  ██   █   █  ███",
    "2": "███   █ ███ █   ███",
    "3": "███   █ ███   █ ███",
    "4": "█ █ █ █ ███   █   █",
    "5": "███ █   ███   █ ███",
    "6": "███ █   ███ █ █ ███",
    "7": "███   █   █   █   █",
    "8": "███ █ █ ███ █ █ ███",
    "9": "███ █ █ ███   █ ███",
    ".": "                 █ ",
    ",": "             █  █  ",
    "-": "        ███        ",
    "−": "        ███        ",
}
"""Five rows of three, with a blank between them; each is drawn twice as wide, since cells are twice as high."""
NARROW = {".", ",", " "}


class LargeFigures(Digits):
    """Right-aligned figures; what can't be drawn large is drawn as the library draws it."""

    def render(self) -> RenderResult:
        """The figures."""
        rows = block_rows(self.value) if self.size.height >= ROWS else ()
        width = len(rows[0]) if rows else 0
        if not 0 < width <= self.size.width:
            return super().render()
        return Content("\n").join(Content(row.rjust(self.size.width)) for row in rows)


def block_rows(value: str) -> tuple[str, ...]:
    """*value* as rows of blocks; none where it holds something else than figures and their signs."""
    if not value or not set(value) <= set(_BLOCKS) | {" "}:
        return ()
    return tuple(GAP.join(_row(figure, place) for figure in value) for place in range(ROWS))


def _row(figure: str, place: int) -> str:
    cells = _BLOCKS.get(figure, " " * (4 * ROWS - 1))[4 * place : 4 * place + 3]
    return "".join(cell * 2 for cell in (cells.strip() or " " if figure in NARROW else cells))
