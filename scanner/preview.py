"""The camera's picture as half-blocks: two points a letter cell, framed where a code was read."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scanner.frames import Quad

if TYPE_CHECKING:
    from scanner.decoders import Decoded
    from scanner.frames import Gray

SNAPSHOT_WIDTH = 320
FRAMES_PER_S = 10
FRAMED_FOR_S = 1.5
Colour = tuple[int, int, int]
FRAME_COLOUR: Colour = (0, 216, 88)
# So many different colours are enough to see a card, and few enough to be worked out once.
_SHADE_STEP = 8


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frame made small, and where in it something was just read (in its own points)."""

    gray: "Gray"
    quad: Quad | None


class Viewfinder:
    """The newest picture for the screen, at most FRAMES_PER_S times a second; one thread shows, another looks."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self._shown_s = float("-inf")
        self._framed: Quad | None = None
        self._framed_s = float("-inf")

    def show(self, gray: "Gray", found: "Sequence[Decoded]") -> None:
        """Take *gray*, in which *found* was read: what was read is shown at once, other frames when it is time."""
        now_s = time.monotonic()
        if not found and now_s - self._shown_s < 1 / FRAMES_PER_S:
            return
        import cv2
        import numpy as np

        height, width = gray.shape[:2]
        share = min(1.0, SNAPSHOT_WIDTH / width)
        size = (max(1, int(width * share)), max(1, int(height * share)))
        small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        if found:
            corners = ((int(x * share), int(y * share)) for x, y in found[0].quad)
            self._framed, self._framed_s = tuple(corners), now_s  # type: ignore[assignment]
        self.snapshot = Snapshot(small, self._framed if now_s - self._framed_s < FRAMED_FOR_S else None)
        self._shown_s = now_s

    def clear(self) -> None:
        """There is nothing to be seen any more."""
        self.snapshot = None


class Cell(NamedTuple):
    """One letter cell: draw “▀” with *top* on *bottom*."""

    top: Colour
    bottom: Colour


def half_blocks(snapshot: Snapshot, columns: int, rows: int) -> list[list[Cell]]:
    """*snapshot* on *columns* × *rows* letter cells, its proportions kept as far as cells allow, in few shades."""
    if columns < 1 or rows < 1:
        return []
    import cv2
    import numpy as np

    picture = cv2.cvtColor(snapshot.gray, cv2.COLOR_GRAY2RGB)
    if snapshot.quad is not None:
        corners = np.array(snapshot.quad, dtype=np.int32).reshape(-1, 1, 2)
        thick = max(2, picture.shape[1] // max(1, columns) * 2)
        cv2.polylines(picture, [corners], isClosed=True, color=FRAME_COLOUR, thickness=thick)
    shades = cv2.resize(picture, (columns, rows * 2), interpolation=cv2.INTER_AREA) // _SHADE_STEP * _SHADE_STEP
    small = shades.tolist()
    return [
        [Cell(tuple(top), tuple(bottom)) for top, bottom in zip(small[row * 2], small[row * 2 + 1], strict=True)]
        for row in range(rows)
    ]
