"""Stamp cards: what fills them, what full ones become, and what refunds leave of both."""

import pytest

from loyalty.quoted import Choice
from loyalty.refunds import RefundLine
from tests.unit.loyalty.world import BASE, TUESDAY, WEDNESDAY, Shop, at, basket

MINUTE_MS = 60_000
COFFEE = '[[reward]]\nid = "coffee"\nname = "Coffee"\nkind = "free_item"\nneeds_voucher = true\n'


def card(rest: str, size: int = 3) -> str:
    return f'[[stamp_card]]\nid = "card"\nname = "Card"\nsize = {size}\nreward = "coffee"\n{rest}'


def coffees(shop: Shop, count: int, *choices: Choice, at_ms: int = TUESDAY) -> None:
    shop.sell(basket(("Coffee", count * 100, count * 1000)), *choices, at_ms=at_ms)


def test_buy_nine_and_the_tenth_is_free_and_what_is_left_over_starts_the_next() -> None:
    shop = Shop(BASE + COFFEE + card('categories = ["Coffee"]\n', size=9))
    coffees(shop, 8)
    assert (shop.stamps["card"], list(shop.vouchers)) == (8, [])
    coffees(shop, 3)
    assert (shop.stamps["card"], list(shop.vouchers)) == (2, ["V1"])
    tenth = shop.sell(basket(("Coffee", 1200)), Choice("coffee"), at_ms=TUESDAY + MINUTE_MS)
    assert tenth.body.quote.to_pay_minor == 0
    assert (shop.stamps["card"], list(shop.vouchers)) == (2, []), "a free coffee is not stamped"


@pytest.mark.parametrize(("per", "stamps"), [("item", 7), ("sale", 3), ("visit", 2)])
def test_stamps_for_each_item_sale_or_visit(per: str, stamps: int) -> None:
    shop = Shop(BASE + COFFEE + card(f'per = "{per}"\n', size=99))
    for at_ms, count in ((TUESDAY, 2), (TUESDAY + MINUTE_MS, 2), (WEDNESDAY, 3)):
        coffees(shop, count, at_ms=at_ms)
    assert shop.stamps["card"] == stamps


def test_any_number_of_cards_and_their_vouchers_have_an_end() -> None:
    other = '[[stamp_card]]\nid = "other"\nname = "Other"\nper = "sale"\nsize = 1\nreward = "coffee"\n'
    shop = Shop(BASE + COFFEE + card("") + other + 'voucher_valid = "10d"\n')
    coffees(shop, 4)
    assert (shop.stamps["card"], shop.stamps["other"]) == (1, 0)
    assert [voucher.expires_ms for voucher in shop.vouchers.values()] == [None, at("2026-05-16 00:00")]


def test_the_tenth_stamp_refunded_takes_its_unused_voucher_back() -> None:
    shop = Shop(BASE + COFFEE + card(""))
    coffees(shop, 2)
    full = shop.sell(basket(("Coffee", 200, 2000)), at_ms=TUESDAY + MINUTE_MS)
    assert list(shop.vouchers) == ["V1"]
    shop.refund(full, [RefundLine(0, 1000)])
    assert (shop.stamps["card"], list(shop.vouchers)) == (0, ["V1"]), "three were paid, so the card stays full"
    shop.refund(full)
    assert (shop.stamps["card"], list(shop.vouchers)) == (2, [])


def test_a_sale_that_used_a_voucher_and_filled_a_card_is_refunded_to_what_was_before() -> None:
    shop = Shop(BASE + COFFEE + card(""))
    coffees(shop, 5)
    before = shop.state(WEDNESDAY)
    both = shop.sell(basket(("Coffee", 200, 2000)), Choice("coffee"), at_ms=TUESDAY + MINUTE_MS)
    assert (shop.stamps["card"], list(shop.vouchers)) == (0, ["V2"])
    shop.refund(both)
    assert shop.state(WEDNESDAY) == before


def test_a_voucher_that_is_spent_leaves_a_debt_of_stamps_which_the_next_ones_pay() -> None:
    shop = Shop(BASE + COFFEE + card(""))
    full = shop.sell(basket(("Bread", 300, 3000)))
    free = shop.sell(basket(("Coffee", 500)), Choice("coffee"), at_ms=TUESDAY + MINUTE_MS)
    shop.refund(full)
    assert (shop.stamps["card"], list(shop.vouchers)) == (-3, [])
    shop.refund(free)
    assert (shop.stamps["card"], list(shop.vouchers)) == (0, []), "its stamps have gone back: it fills the card instead"


def test_one_voucher_pays_the_missing_stamps_of_one_card_only() -> None:
    other = '[[stamp_card]]\nid = "other"\nname = "Other"\nsize = 2\nreward = "coffee"\n'
    shop = Shop(BASE + COFFEE + card("") + other)
    full = shop.sell(basket(("Bread", 300, 3000)))
    assert (shop.stamps["card"], shop.stamps["other"], list(shop.vouchers)) == (0, 1, ["V1", "V2"])
    shop.sell(basket(("Coffee", 500)), Choice("coffee"), at_ms=TUESDAY + MINUTE_MS)
    shop.refund(full)
    assert (shop.stamps["card"], shop.stamps["other"], list(shop.vouchers)) == (-3, 0, [])
