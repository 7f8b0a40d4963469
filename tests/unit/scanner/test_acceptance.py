"""When a code of a moving picture is believed."""

from scanner.acceptance import Acceptance
from scanner.decoders import Decoded

QUAD = ((0, 0), (9, 0), (9, 9), (0, 9))


def seen(text: str, kind: str = "QR") -> list[Decoded]:
    return [Decoded(text, kind, "zxing", QUAD)]


def test_one_frame_of_a_qr_is_enough() -> None:
    assert [each.code.text for each in Acceptance().look(seen("A"), 0)] == ["A"]


def test_a_linear_code_needs_two_frames_that_agree_within_half_a_second() -> None:
    rule = Acceptance()
    assert rule.look(seen("1", "EAN13"), 0) == []
    assert rule.look(seen("2", "EAN13"), 100) == []
    assert [each.code.text for each in rule.look(seen("1", "EAN13"), 400)] == ["1"]
    late = Acceptance()
    assert late.look(seen("1", "EAN13"), 0) == []
    assert late.look(seen("1", "EAN13"), 600) == []


def test_the_same_card_held_in_view_counts_once_until_it_was_away() -> None:
    rule = Acceptance(again_after_ms=2500)
    assert len(rule.look(seen("A"), 0)) == 1
    assert all(rule.look(seen("A"), at) == [] for at in range(100, 10_000, 100))
    assert rule.look([], 12_000) == []
    assert len(rule.look(seen("A"), 12_600)) == 1


def test_a_second_card_at_once_is_told_apart() -> None:
    rule = Acceptance()
    rule.look(seen("A"), 0)
    (second,) = rule.look([*seen("A"), *seen("B")], 100)
    assert second.code.text == "B"
    assert second.second
    assert rule.look([*seen("A"), *seen("B")], 133) == [], "it is said once"


def test_of_two_cards_that_come_at_once_none_counts_until_one_is_taken_away() -> None:
    rule = Acceptance()
    assert [each.second for each in rule.look([*seen("A"), *seen("B")], 0)] == [True, True]
    assert all(rule.look([*seen("A"), *seen("B")], at) == [] for at in range(33, 2000, 33))
    assert rule.look(seen("B"), 2100) == []
    (alone,) = rule.look(seen("B"), 2500)
    assert (alone.code.text, alone.second) == ("B", False)


def test_a_poster_in_the_picture_is_no_second_card() -> None:
    rule = Acceptance()
    poster = seen("https://example.com/menu")
    rule.look(poster, 0)
    (card,) = rule.look([*poster, *seen("A")], 100)
    assert (card.code.text, card.second) == ("A", False)


def test_bars_without_check_digits_need_three_frames() -> None:
    rule = Acceptance()
    assert [len(rule.look(seen("123456", "ITF"), at)) for at in (0, 33, 66, 99)] == [0, 0, 1, 0]
