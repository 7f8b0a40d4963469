"""The layout is data that a shop may change; every mistake is named with its line."""

from pathlib import Path

import pytest

from config.errors import WrongUse
from receipts.rendering import render_text
from receipts.sample import sample_receipt
from receipts.template import load_template, parse_template

SMALL = """\
[[block]]
show = "marks"

[[block]]
show = "to_pay"
"""


def test_every_mistake_is_told_with_its_line() -> None:
    wrong = SMALL + (
        '\n[[block]]\nshow = "points"\nstyle = "huge"\n'
        '\n[[block]]\nshow = "nothing"\n'
        '\n[[block]]\nshow = "text"\ntext = { xx = "a" }\n'
        '\n[[block]]\nshow = "text"\ntext = { en = "{price}" }\n'
        '\n[[block]]\nshow = "shop"\ncolour = "red"\n'
    )
    with pytest.raises(WrongUse) as mistakes:
        parse_template(wrong, "mine.toml")
    problems = str(mistakes.value.params["problems"]).splitlines()
    assert [problem.split(":")[0] for problem in problems] == [
        "line 9, block 3 style",
        "line 12, block 4 show",
        "line 14, block 5 ",
        "line 18, block 6 ",
        "line 24, block 7 colour",
    ]
    assert "xx" in problems[2]
    assert "{price}" in problems[3]


def test_what_would_make_a_receipt_lie_can_not_be_left_out() -> None:
    with pytest.raises(WrongUse, match="marks"):
        parse_template('[[block]]\nshow = "to_pay"\n', "mine.toml")


@pytest.mark.parametrize("text", ["[[block", 'block = "x"', "", "[[block]]\nshow = 1\n"])
def test_a_file_that_is_no_template_is_refused_in_words(text: str) -> None:
    with pytest.raises(WrongUse) as refusal:
        parse_template(text, "mine.toml")
    assert refusal.value.reason == "receipt_template_wrong"


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"#" * 70_000])
def test_a_file_that_can_not_be_read_is_refused_in_words(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongUse) as refusal:
        load_template(path)
    assert refusal.value.reason == "receipt_template_unreadable"


def test_the_shop_s_own_words_are_filled_in() -> None:
    template = parse_template(
        SMALL + '\n[[block]]\nshow = "text"\ntext = { en = "{shop}, {till}: see you, {date} {time}" }\n', "mine.toml"
    )
    assert "Regulars, Till 3: see you,\n3 Mar 2026 14:02\n" in render_text(sample_receipt(), template, 32)


def test_rules_never_stand_at_an_end_or_twice() -> None:
    rule = '\n[[block]]\nshow = "rule"\n'
    text = render_text(sample_receipt(), parse_template(rule + SMALL + rule + rule, "mine.toml"))
    assert text == "To pay                           PLN 58.90\n"
