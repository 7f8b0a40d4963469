"""Each scenario holds under all rules, and breaks with its rule taken out."""

from pathlib import Path

import pytest

from tests.unit.hq.scenarios import SCENARIOS, Scenario


def _name(each: Scenario) -> str:
    return f"{each.number} {each.name}"


def test_there_are_thirty_three() -> None:
    assert sorted(each.number for each in SCENARIOS) == list(range(1, 34))


@pytest.mark.parametrize("each", SCENARIOS, ids=_name)
def test_holds_under_all_rules(tmp_path: Path, each: Scenario) -> None:
    assert each.broken(tmp_path / "hq.db") == []


@pytest.mark.parametrize("each", SCENARIOS, ids=_name)
def test_breaks_without_its_rule(tmp_path: Path, each: Scenario) -> None:
    try:
        broken = each.broken(tmp_path / "hq.db", each.without_its_rule())
    except AssertionError as violation:
        broken = [str(violation)]
    assert broken, f"{each.rule} prevents nothing here"
