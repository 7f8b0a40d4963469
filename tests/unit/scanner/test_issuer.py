"""Card numbers: unique across blocks, not guessable, told from invented ones."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.issuer import (
    BLOCK_SIZE,
    BLOCKS,
    Issuer,
    code128_form,
    is_gtin,
    issue_number,
    number_of_code128,
    permute,
    place_of_number,
    unpermute,
    with_ean_check,
)

ISSUER = Issuer(b"0123456789abcdef0123456789abcdef")
OTHER = Issuer(b"another key of another issuer...")
places = st.tuples(st.integers(0, BLOCKS - 1), st.integers(0, BLOCK_SIZE - 1))


@given(places)
def test_a_number_tells_its_place_to_its_issuer_alone(place: tuple[int, int]) -> None:
    number = issue_number(ISSUER, *place)
    assert len(number) == 13
    assert number.startswith("21")
    assert is_gtin(number)
    assert place_of_number(ISSUER, number) == place


@given(places)
def test_the_code_128_form_gives_the_number_back_and_tells_a_wrong_digit(place: tuple[int, int]) -> None:
    number = issue_number(ISSUER, *place)
    text = code128_form(ISSUER, number)
    assert number_of_code128(ISSUER, text) == number
    wrong = text[:5] + str((int(text[5]) + 1) % 10) + text[6:]
    assert number_of_code128(ISSUER, wrong) is None
    assert number_of_code128(OTHER, text) is None


@given(st.integers(0, 10**10 - 1))
def test_the_permutation_is_undone_exactly(value: int) -> None:
    assert unpermute(ISSUER, "number", permute(ISSUER, "number", value)) == value


def test_neighbours_in_a_block_look_nothing_alike() -> None:
    numbers = [issue_number(ISSUER, 7, serial) for serial in range(BLOCK_SIZE)]
    assert len(set(numbers)) == BLOCK_SIZE
    assert [numbers[serial][:6] for serial in range(1, 50)] != [numbers[serial - 1][:6] for serial in range(1, 50)]
    assert len({number[2:5] for number in numbers}) > 500


def test_of_a_hundred_invented_numbers_ninety_nine_are_told() -> None:
    rng = random.Random(4)
    invented = [with_ean_check(f"21{rng.randrange(10**10):010d}") for _ in range(3000)]
    believed = sum(place_of_number(ISSUER, number) is not None for number in invented)
    assert believed < 60


def test_the_key_stays_out_of_every_printout() -> None:
    assert "0123456789abcdef" not in repr(ISSUER)
    assert len(ISSUER.code) == 4
    assert ISSUER.code != OTHER.code


@pytest.mark.parametrize(("key", "prefix"), [(b"short", "21"), (b"x" * 16, "31"), (b"x" * 16, "2"), (b"x" * 16, "2²")])
def test_a_weak_key_or_a_prefix_of_the_trade_is_refused(key: bytes, prefix: str) -> None:
    with pytest.raises(ValueError, match=r"key|prefix"):
        Issuer(key, prefix)


@pytest.mark.parametrize("place", [(-1, 0), (BLOCKS, 0), (0, BLOCK_SIZE), (0, -1)])
def test_places_outside_the_blocks_are_refused(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such place"):
        issue_number(ISSUER, *place)


def test_check_digits_agree_with_published_examples() -> None:
    assert with_ean_check("950600013435") == "9506000134352"  # the example GTIN of the GS1 Digital Link standard
    assert is_gtin("96385074")
    assert not is_gtin("9506000134353")
    assert not is_gtin("٣")
