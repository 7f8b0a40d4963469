"""What changes before a camera: whether anything moves, and where the picture differs from the empty counter."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scanner.frames import Box, Gray

COLUMNS, ROWS = 32, 18
SAMPLE_EVERY = 4
MOVED_LEVELS = 5.0
DIFFERS_LEVELS = 9.0
LEARNING = 0.04  # Share of a resting frame in the memory of the counter: what lies still belongs to it after a second.
WHOLE_SHARE = 0.6


class Change(NamedTuple):
    """*moved*: since the frame before. *box*: what differs from the counter; None: nothing, or most of the picture."""

    moved: bool
    box: "Box | None"


class Motion:
    """Remembers the last frame and the counter, as a few hundred cells: noise averages out in them."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._counter: NDArray[np.float32] | None = None

    def look(self, gray: "Gray") -> Change:
        """Compare *gray* with what is remembered."""
        import numpy as np

        cells = _cells(gray)
        before, self._before = self._before, cells
        if before is None or self._counter is None:
            self._counter = cells
            return Change(moved=True, box=None)
        moved = bool(np.abs(cells - before).max() > MOVED_LEVELS)
        differs = np.abs(cells - self._counter) > DIFFERS_LEVELS
        if not moved:
            self._counter += LEARNING * (cells - self._counter)
        return Change(moved, _box(differs, gray.shape))


def _cells(gray: "Gray") -> "NDArray[np.float32]":
    import cv2
    import numpy as np

    sample = np.ascontiguousarray(gray[::SAMPLE_EVERY, ::SAMPLE_EVERY])
    return np.asarray(cv2.resize(sample, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)


def _box(differs: "NDArray[np.bool_]", shape: tuple[int, ...]) -> "Box | None":
    """The box around the cells that differ and their neighbours, in points."""
    import numpy as np

    rows, columns = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    top, bottom = max(0, int(rows[0]) - 1), min(ROWS, int(rows[-1]) + 2)
    left, right = max(0, int(columns[0]) - 1), min(COLUMNS, int(columns[-1]) + 2)
    if (bottom - top) * (right - left) > WHOLE_SHARE * ROWS * COLUMNS:
        return None
    height, width = shape
    return left * width // COLUMNS, top * height // ROWS, right * width // COLUMNS, bottom * height // ROWS
