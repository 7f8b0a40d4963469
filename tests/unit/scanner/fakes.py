"""Sources and devices that behave as badly as real ones."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from config.errors import RegularsError
from scanner.frames import Frame
from scanner.live import ScannerEvent
from tests.unit.scanner import drawn

PATIENCE_S = 20.0
Event = TypeVar("Event", bound=ScannerEvent)


class Heard:
    """Collects events, and waits for them."""

    def __init__(self) -> None:
        self.events: list[ScannerEvent] = []
        self._more = threading.Condition()

    def __call__(self, event: ScannerEvent) -> None:
        with self._more:
            self.events.append(event)
            self._more.notify_all()

    def wait_for(self, wanted: type[Event], count: int = 1) -> list[Event]:
        """At least *count* events of a kind."""

        def found() -> list[Event]:
            return [event for event in self.events if isinstance(event, wanted)]

        with self._more:
            assert self._more.wait_for(lambda: len(found()) >= count, timeout=PATIENCE_S), self.events
        return found()


class FakeCamera:
    """A camera that shows one card; *then* says what happens after some frames: it may end, fail or hang."""

    lasting: bool = True
    at_own_rate: bool = False

    def __init__(
        self, text: str, *, then: Callable[[], None] = lambda: None, silent_after_s: float | None = 5.0, frames: int = 4
    ) -> None:
        self.silent_after_s = silent_after_s
        self.closed = threading.Event()
        self._card = drawn.placed(drawn.qr(text), width=640, height=480)
        self._then = then
        self._frames = frames

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Some frames thirty times a second, then what was said."""
        for number in range(self._frames):
            yield Frame(drawn.noisy(self._card, 3, seed=number), number * 33.0)
            time.sleep(0.03)
        self._then()

    def close(self) -> None:
        """Remember that it was let go."""
        self.closed.set()
