"""Which programme is in force: every activation counts, also of one that was there before."""

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
