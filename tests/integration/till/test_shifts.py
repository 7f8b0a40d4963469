"""Shifts: what was sold in them, what should be in the drawer, and what expires at their end."""

import pytest

from config.errors import Refused, WrongUse
from terminal.till_import_shapes import ImportedSale
from terminal.till_sale_shapes import RefundLine, RefundRequest
from tests.builders import DAY_MS, Shop, lines


def test_a_shift_adds_up(shop: Shop) -> None:
    shop.till.shifts.open(10_000)
    zofia = shop.member_with(200)
    bought = shop.sell("45.90", "4.10", member=zofia, rewards=["five-off"])
    shop.till.refunds.refund(RefundRequest(sale=bought.sale_id, lines=(RefundLine(number=2),)))
    voided = shop.sell("9.00")
    shop.till.refunds.void(voided.sale_id)
    closed = shop.till.shifts.close(counted_minor=33_000)
    assert (closed.sales, closed.refunds, closed.voids, closed.members_enrolled) == (3, 1, 1, 1)
    assert closed.turnover_minor == 20_000 + 5_000 + 900
    assert closed.to_pay_minor == 20_000 + 4_500 + 900
    assert closed.expected_minor == 10_000 + closed.to_pay_minor - closed.refunded_minor
    assert closed.difference_minor == 33_000 - closed.expected_minor
    assert closed.points_spent_millipoints == 100_000 - 8_000


def test_only_cash_is_expected_in_the_drawer(shop: Shop) -> None:
    shop.till.shifts.open(10_000)
    shop.sell("20.00", payment_method="cash")
    shop.sell("7.00")
    by_card = shop.sell("30.00", "5.00", payment_method="Card")
    shop.till.refunds.refund(RefundRequest(sale=by_card.sale_id, lines=(RefundLine(number=2),)))
    closed = shop.till.shifts.close(counted_minor=12_700)
    assert closed.paid_minor == {"cash": 2_000, "": 700, "card": 3_000}
    assert (closed.expected_minor, closed.difference_minor, closed.elsewhere_minor) == (12_700, 0, 3_000)


def test_sales_of_another_time_that_are_brought_in_are_not_in_the_drawer(shop: Shop) -> None:
    shop.till.shifts.open()
    earlier = ImportedSale(
        line=2, sale_id="1", at_ms=shop.clock.at_ms - DAY_MS, store="s", till="t", card=None, lines=lines("45.00")
    )
    assert shop.till.imports.sales([earlier]).imported == 1
    closed = shop.till.shifts.close()
    assert (closed.sales, closed.expected_minor) == (0, 0)


def test_nothing_is_counted_when_nobody_counts(shop: Shop) -> None:
    shop.till.shifts.open()
    closed = shop.till.shifts.close()
    assert (closed.counted_minor, closed.difference_minor, closed.sales) == (None, None, 0)


def test_one_shift_at_a_time(shop: Shop) -> None:
    shop.till.shifts.open()
    with pytest.raises(Refused) as refused:
        shop.till.shifts.open()
    assert refused.value.reason == "shift_open"
    shop.till.shifts.close()
    with pytest.raises(Refused) as refused:
        shop.till.shifts.close()
    assert refused.value.reason == "no_shift_open"


@pytest.mark.parametrize("amount", [-1, 10**12])
def test_a_drawer_holds_no_absurd_amount(shop: Shop, amount: int) -> None:
    with pytest.raises(WrongUse):
        shop.till.shifts.open(amount)


def test_points_expire_at_the_close_of_a_shift_and_are_not_spent_before(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    sample_shop.sell("600.00", member=zofia)
    sample_shop.clock.forward(days=400)
    with sample_shop.open(read_only=True) as reader:
        waiting = reader.members.show(zofia)
    assert (waiting.points_millipoints, waiting.spendable_millipoints) == (1_250_000, 0)
    assert [why.reason for why in waiting.why_not] == ["expired_not_posted"]
    sample_shop.till.shifts.close()
    gone = sample_shop.till.members.show(zofia)
    assert (gone.points_millipoints, gone.lots, gone.why_not) == (0, (), ())
    assert gone.history[0].kind == "points_expired"
    assert sample_shop.till.upkeep.verify().differences == ()


def test_points_expire_when_their_member_comes_by(sample_shop: Shop) -> None:
    zofia = sample_shop.member(phone="601234567")
    sample_shop.sell("600.00", member=zofia)
    sample_shop.clock.forward(days=400)
    assert sample_shop.till.members.show(zofia).points_millipoints == 0
