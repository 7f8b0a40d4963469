"""Points as payment: the cashier or the member chooses how many, within steps, minimum and share."""

import pytest

from loyalty.account import Account
from loyalty.lots import Lot
from loyalty.quoted import Choice
from loyalty.trace import Reason
from tests.unit.loyalty.world import BASE, MEMBER, basket, quoted

RICH = Account(MEMBER, points_millipoints=1_000_000, lots=(Lot(1_000_000),))


def pay(rest: str) -> str:
    return f'{BASE}[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\n{rest}'


def reasons(text: str, millipoints: int | None, amount_minor: int = 50) -> list[Reason]:
    found = quoted(text, basket(("Bread", amount_minor)), Choice("pay", millipoints), account=RICH)
    return [refused.reason for refused in found.refused]


@pytest.mark.parametrize(
    ("millipoints", "refused"),
    [(4_500, []), (5_000, []), (5_500, [Reason.ABOVE_MAXIMUM]), (4_750, [Reason.NOT_A_STEP]), (0, [Reason.NOT_A_STEP])],
)
def test_points_pay_the_whole_share_also_where_a_step_does_not_come_out_even(
    millipoints: int, refused: list[Reason]
) -> None:
    """A third of 0.50 is 0.16: 4.5 points pay 0.14, 5 points 0.16, and more would pay nothing more."""
    assert reasons(pay("points = 10\nworth = 0.33\nmax_share = 33.3\nstep = 0.5\n"), millipoints) == refused


@pytest.mark.parametrize(
    ("millipoints", "refused"),
    [(30_000, [Reason.BELOW_MINIMUM]), (40_000, []), (100_000, []), (110_000, [Reason.ABOVE_MAXIMUM])],
)
def test_not_less_than_the_minimum_and_not_more_than_is_to_pay(millipoints: int, refused: list[Reason]) -> None:
    assert reasons(pay("points = 10\nworth = 1.00\nminimum = 40\n"), millipoints, 1000) == refused


def test_who_says_no_number_is_asked_for_one() -> None:
    text = pay("points = 10\nworth = 1.00\n")
    found = quoted(text, basket(("Bread", 999)), Choice("pay"), account=RICH)
    assert [(each.reason, each.params["maximum_millipoints"]) for each in found.refused] == [
        (Reason.NEEDS_POINTS, 90_000)
    ]
