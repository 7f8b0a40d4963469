"""Baskets that wait cost nobody anything, and survive a crash."""

import pytest

from config.errors import Refused
from tests.builders import Shop


def test_a_held_basket_comes_back_as_it_was_and_goes_with_its_sale(shop: Shop) -> None:
    zofia = shop.member_with(200)
    held = shop.till.sales.hold(shop.request("45.90", member=zofia, rewards=["five-off"]), "lady with the dog")
    assert (held.label, held.total_minor, held.member_id) == ("lady with the dog", 4590, zofia)
    shop.reopen()
    (kept,) = shop.till.sales.held()
    recalled = shop.till.sales.recall(kept.held_id)
    assert recalled.request.rewards[0].reward == "five-off"
    done = shop.till.sales.sell(recalled.request)
    assert done.to_pay_minor == 4090
    assert shop.till.sales.held() == ()


def test_holding_or_dropping_a_basket_never_loses_points(shop: Shop) -> None:
    """Square: a cleared cart destroys redeemed points."""
    zofia = shop.member_with(200)
    held = shop.till.sales.hold(shop.request("45.90", member=zofia, rewards=["five-off"]))
    assert shop.till.members.show(zofia).spendable_millipoints == 200_000
    shop.till.sales.drop(held.held_id)
    assert shop.till.members.show(zofia).spendable_millipoints == 200_000
    with pytest.raises(Refused) as refused:
        shop.till.sales.recall(held.held_id)
    assert refused.value.reason == "held_unknown"


def test_holding_a_recalled_basket_again_does_not_double_it(shop: Shop) -> None:
    held = shop.till.sales.hold(shop.request("45.90"))
    recalled = shop.till.sales.recall(held.held_id)
    shop.till.sales.hold(recalled.request)
    assert len(shop.till.sales.held()) == 1


def test_a_refused_sale_leaves_its_basket_on_the_list(shop: Shop) -> None:
    zofia = shop.member_with(100)
    held = shop.till.sales.hold(shop.request("45.90", member=zofia, rewards=["five-off"]))
    shop.sell("45.90", member=zofia, rewards=["five-off"])
    with pytest.raises(Refused):
        shop.till.sales.sell(shop.till.sales.recall(held.held_id).request)
    assert len(shop.till.sales.held()) == 1


def test_a_foolish_number_is_no_basket(shop: Shop) -> None:
    for text in ("", "x", "-1", "9" * 40, "²"):
        with pytest.raises(Refused) as refused:
            shop.till.sales.recall(text)
        assert refused.value.reason == "held_unknown"


def test_the_basket_on_the_screen_is_there_after_a_crash(shop: Shop) -> None:
    assert shop.till.sales.draft() is None
    request = shop.request("45.90", "Coffee:2:18.00", member=shop.member())
    shop.till.sales.save_draft(request)
    with shop.open() as after_the_crash:
        assert after_the_crash.sales.draft() == request
        after_the_crash.sales.drop_draft()
    assert shop.till.sales.draft() is None


def test_a_damaged_draft_is_no_draft(shop: Shop) -> None:
    shop.home.drafts.write_bytes(b'{"lines": [')
    assert shop.till.sales.draft() is None
