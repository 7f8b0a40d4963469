"""A till and HQ meet: pair, hello, push, pull, lend, spend."""

from pathlib import Path

import pytest

from config.errors import Refused
from tests.unit.hq.world import World


def test_points_earned_reach_hq_once_and_are_shown(tmp_path: Path) -> None:
    world = World(tmp_path / "hq.db")
    here, there = world.tills
    member = world.member(here, 5000)
    world.sync()
    assert (world.balance(member), here.shown(member), there.shown(member)) == (5000, 5000, 5000)
    world.sync()
    assert world.balance(member) == 5000
    world.verify()


def test_points_earned_here_can_be_spent_here_without_asking(tmp_path: Path) -> None:
    world = World(tmp_path / "hq.db")
    here, there = world.tills
    member = world.member(here, 5000)
    world.sync()
    with pytest.raises(Refused, match="earned elsewhere"):
        there.redeem(member, 1000)
    here.redeem(member, 5000)
    world.sync()
    assert (world.balance(member), world.debt(member)) == (0, 0)
    world.verify()


def test_another_till_spends_after_the_first_has_given_back(tmp_path: Path) -> None:
    world = World(tmp_path / "hq.db")
    here, there = world.tills
    member = world.member(here, 5000)
    world.sync()
    world.authorise(there, member, 2000)
    assert there.right(member) == 0
    world.sync(here)  # the pull says what is wanted; the till returns it
    world.sync(here)
    world.authorise(there, member, 2000)
    there.redeem(member, 2000)
    world.sync()
    assert (world.balance(member), world.debt(member)) == (3000, 0)
    world.verify()
