"""Reading moving pictures: cheap looks at every frame, one costly look at a time where a code may hide."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.decoders import DOUBTED, Decoded, Decoder, OpenCv, Zxing
from scanner.frames import Quad
from scanner.still import ASKED_OF_OTHERS, RESCUES, Look, led_back

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scanner.frames import Gray

AROUND = 60
SMALL = (32, 18)
STILL_DIFFERENCE = 2.0
EDGES_OF_A_CODE = 6.0
# After something moved, each costly look has its turn twice; then the picture rests until something moves again.
LOOKS_AFTER_MOTION = 2 * len(RESCUES)
PATIENCE_WITH_A_LUCKY_LOOK = 3
FORGETTING = 0.95
# A card that is held in view must not hide a second one.
WHOLE_FRAME_EVERY = 4


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
        self._frames = 0
        self._turn = 0
        self._looks_left = 0
        self._lucky: Look | None = None
        self._patience = 0
        self._cost_ms: dict[str, float] = {}

    def read(self, gray: "Gray") -> list[Decoded]:
        """The codes seen in one frame; of an empty scene that rests only every second frame is looked at."""
        if self._moved(gray):
            self._looks_left = LOOKS_AFTER_MOTION
        elif not self._looks_left and self._last is None and self._frames % 2:
            self._frames += 1
            return []
        self._frames += 1
        near = [] if self._frames % WHOLE_FRAME_EVERY == 0 else self._near_the_last(gray)
        found = near or self._zxing.read(gray, self._formats)
        if not found and self._looks_left and _has_edges(gray):
            self._looks_left -= 1
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
        """One costly look: the one that read the frames before, else the next in turn."""
        look = self._lucky or self._next_look()
        begun = time.perf_counter()
        found = self._look(gray, look)
        self._cost_ms[look.name] = (time.perf_counter() - begun) * 1000
        if any(each.decoder not in DOUBTED for each in found):
            # A linear code needs a second frame soon: the same look again, and it may go on as long as it reads.
            self._lucky, self._patience = look, PATIENCE_WITH_A_LUCKY_LOOK
            self._looks_left = LOOKS_AFTER_MOTION
        elif self._lucky:
            self._patience -= 1
            self._lucky = self._lucky if self._patience > 0 else None
        return found

    def _look(self, gray: "Gray", look: Look) -> list[Decoded]:
        wanted = [name for name in self._formats if look.formats is None or name in look.formats]
        if not wanted:
            return []
        prepared = look.prepare(gray)
        found = self._zxing.read(prepared.gray, wanted)
        if not found and look.name in ASKED_OF_OTHERS:
            for other in (self._opencv, *self._others):
                found = found or other.read(prepared.gray, wanted)
        return led_back(prepared, found)

    def _next_look(self) -> Look:
        looks = [look for look in RESCUES if self._affordable(look)] or list(RESCUES[:1])
        # What was too costly once, on a busy machine perhaps, gets another chance after a while.
        self._cost_ms = {name: cost * FORGETTING for name, cost in self._cost_ms.items()}
        look = looks[self._turn % len(looks)]
        self._turn += 1
        return look

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
