"""Reading moving pictures: a cheap look at each, and costly ones in turn where something came before the camera."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner import frames
from scanner.decoders import DOUBTED, LINEAR, Decoded, Decoder, OpenCv, Zxing, led_back
from scanner.frames import Box, Prepared, Quad, back_through, part
from scanner.motion import Motion
from scanner.still import LAID, MIN_SIDE, Look

if TYPE_CHECKING:
    from scanner.frames import Gray

AROUND = 60
MAX_PATCHES = 3
EDGES_OF_A_CODE = 6.0
MATRIX = frozenset({"QR", "DataMatrix", "PDF417", "Aztec"})
# In the order in which they paid, measured on drawn cards that a hand moves.
LOOKS = (
    Look("laid straight", frames.plain, LINEAR, laid=True),
    Look("sharpened", frames.sharpened, MATRIX),
    Look("brightened, doubled", frames.brightened_doubled, LINEAR),
    Look("without specks", frames.without_specks, LINEAR),
    Look("enlarged", frames.enlarged, MATRIX),
    *(Look(f"turned {degrees}", frames.turned(degrees), LINEAR) for degrees in (30, -30, 60, -60)),
    Look("sharpened, doubled", frames.sharpened_doubled, LINEAR),
    Look("softened", frames.softened, MATRIX),
)
# After something moved, each costly look has its turn twice; then the picture rests until something moves again.
LOOKS_AFTER_MOTION = 2 * len(LOOKS)
AT_REST_EVERY = 4
# Hands and goods move before a camera all day: after half a second of that, costly looks come five times a second.
PATIENT_FRAMES = 15
IMPATIENT_EVERY = 6
PATIENCE_WITH_A_LUCKY_LOOK = 3
FORGETTING = 0.95
# A card that is held in view must not hide a second one.
WHOLE_FRAME_EVERY = 4


class Cascade:
    """Remembers where a code was last, what the empty counter looks like, and whose turn the costly looks are at.

    *seconds* are asked about frames that zxing-cpp can't read at once; see ``scanner.zbar.Beside``.
    """

    def __init__(self, formats: Sequence[str], budget_ms: int, seconds: Sequence[Decoder] = ()) -> None:
        self._formats = list(formats)
        self._budget_ms = budget_ms  # Of the processor: on a busy machine frames are left out, not looks.
        self._zxing = Zxing()
        self._opencv = OpenCv()
        self._seconds = list(seconds)
        self._looks = [look for look in LOOKS if look.formats is None or look.formats & set(formats)]
        self._motion = Motion()
        self._last: Quad | None = None
        self._frames = 0
        self._turn = 0
        self._looks_left = 0
        self._fruitless = 0
        self._lucky: Look | None = None
        self._patience = 0
        self._cost_ms: dict[str, float] = {}  # Of a million points.

    def read(self, gray: "Gray") -> list[Decoded]:
        """The codes seen in one frame; of a scene that rests and shows none, only some frames are looked at."""
        if min(gray.shape) < MIN_SIDE:
            return []
        change = self._motion.look(gray)
        self._frames += 1
        if change.moved:
            self._looks_left = LOOKS_AFTER_MOTION
        elif not self._looks_left and self._last is None and self._frames % AT_REST_EVERY:
            return []
        found = self._cheap_look(gray)
        if not found and self._looks_left and self._is_patient(moved=change.moved):
            found = self._costly_looks(gray, change.box)
            for second in self._seconds:
                found += second.read(gray, self._formats)
        if found:
            self._fruitless = 0
        self._last = found[0].quad if found else None
        return found

    def _is_patient(self, *, moved: bool) -> bool:
        self._fruitless = self._fruitless + 1 if moved else 0
        return self._fruitless <= PATIENT_FRAMES or self._frames % IMPATIENT_EVERY == 0

    def _cheap_look(self, gray: "Gray") -> list[Decoded]:
        if self._last is not None and self._frames % WHOLE_FRAME_EVERY:
            near = part(gray, _around(self._last))
            found = led_back(near, self._zxing.read(near.gray, self._formats)) if near.gray.size else []
            if found:
                return found
        return self._zxing.read(gray, self._formats)

    def _costly_looks(self, gray: "Gray", box: Box | None) -> list[Decoded]:
        """Looks in turn, as many as the budget of a frame allows, at what came before the camera."""
        if self._lucky is not None and self._last is not None:
            box = _around(self._last)
        ground = part(gray, box) if box is not None else Prepared(gray, frames.same)
        if min(ground.gray.shape) < MIN_SIDE or not _has_edges(ground.gray):
            self._looks_left -= 1
            return []
        left_ms = float(self._budget_ms)
        megapoints = ground.gray.size / 1e6
        while self._looks_left > 0:
            look = self._lucky or self._next_look(left_ms / megapoints)
            if look is None:
                break
            self._looks_left -= 1
            begun = time.thread_time()
            found = self._look(ground, look)
            spent_ms = (time.thread_time() - begun) * 1000
            self._cost_ms[look.name] = spent_ms / megapoints
            self._remember(look, found)
            left_ms -= spent_ms
            if found or left_ms <= 0:
                return found
        return []

    def _look(self, ground: Prepared, look: Look) -> list[Decoded]:
        wanted = [name for name in self._formats if look.formats is None or name in look.formats]
        if look.laid:
            return self._look_at_bars(ground, wanted)
        for view in look.prepare(ground.gray):
            found = self._zxing.read(view.gray, wanted)
            if found:
                return led_back(ground, led_back(view, found))
        return []

    def _look_at_bars(self, ground: Prepared, wanted: Sequence[str]) -> list[Decoded]:
        """The bars in sight laid straight, and looked at in several ways, of which each takes little."""
        for patch in frames.straightened(ground.gray)[:MAX_PATCHES]:
            laid = back_through(ground, patch)
            for look in (Look("laid straight", frames.plain), *LAID):
                for view in look.prepare(laid.gray):
                    found = self._zxing.read(view.gray, wanted)
                    if found:
                        return led_back(laid, led_back(view, found))
            seconded = self._opencv.read(laid.gray, wanted)
            if seconded:
                return led_back(laid, seconded)
        return []

    def _remember(self, look: Look, found: Sequence[Decoded]) -> None:
        """A linear code needs a second frame soon: the same look again, and it may go on as long as it reads."""
        if any(each.decoder not in DOUBTED for each in found):
            self._lucky, self._patience = look, PATIENCE_WITH_A_LUCKY_LOOK
            self._looks_left = LOOKS_AFTER_MOTION
        elif self._lucky is look:
            self._patience -= 1
            self._lucky = look if self._patience > 0 else None

    def _next_look(self, left_ms_a_megapoint: float) -> Look | None:
        """The next in turn that the rest of the budget allows."""
        # What was too costly once, on a busy machine perhaps, gets another chance after a while.
        self._cost_ms = {name: cost * FORGETTING for name, cost in self._cost_ms.items()}
        for step in range(len(self._looks)):
            look = self._looks[(self._turn + step) % len(self._looks)]
            if self._cost_ms.get(look.name, 0.0) <= left_ms_a_megapoint:
                self._turn += step + 1
                return look
        return None


def _around(quad: Quad) -> Box:
    """Where a code may be that was at *quad* a moment ago."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    margin = max(AROUND, (max(xs) - min(xs)) // 2, (max(ys) - min(ys)) // 2)
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin


def _has_edges(gray: "Gray") -> bool:
    """Whether there is anything sharp in the picture at all: a code is nothing but edges."""
    import numpy as np

    rows = gray[:: max(1, gray.shape[0] // 60)].astype(np.int16)
    return float(np.abs(np.diff(rows, axis=1)).max(initial=0)) > EDGES_OF_A_CODE
