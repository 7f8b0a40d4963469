"""Refunds and voids: in parts, in any order, never more than was sold, and the member ends where they should."""

import itertools

import msgspec
import pytest

from config.errors import Refused, WrongUse
from terminal.till_member_shapes import MemberShown
from terminal.till_refunds import UnknownRefund
from terminal.till_sale_shapes import RefundDone, RefundLine, RefundRequest
from tests.builders import PIN, Shop


def refund(shop: Shop, sale: str, *parts: tuple[int, int | None]) -> RefundDone:
    lines = tuple(RefundLine(number=number, quantity_milli=quantity) for number, quantity in parts)
    return shop.till.refunds.refund(RefundRequest(sale=sale, lines=lines))


def without_history(shown: MemberShown) -> MemberShown:
    return msgspec.structs.replace(shown, history=())


def test_a_whole_refund_restores_points_and_reward(shop: Shop) -> None:
    """Square: a refund does not restore the reward. odoo#257854, erpnext#32951: a refund keeps the points."""
    zofia = shop.member_with(200)
    before = without_history(shop.till.members.show(zofia))
    done = shop.sell("45.90", member=zofia, rewards=["five-off"])
    back = refund(shop, done.sale_id)
    assert (back.refunded_minor, back.points_taken_back_millipoints, back.points_given_back_millipoints) == (
        4090,
        40_000,
        100_000,
    )
    assert back.whole
    after = without_history(shop.till.members.show(zofia))
    assert msgspec.structs.replace(after, visits=before.visits) == before


def test_a_void_leaves_the_member_exactly_as_before(sample_shop: Shop) -> None:
    zofia = sample_shop.member(birthday="11-17")
    sample_shop.sell("600.00", "Coffee:5:50.00", member=zofia)
    before = without_history(sample_shop.till.members.show(zofia))
    done = sample_shop.sell("Coffee:6:60.00", "80.00", member=zofia, rewards=["five-off"])
    assert done.vouchers_won
    voided = sample_shop.till.refunds.void(done.sale_id)
    assert (voided.kind, voided.refunded_minor) == ("void", done.to_pay_minor)
    assert without_history(sample_shop.till.members.show(zofia)) == before
    assert sample_shop.till.sales.show(done.sale_id).status == "voided"
    assert sample_shop.till.upkeep.verify().differences == ()


def test_a_sale_of_an_earlier_shift_is_refunded_not_voided(shop: Shop) -> None:
    done = shop.sell("45.90")
    shop.till.shifts.close()
    with pytest.raises(Refused) as refused:
        shop.till.refunds.void(done.sale_id)
    assert refused.value.reason == "void_too_late"
    assert refund(shop, done.sale_id).refunded_minor == 4590


def test_a_refund_of_a_sale_whose_points_have_expired_leaves_the_member_as_before_the_sale(sample_shop: Shop) -> None:
    shop = sample_shop
    zofia = shop.member()
    done = shop.sell("600.00", member=zofia)
    shop.clock.forward(days=400)
    shop.sell("40.00", member=zofia)
    before = shop.till.members.show(zofia)
    assert [each.kind for each in before.history[:3]] == ["points_expired", "sale_completed", "sale_completed"]
    expected = shop.till.refunds.preview(RefundRequest(sale=done.sale_id))
    back = refund(shop, done.sale_id)
    assert (back.points_taken_back_millipoints, back.balance_millipoints) == (1_250_000, before.points_millipoints)
    assert expected.balance_millipoints == back.balance_millipoints
    after = shop.till.members.show(zofia)
    assert [each.kind for each in after.history[:2]] == ["expiry_reversed", "sale_refunded"]
    assert (after.points_millipoints, after.spendable_millipoints, after.lots) == (
        before.points_millipoints,
        before.spendable_millipoints,
        before.lots,
    )
    assert shop.till.upkeep.verify().differences == ()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_parts_in_any_order_add_up_to_the_whole(shop: Shop, order: tuple[int, ...]) -> None:
    zofia = shop.member_with(300)
    before = without_history(shop.till.members.show(zofia))
    done = shop.sell("Coffee:3:10.00", "33.33", "0.01", member=zofia, rewards=["pay:150", "five-off"])
    parts: list[tuple[int, int | None]] = [(1, 1000), (1, 2000), (2, None), (3, None)]
    backs = [refund(shop, done.sale_id, parts[place]) for place in order]
    assert sum(back.refunded_minor for back in backs) == done.to_pay_minor
    assert sum(back.points_given_back_millipoints for back in backs) == done.points_spent_millipoints
    assert sum(back.points_taken_back_millipoints for back in backs) == done.points_earned_millipoints
    assert [back.whole for back in backs] == [False, False, False, True]
    after = without_history(shop.till.members.show(zofia))
    assert msgspec.structs.replace(after, visits=before.visits) == before


