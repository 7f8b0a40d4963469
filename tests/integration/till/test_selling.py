"""Selling through the till service, on a real file."""

from pathlib import Path

import pytest

from config.errors import Refused, WrongUse
from loyalty.basket import Line
from terminal.till_sale_shapes import SaleRequest
from tests.builders import NOW_MS, PLAIN_PROGRAMME, Shop, at


def test_a_sale_earns_and_says_what_it_earned(shop: Shop) -> None:
    zofia = shop.member()
    done = shop.sell("45.90", "Coffee:2:18.00", member=zofia)
    assert done.to_pay_minor == 6390
    assert done.points_earned_millipoints == 63_000
    assert done.balance_millipoints == 63_000
    assert [(each.rule, each.points_millipoints) for each in done.earned] == [("base", 63_000)]
    assert any(line.id == "base" and line.applied and line.reason == "earned" for line in done.trace)
    assert shop.points(zofia) == 63


def test_a_quote_says_the_same_and_keeps_nothing(shop: Shop) -> None:
    zofia = shop.member_with(120)
    before = shop.till.facts().head_seq
    quote = shop.till.sales.quote(shop.request("45.90", member=zofia, rewards=["five-off"]))
    assert (quote.to_pay_minor, quote.points_spent_millipoints) == (4090, 100_000)
    assert quote.balance_millipoints == 60_000
    assert shop.till.facts().head_seq == before
    assert shop.points(zofia) == 120


def test_a_sale_opens_a_missing_shift_once(shop: Shop) -> None:
    assert shop.till.shifts.current() is None
    assert shop.sell("1.00").shift_opened
    assert not shop.sell("1.00").shift_opened
    assert shop.till.shifts.current() is not None


def test_a_sale_without_a_member_earns_nothing_and_says_why(shop: Shop) -> None:
    done = shop.sell("45.90")
    assert (done.member_id, done.balance_millipoints, done.points_earned_millipoints) == (None, None, 0)
    assert [line.reason for line in done.trace] == ["no_member"]


def test_a_reward_the_member_cannot_afford_refuses_the_whole_sale(shop: Shop) -> None:
    zofia = shop.member_with(99)
    with pytest.raises(Refused) as refused:
        shop.sell("45.90", member=zofia, rewards=["five-off"])
    assert refused.value.reason == "too_few_points"
    assert "5.00 off" in str(refused.value)
    assert "100 points" in str(refused.value)
    assert len(shop.till.sales.recent()) == 1


def test_the_cashier_chooses_how_many_points_to_pay_with(shop: Shop) -> None:
    """odoo#264931: the cashier can't choose how many points are used."""
    zofia = shop.member_with(1000)
    offer = next(
        each for each in shop.till.sales.quote(shop.request("45.90", member=zofia)).offers if each.reward == "pay"
    )
    assert (offer.kind, offer.maximum_millipoints, offer.step_millipoints) == ("points_payment", 1_000_000, 50_000)
    done = shop.sell("45.90", member=zofia, rewards=["pay:150"])
    assert (done.to_pay_minor, done.points_spent_millipoints) == (4440, 150_000)


def test_a_second_confirm_of_the_same_sale_gives_that_sale_again(shop: Shop) -> None:
    """odoo#222372: a repeated confirm miscounts."""
    zofia = shop.member_with(200)
    first = shop.sell("45.90", member=zofia, rewards=["five-off"], key="basket-1")
    second = shop.sell("45.90", member=zofia, rewards=["five-off"], key="basket-1")
    assert second.repeated
    assert (second.sale_id, second.to_pay_minor, second.balance_millipoints) == (
        first.sale_id,
        first.to_pay_minor,
        first.balance_millipoints,
    )
    assert shop.points(zofia) == 200 - 100 + 40


def test_a_price_that_is_no_longer_the_one_shown_is_refused(shop: Shop) -> None:
    request = shop.request("45.90")
    with pytest.raises(Refused) as refused:
        shop.till.sales.sell(SaleRequest(lines=request.lines, expected_to_pay_minor=4000))
    assert refused.value.reason == "price_changed"
    assert shop.till.sales.last() is None


def test_ten_sales_of_ninety_cents_give_nine_points_when_the_programme_carries(tmp_path: Path) -> None:
    """Square: small spends don't add up."""
    shop = Shop(tmp_path / "home", programme=f'{PLAIN_PROGRAMME}\n[earning]\nrounding = "carry"\n')
    zofia = shop.member()
    for _ in range(10):
        shop.sell("0.90", member=zofia)
    assert shop.points(zofia) == 9
    shop.close()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line("Groceries", -1), "line_amount_out_of_range"),
        (Line("Groceries", 10**12), "line_amount_out_of_range"),
        (Line("Groceries", 100, -1), "line_quantity_out_of_range"),
        (Line("Groceries", 100, 10**10), "line_quantity_out_of_range"),
        (Line("", 100), "line_category_out_of_range"),
    ],
)
def test_absurd_lines_are_refused_with_a_sentence(shop: Shop, line: Line, reason: str) -> None:
    with pytest.raises(WrongUse) as wrong:
        shop.till.sales.sell(SaleRequest(lines=(line,)))
    assert wrong.value.reason == reason
    assert "nothing was changed" in str(wrong.value)
    assert shop.till.sales.last() is None


