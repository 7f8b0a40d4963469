"""What the camera sees, in half-blocks: the newest picture only, at most ten times a second."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from config.i18n import _

if TYPE_CHECKING:
    from scanner.live import LiveScanner
    from scanner.preview import Cell, Snapshot

FRAMES_PER_S = 10


class CameraPreview(Widget):
    """Draws snapshots of a running scanner; hidden while there is none."""

    DEFAULT_CSS = """
    CameraPreview { display: none; height: 9; border: round $rule; border-title-color: $muted; background: $surface; }
    CameraPreview.-on { display: block; }
    """

    problem = reactive("")

    def __init__(self) -> None:
        super().__init__()
        self._scanner: LiveScanner | None = None
        self._shown: Snapshot | None = None
        self._rows: list[Strip] = []

    def on_mount(self) -> None:
        """Look for a new picture now and then."""
        self.border_title = _("Camera")
        self.set_interval(1 / FRAMES_PER_S, self._look)

    def follow(self, scanner: LiveScanner | None) -> None:
        """Show what *scanner* sees from now on."""
        self._scanner = scanner
        self._shown, self._rows = None, []
        self.problem = ""
        self.set_class(scanner is not None and scanner.previews, "-on")

    def watch_problem(self, problem: str) -> None:
        """Say in the frame what is wrong."""
        self.border_subtitle = problem

    def _look(self) -> None:
        if self._scanner is None or not self.is_on_screen:
            return
        snapshot = self._scanner.snapshot()
        if snapshot is None or snapshot is self._shown:
            return
        self._shown = snapshot
        from scanner.preview import half_blocks

        self._rows = [_drawn(line) for line in half_blocks(snapshot, self.size.width, self.size.height)]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of the picture."""
        if y < len(self._rows):
            return self._rows[y].adjust_cell_length(self.size.width, self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)


def _drawn(line: list[Cell]) -> Strip:
    """One row; cells of the same colours are one segment: the screen's loop has other things to do."""
    runs = ((cell, sum(1 for _ in run)) for cell, run in groupby(line))
    return Strip([Segment("▀" * length, _style(cell)) for cell, length in runs], len(line))


@lru_cache(maxsize=4096)
def _style(cell: Cell) -> Style:
    return Style.from_color(Color.from_rgb(*cell.top), Color.from_rgb(*cell.bottom))
