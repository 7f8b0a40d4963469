"""Two cards of one phone number: everything of both is shown, and each spends its own until somebody confirms."""

from pathlib import Path

import pytest

from config.errors import Refused
from terminal.till_sale_shapes import RewardChoice
from tests.integration.sync.shop import Shop, enrol, sell


def test_a_joined_card_spends_the_others_points_only_once_the_merge_is_confirmed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    here, there = shop.till("T1"), shop.till("T2")
    victim = enrol(here, "Zofia", "+48601234567")
    for _ in range(10):
        sell(here, victim, 50_000)
    shop.sync(here)
    shop.clock.at += 1000
    stranger = enrol(there, "Nobody", "+48601234567")
    shop.sync(there, here, there)
    assert there.members.show(stranger).points_millipoints == here.members.show(victim).points_millipoints
    assert shop.office.member(stranger).member_id == victim
    for till in (here, there):
        shown = till.members.show(stranger)
        assert shown.spendable_millipoints == 0
        with pytest.raises(Refused):
            sell(till, stranger, 10_000, RewardChoice(reward="five-off"))
    assert here.members.show(victim).spendable_millipoints > 0
    shop.office.confirm_merge(stranger)
    shop.sync(here, there)
    sold = sell(here, stranger, 10_000, RewardChoice(reward="five-off"))
    assert sold.points_spent_millipoints > 0
    shop.sync(here, there)
    assert shop.office.member(victim).debt_millipoints == 0
    assert not shop.office.verify().differences
    here.close()
    there.close()
