"""What a loyalty programme must never get wrong, one scenario each; ``test_map`` names where all the others are."""

import re
from pathlib import Path
from typing import get_args

import pytest

from config.errors import WrongUse
from loyalty.quoted import Choice
from loyalty.refunds import RefundLine
from loyalty.rewards import AnyReward
from tests.unit.loyalty.world import BASE, TUESDAY, WEDNESDAY, Shop, at, basket, points

ROOT = Path(__file__).parents[3]
ROOMS = ("cli", "config", "hq", "ledger", "loyalty", "receipts", "scanner", "simulation", "sync", "terminal")
MINUTE_MS, DAY_MS = 60_000, 86_400_000
PAY = '[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\npoints = 10\nworth = 1.00\n'
TIERS = '[[tier]]\nid = "silver"\nname = "Silver"\nfrom_points = 100\n'
BREAD = basket(("Bread", 10_000))


@pytest.mark.parametrize("method", ["gift card", "cash", ""])
def test_the_means_of_payment_does_not_lower_what_counts(method: str) -> None:
    assert points(BASE, basket(("Bread", 2_000), paid=method)) == 20_000


def test_what_never_counts_does_not_help_to_reach_a_minimum_either() -> None:
    text = f'[earning]\nexclude_categories = ["Tobacco"]\n{BASE}[[rule]]\nid = "large"\nbonus = 50\n'
    for least in ("min_spend = 30.00\n", "min_quantity = 3\n"):
        assert points(text + least, basket(("Bread", 2_000, 2_000), ("Tobacco", 2_000, 2_000))) == 20_000
        assert points(text + least, basket(("Bread", 3_000, 3_000), ("Tobacco", 2_000, 2_000))) == 80_000


def test_spending_points_never_costs_a_tier() -> None:
    shop = Shop(BASE + TIERS + PAY)
    shop.sell(BREAD)
    assert shop.account(TUESDAY).tier == "silver"
    shop.sell(BREAD, Choice("pay", points_millipoints=100_000), at_ms=TUESDAY + MINUTE_MS)
    account = shop.account(WEDNESDAY)
    assert (account.points_millipoints, account.qualifying_millipoints, account.tier) == (90_000, 190_000, "silver")


def test_a_tier_can_have_rewards_of_its_own() -> None:
    shop = Shop(BASE + TIERS + '[[reward]]\nid = "mug"\nname = "Mug"\nkind = "gift"\ntiers = ["silver"]\n')
    assert [refused.reason for refused in shop.quote(BREAD, Choice("mug")).refused] == ["wrong_tier"]
    shop.sell(BREAD)
    assert shop.quote(BREAD, Choice("mug"), at_ms=WEDNESDAY).refused == ()


def test_points_spent_come_back_in_parts_with_the_expiry_they_had() -> None:
    shop = Shop(BASE + PAY)
    ends = (at("2026-06-01 00:00"), at("2026-07-01 00:00"))
    for end in ends:
        shop.give(50_000, expires_ms=end)
    sale = shop.sell(basket(("Bread", 2_000, 2_000)), Choice("pay", points_millipoints=80_000))
    left = {lot.expires_ms: lot.amount_millipoints for lot in shop.account(WEDNESDAY).lots}
    assert left[ends[1]] == 20_000
    shop.refund(sale, [RefundLine(0, 1_000)])
    shop.refund(sale)
    assert [(lot.expires_ms, lot.amount_millipoints) for lot in shop.account(WEDNESDAY).lots] == [
        (ends[0], 50_000),
        (ends[1], 50_000),
    ]


def test_expired_points_are_not_spent_even_before_their_expiry_is_posted() -> None:
    shop = Shop(BASE + PAY)
    shop.give(50_000, expires_ms=WEDNESDAY)
    last = shop.quote(BREAD, Choice("pay", points_millipoints=50_000), at_ms=WEDNESDAY - 1)
    over = shop.quote(BREAD, Choice("pay", points_millipoints=50_000), at_ms=WEDNESDAY)
    assert last.refused == ()
    assert [refused.reason for refused in over.refused] == ["too_few_points"]
    assert shop.balance == 50_000


def test_pending_points_are_shown_and_not_spent() -> None:
    shop = Shop(f'[earning]\nafter = "14d"\n{BASE}{PAY}')
    shop.sell(BREAD)
    account = shop.account(WEDNESDAY)
    assert (account.pending_millipoints(WEDNESDAY), account.spendable_millipoints(WEDNESDAY)) == (100_000, 0)
    due = at("2026-05-19 00:00")
    assert shop.account(due).spendable_millipoints(due) == 100_000


def test_eligibility_is_looked_at_again_at_each_redemption() -> None:
    shop = Shop(
        BASE
        + '[[reward]]\nid = "mug"\nname = "Mug"\nkind = "gift"\nweekdays = ["tue"]\nstock = 2\n'
        + 'limits = [{ uses = 1, per = "day" }]\n'
    )
    found = [
        [refused.reason for refused in shop.quote(BREAD, Choice("mug"), at_ms=when).refused]
        for when in (TUESDAY, WEDNESDAY)
    ]
    assert found == [[], ["wrong_weekday"]]
    for week in range(2):
        shop.sell(BREAD, Choice("mug"), at_ms=TUESDAY + 7 * week * DAY_MS)
        again = shop.quote(BREAD, Choice("mug"), at_ms=TUESDAY + 7 * week * DAY_MS + MINUTE_MS)
        assert [refused.reason for refused in again.refused] == [["limit_reached"], ["out_of_stock"]][week]


def test_a_new_kind_of_reward_concerns_no_other_module() -> None:
    kinds = [get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(AnyReward)[0])]
    assert len(kinds) == 7
    # "voucher" is also what a unit is called, and "gift" a name that a programme may give.
    named = re.compile("[\"'](" + "|".join(kind for kind in kinds if "_" in kind) + ")[\"']")
    knowing = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if named.search(path.read_text(encoding="utf-8"))
    ]
    assert knowing == ["loyalty/rewards.py"]


def test_more_points_than_an_entry_can_hold_are_refused_before_anybody_pays() -> None:
    text = '[[rule]]\nid = "absurd"\npoints = 1000000000\nper = 0.01\n'
    assert points(text, basket(("Gold", 1))) == 10**12
    with pytest.raises(WrongUse, match="more points than can be kept"):
        points(text, basket(("Gold", 1_001)))
