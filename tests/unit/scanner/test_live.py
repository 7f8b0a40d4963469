"""The camera in the app: events, unplugging, and one event a card."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from config.errors import Broken, RegularsError
from config.scanner_settings import ScannerSettings
from config.seams import SystemClock
from scanner.live import CardSeen, LiveScanner, ScannerEvent, SourceChanged
from scanner.preview import FRAME_COLOUR, half_blocks
from scanner.sources import Frame
from tests.unit.scanner import drawn

TEXT = "RG1:M:K7Q2:ABCDEFG:12345678"
PATIENCE_S = 20.0


class Heard:
    """Collects events, and waits for one."""

    def __init__(self) -> None:
        self.events: list[ScannerEvent] = []
        self._more = threading.Condition()

    def __call__(self, event: ScannerEvent) -> None:
        with self._more:
            self.events.append(event)
            self._more.notify_all()

    def wait_for(self, wanted: type, count: int = 1) -> list[ScannerEvent]:
        def found() -> list[ScannerEvent]:
            return [event for event in self.events if isinstance(event, wanted)]

        with self._more:
            assert self._more.wait_for(lambda: len(found()) >= count, timeout=PATIENCE_S), self.events
        return found()


class PluggedSource:
    """A camera that gives one card, then is pulled; plugged in again it gives another."""

    lasting = True

    def __init__(self, text: str) -> None:
        self._card = drawn.placed(drawn.qr(text), width=640, height=480)

    def frames(self) -> Iterator[Frame | RegularsError]:
        for number in range(4):
            yield Frame(drawn.noisy(self._card, 3, seed=number), number * 33.0)
            time.sleep(0.03)

    def close(self) -> None:
        pass


def test_a_looped_video_shows_its_card_and_a_framed_picture(tmp_path: Path) -> None:
    empty = np.full((480, 640), 150, np.uint8)
    card = drawn.placed(drawn.qr(TEXT), width=640, height=480)
    file = drawn.video(tmp_path / "v.avi", [empty] * 3 + [card] * 10)
    heard = Heard()
    scanner = LiveScanner(str(file), ScannerSettings(), SystemClock(), heard)
    scanner.start()
    (seen, *_more) = heard.wait_for(CardSeen)
    scanner.stop()
    assert isinstance(seen, CardSeen)
    assert (seen.text, seen.format) == (TEXT, "QR")
    snapshot = scanner.snapshot()
    assert snapshot is not None
    cells = half_blocks(snapshot, 40, 12)
    assert [len(line) for line in cells] == [40] * 12
    framed = [cell for line in cells for cell in line if cell.top[1] > cell.top[0] + 60]
    assert framed, f"something in {FRAME_COLOUR}"


def test_a_camera_that_is_pulled_comes_back_by_itself() -> None:
    plugged = [PluggedSource("first"), None, PluggedSource("second")]

    def opened(_text: str, _settings: ScannerSettings) -> PluggedSource:
        source = plugged.pop(0) if plugged else None
        if source is None:
            raise Broken("camera_missing", "The camera {source} can't be opened.", source="0")
        return source

    heard = Heard()
    scanner = LiveScanner("0", ScannerSettings(), SystemClock(), heard, opened=opened)
    scanner.start()
    seen = heard.wait_for(CardSeen, 2)
    scanner.stop()
    assert [event.text for event in seen if isinstance(event, CardSeen)] == ["first", "second"]
    states = [event.state for event in heard.events if isinstance(event, SourceChanged)]
    assert states[:3] == ["ok", "lost", "reopening"]
    reasons = [event.reason for event in heard.events if isinstance(event, SourceChanged) and event.state == "lost"]
    assert reasons[:2] == ["camera_lost", "camera_missing"]
