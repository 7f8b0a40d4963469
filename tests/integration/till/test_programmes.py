"""Which programme is in force: every activation counts, also of one that was there before."""

from pathlib import Path

import pytest

from tests.builders import PIN, PLAIN_PROGRAMME, Shop

OTHER = PLAIN_PROGRAMME.replace("One for one", "Another")


def in_force(shop: Shop) -> str:
    shown = shop.till.programmes.current()
    assert shown is not None
    return shown.name


def test_a_programme_that_comes_back_before_the_first_sale_is_in_force_again(shop: Shop) -> None:
    for _ in range(2):
        shop.till.programmes.activate(OTHER, manager_pin=PIN)
        assert in_force(shop) == "Another"
        shop.till.programmes.activate(PLAIN_PROGRAMME, manager_pin=PIN)
        assert in_force(shop) == "One for one"


def test_activating_what_is_in_force_lists_it_once(shop: Shop) -> None:
    before = len(shop.till.programmes.list())
    shop.till.programmes.activate(PLAIN_PROGRAMME, manager_pin=PIN)
    assert len(shop.till.programmes.list()) == before


@pytest.mark.parametrize(("rewards", "exact"), [(12, True), (13, False)])
def test_a_quote_says_whether_every_combination_was_looked_at(tmp_path: Path, rewards: int, exact: bool) -> None:  # noqa: FBT001
    text = PLAIN_PROGRAMME.partition("[[reward]]")[0] + "".join(
        f'[[reward]]\nid = "r{number}"\nname = "R"\nkind = "amount_off"\namount = 1.00\npoints = 1\n'
        for number in range(rewards)
    )
    shop = Shop(tmp_path / "home", text)
    zofia = shop.member_with(100)
    quote = shop.till.sales.quote(shop.request("50.00", member=zofia))
    assert (len(quote.best), quote.best_exact) == (12, exact)
    shop.close()
