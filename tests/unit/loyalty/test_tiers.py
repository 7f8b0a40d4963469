"""Tiers: won at once, lost one step at a time, as a function of the set of postings."""

from random import Random

import pytest

from loyalty.days import Duration
from loyalty.entries import PostingRef
from loyalty.lots import PostedLeg
from loyalty.tiers import ManualTier, TierLevel, TierPlan, standing
from tests.unit.loyalty.world import WARSAW, at

LEVELS = (TierLevel("silver", 100_000, 1250), TierLevel("gold", 300_000, 1500))
ROLLING = TierPlan(LEVELS, "rolling", 12)
CALENDAR = TierPlan(LEVELS, "calendar")


def legs(*rows: tuple[str, int]) -> list[PostedLeg]:
    return [
        PostedLeg(PostingRef("T", 1, number, 0), at(f"{day} 12:00"), points * 1000, "programme/issued")
        for number, (day, points) in enumerate(rows)
    ]


def tier(history: list[PostedLeg], plan: TierPlan, day: str, manual: ManualTier | None = None) -> str | None:
    return standing(history, plan, at(f"{day} 00:00"), WARSAW, manual).tier


def test_up_at_once_and_by_several_steps() -> None:
    assert tier(legs(("2026-01-10", 99)), ROLLING, "2026-01-11") is None
    assert tier(legs(("2026-01-10", 99), ("2026-02-10", 1)), ROLLING, "2026-02-11") == "silver"
    assert tier(legs(("2026-01-10", 900)), ROLLING, "2026-01-11") == "gold"


def test_down_one_step_a_window() -> None:
    history = legs(("2026-01-10", 300))
    assert tier(history, ROLLING, "2027-01-09") == "gold"
    assert tier(history, ROLLING, "2027-01-10") == "silver"
    assert tier(history, ROLLING, "2028-01-09") == "silver"
    assert tier(history, ROLLING, "2028-01-10") is None


def test_kept_by_the_points_of_the_window() -> None:
    history = legs(("2026-01-10", 300), ("2026-06-10", 300))
    assert tier(history, ROLLING, "2027-01-10") == "gold"
    assert tier(history, ROLLING, "2028-01-10") == "silver"


def test_points_of_the_grace_save_a_tier() -> None:
    plan = ROLLING._replace(grace=Duration(1, "m"))
    history = legs(("2026-01-10", 300), ("2026-06-10", 200))
    saved = legs(("2026-01-10", 300), ("2026-06-10", 200), ("2027-01-20", 100))
    assert tier(history, plan, "2027-02-09") == "gold"
    assert tier(history, plan, "2027-02-10") == "silver"
    assert tier(saved, plan, "2027-02-10") == "gold"


def test_a_grace_in_hours_counts_the_days_that_they_begin() -> None:
    history = legs(("2026-01-10", 300))
    plan = ROLLING._replace(grace=Duration(36, "h"))
    assert tier(history, plan, "2027-01-11") == "gold"
    assert tier(history, plan, "2027-01-12") == "silver"


def test_a_calendar_tier_is_safe_until_the_end_of_the_next_year() -> None:
    history = legs(("2026-11-10", 300))
    assert tier(history, CALENDAR, "2027-12-31") == "gold"
    assert tier(history, CALENDAR, "2028-01-01") == "silver"
    assert tier(history, CALENDAR, "2029-01-01") is None


def test_points_of_two_calendar_years_are_not_added_up() -> None:
    assert tier(legs(("2026-12-30", 60), ("2027-01-02", 60)), CALENDAR, "2027-01-03") is None
    assert tier(legs(("2026-12-30", 60), ("2027-01-02", 60)), ROLLING, "2027-01-03") == "silver"


def test_the_lowest_tier_from_no_points_is_never_lost() -> None:
    plan = TierPlan((TierLevel("bronze", 0, 1000), *LEVELS), "rolling", 12)
    assert tier([], plan, "2026-01-01") == "bronze"
    assert tier(legs(("2020-01-10", 300)), plan, "2026-01-01") == "bronze"


def test_a_tier_by_hand_counts_while_it_is_the_higher_one() -> None:
    by_hand = ManualTier("gold", at("2026-06-01 00:00"))
    assert tier([], ROLLING, "2026-05-31", by_hand) == "gold"
    assert tier([], ROLLING, "2026-06-01", by_hand) is None
    assert tier(legs(("2026-05-01", 400)), ROLLING, "2026-05-31", ManualTier("silver", by_hand.until_ms)) == "gold"


@pytest.mark.parametrize(
    ("plan", "until"), [(ROLLING, "2027-05-05"), (CALENDAR, "2027-01-01"), (TierPlan(LEVELS, "lifetime"), "2027-05-05")]
)
def test_a_tier_by_hand_without_an_end_is_good_for_one_window(plan: TierPlan, until: str) -> None:
    assert plan.by_hand_until_ms(at("2026-05-05 12:00"), WARSAW) == at(f"{until} 00:00")


def test_a_refund_counts_as_if_the_points_had_never_been() -> None:
    history = legs(("2026-01-10", 300))
    back = PostedLeg(
        PostingRef("T", 1, 99, 0), at("2026-03-01 12:00"), -300_000, "programme/issued", undoes=history[0].ref
    )
    assert tier([*history, back], ROLLING, "2026-03-02") is None


@pytest.mark.parametrize("plan", [ROLLING, CALENDAR, TierPlan(LEVELS, "lifetime")])
def test_the_order_in_which_postings_arrive_does_not_matter(plan: TierPlan) -> None:
    random = Random(7)
    days = [f"202{year}-{month:02}-15" for year in range(4, 8) for month in range(1, 13)]
    for _ in range(50):
        history = legs(*((random.choice(days), random.randrange(1, 120)) for _ in range(20)))
        expected = tier(history, plan, "2027-12-31")
        random.shuffle(history)
        assert tier(history, plan, "2027-12-31") == expected
