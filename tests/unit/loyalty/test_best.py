"""The best combination of rewards against all combinations, one by one."""

from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loyalty.basket import Basket
from loyalty.programme.load import check_programme
from loyalty.quoted import Choice, Quote
from tests.unit.loyalty.generated import baskets, programmes
from tests.unit.loyalty.world import Shop, basket


def score(found: Quote) -> tuple[int, int, int]:
    return (found.total_minor - found.to_pay_minor, -found.points_spent_millipoints, -len(found.discounts))


def every_combination(shop: Shop, bought: Basket) -> tuple[int, int, int]:
    rewards = [offer.reward for offer in shop.quote(bought).offers if offer.possible and offer.reward != "pay"]
    best = (0, 0, 0)
    for size in range(len(rewards) + 1):
        for chosen in combinations(rewards, size):
            found = shop.quote(bought, *map(Choice, chosen))
            if not found.refused:
                best = max(best, score(found))
    return best


@settings(max_examples=60, deadline=None)
@given(programmes(), baskets, st.integers(0, 90))
def test_no_combination_is_better_than_the_best(text: str, bought: Basket, points: int) -> None:
    assume(check_programme(f'name = "Test"\n{text}').programme is not None)
    shop = Shop(text)
    shop.give(points * 1000)
    found = shop.quote(bought)
    assert found.best_exact
    assert score(shop.quote(bought, *found.best)) == every_combination(shop, bought)


def many_rewards(count: int) -> Shop:
    rewards = "".join(
        f'[[reward]]\nid = "r{number - 1}"\nname = "R"\nkind = "percent_off"\npercent = {number}\npoints = {number}\n'
        for number in range(1, count + 1)
    )
    shop = Shop(f'[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n{rewards}')
    shop.give(40_000)
    return shop


def test_up_to_twelve_candidates_the_best_is_exact() -> None:
    found = many_rewards(12).quote(basket(("Bread", 10_000)))
    assert found.best_exact
    # 40 points at a percent each; of equal sums the split that multiplies to least is best.
    assert found.best_saves_minor == max(
        10_000 - many_rewards(12).quote(basket(("Bread", 10_000)), *map(Choice, chosen)).to_pay_minor
        for chosen in (["r0", "r5", "r9", "r10", "r11"], ["r6", "r9", "r10", "r11"], ["r7", "r8", "r10", "r11"])
    )


def test_beyond_twelve_it_says_that_it_is_not_exact() -> None:
    found = many_rewards(13).quote(basket(("Bread", 10_000)))
    assert not found.best_exact
    assert found.best


def test_the_best_leaves_out_what_the_member_must_decide() -> None:
    shop = Shop(
        '[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n'
        '[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\nworth = 1.00\n'
        '[[reward]]\nid = "mug"\nname = "Mug"\nkind = "gift"\npoints = 5\n'
    )
    shop.give(1_000_000)
    assert shop.quote(basket(("Bread", 10_000))).best == ()
