"""zbar beside the scanner: answers later, and silence where it is not there."""

import time

import pytest

from scanner import zbar
from scanner.decoders import Decoded, has_zbar
from scanner.zbar import Beside
from tests.unit.scanner import drawn
from tests.unit.scanner.fakes import PATIENCE_S

CARD = drawn.placed(drawn.qr("HELLO"), width=640, height=480)


def answer(beside: Beside) -> list[Decoded]:
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        found = beside.read(CARD, ["QR"])
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it never answered")


@pytest.mark.skipif(not has_zbar(), reason="this system has no libzbar")
def test_it_is_not_waited_for_and_answers_some_frames_later() -> None:
    beside = Beside()
    assert beside.read(CARD, ["QR"]) == []
    assert [(code.text, code.decoder) for code in answer(beside)] == [("HELLO", "zbar")]
    beside.close()


def test_where_libzbar_is_missing_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zbar, "has_zbar", lambda: False)
    beside = Beside()
    assert beside.read(CARD, ["QR"]) == []
    beside.close()
