"""The wedge gate alone: which keys were a scan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.wedge import Step, WedgeGate, WedgeRules, looks_like_code

RULES = WedgeRules()
CODES = st.text(st.sampled_from("ABCDEFGHJKMNPQRSTVWXYZ0123456789"), min_size=6, max_size=40).filter(
    lambda text: len(set(text)) > 1
)


class Keys:
    """Feeds a gate and keeps the scans it found."""

    def __init__(self, rules: WedgeRules = RULES) -> None:
        self.gate = WedgeGate(rules)
        self.at_ms = 0.0
        self.scans: list[str] = []
        self.steps: list[Step] = []

    def press(self, key: str, character: str | None, gap_ms: float) -> None:
        self.at_ms += gap_ms
        step, text = self.gate.feed(key, character, self.at_ms)
        self.steps.append(step)
        if step is Step.SCAN:
            self.scans.append(text)

    def type(self, text: str, gap_ms: float, first_ms: float = 500, end: str = "enter") -> None:
        for place, letter in enumerate(text):
            self.press(letter, letter, gap_ms if place else first_ms)
        self.press(end, "\r", gap_ms)


@given(st.lists(st.tuples(CODES, st.floats(0, 59), st.floats(0, 2000)), max_size=20))
def test_every_burst_is_one_scan_whatever_its_pace_and_the_pause_before_it(
    bursts: list[tuple[str, float, float]],
) -> None:
    keys = Keys()
    for code, gap_ms, pause_ms in bursts:
        keys.type(code, gap_ms, first_ms=pause_ms)
    assert keys.scans == [code for code, _, _ in bursts]


@given(st.text(min_size=1, max_size=30), st.floats(61, 2000))
def test_typing_is_never_a_scan(text: str, gap_ms: float) -> None:
    keys = Keys()
    keys.type(text, gap_ms)
    assert keys.scans == []


def test_each_key_of_a_burst_is_passed_on_at_once() -> None:
    keys = Keys()
    keys.type("REG123", 10)
    assert keys.steps == [Step.START, *[Step.MORE] * 5, Step.SCAN]


def test_what_was_typed_before_the_scan_is_not_part_of_it() -> None:
    keys = Keys()
    for letter in "45,9":
        keys.press(letter, letter, 150)
    keys.type("5901234123457", 20, first_ms=120)
    assert keys.scans == ["5901234123457"]


def test_a_burst_under_way_survives_a_hiccup_of_the_machine() -> None:
    keys = Keys()
    for place, letter in enumerate("5901234123457"):
        keys.press(letter, letter, 200 if place == 6 else 20)
    keys.press("enter", "\r", 20)
    assert keys.scans == ["5901234123457"]


@pytest.mark.parametrize(
    ("text", "why"),
    [("45,90", "shorter than any code"), ("00000000000", "a key held down"), ("", "Enter alone")],
)
def test_fast_keys_that_are_no_scan(text: str, why: str) -> None:
    keys = Keys()
    keys.type(text, 5)
    assert keys.scans == [], why


def test_enter_long_after_a_burst_is_a_person_s() -> None:
    keys = Keys()
    for letter in "REG123456":
        keys.press(letter, letter, 10)
    keys.press("enter", "\r", 900)
    assert keys.scans == []


def test_an_arrow_key_ends_a_burst() -> None:
    keys = Keys()
    for letter in "REG123":
        keys.press(letter, letter, 10)
    keys.press("left", None, 10)
    keys.press("enter", "\r", 10)
    assert keys.scans == []


def test_with_a_prefix_the_pace_says_nothing_and_the_prefix_is_cut_off() -> None:
    keys = Keys(WedgeRules(prefix="\x02"))
    keys.press("ctrl+b", "\x02", 500)
    keys.type("R1", 150, first_ms=150)
    keys.type("REG123456", 5)
    assert keys.scans == ["R1"]


def test_a_scanner_may_end_with_tab() -> None:
    keys = Keys(WedgeRules(suffix="tab"))
    keys.type("REG123456", 5, end="tab")
    keys.type("REG123456", 5, end="enter")
    assert keys.scans == ["REG123456"]


def test_fields_of_gs1_codes_stay_apart() -> None:
    keys = Keys()
    for letter in "8018123456":
        keys.press(letter, letter, 10)
    keys.press("ctrl+right_square_bracket", "\x1d", 10)
    keys.type("991", 10, first_ms=10)
    assert keys.scans == ["8018123456\x1d991"]


@pytest.mark.parametrize("text", ["Zofia Nowak", "zofia.nowak@example.com", "Żółć1234", "Magdalena"])
def test_names_and_addresses_do_not_look_like_codes(text: str) -> None:
    assert not looks_like_code(text)
