"""The real path from a source to a card: looped video, watched folder, network camera, and their ends."""

import shutil
from pathlib import Path

import cv2
import numpy as np

from config.scanner_settings import ScannerSettings
from config.seams import SystemClock
from scanner.live import CardSeen, LiveScanner, SourceChanged
from tests.integration.scanner.network_camera import NetworkCamera
from tests.unit.scanner import drawn
from tests.unit.scanner.fakes import Heard

SIZE = {"width": 640, "height": 480}
COUNTER = np.full((480, 640), 150, np.uint8)
QUICK = ScannerSettings(same_code_after_ms=200)


def reading(source: str, heard: Heard, settings: ScannerSettings = QUICK) -> LiveScanner:
    scanner = LiveScanner(source, settings, SystemClock(), heard)
    scanner.start()
    return scanner


def test_a_looped_video_gives_its_cards_again_each_time_it_begins(tmp_path: Path) -> None:
    first, second = (drawn.placed(drawn.qr(text), **SIZE) for text in ("first", "second"))
    film = [*[first] * 6, *[COUNTER] * 6, *[second] * 6, *[COUNTER] * 6]
    heard = Heard()
    scanner = reading(str(drawn.video(tmp_path / "counter.avi", film, fps=30)), heard)
    seen = heard.wait_for(CardSeen, 4)
    scanner.stop()
    assert [event.text for event in seen[:4]] == ["first", "second", "first", "second"]


def test_a_video_that_is_not_looped_ends_and_says_so(tmp_path: Path) -> None:
    film = [drawn.placed(drawn.qr("first"), **SIZE)] * 6
    heard = Heard()
    scanner = reading(str(drawn.video(tmp_path / "v.avi", film)), heard, ScannerSettings(loop=False))
    states = [event.state for event in heard.wait_for(SourceChanged, 2)]
    scanner.stop()
    assert states == ["ok", "ended"]
    assert [event.text for event in heard.events if isinstance(event, CardSeen)] == ["first"]


def test_a_linear_card_that_a_hand_turns_before_the_camera_is_read_once(tmp_path: Path) -> None:
    bars = drawn.linear("ean13", "211234567890")
    film = [drawn.noisy(drawn.placed(bars, degrees=20 + number), 4, seed=number) for number in range(16)]
    heard = Heard()
    scanner = reading(str(drawn.video(tmp_path / "v.avi", film)), heard, ScannerSettings(loop=False))
    heard.wait_for(SourceChanged, 2)
    scanner.stop()
    assert [event.text for event in heard.events if isinstance(event, CardSeen)] == ["2112345678900"]


def test_a_watched_folder_gives_each_picture_when_it_is_complete(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    ready = tmp_path / "ready.png"
    cv2.imwrite(str(ready), drawn.qr("first"))
    content = ready.read_bytes()
    (folder / "notes.txt").write_text("no picture")
    heard = Heard()
    scanner = reading(str(folder), heard)
    with (folder / "a.png").open("wb", buffering=0) as file:
        file.write(content[: len(content) // 2])
        file.write(content[len(content) // 2 :])
    assert [event.text for event in heard.wait_for(CardSeen)] == ["first"]
    cv2.imwrite(str(ready), drawn.qr("second"))
    shutil.copy(ready, folder / "a.png")
    assert [event.text for event in heard.wait_for(CardSeen, 2)] == ["first", "second"]
    shutil.rmtree(folder)
    lost = heard.wait_for(SourceChanged, 2)[1]
    scanner.stop()
    assert lost.state == "lost"


def test_a_network_camera_is_read_lost_and_found_again() -> None:
    cards = {text: drawn.placed(drawn.qr(text), **SIZE) for text in ("first", "second")}
    shown = "first"
    heard = Heard()
    with NetworkCamera(lambda _number: cards[shown]) as camera:
        scanner = reading(camera.address, heard)
        heard.wait_for(CardSeen)
        camera.pull()
        heard.wait_for(SourceChanged, 2)
        shown = "second"
        camera.plug_in()
        heard.wait_for(CardSeen, 2)
        scanner.stop()
    cards_seen = [event.text for event in heard.events if isinstance(event, CardSeen)]
    assert cards_seen[0] == "first"
    assert cards_seen[-1] == "second"
    changes = [(event.state, event.reason) for event in heard.events if isinstance(event, SourceChanged)]
    assert changes[0] == ("ok", "")
    assert changes[1][0] == "lost"
    assert changes[-1] == ("ok", "camera_back")
