"""Which of several texts from one picture is believed."""

import cv2
import numpy as np

from scanner.decoders import Decoded
from scanner.issuer import with_ean_check
from scanner.judging import Voice, judged
from scanner.still import StillReader
from tests.unit.scanner import drawn

BARS = drawn.linear("ean13", "211234567890")
WIDTH, HEIGHT = BARS.shape[1], BARS.shape[0]


def voice(text: str, look: str, at: int = 60, kind: str = "EAN13", decoder: str = "zxing") -> Voice:
    """A reading of the bars' whole width between two heights."""
    quad = ((60, at), (WIDTH - 60, at), (WIDTH - 60, at + 10), (60, at + 10))
    return Voice(look, Decoded(text, kind, decoder, quad))


def texts(*voices: Voice) -> list[str]:
    return [code.text for code in judged(BARS, voices)]


def test_two_looks_that_agree_are_believed_and_one_is_not() -> None:
    assert texts(voice("A", "plain")) == []
    assert texts(voice("A", "plain"), voice("A", "plain")) == []
    assert texts(voice("A", "plain"), voice("A", "softened")) == ["A"]


def test_a_matrix_code_corrects_itself() -> None:
    assert texts(voice("A", "plain", kind="QR")) == ["A"]


def test_a_decoder_that_has_lied_only_seconds() -> None:
    lies = voice("A", "plain", decoder="opencv"), voice("A", "softened", decoder="zbar")
    assert texts(*lies) == []
    assert texts(*lies, voice("A", "sharpened")) == ["A"]


def test_another_text_from_the_same_bars_disputes_it_also_at_another_height_of_them() -> None:
    agreed = [voice("A", "plain"), voice("A", "softened")]
    assert texts(*agreed, voice("B", "sharpened", at=150)) == ["A"]
    assert texts(*agreed, voice("B", "sharpened", at=150), voice("B", "plain", at=150)) == []


def test_a_part_of_unchecked_bars_is_never_the_text_and_disputes_nothing() -> None:
    whole = [voice("12345678", look, kind="ITF") for look in ("plain", "softened", "sharpened")]
    parts = [voice("345678", look, kind="ITF") for look in ("plain", "softened", "sharpened", "doubled")]
    assert texts(*whole, *parts) == ["12345678"]


def test_bars_without_check_digits_need_three_looks() -> None:
    assert texts(voice("123456", "plain", kind="ITF"), voice("123456", "softened", kind="ITF")) == []


def test_labels_that_say_almost_the_same_below_and_beside_each_other_are_all_read() -> None:
    sheet = np.full((560, 1000), 255, np.uint8)
    numbers = [with_ean_check(f"2300000000{place:02d}") for place in range(6)]
    for place, number in enumerate(numbers):
        label = cv2.resize(drawn.linear("ean13", number[:12]), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        top, left = 20 + 180 * (place // 2), 20 + 480 * (place % 2)
        part = label[:160, :470]
        sheet[top : top + part.shape[0], left : left + part.shape[1]] = part
    assert sorted(code.text for code in StillReader().read(sheet, ["EAN13"])) == numbers