def test_never_more_than_was_sold(shop: Shop) -> None:
    done = shop.sell("Coffee:3:10.00", "33.33")
    refund(shop, done.sale_id, (1, 2000))
    for parts, reason in (
        ([(1, 2000)], "refund_more_than_sold"),
        ([(1, -1000)], "refund_more_than_sold"),
        ([(3, None)], "refund_line_unknown"),
        ([(0, None)], "refund_line_unknown"),
    ):
        with pytest.raises(Refused) as refused:
            refund(shop, done.sale_id, *parts)
        assert refused.value.reason == reason
    refund(shop, done.sale_id)
    with pytest.raises(Refused) as refused:
        refund(shop, done.sale_id)
    assert refused.value.reason == "refund_nothing_left"


def test_a_preview_says_what_a_refund_would_come_to_and_keeps_nothing(shop: Shop) -> None:
    done = shop.sell("45.90", member=shop.member())
    request = RefundRequest(sale=done.short)
    preview = shop.till.refunds.preview(request)
    assert (preview.refund_id, preview.refunded_minor) == (None, 4590)
    assert shop.till.sales.show(done.short).status == "sold"
    assert shop.till.refunds.refund(request).refunded_minor == preview.refunded_minor


def test_a_second_confirm_of_a_refund_gives_that_refund_again(shop: Shop) -> None:
    """odoo#212922: a refund charges the points again."""
    zofia = shop.member_with(100)
    done = shop.sell("45.90", member=zofia)
    request = RefundRequest(sale=done.sale_id, key="refund-1")
    first, second = shop.till.refunds.refund(request), shop.till.refunds.refund(request)
    assert first.refund_id == second.refund_id
    assert shop.points(zofia) == 100


def test_points_that_were_spent_already_make_the_balance_negative(shop: Shop) -> None:
    zofia = shop.member()
    done = shop.sell("100.00", member=zofia)
    shop.sell("45.90", member=zofia, rewards=["five-off"])
    back = refund(shop, done.sale_id)
    assert back.balance_millipoints == -60_000
    shown = shop.till.members.show(zofia)
    assert (shown.points_millipoints, shown.spendable_millipoints) == (-60_000, 0)
    shop.sell("70.00", member=zofia)
    assert shop.till.members.show(zofia).spendable_millipoints == 10_000
    assert shop.till.upkeep.verify().differences == ()


def test_a_refund_of_a_refund_is_none(shop: Shop) -> None:
    done = shop.sell("45.90")
    back = refund(shop, done.sale_id)
    assert back.refund_id is not None
    with pytest.raises(Refused) as refused:
        refund(shop, back.refund_id)
    assert refused.value.reason == "not_a_sale"


def test_a_sale_that_this_till_does_not_know_needs_a_manager(shop: Shop) -> None:
    foreign = "K7Q2M9XAB3-0ABCDEFGHJKMN-152"
    with pytest.raises(Refused) as refused:
        refund(shop, foreign)
    assert refused.value.reason == "sale_unknown"
    shop.till.staff.add("Ola", "2580")
    shop.till.staff.sign_in("2580")
    request = UnknownRefund(amount_minor=1990, reason="receipt of the other till", sale=foreign)
    with pytest.raises(Refused) as refused:
        shop.till.refunds.refund_unknown(request)
    assert refused.value.reason == "manager_needed"
    assert shop.till.refunds.refund_unknown(request, PIN).refunded_minor == 1990
    with pytest.raises(WrongUse):
        shop.till.refunds.refund_unknown(UnknownRefund(amount_minor=10**14, reason="why"), PIN)


def test_a_refund_counts_on_its_own_day_and_the_sale_says_what_is_left(shop: Shop) -> None:
    done = shop.sell("Coffee:3:10.00", "33.33")
    refund(shop, done.sale_id, (1, 1000))
    shown = shop.till.sales.show(done.sale_id)
    assert (shown.status, shown.refunded_minor) == ("part_refunded", 333)
    assert [(line.quantity_milli, line.refunded_quantity_milli) for line in shown.lines] == [(3000, 1000), (1000, 0)]
