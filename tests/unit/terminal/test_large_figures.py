"""Figures five rows high."""

import pytest

from terminal.widgets.large_figures import ROWS, block_rows


def test_figures_are_drawn_in_blocks() -> None:
    assert block_rows("1,5") == (
        "  ██        ██████",
        "████        ██    ",
        "  ██        ██████",
        "  ██    ██      ██",
        "██████  ██  ██████",
    )


@pytest.mark.parametrize("value", ["0", "1 234,50", "−5.00", "98.76"])
def test_every_row_is_equally_long(value: str) -> None:
    rows = block_rows(value)
    assert len(rows) == ROWS
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("value", ["", "12 %", "PLN 3"])
def test_what_is_no_figure_is_left_to_the_library(value: str) -> None:
    assert block_rows(value) == ()
