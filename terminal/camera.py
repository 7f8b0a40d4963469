"""The camera beside the sale: at most one running scanner, with threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.scanner_settings import ScannerSettings
from config.seams import Clock

if TYPE_CHECKING:
    from scanner.live import LiveScanner, ScannerEvent


@dataclass(frozen=True, slots=True)
class CardRead:
    """A card was read. *alone* is False where a second one was in sight at once."""

    text: str
    alone: bool = True


@dataclass(frozen=True, slots=True)
class SourceNews:
    """The source comes or goes: *state* as the scanner names it, *reason* a reason code or empty."""

    state: str
    reason: str


CameraNews = CardRead | SourceNews


class Camera:
    """Switched on and off without touching the sale; *tell* is called from the scanner's threads."""

    def __init__(self, settings: ScannerSettings, clock: Clock, tell: Callable[[CameraNews], None]) -> None:
        self._settings = settings
        self._clock = clock
        self._tell = tell
        self._scanner: LiveScanner | None = None

    @property
    def scanner(self) -> LiveScanner | None:
        """The running scanner, for its pictures."""
        return self._scanner

    def start(self, source: str) -> None:
        """Read *source*: a camera, a stream, a file or a folder."""
        # Loaded with the first camera: a till without one starts faster.
        from scanner.live import LiveScanner

        self.stop()
        self._scanner = LiveScanner(source, self._settings, self._clock, self._hear)
        self._scanner.start()

    def stop(self) -> None:
        """Let go of the source, without waiting for the frame that is being read: a camera may take long to answer."""
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            threading.Thread(target=scanner.stop, name="camera-stop", daemon=True).start()

    def _hear(self, event: ScannerEvent) -> None:
        from scanner.live import CardSeen, SecondCardSeen, SourceChanged

        match event:
            case CardSeen(text=text):
                self._tell(CardRead(text))
            case SecondCardSeen(text=text):
                self._tell(CardRead(text, alone=False))
            case SourceChanged(state=state, reason=reason):
                self._tell(SourceNews(state, reason or ""))
