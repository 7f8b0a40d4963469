"""A QR code in half-blocks, dark on light with its quiet zone, for a phone to read off the screen."""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four.
_INK = Style.parse("#000000 on #ffffff")
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class QrPicture(Widget):
    """Draws one text as a QR code."""

    DEFAULT_CSS = "QrPicture { width: auto; height: auto; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines = qr_lines(text)
        self.styles.width = len(self._lines[0])
        self.styles.height = len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One row: two modules high."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        return Strip([Segment(self._lines[y], _INK)])


@lru_cache(maxsize=8)
def qr_lines(text: str) -> tuple[str, ...]:
    """The code of *text* as lines of half-blocks; black marks are dark modules."""
    import segno

    matrix = [[bool(module) for module in line] for line in segno.make_qr(text, error="q", boost_error=False).matrix]
    width = len(matrix) + 2 * QUIET_MODULES
    side = [False] * QUIET_MODULES
    blank = [[False] * width] * QUIET_MODULES
    rows = [*blank, *([*side, *line, *side] for line in matrix), *blank]
    if len(rows) % 2:
        rows.append([False] * width)
    return tuple(
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
