"""The difference of two programmes, as a manager reads it."""

from cli.programme_changes import Wording
from loyalty.programme.diff import diff
from loyalty.programme.load import load_programme

BEFORE = """
name = "Shop"
[earning]
exclude_categories = ["Tobacco"]
[[rule]]
id = "base"
name = "A point for each 1.00"
points = 1
per = 1.00
[[rule]]
id = "tuesday"
multiply = 2
weekdays = ["tue"]
[[reward]]
id = "bag"
name = "A bag"
kind = "gift"
points = 400
limits = [{ uses = 1, per = "year" }]
"""
AFTER = """
name = "Shop"
[earning]
exclude_categories = ["Tobacco", "Tolls"]
cap_per_day = 100
[[rule]]
id = "tuesday"
multiply = 2
weekdays = ["tue", "wed"]
[[rule]]
id = "base"
name = "A point for each 2.00"
points = 1
per = 2.00
whole_steps = true
[[tier]]
id = "gold"
name = "Gold"
from_points = 500
"""


def said(before: str, after: str) -> list[tuple[str, str]]:
    old, new = load_programme(before), load_programme(after)
    wording = Wording(old, new)
    return [wording.of(change) for change in diff(old, new)]


def test_each_change_is_named_as_people_name_it() -> None:
    assert said(BEFORE, AFTER) == [
        ("[earning] cap_per_day", "– → 100"),
        ("[earning] exclude_categories", "Tobacco → Tobacco, Tolls"),
        ("Rule “tuesday”", "weekdays: tue → tue, wed"),
        ("Rule “A point for each 2.00”", "name: A point for each 1.00 → A point for each 2.00"),
        ("Rule “A point for each 2.00”", "per: 1 → 2"),
        ("Rule “A point for each 2.00”", "whole_steps: false → true"),
        ("Order of [[rule]]", "base, tuesday → tuesday, base"),
        ("Tier “Gold”", "is new: from_points = 500"),
        ("Reward “A bag”", "is gone: points = 400, limits = 1 year, kind = gift"),
    ]


def test_the_same_programme_written_otherwise_is_no_change() -> None:
    otherwise = BEFORE.replace("per = 1.00", "per = 1  # whole\nqualifies = true").replace("[earning]", "[earning]\n")
    assert otherwise != BEFORE
    assert said(BEFORE, otherwise) == []
