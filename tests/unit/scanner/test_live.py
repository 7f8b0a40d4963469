"""The camera in the app: events, unplugging, drivers that hang, and one event a card."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from config.errors import Broken
from config.scanner_settings import ScannerSettings
from config.seams import SystemClock
from scanner.live import MAX_HANGING, CardSeen, LiveScanner, SecondCardSeen, SourceChanged
from scanner.preview import FRAME_COLOUR, half_blocks
from scanner.sources import Source
from tests.unit.scanner import drawn
from tests.unit.scanner.fakes import FakeCamera, Heard

TEXT = "RG1:M:K7Q2:ABCDEFG:12345678"


def live(heard: Heard, opened: Callable[[], Source]) -> LiveScanner:
    scanner = LiveScanner("0", ScannerSettings(), SystemClock(), heard, opened=lambda _text, _settings: opened())
    scanner.start()
    return scanner


def unplugged() -> Source:
    raise Broken("camera_missing", "The camera {source} can't be opened.", source="0")


def test_a_looped_video_shows_its_card_and_a_framed_picture(tmp_path: Path) -> None:
    empty = np.full((480, 640), 150, np.uint8)
    card = drawn.placed(drawn.qr(TEXT), width=640, height=480)
    file = drawn.video(tmp_path / "v.avi", [empty] * 3 + [card] * 10)
    heard = Heard()
    scanner = LiveScanner(str(file), ScannerSettings(), SystemClock(), heard)
    scanner.start()
    seen = heard.wait_for(CardSeen)[0]
    scanner.stop()
    assert (seen.text, seen.format) == (TEXT, "QR")
    snapshot = scanner.snapshot()
    assert snapshot is not None
    cells = half_blocks(snapshot, 40, 12)
    assert [len(line) for line in cells] == [40] * 12
    framed = [cell for line in cells for cell in line if cell.top[1] > cell.top[0] + 60]
    assert framed, f"something in {FRAME_COLOUR}"


def test_without_a_preview_cards_are_read_all_the_same(tmp_path: Path) -> None:
    file = drawn.video(tmp_path / "v.avi", [drawn.placed(drawn.qr(TEXT), width=640, height=480)] * 5)
    heard = Heard()
    scanner = LiveScanner(str(file), ScannerSettings(preview=False), SystemClock(), heard)
    scanner.start()
    heard.wait_for(CardSeen)
    scanner.stop()
    assert not scanner.previews
    assert scanner.snapshot() is None


def test_a_camera_that_is_pulled_comes_back_by_itself_and_the_outage_is_told_once() -> None:
    plugged = [FakeCamera("first"), None, None, FakeCamera("second")]

    def opened() -> Source:
        source = plugged.pop(0) if plugged else None
        return source or unplugged()

    heard = Heard()
    scanner = live(heard, opened)
    seen = heard.wait_for(CardSeen, 2)
    scanner.stop()
    assert [event.text for event in seen] == ["first", "second"]
    changes = [(event.state, event.reason) for event in heard.events if isinstance(event, SourceChanged)]
    assert changes[:4] == [("ok", ""), ("lost", "camera_lost"), ("lost", "camera_missing"), ("ok", "camera_back")]


def test_a_driver_that_never_answers_is_left_and_the_camera_opened_again() -> None:
    answers = threading.Event()
    hanging = FakeCamera("first", then=lambda: assert_waited(answers), silent_after_s=0.5)
    cameras: list[Source] = [hanging, FakeCamera("second")]
    heard = Heard()
    scanner = live(heard, lambda: cameras.pop(0) if cameras else unplugged())
    heard.wait_for(CardSeen, 2)
    assert SourceChanged("lost", "camera_silent") in heard.events
    assert not hanging.closed.is_set()
    answers.set()
    assert hanging.closed.wait(5), "once it answers, it is let go"
    scanner.stop()


def test_drivers_that_all_hang_do_not_pile_up() -> None:
    answers = threading.Event()
    enough = threading.Event()
    opened: list[FakeCamera] = []

    def hangs() -> Source:
        opened.append(FakeCamera(TEXT, then=lambda: assert_waited(answers), silent_after_s=0.01, frames=1))
        if len(opened) == MAX_HANGING:
            enough.set()
        return opened[-1]

    heard = Heard()
    scanner = live(heard, hangs)
    assert enough.wait(20)
    scanner.stop()
    answers.set()
    assert len(opened) == MAX_HANGING


def test_a_frame_that_breaks_a_decoder_does_not_end_the_reading() -> None:
    def fails() -> None:
        raise RuntimeError("a driver's own mistake")

    cameras = [FakeCamera("first", then=fails), FakeCamera("second")]
    heard = Heard()
    scanner = live(heard, lambda: cameras.pop(0) if cameras else unplugged())
    assert [event.text for event in heard.wait_for(CardSeen, 2)] == ["first", "second"]
    scanner.stop()


def test_two_cards_at_once_are_told_apart(tmp_path: Path) -> None:
    both = drawn.placed(drawn.qr("first"), width=640, height=480)
    second = drawn.qr("second", scale=4)
    both[10 : 10 + second.shape[0], 10 : 10 + second.shape[1]] = second
    heard = Heard()
    scanner = LiveScanner(str(drawn.video(tmp_path / "v.avi", [both] * 8)), ScannerSettings(), SystemClock(), heard)
    scanner.start()
    told = heard.wait_for(SecondCardSeen, 2)
    scanner.stop()
    assert {each.text for each in told} == {"first", "second"}
    assert not any(isinstance(event, CardSeen) for event in heard.events)


def assert_waited(answers: threading.Event) -> None:
    assert answers.wait(20)
