"""Large sales: whatever a basket may hold can be saved, and what it may not is refused before anybody pays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import WrongUse
from loyalty.basket import MAX_LINE_MINOR, MAX_LINES, Line
from loyalty.quote import MAX_CHOICES
from terminal.till_sale_shapes import RefundRequest, RewardChoice, SaleRequest
from tests.builders import Shop

FOUR_LOTS = "".join(
    f'[[rule]]\nid = "rule-{days}"\npoints = {days}\nper = 1.00\nafter = "{days}d"\ncategories = ["{days} ż"]\n'
    for days in range(1, 5)
)
REWARDS = "".join(
    f'[[reward]]\nid = "reward-{number}"\nname = "R"\nkind = "percent_off"\npercent = 1\nmax_per_sale = 20\n'
    for number in range(6)
)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose points have four different times."""
    shop = Shop(tmp_path / "home", f'name = "Busy"\n{FOUR_LOTS}{REWARDS}')
    yield shop
    shop.close()


def lines(count: int) -> tuple[Line, ...]:
    return tuple(
        Line(f"{number % 5} ż", MAX_LINE_MINOR - 7919 * number, 1000 * (number % 3 + 1), f"{'ę' * 58}{number:06}")
        for number in range(count)
    )


def request(shop: Shop, count: int, rewards: int) -> SaleRequest:
    chosen = tuple(RewardChoice(reward=f"reward-{number % 6}") for number in range(rewards))
    return SaleRequest(lines=lines(count), member_id=shop.member(), rewards=chosen)


@pytest.mark.parametrize(("count", "rewards"), [(10, 1), (200, 3), (MAX_LINES, MAX_CHOICES)])
def test_what_fits_into_a_basket_can_be_sold_and_refunded(busy: Shop, count: int, rewards: int) -> None:
    done = busy.till.sales.sell(request(busy, count, rewards))
    row = busy.till.sales.show(done.sale_id)
    assert len(row.lines) == count
    back = busy.till.refunds.refund(RefundRequest(sale=done.sale_id))
    assert back.refunded_minor == done.to_pay_minor
    assert busy.till.upkeep.verify().differences == ()


@pytest.mark.parametrize(
    ("count", "rewards", "reason"),
    [(MAX_LINES + 1, 0, "basket_too_long"), (1, MAX_CHOICES + 1, "too_many_rewards")],
)
def test_what_does_not_fit_is_refused_when_it_is_quoted(busy: Shop, count: int, rewards: int, reason: str) -> None:
    with pytest.raises(WrongUse) as refused:
        busy.till.sales.quote(request(busy, count, rewards))
    assert refused.value.reason == reason
