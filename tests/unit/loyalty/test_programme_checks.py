"""Mistakes in a programme file: all at once, each with its place and what was probably meant."""

import itertools
from pathlib import Path

import pytest

from config.errors import WrongUse
from loyalty.programme.load import check_programme, load_programme
from loyalty.programme.problems import Problem, ProgrammeRefused
from tests.unit.loyalty.world import BASE

TEN_MISTAKES = """\
name = "Ten mistakes"
curency = "PLN"
[earning]
rounding = "flor"
[[rule]]
id = "base"
points = 1
per = 1.00001
[[rule]]
id = "spring"
bonus = 10
from = 2026-05-31
until = 2026-05-01
[[rule]]
id = "nothing"
bonus = 10
cap_per_sale = 0
[[tier]]
id = "silver"
name = "Silver"
from_points = 500
[[tier]]
id = "gold"
name = "Gold"
from_points = 400
[[reward]]
id = "coffee"
name = "Coffee"
kind = "free_itm"
[[reward]]
id = "bag"
name = "Bag"
kind = "gift"
points = 10
tiers = ["silvr"]
[[reward]]
id = "bag"
name = "Another bag"
kind = "gift"
points = ten
"""

_CASES = Path(__file__).with_name("mistakes.toml").read_text(encoding="utf-8").split("# mistake: ")[1:]
_ALL = [(reason, text) for reason, _, text in (case.partition("\n") for case in _CASES)]
_DOUBTFUL = ("tier_worse", "free_for_all", "minimum_no_step", "unused_key", "unused_limit")
MISTAKES = [case for case in _ALL if case[0] not in _DOUBTFUL]
DOUBTS = [case for case in _ALL if case[0] in _DOUBTFUL]


def problems(text: str) -> list[Problem]:
    return list(check_programme(text).problems)


def reasons(text: str) -> list[str]:
    return [problem.reason for problem in problems(f'name = "Test"\n{text}')]


def only(text: str) -> Problem:
    (problem,) = problems(f'name = "Test"\n{text}')
    return problem


def test_ten_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    found = [(problem.line, problem.column, problem.reason) for problem in problems(TEN_MISTAKES)]
    assert found == [
        (2, 1, "unknown_key"),
        (4, 1, "not_one_of"),
        (8, 1, "wrong_value"),
        (13, 1, "contradictory_window"),
        (17, 1, "never_fires"),
        (25, 1, "tier_below"),
        (29, 1, "not_one_of"),
        (35, 10, "unknown_name"),
        (37, 1, "same_id"),
        (40, 10, "not_toml"),
    ]


def test_loading_refuses_with_all_of_them() -> None:
    with pytest.raises(ProgrammeRefused) as refused:
        load_programme(TEN_MISTAKES)
    assert isinstance(refused.value, WrongUse)
    assert len(refused.value.problems) == 10
    assert "line 2, column 1: “curency” is not known here. Did you mean “currency”?" in str(refused.value)


def test_what_was_meant_is_said_for_kinds_and_names_too() -> None:
    said = {problem.reason: problem.message() for problem in problems(TEN_MISTAKES)}
    assert said["not_one_of"].endswith("Did you mean “free_item”?")
    assert said["unknown_name"] == "There is no tier “silvr”. Did you mean “silver”?"


@pytest.mark.parametrize(("reason", "text"), MISTAKES, ids=itertools.count())
def test_a_mistake_has_its_reason(reason: str, text: str) -> None:
    assert reason in reasons(text)
    assert check_programme(f'name = "Test"\n{text}').programme is None


@pytest.mark.parametrize(("reason", "text"), DOUBTS, ids=itertools.count())
def test_what_is_only_doubtful_is_a_warning(reason: str, text: str) -> None:
    found = check_programme(f'name = "Test"\n{text}')
    assert [(problem.severity, problem.reason) for problem in found.problems] == [("warning", reason)]
    assert found.programme is not None


def test_a_place_is_right_in_every_form_of_toml() -> None:
    text = (
        'name = "Test"\r\n# a note with = and [brackets]\r\nearning = { rounding = "flor" }\r\n'
        'rule = [ { id = "a", bonus = 5, hours = ["08:00-11:00",\n   # a note\n   "nine"] },\n'
        "  { id = 'b', bonus = 5, \"weekdys\" = ['mon'] } ]\n"
    )
    found = [(problem.line, problem.column, problem.reason) for problem in problems(text)]
    assert found == [(3, 13, "not_one_of"), (6, 4, "wrong_value"), (7, 26, "unknown_key")]


def test_strings_over_several_lines_do_not_move_what_follows() -> None:
    text = 'name = """Two\n = "quotes" \\""" inside\n"""\nzzz = 1\n'
    assert [(problem.line, problem.reason) for problem in problems(text)] == [(4, "unknown_key")]


@pytest.mark.parametrize(
    "text", ["", "[", "\x00", "name", 'name = "x"\n' * 3, "[[rule]\n" * 40, "= = =\n" * 3, "é" * 2_000_000]
)
def test_no_text_is_too_odd(text: str) -> None:
    assert check_programme(text).errors


