"""What the panes draw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.content import Content

from terminal.till_member_shapes import LotShown, StampsShown, TierShown
from terminal.widgets.lines import Lines
from terminal.widgets.member_pane import member_lines
from terminal.widgets.qr_picture import QUIET_MODULES, qr_lines
from terminal.widgets.text import bar, row, stamps
from tests.unit.terminal.people import member


@given(st.text(max_size=40), st.text(max_size=20), st.integers(1, 60))
def test_a_row_is_never_wider_than_its_place(left: str, right: str, width: int) -> None:
    assert row(left, right, width).cell_length <= width


def test_a_row_keeps_its_right_end() -> None:
    assert row("A very long name indeed", "45.90", 20).plain == "A very long n… 45.90"


@given(st.integers(-10, 2000), st.integers(0, 40))
def test_a_bar_fills_its_width(permille: int, width: int) -> None:
    assert bar(permille, width).cell_length == width


def test_stamps_are_drawn_or_counted() -> None:
    assert stamps(7, 10).plain == "●●●●●●●○○○"
    assert stamps(7, 40).plain == "7/40"


def test_a_member_with_everything_fits_the_pane() -> None:
    tier = TierShown(
        id="gold",
        name="Gold",
        until_ms=None,
        next="platinum",
        next_name="Platinum",
        missing_millipoints=260_000,
        progress_permille=740,
    )
    lot = LotShown(amount_millipoints=120_000, earned_ms=0, available_ms=None, expires_ms=1_798_758_000_000)
    everything = member(
        "ZOFIA",
        points_millipoints=1_240_000,
        spendable_millipoints=700_000,
        tier=tier,
        stamps=(StampsShown(card="coffee", name="Coffee card", stamps=7, size=10),),
        next_expiry=lot,
        birthday_in_days=3,
        greeting="Gold member: congratulate",
    )
    lines = [line.plain for line in member_lines(everything, "Europe/Warsaw", 36)]
    assert all(len(line) <= 36 for line in lines)
    assert lines[0].startswith("Zofia")
    assert lines[0].endswith("★ Gold")
    assert "260 more to Platinum" in lines[2]
    assert "120 points until 31 Dec 2026" in lines


@pytest.mark.parametrize(("status", "word"), [("blocked", "BLOCKED"), ("erased", "ERASED")])
def test_a_member_who_may_not_is_told_in_words(status: str, word: str) -> None:
    assert any(word in line.plain for line in member_lines(member(status=status), "UTC", 36))


def test_a_qr_code_can_be_read_off_the_screen() -> None:
    import numpy
    import zxingcpp

    text = "RG1:M:K7Q2:211234567890112"
    lines = qr_lines(text)
    upper = [[letter in "▀█" for letter in line] for line in lines]
    lower = [[letter in "▄█" for letter in line] for line in lines]
    modules = numpy.array([row for pair in zip(upper, lower, strict=True) for row in pair])
    assert not modules[:QUIET_MODULES].any()
    picture = numpy.where(modules, 0, 255).astype(numpy.uint8).repeat(6, axis=0).repeat(6, axis=1)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [text]


async def test_lines_follow_the_width_and_their_number_the_height() -> None:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Lines(lambda width: [Content("x" * width)] * 3)

    async with Page().run_test(size=(60, 20)) as pilot:
        lines = pilot.app.query_one(Lines)
        assert (lines.size.height, lines.render().plain.split("\n")[0]) == (3, "x" * 60)
        await pilot.resize_terminal(30, 20)
        await pilot.pause()
        assert lines.render().plain.split("\n")[0] == "x" * 30