def test_an_empty_basket_says_what_the_member_could_have_but_is_not_sold(shop: Shop) -> None:
    zofia = shop.member_with(100)
    quote = shop.till.sales.quote(SaleRequest(lines=(), member_id=zofia))
    assert (quote.to_pay_minor, quote.points_earned_millipoints) == (0, 0)
    assert {offer.reward for offer in quote.offers} == {"five-off", "pay"}
    with pytest.raises(WrongUse) as wrong:
        shop.till.sales.sell(SaleRequest(lines=(), member_id=zofia))
    assert wrong.value.reason == "basket_empty"


def test_a_line_of_quantity_zero_is_sold(shop: Shop) -> None:
    done = shop.sell("Deposit:0:0.50")
    assert done.to_pay_minor == 50


def test_a_sale_can_be_dated_while_the_till_is_its_own_headquarters(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    sample_shop.sell("10.00", member=zofia, at_ms=at("2026-11-11 12:00"))
    tuesday = sample_shop.sell("10.00", member=zofia, at_ms=at("2026-11-10 12:00"))
    wednesday = sample_shop.sell("10.00", member=zofia, at_ms=at("2026-11-11 13:00"))
    assert (tuesday.points_earned_millipoints, wednesday.points_earned_millipoints) == (20_000, 10_000)
    said = next(line for line in wednesday.trace if line.id == "happy-tuesday")
    assert (said.applied, said.reason, said.params["is"]) == (False, "wrong_weekday", "wed")


def test_a_sale_is_found_by_its_identity_its_number_and_its_receipts_code(shop: Shop) -> None:
    done = shop.sell("45.90")
    for text in (done.sale_id, done.short, done.code, done.code.lower()):
        assert shop.till.sales.show(text).sale_id == done.sale_id
    with pytest.raises(Refused) as refused:
        shop.till.sales.show("#9999")
    assert refused.value.reason == "sale_unknown"


def test_recent_sales_come_newest_first(shop: Shop) -> None:
    for amount in ("1.00", "2.00", "3.00"):
        shop.sell(amount)
    assert [sale.total_minor for sale in shop.till.sales.recent(2)] == [300, 200]


def test_a_sale_reaches_a_tier_at_once(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    done = sample_shop.sell("600.00", member=zofia)
    assert (done.tier_before, done.tier_after) == ("bronze", "silver")
    shown = sample_shop.till.members.show(zofia)
    assert shown.tier is not None
    assert (shown.tier.id, shown.tier.next) == ("silver", "gold")


def test_a_full_stamp_card_becomes_a_voucher_that_pays_the_next_coffee(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    size = sample_shop.till.members.show(zofia).stamps[0].size
    done = sample_shop.sell(f"Coffee:{size}:{size * 10}.00", member=zofia)
    (voucher,) = done.vouchers_won
    assert (voucher.reward, voucher.status) == ("free-coffee", "open")
    free = sample_shop.sell("Coffee:1:10.00", member=zofia, voucher=voucher.code)
    assert free.to_pay_minor == 0
    with pytest.raises(Refused) as refused:
        sample_shop.sell("Coffee:1:10.00", member=zofia, voucher=voucher.code)
    assert refused.value.reason in {"unknown_voucher", "voucher_used"}


def test_two_tills_on_one_home_never_spend_the_same_points_twice(shop: Shop) -> None:
    """odoo#205057: two open carts spend one wallet."""
    zofia = shop.member_with(100)
    with shop.open() as other:
        request = shop.request("45.90", member=zofia, rewards=["five-off"])
        assert shop.till.sales.quote(request).to_pay_minor == other.sales.quote(request).to_pay_minor == 4090
        shop.till.sales.sell(request)
        with pytest.raises(Refused) as refused:
            other.sales.sell(request)
    assert refused.value.reason == "too_few_points"
    assert shop.points(zofia) == 40


def test_the_categories_of_the_programme_are_offered_for_typing(sample_shop: Shop) -> None:
    assert "Coffee" in {category.name for category in sample_shop.till.sales.categories()}


def test_times_that_do_not_exist_are_refused(shop: Shop) -> None:
    with pytest.raises(Refused) as refused:
        shop.sell("1.00", at_ms=10**18)
    assert refused.value.reason == "time_absurd"
    assert shop.sell("1.00", at_ms=NOW_MS - 1).at_ms == NOW_MS - 1
