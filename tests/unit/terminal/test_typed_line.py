"""Goods as cashiers type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.basket import Line
from terminal.typed_line import read_line

CATEGORIES = [("coffee", "Coffee"), ("cold-drinks", "Cold drinks"), ("tea", "Herbata")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("45,90", Line("general", 4590)),
        ("45.9", Line("general", 4590)),
        ("18 coffee", Line("coffee", 1800)),
        ("coffee 18", Line("coffee", 1800)),
        ("18 COF", Line("coffee", 1800)),
        ("18 herb", Line("tea", 1800)),
        ("7 cold drinks", Line("cold-drinks", 700)),
        ("2x9 coffee", Line("coffee", 1800, 2000)),
        ("2×9,50", Line("general", 1900, 2000)),
        ("2х9 coffee", Line("coffee", 1800, 2000)),  # the letter of a Russian keyboard
        ("9 x2 coffee", Line("coffee", 1800, 2000)),
        ("0,350x20 tea", Line("tea", 700, 350)),
        ("3* 2.10", Line("general", 630, 3000)),
    ],
)
def test_understood(text: str, line: Line) -> None:
    assert read_line(text, "PLN", CATEGORIES, "general") == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "coffee",
        "18 sausage",
        "18 co",
        "18 19",
        "-5 coffee",
        "1,234",
        "Zofia Nowak",
        "x2",
        "99999999x1 coffee",
        "#12",
    ],
)
def test_no_line_of_goods(text: str) -> None:
    assert read_line(text, "PLN", CATEGORIES, "general") is None


@given(st.text(max_size=60))
def test_anything_may_be_typed(text: str) -> None:
    line = read_line(text, "PLN", CATEGORIES, "general")
    assert line is None or (line.amount_minor >= 0 and line.quantity_milli >= 0)
