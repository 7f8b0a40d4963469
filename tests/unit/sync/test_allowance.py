"""What a till may decide alone: right, stand-in, and the reasons why not more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from loyalty.entries import AccountMove
from sync.allowance import Purse, pay, spendable

amounts = st.integers(0, 50)


def purse(right: int = 10, shown: int = 20, due: int = 20, **more: object) -> Purse:
    return Purse(rights=(AccountMove("M1", right),), shown=shown, due=due, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "millipoints", "why"),
    [
        (purse(right=10), 10, ("needs_hq",)),
        (purse(right=30), 20, ()),
        (purse(right=30, due=5), 5, ("points_not_due",)),
        (purse(right=30, own_share=3), 3, ("merge_unconfirmed",)),
        (purse(frozen="restored_wait_hello"), 0, ("restored_wait_hello",)),
        (purse(reserved=4), 6, ("needs_hq",)),
        (purse(confirmed=True, floor=5), 15, ("needs_hq",)),
        (purse(confirmed=True, floor=5, debt=3), 12, ("needs_hq",)),
        (purse(confirmed=True, floor=5, standins=5), 10, ("needs_hq",)),
        (purse(confirmed=True, floor=5, floor_total=6, all_standins=4), 12, ("needs_hq",)),
        (purse(confirmed=False, floor=5), 10, ("needs_hq",)),
        (purse(right=3, own_share=3, confirmed=True, floor=5), 3, ("merge_unconfirmed", "needs_hq")),
        (purse(right=18, confirmed=True, floor=5), 23, ()),
        (purse(right=0, shown=0, due=0, confirmed=True, floor=5), 5, ()),
        (purse(right=0, shown=-3, due=0, confirmed=True, floor=5, standins=3), 2, ()),
    ],
)
def test_what_can_be_spent_and_why_not_more(known: Purse, millipoints: int, why: tuple[str, ...]) -> None:
    found = spendable(known)
    assert (found.millipoints, found.why_not) == (millipoints, why)


@given(right=amounts, shown=amounts, due=amounts, floor=amounts, debt=amounts, amount=st.integers(1, 80))
def test_what_is_paid_adds_up_and_stays_within_every_bound(
    right: int, shown: int, due: int, floor: int, debt: int, amount: int
) -> None:
    known = purse(right, shown, due, floor=floor, debt=debt, confirmed=True)
    try:
        used, standin = pay(known, amount)
    except Refused:
        assert amount > spendable(known).millipoints
        return
    charged = sum(each.amount for each in used)
    assert charged + standin == amount
    assert charged <= right
    assert charged <= shown
    assert standin <= max(0, floor - debt)
