"""A first sale, from the programme's text to the quote."""

from datetime import UTC, datetime

from loyalty.account import Account
from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.programme.load import load_programme
from loyalty.quote import quote

PROGRAMME = """
name = "Simple"
[earning]
exclude_categories = ["TOBACCO"]
[[rule]]
id = "base"
points = 1
per = 1.00
whole_steps = true
[[rule]]
id = "tuesday"
multiply = 2
weekdays = ["tue"]
"""


def test_tuesday_doubles_whole_dollars_of_what_counts() -> None:
    programme = load_programme(PROGRAMME)
    store = StoreFacts("main", "America/New_York")
    basket = Basket("USD", (Line("BREAD", 1290), Line("Tobacco", 900), Line("MILK", 99)))
    # 03:30 UTC on Wednesday is still Tuesday in New York.
    at_ms = int(datetime(2026, 5, 6, 3, 30, tzinfo=UTC).timestamp()) * 1000
    assert quote(programme, Account("M"), basket, (), at_ms, store).points_earned_millipoints == 26_000
