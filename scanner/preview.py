"""The camera's picture as half-blocks: two points a letter cell, framed where a code was read."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scanner.live import Snapshot

Colour = tuple[int, int, int]
FRAME_COLOUR: Colour = (0, 220, 90)


class Cell(NamedTuple):
    """One letter cell: draw “▀” with *top* on *bottom*."""

    top: Colour
    bottom: Colour


def half_blocks(snapshot: "Snapshot", columns: int, rows: int) -> list[list[Cell]]:
    """*snapshot* on *columns* × *rows* letter cells, its proportions kept as far as cells allow."""
    if columns < 1 or rows < 1:
        return []
    import cv2
    import numpy as np

    picture = cv2.cvtColor(snapshot.gray, cv2.COLOR_GRAY2RGB)
    if snapshot.quad is not None:
        corners = np.array(snapshot.quad, dtype=np.int32).reshape(-1, 1, 2)
        thick = max(2, picture.shape[1] // max(1, columns) * 2)
        cv2.polylines(picture, [corners], isClosed=True, color=FRAME_COLOUR, thickness=thick)
    small = cv2.resize(picture, (columns, rows * 2), interpolation=cv2.INTER_AREA).tolist()
    return [
        [Cell(tuple(top), tuple(bottom)) for top, bottom in zip(small[row * 2], small[row * 2 + 1], strict=True)]
        for row in range(rows)
    ]
