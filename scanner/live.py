"""The camera in the app: the newest frame is read, a source that was lost or hangs is opened again by itself."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from config.errors import RegularsError
from config.scanner_settings import ScannerSettings
from config.seams import Clock
from scanner.acceptance import Acceptance, Accepted
from scanner.cascade import Cascade
from scanner.decoders import Decoded
from scanner.frames import Frame, Quad
from scanner.newest import Newest
from scanner.preview import Snapshot, Viewfinder
from scanner.sources import Source, open_source
from scanner.still import StillReader
from scanner.zbar import Beside

REOPEN_FIRST_S = 0.5
REOPEN_LONGEST_S = 10.0
STOP_WITHIN_S = 3.0
MAX_HANGING = 3


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A code to act on, as if a scanner had typed it: a GS1 code with its AIM identifier."""

    text: str
    format: str
    decoder: str
    quad: Quad
    at_ms: int


@dataclass(frozen=True, slots=True)
class SecondCardSeen:
    """A code while another card is in sight: the cashier chooses, by taking one away."""

    text: str
    format: str


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """The source is ``ok``, ``lost`` or ``ended``.

    *reason*: why it was lost, once an outage and cause; ``camera_back`` when it is ok again; else empty.
    """

    state: str
    reason: str = ""


ScannerEvent = CardSeen | SecondCardSeen | SourceChanged


class LiveScanner:
    """Reads a source until stopped, on a thread of its own; *on_event* is called from there."""

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
        self._viewfinder = Viewfinder() if settings.preview else None
        self._up = False
        self._lost_for = ""
        self._hanging: list[Newest] = []
        self._thread = threading.Thread(target=self._run, name="regulars-scanner", daemon=True)

    def start(self) -> None:
        """Begin; answers at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the source; waits a moment for a frame that is being read."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_S)

    @property
    def previews(self) -> bool:
        """Whether there is a picture to show at all."""
        return self._viewfinder is not None

    def snapshot(self) -> Snapshot | None:
        """The newest small picture; None before the first frame, while there is no source, and without a preview."""
        return None if self._viewfinder is None else self._viewfinder.snapshot

    def _run(self) -> None:
        import cv2

        cv2.setNumThreads(1)  # The other cores are the till's.
        with closing(Beside()) as beside:
            reader = _Reader(self._settings, beside)
            wait_s = REOPEN_FIRST_S
            while not self._stop.is_set():
                self._up = False
                reason = self._read(reader)
                if self._stop.is_set():
                    return
                if reason is None:
                    self._tell(SourceChanged("ended"))
                    return
                self._lost(reason)
                wait_s = REOPEN_FIRST_S if self._up else min(wait_s * 2, REOPEN_LONGEST_S)
                self._stop.wait(wait_s)
                self._wait_for_hanging()

    def _read(self, reader: "_Reader") -> str | None:
        """Read the source once: None where it came to its end, else the reason why it was lost."""
        newest = Newest(lambda: self._open(self._text, self._settings))
        try:
            for item in newest.frames(self._stop.is_set):
                if isinstance(item, Frame):
                    self._look(item, reader)
        except RegularsError as error:
            return error.reason
        except Exception:
            # The edge of a thread: one frame that a decoder chokes on must not end the reading for the day.
            logging.getLogger("regulars").exception("scanner")
            return "scanner_failed"
        finally:
            if not newest.close(within_s=REOPEN_FIRST_S):
                self._hanging.append(newest)
        return None

    def _look(self, frame: Frame, reader: "_Reader") -> None:
        if not self._up:
            self._up = True
            self._tell(SourceChanged("ok", "camera_back" if self._lost_for else ""))
            self._lost_for = ""
        found, accepted = reader.look(frame, self._clock.monotonic_ms())
        if self._viewfinder is not None:
            self._viewfinder.show(frame.gray, found)
        for each in accepted:
            self._accepted(each.code, second=each.second)

    def _accepted(self, code: Decoded, *, second: bool) -> None:
        if second:
            self._tell(SecondCardSeen(code.mark + code.text, code.format))
        else:
            self._tell(CardSeen(code.mark + code.text, code.format, code.decoder, code.quad, self._clock.now_ms()))

    def _lost(self, reason: str) -> None:
        if self._viewfinder is not None:
            self._viewfinder.clear()
        if reason != self._lost_for:
            self._lost_for = reason
            self._tell(SourceChanged("lost", reason))

    def _wait_for_hanging(self) -> None:
        """Each driver call that never answers holds a thread: a few are left behind, then one of them is waited for."""
        while not self._stop.is_set():
            self._hanging = [each for each in self._hanging if not each.gone]
            if len(self._hanging) < MAX_HANGING:
                return
            self._stop.wait(REOPEN_LONGEST_S)


class _Reader:
    """From a frame to what was seen in it, and to what of that is believed now for the first time."""

    def __init__(self, settings: ScannerSettings, beside: Beside) -> None:
        self._formats = settings.formats
        self._cascade = Cascade(settings.formats, settings.budget_ms, [beside])
        self._stills = StillReader()
        self._acceptance = Acceptance(settings.same_code_after_ms)

    def look(self, frame: Frame, at_ms: int) -> tuple[list[Decoded], list[Accepted]]:
        """The codes in *frame*, and the new ones among them."""
        gray = frame.gray
        found = self._stills.read(gray, self._formats) if frame.still else self._cascade.read(gray)
        # What a picture that stands alone gives has been agreed upon already.
        return found, self._acceptance.look(found, at_ms, agreed=frame.still)


def _opened(text: str, settings: ScannerSettings) -> Source:
    return open_source(text, settings, loop=settings.loop, watch=True)
