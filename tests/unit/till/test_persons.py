"""What people type about a person becomes uniform, and what makes no sense is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import WrongUse
from terminal.till_person import (
    clean_birthday,
    clean_email,
    clean_language,
    clean_name,
    clean_note,
    clean_phone,
    country_of,
    grouped_phone,
    month_and_day,
    read_phone,
)

TODAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("601 234 567", "PL", "+48601234567"),
        ("0048 601234567", "PL", "+48601234567"),
        ("+40 712 345 678", "PL", "+40712345678"),
        ("0712 345 678", "RO", "+40712345678"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("(212) 555-2368", "US", "+12125552368"),
    ],
)
def test_phones_are_read_as_in_the_stores_country(text: str, country: str, phone: str) -> None:
    assert clean_phone(text, country) == phone


@pytest.mark.parametrize(
    ("phone", "country", "text"),
    [
        ("+48601234567", "PL", "601 234 567"),
        ("+48601234567", "RO", "+48 601 234 567"),
        ("+40712345678", "RO", "0712 345 678"),
        ("+79123456789", "RU", "8 (912) 345-67-89"),
        ("+12125552368", "US", "(212) 555-2368"),
        ("ask at the bakery", "PL", "ask at the bakery"),
    ],
)
def test_phones_are_shown_as_people_write_them(phone: str, country: str, text: str) -> None:
    assert grouped_phone(phone, country) == text


@pytest.mark.parametrize("text", ["123", "Nowak 12", "4567", "601 234 56", "45.90", "", "9" * 60])
def test_what_is_no_phone_is_none(text: str) -> None:
    assert read_phone(text, "PL") is None


def test_an_empty_field_is_no_field() -> None:
    assert [clean(" ") for clean in (clean_name, clean_email, clean_language, clean_note)] == [None] * 4
    assert clean_phone("  ", "PL") is None
    assert clean_birthday(None, TODAY) is None


def test_names_keep_their_letters_and_lose_what_a_terminal_would_obey() -> None:
    assert clean_name("  Łucja\u00a0\n Żuk ") == "Łucja Żuk"
    assert clean_name("\x1b]0;own\x07Ana\u202e") == "]0;ownAna"


@given(st.text(max_size=80))
def test_a_clean_name_is_printable_and_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text)
    except WrongUse:
        return
    assert name is None or (name.isprintable() and clean_name(name) == name)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("1990-05-31", "1990-05-31"), ("05-31", "--05-31"), ("--05-31", "--05-31"), ("02-29", "--02-29")],
)
def test_birthdays_with_and_without_a_year(text: str, kept: str) -> None:
    assert clean_birthday(text, TODAY) == kept
    assert month_and_day(kept) == (int(text[-5:-3]), int(text[-2:]))


@pytest.mark.parametrize(
    ("text", "kept"),
    [("31.05.1990", "1990-05-31"), ("1.5.1990", "1990-05-01"), ("31.05", "--05-31"), ("29.2.", "--02-29")],
)
def test_with_dots_the_day_comes_first(text: str, kept: str) -> None:
    assert clean_birthday(text, TODAY) == kept


@pytest.mark.parametrize(
    "text", ["05.31.1990", "31.0519", "31.05.90", "1990-13-01", "2023-02-29", "1890-01-01", "2026-11-18", "1-1", "x"]
)
def test_a_day_that_was_not_is_no_birthday(text: str) -> None:
    with pytest.raises(WrongUse):
        clean_birthday(text, TODAY)


def test_zones_know_their_country() -> None:
    zones = ("Europe/Warsaw", "Europe/Bucharest", "Europe/Moscow", "America/New_York", "UTC")
    assert [country_of(zone) for zone in zones] == ["PL", "RO", "RU", "US", "ZZ"]
