"""Reading moving pictures: cheap looks at every frame, one costly look at a time where a code may hide."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.decoders import Decoded, Decoder, OpenCv, Zxing
from scanner.frames import Quad
from scanner.still import DOUBTED, RESCUES, Look

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scanner.frames import Gray

AROUND = 60
SMALL = (32, 18)
STILL_DIFFERENCE = 2.0
EDGES_OF_A_CODE = 6.0


class Cascade:
    """Remembers where a code was last, what the last picture looked like, and whose turn the costly looks are at."""

    def __init__(self, formats: Sequence[str], budget_ms: int, others: Sequence[Decoder] = ()) -> None:
        self._formats = list(formats)
        self._budget_ms = budget_ms
        self._zxing = Zxing()
        self._opencv = OpenCv()
        self._others = list(others)
        self._last: Quad | None = None
        self._before: NDArray[np.int16] | None = None
        self._turn = 0
        self._cost_ms: dict[str, float] = {}

    def read(self, gray: "Gray") -> list[Decoded]:
        """The codes seen in one frame; the same frame again and again costs little."""
        moved = self._moved(gray)
        found = self._near_the_last(gray) or self._zxing.read(gray, self._formats)
        if not found and moved and _has_edges(gray):
            found = self._rescue(gray)
        self._last = found[0].quad if found else None
        return found

    def _near_the_last(self, gray: "Gray") -> list[Decoded]:
        if self._last is None:
            return []
        import numpy as np

        left = max(0, min(x for x, _ in self._last) - AROUND)
        top = max(0, min(y for _, y in self._last) - AROUND)
        right, bottom = max(x for x, _ in self._last) + AROUND, max(y for _, y in self._last) + AROUND
        part = np.ascontiguousarray(gray[top:bottom, left:right])
        if part.size == 0:
            return []
        return [
            Decoded(each.text, each.format, each.decoder, tuple((x + left, y + top) for x, y in each.quad))  # type: ignore[arg-type]
            for each in self._zxing.read(part, self._formats)
        ]

    def _rescue(self, gray: "Gray") -> list[Decoded]:
        looks = [look for look in RESCUES if self._affordable(look)] or list(RESCUES[:1])
        look = looks[self._turn % len(looks)]
        self._turn += 1
        wanted = [name for name in self._formats if look.formats is None or name in look.formats]
        if not wanted:
            return []
        begun = time.perf_counter()
        prepared = look.prepare(gray)
        decoder: Decoder = self._opencv if look.doubted else self._zxing
        found = decoder.read(prepared.gray, wanted)
        for other in self._others if look.name == "without specks" else ():
            found = found or other.read(prepared.gray, wanted)
        self._cost_ms[look.name] = (time.perf_counter() - begun) * 1000
        # A doubted decoder may only show where to look: the next frames are read there by the others.
        if found and found[0].decoder in DOUBTED:
            return []
        return [Decoded(each.text, each.format, each.decoder, _quad(prepared.back, each.quad)) for each in found]

    def _affordable(self, look: Look) -> bool:
        return self._cost_ms.get(look.name, 0.0) <= self._budget_ms

    def _moved(self, gray: "Gray") -> bool:
        import cv2
        import numpy as np

        small = cv2.resize(gray, SMALL, interpolation=cv2.INTER_AREA).astype(np.int16)
        before, self._before = self._before, small
        return before is None or float(np.abs(small - before).mean()) > STILL_DIFFERENCE


def _has_edges(gray: "Gray") -> bool:
    """Whether there is anything sharp in the picture at all: a code is nothing but edges."""
    import numpy as np

    rows = gray[:: max(1, gray.shape[0] // 60)].astype(np.int16)
    return float(np.abs(np.diff(rows, axis=1)).max(initial=0)) > EDGES_OF_A_CODE


def _quad(back: "object", quad: Quad) -> Quad:
    assert callable(back)
    return tuple((round(x), round(y)) for x, y in (back(*corner) for corner in quad))  # type: ignore[return-value]
