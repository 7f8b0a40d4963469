"""Amounts and quantities as people type and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import WrongUse
from config.formats import (
    format_amount,
    format_date,
    format_money,
    format_points,
    format_quantity,
    major_text,
    parse_amount,
    parse_quantity,
)
from config.i18n import LANGUAGES

NEW_YEAR_MS = 1798758000000  # 2026-12-31T23:00:00Z: already 2027 in Warsaw


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("45,90", 4590),
        ("45.9", 4590),
        ("45", 4500),
        ("1 234,50", 123450),
        ("1 234.50", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("-12.345.678,9", -1234567890),
        ("-3,00", -300),
    ],
)
def test_an_amount_is_read_with_comma_or_point(typed: str, minor: int) -> None:
    assert parse_amount(typed, "PLN") == minor


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1.234",
        "1.23,50",
        "1.234.50",
        "1,234,567",
        "12345.678,90",
        "4,5,6",
        "١٢",
        "1e5",
        "999999999999",
        ".5",
        "5.",
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(WrongUse, match="is not an amount"):
        parse_amount(typed, "PLN")


def test_a_currency_without_decimals_takes_none() -> None:
    assert parse_amount("450", "JPY") == 450
    with pytest.raises(WrongUse):
        parse_amount("450.5", "JPY")


@given(minor=st.integers(-(10**12), 10**12), language=st.sampled_from(LANGUAGES))
def test_an_amount_written_is_read_back(minor: int, language: str) -> None:
    written = format_amount(minor, "PLN", language)
    assert parse_amount(written, "PLN") == minor
    assert parse_amount(major_text(minor, "PLN"), "PLN") == minor


def test_money_carries_its_sign_in_each_language() -> None:
    assert [format_money(4590, "PLN", language).replace("\u00a0", " ") for language in ("en", "pl", "ru")] == [
        "PLN 45.90",
        "45,90 zł",
        "45,90 PLN",
    ]


def test_points_are_cut_never_promised() -> None:
    assert format_points(999) == "0"
    assert format_points(1240999, "pl").replace("\u00a0", " ") == "1 240"
    assert format_points(-1500) == "-1"


def test_quantities_lose_needless_zeros() -> None:
    assert format_quantity(2000) == "2"
    assert format_quantity(350, "pl") == "0,35"
    assert parse_quantity("0,350") == 350


def test_a_day_is_the_day_in_the_store() -> None:
    assert format_date(NEW_YEAR_MS, "Europe/Warsaw") == "1 Jan 2027"
    assert format_date(NEW_YEAR_MS, "America/New_York") == "31 Dec 2026"


def test_a_day_takes_no_more_room_than_it_needs() -> None:
    assert [format_date(NEW_YEAR_MS, "Europe/Warsaw", language) for language in LANGUAGES] == [
        "1 Jan 2027",
        "1 sty 2027",
        "1 ian. 2027",
        "1 янв. 2027",
    ]


def test_lei_are_called_lei_in_romanian_alone() -> None:
    assert [format_money(123_450, "RON", language).replace("\u00a0", " ") for language in ("ro", "pl", "en")] == [
        "1.234,50 lei",
        "1 234,50 RON",
        "RON 1,234.50",
    ]
