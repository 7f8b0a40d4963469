"""The camera in the app: one thread keeps the newest frame, one reads it; a source that was lost comes back."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.errors import RegularsError
from config.scanner_settings import ScannerSettings
from config.seams import Clock
from scanner.acceptance import Acceptance
from scanner.cascade import Cascade
from scanner.decoders import Decoded
from scanner.frames import Quad
from scanner.sources import Frame, Source, open_source
from scanner.still import StillReader

if TYPE_CHECKING:
    from scanner.frames import Gray

REOPEN_FIRST_S = 0.5
REOPEN_LONGEST_S = 10.0
SILENT_AFTER_S = 3.0
FROZEN_AFTER_FRAMES = 150
STOP_WITHIN_S = 3.0
SNAPSHOT_WIDTH = 320
FRAMED_FOR_S = 1.5


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A code to act on, as if a scanner had typed it."""

    text: str
    format: str
    decoder: str
    quad: Quad
    at_ms: int


@dataclass(frozen=True, slots=True)
class SecondCardSeen:
    """Another code while *first_text* was still in sight: the cashier chooses."""

    text: str
    format: str
    first_text: str


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """The source is ``ok``, ``lost``, ``reopening`` or ``ended``; *reason* is a reason code, or empty."""

    state: str
    reason: str = ""


ScannerEvent = CardSeen | SecondCardSeen | SourceChanged


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest frame made small, and where in it something was just read (in its own points)."""

    gray: "Gray"
    quad: Quad | None


class LiveScanner:
    """Reads a source until stopped; *on_event* is called from the scanner's own threads."""

    def __init__(
        self,
        source: str,
        settings: ScannerSettings,
        clock: Clock,
        on_event: Callable[[ScannerEvent], None],
        *,
        opened: Callable[[str, ScannerSettings], Source] | None = None,
    ) -> None:
        self._text = source
        self._settings = settings
        self._clock = clock
        self._tell = on_event
        self._open = opened or _opened
        self._stop = threading.Event()
        self._fresh = threading.Condition()
        self._newest: Frame | None = None
        self._ended = False
        self._paused = False
        self._snapshot: Snapshot | None = None
        self._framed_until = 0.0
        self._framed: Quad | None = None
        self._first_text = ""
        self._threads = [
            threading.Thread(target=self._grab, name="regulars-camera", daemon=True),
            threading.Thread(target=self._decode, name="regulars-decoder", daemon=True),
        ]

    def start(self) -> None:
        """Begin; answers at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let go of the source; waits a moment for a frame that is being read."""
        self._stop.set()
        with self._fresh:
            self._fresh.notify_all()
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(STOP_WITHIN_S)

    def pause(self) -> None:
        """Read nothing for now; the picture goes on."""
        self._paused = True

    def resume(self) -> None:
        """Read again."""
        self._paused = False

    def snapshot(self) -> Snapshot | None:
        """The newest small picture; None before the first frame."""
        return self._snapshot

    def _grab(self) -> None:
        wait_s = REOPEN_FIRST_S
        while not self._stop.is_set():
            reason = self._read_source()
            if self._stop.is_set():
                return
            if reason is None:
                self._tell(SourceChanged("ended"))
                with self._fresh:
                    self._ended = True
                    self._fresh.notify_all()
                return
            if self._newest is not None:
                wait_s = REOPEN_FIRST_S
            self._newest = None
            self._tell(SourceChanged("lost", reason))
            self._stop.wait(wait_s)
            wait_s = min(wait_s * 2, REOPEN_LONGEST_S)
            if not self._stop.is_set():
                self._tell(SourceChanged("reopening", "camera_reopening"))

    def _read_source(self) -> str | None:
        """Read until the source ends: None where that is its end, else the reason why it was lost."""
        try:
            source = self._open(self._text, self._settings)
        except RegularsError as error:
            return error.reason
        except OSError:
            return "camera_missing"
        try:
            return self._frames_of(source)
        finally:
            source.close()

    def _frames_of(self, source: Source) -> str | None:
        told, same, last_sum = False, 0, -1
        begun = time.monotonic()
        paced = bool(getattr(source, "is_file", False))
        last_seen = begun
        for frame in source.frames():
            if self._stop.is_set():
                return None
            if isinstance(frame, RegularsError):
                continue
            now = time.monotonic()
            if now - last_seen > SILENT_AFTER_S and not paced:
                return "camera_silent"
            last_seen = now
            if not told:
                self._tell(SourceChanged("ok"))
                told = True
            if paced:
                self._stop.wait(max(0.0, begun + frame.at_ms / 1000 - now))
            elif not frame.still:
                # A camera that was pulled may go on giving its last frame for ever; a live one has noise.
                total = int(frame.gray[::16, ::16].sum())
                same, last_sum = (same + 1, total) if total == last_sum else (0, total)
                if same >= FROZEN_AFTER_FRAMES:
                    return "camera_frozen"
            with self._fresh:
                self._newest = frame
                self._fresh.notify_all()
        return "camera_lost" if source.lasting else None

    def _decode(self) -> None:
        cascade = Cascade(self._settings.formats, self._settings.budget_ms)
        acceptance = Acceptance(self._settings.same_code_after_ms)
        stills = StillReader()
        last: Frame | None = None
        while not self._stop.is_set():
            frame = self._wait_for_another(last)
            if frame is None or frame is last:
                if self._ended:
                    return
                continue
            last = frame
            found = [] if self._paused else self._look(frame, cascade, stills)
            self._show(frame, found)
            # What a picture that stands alone gives has been agreed upon already.
            acceptance.raw = frame.still
            for each in acceptance.look(found, self._clock.monotonic_ms()):
                self._accepted(each.code, second=each.second)

    def _wait_for_another(self, last: Frame | None) -> Frame | None:
        with self._fresh:
            self._fresh.wait_for(lambda: self._stop.is_set() or self._ended or self._newest is not last, timeout=1)
            return self._newest

    def _look(self, frame: Frame, cascade: Cascade, stills: StillReader) -> list[Decoded]:
        if frame.still:
            return stills.read(frame.gray, self._settings.formats)
        return cascade.read(frame.gray)

    def _accepted(self, code: Decoded, *, second: bool) -> None:
        if second:
            self._tell(SecondCardSeen(code.text, code.format, self._first_text))
            return
        self._first_text = code.text
        self._tell(CardSeen(code.text, code.format, code.decoder, code.quad, self._clock.now_ms()))

    def _show(self, frame: Frame, found: list[Decoded]) -> None:
        if not self._settings.preview:
            return
        import cv2
        import numpy as np

        height, width = frame.gray.shape[:2]
        scale = min(1.0, SNAPSHOT_WIDTH / width)
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        small = np.asarray(cv2.resize(frame.gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        now = time.monotonic()
        if found:
            corners = ((int(x * scale), int(y * scale)) for x, y in found[0].quad)
            self._framed = tuple(corners)  # type: ignore[assignment]
            self._framed_until = now + FRAMED_FOR_S
        self._snapshot = Snapshot(small, self._framed if now < self._framed_until else None)


def _opened(text: str, settings: ScannerSettings) -> Source:
    return open_source(text, settings, loop=settings.loop, watch=True)
