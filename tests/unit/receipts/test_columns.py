"""Rows fit the paper exactly, and figures never break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.formats import format_money
from receipts.columns import COLUMNS, Row, cells, to_rows, wrap
from receipts.layout import Pair, Words
from receipts.template import Align


def rows(*blocks: Words | Pair, columns: int = 42) -> list[str]:
    return [piece.text for piece in to_rows(blocks, columns) if isinstance(piece, Row)]


def test_a_figure_stands_at_the_right_edge() -> None:
    assert rows(Pair("Coffee", "18,00"), columns=32) == ["Coffee                     18,00"]


def test_a_long_name_breaks_and_the_figure_stands_on_its_last_row() -> None:
    assert rows(Pair("Sparkling mineral water from the mountains", "1 234,50"), columns=32) == [
        "Sparkling mineral water",
        "from the mountains      1 234,50",
    ]


def test_a_figure_that_leaves_no_room_gets_a_row_of_its_own() -> None:
    assert rows(Pair("Still to pay", "999 999 999 999,00 zł".replace(" ", "\u00a0")), columns=32) == [
        "Still to pay",
        "           999 999 999 999,00 zł",
    ]


def test_a_word_wider_than_the_paper_is_cut_not_lost() -> None:
    assert rows(Words("x" * 70), columns=32) == ["x" * 32, "x" * 32, "x" * 6]


def test_wide_letters_take_two_columns_and_marks_none() -> None:
    assert cells("茶x") == 3
    assert cells("e\u0301") == 1


def test_words_stand_in_the_middle_or_at_the_right() -> None:
    assert rows(Words("abcd", Align.CENTER), Words("abcd", Align.RIGHT), columns=32) == [
        " " * 14 + "abcd",
        " " * 28 + "abcd",
    ]


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("currency", ["PLN", "RON", "RUB", "EUR", "JPY", "KWD"])
@pytest.mark.parametrize("language", ["en", "pl", "ro", "ru"])
def test_the_widest_money_never_breaks(columns: int, currency: str, language: str) -> None:
    money = format_money(-(10**11) * 500, currency, language)
    got = rows(Pair("Reward with a rather long name, indeed", money), columns=columns)
    assert sum(money.replace("\u00a0", " ").replace("\u202f", " ") in row for row in got) == 1
    assert all(cells(row) <= columns for row in got)


@given(
    st.text(max_size=120),
    st.text(alphabet="0123456789.,-+ zł€\u00a0", max_size=24),
    st.sampled_from(COLUMNS),
    st.sampled_from(list(Align)),
    st.sampled_from([0, 2]),
)
def test_no_text_ever_leaves_the_paper(left: str, right: str, columns: int, align: Align, indent: int) -> None:
    got = rows(Pair(left, right, indent=indent), Words(left, align, indent=indent), columns=columns)
    assert all(cells(row) <= columns for row in got)
    assert not any(letter in row for row in got for letter in "\n\r\x1b\u00a0")


@given(st.lists(st.text(alphabet="abcż", min_size=1, max_size=60), max_size=20), st.sampled_from(COLUMNS))
def test_wrapping_loses_no_letter(words: list[str], columns: int) -> None:
    assert "".join(wrap(" ".join(words), columns)).replace(" ", "") == "".join(words)
