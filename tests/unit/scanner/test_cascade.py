"""Moving pictures: costly looks where a code may hide, none where nothing moves, and two voices for linear codes."""

import numpy as np

from scanner.acceptance import Acceptance
from scanner.cascade import IMPATIENT_EVERY, LOOKS_AFTER_MOTION, PATIENT_FRAMES, Cascade
from scanner.decoders import Decoded
from scanner.still import StillReader
from tests.unit.scanner import drawn

CARD = "2112345678900"
QUAD = ((0, 0), (9, 0), (9, 9), (0, 9))
GENEROUS_MS = 10_000


class CountingDecoder:
    """Sees nothing, and counts how often it was asked."""

    name = "counting"
    asked = 0

    def read(self, gray: object, formats: object, *, thorough: bool = False) -> list[Decoded]:
        self.asked += 1
        return []


class WrongDecoder:
    """Sees the same wrong code, with right check digits, in every picture."""

    name = "zbar"

    def read(self, gray: object, formats: object, *, thorough: bool = False) -> list[Decoded]:
        return [Decoded("4006381333931", "EAN13", self.name, QUAD)]


def frames_until_accepted(frames: list[drawn.Gray]) -> int | None:
    cascade, acceptance = Cascade(["QR", "Code128", "EAN13"], GENEROUS_MS), Acceptance()
    for number, frame in enumerate(frames):
        if any(each.code.text == CARD for each in acceptance.look(cascade.read(frame), number * 33)):
            return number
    return None


def test_a_turned_card_that_lies_still_is_read() -> None:
    card = drawn.placed(drawn.linear("ean13", CARD[:12]), degrees=40)
    assert frames_until_accepted([drawn.noisy(card, 2, seed) for seed in range(20)]) is not None


def test_an_empty_counter_that_does_not_move_costs_no_second_look() -> None:
    counting = CountingDecoder()
    cascade = Cascade(["EAN13"], GENEROUS_MS, [counting])
    counter = np.random.default_rng(5).integers(60, 200, (240, 320)).astype(np.uint8)
    for _ in range(LOOKS_AFTER_MOTION + 2):
        cascade.read(counter)
    looks = counting.asked
    for _ in range(20):
        cascade.read(counter)
    assert counting.asked == looks


def test_a_hand_that_goes_on_moving_without_a_card_is_looked_at_closely_only_now_and_then() -> None:
    counting = CountingDecoder()
    cascade = Cascade(["EAN13"], 1, [counting])
    counter = np.random.default_rng(5).integers(60, 200, (240, 320)).astype(np.uint8)
    for number in range(PATIENT_FRAMES + 60):
        frame = counter.copy()
        frame[40:120, 4 * (number % 60) : 4 * (number % 60) + 80] = 255
        cascade.read(frame)
    assert counting.asked <= PATIENT_FRAMES + 60 // IMPATIENT_EVERY + 1


def test_a_decoder_that_has_lied_before_never_decides_alone() -> None:
    empty = np.random.default_rng(6).integers(60, 200, (240, 320)).astype(np.uint8)
    assert StillReader([WrongDecoder()]).read(empty, ["EAN13"]) == []
    acceptance = Acceptance()
    lie = WrongDecoder().read(None, None)
    assert all(acceptance.look(lie, at_ms) == [] for at_ms in range(0, 2000, 33))


def test_it_may_second_what_zxing_saw() -> None:
    seen = Decoded("4006381333931", "EAN13", "zxing", QUAD)
    acceptance = Acceptance()
    assert acceptance.look(WrongDecoder().read(None, None), 0) == []
    assert [each.code for each in acceptance.look([seen], 33)] == [seen]


def test_the_corners_of_a_straightened_code_are_those_of_the_frame() -> None:
    card = drawn.placed(drawn.linear("ean13", CARD[:12]), degrees=40)
    (found,) = StillReader().read(card, ["EAN13"])
    assert all(300 < x < 980 and 30 < y < 690 for x, y in found.quad)


def test_a_card_held_in_view_does_not_hide_a_second_one() -> None:
    first = drawn.placed(drawn.qr("first"))
    both = first.copy()
    second = drawn.qr("second", scale=4)
    both[20 : 20 + second.shape[0], 20 : 20 + second.shape[1]] = second
    cascade = Cascade(["QR"], GENEROUS_MS)
    texts = {each.text for frame in [first] * 3 + [both] * 4 for each in cascade.read(frame)}
    assert texts == {"first", "second"}
