"""Vouchers, stamps and limits at several tills: one holder each, asked for through HQ."""

from pathlib import Path

import pytest

from config.errors import Refused
from loyalty.basket import Line
from terminal.till import Till
from terminal.till_sale_shapes import RewardChoice, SaleRequest
from tests.integration.sync.shop import Shop, enrol

MUG = RewardChoice(reward="mug")
PROGRAMME = """
name = "Limits"

[[rule]]
id = "base"
name = "A point for each 1.00"
points = 1
per = 1.00

[[reward]]
id = "mug"
name = "A mug"
kind = "gift"
points = 5
limits = [{ uses = 1 }]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, programme=PROGRAMME)


def request(member: str, *rewards: RewardChoice) -> SaleRequest:
    return SaleRequest(lines=(Line("groceries", 10_000),), member_id=member, rewards=rewards)


def reasons(till: Till, member: str) -> list[str]:
    return [why.reason for why in till.sales.quote(request(member, MUG)).refused]


def test_a_reward_with_a_limit_is_given_only_where_the_limit_is_held(shop: Shop) -> None:
    here, there = shop.till("here"), shop.till("there")
    shop.sync(here, there)
    member = enrol(here, "Ada")
    here.sales.sell(request(member))
    shop.sync(here, there)
    there.sales.sell(request(member))

    assert reasons(there, member) == ["limit_held_elsewhere"]
    assert here.sales.sell(request(member, MUG)).sale_id
    with pytest.raises(Refused):
        there.sales.sell(request(member, MUG))


def test_hq_brings_the_limit_of_a_member_to_the_till_that_asks(shop: Shop) -> None:
    here, there = shop.till("here"), shop.till("there")
    shop.sync(here, there)
    member = enrol(here, "Ada")
    here.sales.sell(request(member))
    shop.sync(here, there)
    there.sales.sell(request(member))
    shop.sync(there)

    shop.desk(there).ask_for(member, there.sales.quote(request(member, MUG)))
    shop.sync(here)
    shop.desk(there).ask_for(member, there.sales.quote(request(member, MUG)))

    assert reasons(there, member) == []
    assert there.sales.sell(request(member, MUG)).sale_id
    assert reasons(here, member) == ["limit_held_elsewhere"]
    shop.sync(there, here)
    assert reasons(here, member) == ["limit_reached"]
    assert shop.office.invariants() == []
    assert not shop.office.exceptions()


def test_points_and_limit_of_a_reward_that_was_refused_are_asked_for_together(shop: Shop) -> None:
    here, there = shop.till("here"), shop.till("there")
    shop.sync(here, there)
    member = enrol(here, "Ada")
    here.sales.sell(request(member))
    shop.sync(here, there)
    shop.desk(there).ask_for(member, there.sales.quote(request(member, MUG)))
    shop.sync(here)

    assert reasons(there, member) == ["limit_held_elsewhere"]
    assert shop.desk(there).ask_for(member, there.sales.quote(request(member, MUG)))
    assert reasons(there, member) == []
