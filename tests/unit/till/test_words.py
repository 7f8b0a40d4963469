"""Reason codes become sentences that a cashier can read aloud."""

import string

import pytest

from loyalty.trace import Reason
from scanner import not_cards
from terminal import words
from terminal.till_sale_shapes import TraceShown


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_the_engine_has_a_sentence(reason: Reason) -> None:
    assert reason.value in words.SENTENCES


def test_a_rule_of_another_day_says_which_day_it_is() -> None:
    line = TraceShown(
        subject="rule",
        id="happy-tuesday",
        name="Happy Tuesday",
        applied=False,
        reason="wrong_weekday",
        params={"needed": ["tue"], "is": "wed"},
    )
    assert words.trace_line(line, str) == "Happy Tuesday: no, it is Wednesday"


def test_units_become_words() -> None:
    assert words.say("spend_too_low", {"needed_minor": 5000, "is_minor": 4100}, str, currency="EUR", language="en") == (
        "no, €9.00 more is needed"
    )
    assert words.say("too_few_points", {"needed_millipoints": 500_000, "is_millipoints": 120_900}, str) == (
        "needs 500 points, 120 can be spent"
    )
    assert words.say("too_few_items", {"needed_milli": 2000, "is_milli": 500}, str) == "no, 2 are needed, there are 0.5"
    assert words.say("no_more", {"until": "2026-05-31"}, str, language="en") == "no, it ended on 31 May 2026"


def test_what_a_newer_version_says_never_stops_the_screen() -> None:
    assert words.say("quantum_discount", {}, str) == "quantum discount"
    assert words.say("pending", {}, str) == "… points are pending until …"


def test_every_place_in_a_sentence_is_a_plain_name() -> None:
    for sentence in words.SENTENCES.values():
        for _, name, spec, conversion in string.Formatter().parse(sentence):
            assert not spec
            assert not conversion
            assert name is None or name.isidentifier()


def test_everything_that_is_no_card_has_a_sentence() -> None:
    kinds = {what for what, _ in not_cards._KINDS} | {"binary", "plain_text", "empty", "too_long"}
    assert {f"not_a_card_{what}" for what in kinds} <= words.SENTENCES.keys()
    assert {"code_damaged", "code_of_other_issuer", "code_too_new"} <= words.SENTENCES.keys()


def test_rounding_has_a_name_and_shows_parts_of_a_point() -> None:
    line = TraceShown(
        subject="rounding", id="floor", name="", applied=True, reason="rounded", params={"lost_millipoints": 160}
    )
    assert words.trace_line(line, str) == "Rounding: rounded by 0.16 points"
