"""PINs: the form, the hash, and how long guessing is stopped."""

import pytest

from config.errors import WrongUse
from terminal.till_pins import clean_pin, hash_pin, lock_ms, make_pin, pin_matches
from tests.builders import SeededRandom


def test_a_kept_pin_knows_its_own_and_no_other() -> None:
    kept = hash_pin("4711", SeededRandom())
    assert "4711" not in kept
    assert "m=19456,t=2,p=1" in kept
    assert pin_matches("4711", kept)
    assert not pin_matches("4712", kept)


def test_the_same_pin_is_kept_in_two_ways() -> None:
    source = SeededRandom()
    assert hash_pin("4711", source) != hash_pin("4711", source)


def test_a_made_pin_has_six_digits() -> None:
    source = SeededRandom()
    for _ in range(100):
        assert clean_pin(pin := make_pin(source)) == pin
        assert len(pin) == 6


@pytest.mark.parametrize("text", ["", "12", "abcd", "12 34", "1" * 13])
def test_other_texts_are_no_pins(text: str) -> None:
    with pytest.raises(WrongUse):
        clean_pin(text)


def test_guessing_is_stopped_for_longer_and_longer_but_never_for_ever() -> None:
    locks = [lock_ms(failed) for failed in range(40)]
    assert locks[:5] == [0] * 5
    assert locks[5:8] == [30_000, 60_000, 120_000]
    assert max(locks) == locks[-1] == 900_000
    assert lock_ms(10**9) == 900_000
