"""What-if on a till's real history: what happened, once more, under the programme in force and under a draft."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.trying import Tried, tried
from config.errors import WrongUse
from ledger import journal
from ledger.facts import member_facts
from loyalty.bodies import decode_sale
from loyalty.compared import Outcome
from loyalty.entries import Kind
from loyalty.programme.load import load_programme
from terminal.till_sale_shapes import RefundLine, RefundRequest
from tests.builders import PIN, PLAIN_PROGRAMME, Shop

TIERS_AND_EXPIRY = (
    PLAIN_PROGRAMME
    + """
[[activity]]
id = "review"
name = "Review"
points = 10

[[stamp_card]]
id = "coffee"
name = "Coffee"
categories = ["Coffee"]
size = 2
reward = "free-coffee"

[[reward]]
id = "free-coffee"
name = "A free coffee"
kind = "free_item"
categories = ["Coffee"]
needs_voucher = true

[[tier]]
id = "silver"
name = "Silver"
from_points = 250
multiplier = 2

[expiry]
model = "rolling"
months = 1
to_month_end = false
"""
)


@pytest.fixture
def busy_shop(tmp_path: Path) -> Iterator[Shop]:
    """Two months of sales, rewards, vouchers, refunds, a void, an adjustment, activities, expiry and an erasure."""
    shop = Shop(tmp_path / "home", TIERS_AND_EXPIRY)
    ana, bob, eve = shop.member("Ana", birthday="1990-11-17"), shop.member("Bob"), shop.member("Eve")
    shop.till.points.adjust(bob, 120_000, "goodwill", PIN)
    first = shop.sell("120.00", "Coffee:2:18.00", member=ana)
    shop.sell("50.00")
    shop.clock.forward(days=20)
    shop.sell("30.00", "Coffee:1:9.00", member=ana, rewards=["free-coffee", "five-off"])
    shop.sell("40.00", member=bob, rewards=["pay:50"])
    voided = shop.sell("300.00", member=bob)
    shop.till.refunds.void(voided.sale_id)
    shop.till.points.record_activity(eve, "review")
    shop.clock.forward(days=20)
    shop.till.points.expire_all()
    shop.till.refunds.refund(RefundRequest(sale=first.sale_id, lines=(RefundLine(number=2, quantity_milli=1000),)))
    shop.sell("400.00", member=bob)
    shop.sell("10.00", member=bob)
    shop.sell("70.00", member=eve)
    shop.till.members.erase(eve, PIN)
    yield shop
    shop.close()


def try_out(shop: Shop, draft: str, first: str | None = None, last: str | None = None) -> Tried:
    return tried(shop.till, load_programme(draft), first, last)


@pytest.mark.parametrize("first", [None, "2026-11-17", "2026-11-30", "2026-12-20"])
def test_under_the_programme_in_force_comes_out_what_really_happened(busy_shop: Shop, first: str | None) -> None:
    found = try_out(busy_shop, TIERS_AND_EXPIRY, first)
    assert found.comparison.members_changed == 0
    assert found.comparison.in_force == found.comparison.draft
    assert found.worth_minor[0] == found.worth_minor[1]
    assert_is_what_happened(busy_shop, found.comparison.in_force, first or "2026-11-17")


def assert_is_what_happened(shop: Shop, outcome: Outcome, first: str) -> None:
    with shop.till.counter.ledger.read() as view:
        rows = journal.entries_of_days(
            view,
            first_day=shop.till.counter.today(view).fromisoformat(first),
            last_day=shop.till.counter.today(view),
            kinds=[Kind.SALE_COMPLETED],
        )
        sales = [decode_sale(row.entry.body).quote for row in rows]
        living = [shop.till.members.find(name).matches[0].member_id for name in ("Ana", "Bob")]
        points = sum(member_facts(view, member).points_millipoints for member in living)
    assert outcome.sales == len(sales)
    assert outcome.points_given_millipoints >= 0
    assert sum(use.times for use in outcome.rewards.values()) == sum(len(sale.discounts) for sale in sales)
    assert outcome.choices_refused == 0
    assert outcome.liability_millipoints == points
    assert sum(outcome.members_by_tier.values()) == len(living)


def test_a_draft_is_compared_member_by_member(busy_shop: Shop) -> None:
    draft = TIERS_AND_EXPIRY.replace("points = 1\n", "points = 3\n").replace("amount = 5.00", "amount = 7.00")
    found = try_out(busy_shop, draft)
    before, after = found.comparison.in_force, found.comparison.draft
    assert after.points_given_millipoints > 2 * before.points_given_millipoints
    assert after.rewards["five-off"].amount_minor - before.rewards["five-off"].amount_minor == 200
    assert set(found.names.values()) == {"Ana", "Bob"}
    assert {change.member_id for change in found.comparison.most_affected} >= set(found.names)


def test_a_birthday_that_only_the_draft_asks_for_counts(busy_shop: Shop) -> None:
    draft = TIERS_AND_EXPIRY + '\n[[rule]]\nid = "birthday"\nbonus = 1000\nbirthday = 0\n'
    (ana,) = try_out(busy_shop, draft).comparison.most_affected
    assert ana.given_after_millipoints - ana.given_before_millipoints > 900_000  # less what the refund takes back


def test_days_without_sales_come_to_nothing(busy_shop: Shop) -> None:
    for first, last in (("2020-01-01", "2020-12-31"), ("2030-01-01", "9999-12-31")):
        outcome = try_out(busy_shop, TIERS_AND_EXPIRY, first, last).comparison.in_force
        assert (outcome.sales, outcome.cost_minor, outcome.rewards) == (0, 0, {})


@pytest.mark.parametrize(("first", "last"), [("2026-12-01", "2026-11-01"), ("yesterday", None), (None, "2026-13-01")])
def test_days_that_make_no_sense_are_wrong_use(busy_shop: Shop, first: str | None, last: str | None) -> None:
    with pytest.raises(WrongUse):
        try_out(busy_shop, TIERS_AND_EXPIRY, first, last)


@pytest.mark.parametrize("trade", ["cinema", "grocer", "petrol", "pharmacy"])
def test_any_programme_can_be_tried_on_any_past(busy_shop: Shop, trade: str) -> None:
    file = Path(__file__).parents[3] / "docs" / "programmes" / f"{trade}.toml"
    comparison = try_out(busy_shop, file.read_text(encoding="utf-8")).comparison
    assert comparison.in_force.sales == comparison.draft.sales
    assert comparison.draft.choices_refused > 0
    assert comparison.members_changed > 0


def test_a_programme_of_another_currency_is_refused_before_anything_is_played(busy_shop: Shop) -> None:
    with pytest.raises(WrongUse, match="RON"):
        try_out(busy_shop, 'currency = "RON"\n' + PLAIN_PROGRAMME, "2030-01-01")