def test_an_amount_too_fine_for_the_currency_is_refused_before_it_is_in_force() -> None:
    programme = load_programme(f'name = "Test"\n{BASE}'.replace("1.00", "0.50"))
    programme.plan("PLN")
    with pytest.raises(WrongUse, match=r"0\.50"):
        programme.plan("JPY")


def test_a_programme_of_another_currency_is_refused() -> None:
    with pytest.raises(WrongUse, match="EUR"):
        load_programme(f'name = "Test"\ncurrency = "EUR"\n{BASE}').plan("PLN")


def test_a_version_is_what_the_file_says_and_not_how() -> None:
    one = load_programme('name = "Test"\n[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n')
    same = load_programme('# A note.\nname = "Test"\nrule = [{ per = 1, points = 1.0, id = "base" }]\n')
    other = load_programme('name = "Test"\n[[rule]]\nid = "base"\npoints = 2\nper = 1.00\n')
    assert one.version == same.version != other.version
    assert one == same


def test_what_is_wrong_in_one_row_hides_nothing_else_in_it() -> None:
    text = """
[[rule]]
id = "a"
bonus = "much"
junk = { deep = { deeper = 1 } }
when = "total >"
from = 2026-05-02
until = 2026-05-01
[[rule]]
bonus = -1
when = "nobody == 1"
tiers = ["gold"]
[[reward]]
id = "off"
kind = "amount_off"
tiers = ["gold"]
"""
    assert reasons(text) == [
        *("wrong_value", "unknown_key", "expression_not_cel", "contradictory_window"),
        *("missing_key", "wrong_value", "expression_unknown_name"),
        *("missing_key", "missing_key", "unknown_name"),
    ]


@pytest.mark.parametrize(
    ("raw", "reason", "line", "column"),
    [
        (b'name = "Caf\xe9"\n', "not_utf8", 1, 12),
        ('name = "é"\n# \xff'.encode("latin-1"), "not_utf8", 1, 9),
        (b'name = "x"\nnote\xff', "not_utf8", 2, 5),
        (("é" * (1 << 19)).encode() + b"a\xc3", "too_large", 1, 1),
        (b'name = "x"\nearning = ' + b"[" * 5000, "too_deep", 2, 11),
        (b'name = "x"\n[earning]\ncap_per_day = ' + b"9" * 5000, "number_too_long", 3, 15),
        (b'name = "x"\n[earning]\ncap_per_day = 1e999999999999999999999', "wrong_value", 3, 1),
        (b'name = "x"\n' + b".".join([b"a"] * 3000) + b" = 1", "unknown_key", 2, 1),
        (
            b"name = 'x'\n[[rule]]\nid = 'a'\nbonus = 5\nwhen = 'tier == \"" + "é".encode() * 600 + b"\"'",
            "wrong_value",
            5,
            1,
        ),
    ],
    ids=itertools.count(),
)
def test_a_file_that_is_hardly_a_programme_has_one_mistake_with_its_place(
    raw: bytes, reason: str, line: int, column: int
) -> None:
    (problem,) = check_programme(raw).problems
    assert (problem.reason, problem.line, problem.column) == (reason, line, column)


def test_a_byte_order_mark_and_windows_lines_are_no_mistake() -> None:
    text = f'name = "Test"\n{BASE}'
    assert load_programme(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == load_programme(text)


def test_of_very_many_mistakes_the_rest_is_counted() -> None:
    checked = check_programme('name = "Test"\n' + "".join(f"key{number} = 1\n" for number in range(700)))
    assert (len(checked.problems), checked.left_out) == (200, 500)


def test_a_refusal_names_the_file_and_speaks_the_readers_language() -> None:
    with pytest.raises(ProgrammeRefused) as refused:
        load_programme('name = "Test"\n[earning]\ncap_per_day = -1\n', "draft.toml")
    said = refused.value.message(
        lambda sentence: {"must be at least {ge}": "nie mniej niż {ge}"}.get(sentence, sentence)
    )
    assert said.splitlines()[1:] == ["line 3, column 1: “cap_per_day”: nie mniej niż 0."]
    assert "draft.toml" in said


def test_a_row_that_makes_no_sense_is_told_beside_its_wrong_values() -> None:
    text = """
[[activity]]
id = "x"
name = "X"
limits = { uses = 1 }
[[activity]]
id = "y"
name = "Y"
voucher = 5
[[rule]]
id = "a"
bonus = 5
multiply = 2
weekdays = ["monday", "someday"]
"""
    found = [(problem.path, problem.reason) for problem in problems(f'name = "Test"{text}')]
    assert found == [
        ("activity.0", "wrong_value"),
        ("activity.0.limits", "wrong_value"),
        ("activity.1.voucher", "wrong_value"),
        ("rule.0", "wrong_value"),
        ("rule.0.weekdays.1", "not_one_of"),
    ]


def test_a_line_that_can_not_be_read_makes_its_row_no_worse() -> None:
    assert reasons('[[rule]]\nid = "a"\nbonus = ten\n') == ["not_toml"]
