"""Faults that other loyalty systems have or had, each as a scenario that must come out right here.

These are the arithmetic; what happens on the wire, in the journal and on screens has its scenarios beside those rooms.
"""

from loyalty.lots import replay
from loyalty.quoted import Choice
from loyalty.refunds import RefundLine
from tests.unit.loyalty.world import BASE, TUESDAY, WEDNESDAY, Shop, at, basket

FIVE_OFF = '[[reward]]\nid = "five-off"\nname = "5.00 off"\nkind = "amount_off"\namount = 5.00\npoints = 100\n'
PAY = '[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\npoints = 100\nworth = 1.00\nstep = 10\n'
BREAD = basket(("Bread", 2000))


def test_square_a_cleared_cart_destroys_redeemed_points() -> None:
    shop = Shop(BASE + FIVE_OFF)
    shop.give(100_000)
    for _ in range(3):
        assert shop.quote(BREAD, Choice("five-off")).points_spent_millipoints == 100_000
    assert shop.account(TUESDAY).spendable_millipoints(TUESDAY) == 100_000


def test_square_a_refund_does_not_restore_the_reward() -> None:
    shop = Shop(BASE + FIVE_OFF)
    shop.give(100_000)
    sale = shop.sell(BREAD, Choice("five-off"))
    shop.refund(sale)
    assert shop.account(WEDNESDAY).spendable_millipoints(WEDNESDAY) == 100_000


def test_square_small_spends_do_not_add_up() -> None:
    shop = Shop('[earning]\nrounding = "carry"\n' + BASE)
    for _ in range(10):
        shop.sell(basket(("Gum", 90)))
    assert shop.balance == 9_000


def test_odoo_222372_a_repeated_confirm_miscounts() -> None:
    """The same quote however often it is asked for; only the entry counts."""
    shop = Shop(BASE + FIVE_OFF)
    shop.give(100_000)
    first = shop.quote(BREAD, Choice("five-off"))
    assert shop.quote(BREAD, Choice("five-off")) == first
    assert shop.balance == 100_000


def test_odoo_257854_a_refund_keeps_the_points() -> None:
    shop = Shop(BASE)
    sale = shop.sell(BREAD)
    assert shop.balance == 20_000
    shop.refund(sale)
    assert shop.balance == 0


def test_odoo_212922_a_refund_charges_the_points_again() -> None:
    shop = Shop(BASE + PAY)
    shop.give(500_000)
    sale = shop.sell(BREAD, Choice("pay", points_millipoints=500_000))
    assert shop.balance == 15_000
    shop.refund(sale)
    assert shop.balance == 500_000


def test_odoo_205057_two_open_carts_spend_one_wallet() -> None:
    shop = Shop(BASE + FIVE_OFF)
    shop.give(100_000)
    one, other = shop.quote(BREAD, Choice("five-off")), shop.quote(BREAD, Choice("five-off"))
    assert one.refused == other.refused == ()
    shop.sell(BREAD, Choice("five-off"))
    again = shop.quote(BREAD, Choice("five-off"))
    assert [refused.reason for refused in again.refused] == ["too_few_points"]


def test_odoo_264931_the_cashier_can_not_choose_how_many_points() -> None:
    shop = Shop(BASE + PAY)
    shop.give(5_000_000)
    for points, to_pay in ((10_000, 1990), (500_000, 1500), (2_000_000, 0)):
        found = shop.quote(BREAD, Choice("pay", points_millipoints=points))
        assert (found.to_pay_minor, found.points_spent_millipoints) == (to_pay, points)


def test_odoo_270532_a_coupon_is_wrong_when_an_offline_sale_comes_late() -> None:
    """A redemption that becomes known late takes its place in time: the lots are those of the set of postings."""
    shop = Shop(BASE + FIVE_OFF)
    shop.give(100_000, at("2026-05-01 12:00"), expires_ms=at("2026-06-01 00:00"))
    shop.sell(BREAD, at_ms=TUESDAY)
    late = shop.sell(BREAD, Choice("five-off"), at_ms=at("2026-05-03 12:00"))
    debit = next(leg for leg in shop.points if leg.ref.seq == late.sale_id.seq and leg.amount < 0)
    others = [leg for leg in shop.points if leg is not debit]
    assert replay([debit, *others]) == replay([*others, debit])
    assert {lot.at_ms for lot in shop.account(WEDNESDAY).lots} == {TUESDAY, at("2026-05-03 12:00")}


def test_oca_185_a_retried_sync_doubles_points() -> None:
    """A posting that comes twice is one posting: they are a set, by their names."""
    shop = Shop(BASE)
    shop.sell(BREAD)
    assert replay([*shop.points, *shop.points]) == replay(shop.points)


def test_erpnext_59050_points_are_redeemable_for_ever() -> None:
    shop = Shop(BASE + FIVE_OFF + '[expiry]\nmodel = "rolling"\nmonths = 1\nto_month_end = false\n')
    shop.sell(basket(("Bread", 10_000)), at_ms=TUESDAY)
    last, over = at("2026-06-05 23:59"), at("2026-06-06 00:00")
    assert shop.quote(BREAD, Choice("five-off"), at_ms=last).refused == ()
    assert [each.reason for each in shop.quote(BREAD, Choice("five-off"), at_ms=over).refused] == ["too_few_points"]


def test_erpnext_32951_a_refund_keeps_the_points_even_in_parts() -> None:
    shop = Shop(BASE)
    sale = shop.sell(basket(("Bread", 2000, 3000), ("Milk", 1000)))
    for line in (RefundLine(0, 1000), RefundLine(1), RefundLine(0, 1000), RefundLine(0, 1000)):
        shop.refund(sale, [line])
    assert shop.balance == 0
