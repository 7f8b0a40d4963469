"""Tiers given by hand, and tiers of points: HQ and every till agree."""

import pytest

from config.errors import Refused, WrongUse
from loyalty.bodies import PointsImported, TierChanged
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, Contra, Header, Kind, Leg
from loyalty.lots import PostedLeg
from loyalty.tiers import standing
from tests.unit.hq.programmes import TIERS
from tests.unit.hq.world import DAY_MS, MemoryTill, NewWorld


def _give(till: MemoryTill, member: str, tier: str | None, at_ms: int = 0) -> None:
    till.write(Kind.TIER_CHANGED, member=member, body=TierChanged(tier, manager="C1"), at_ms=at_ms)


def _row_tier(till: MemoryTill, member: str) -> str | None:
    return till.rows[till.root_of(member)].row.tier


def test_a_tier_given_at_one_till_holds_at_the_others(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    world.publish(TIERS)
    member = world.member(here)
    _give(here, member, "gold")
    world.sync()
    assert (_row_tier(here, member), _row_tier(there, member)) == ("gold", "gold")
    assert world.office.member(member).tier == "gold"
    _give(there, member, None)
    world.clock.at += 1
    world.sync(there, here)
    assert (_row_tier(here, member), world.office.member(member).tier) == (None, "bronze")
    world.verify()


def test_of_two_tiers_the_one_given_last_holds_whichever_comes_first(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    world.sync()
    _give(here, member, "gold", world.clock.at + 2000)
    _give(there, member, "bronze", world.clock.at + 1000)
    world.sync(here, there)
    world.sync(here)
    assert (_row_tier(here, member), _row_tier(there, member)) == ("gold", "gold")


def test_an_imported_tier_and_a_merge_keep_the_newest(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    old = world.member(here, phone="+48600000001")
    world.clock.at += 1000
    young = "Y" * 16
    there.enrol(young, phone="+48600000001")
    there.write(Kind.POINTS_IMPORTED, member=young, body=PointsImported(0, "till", "gold"))
    world.sync(there, here)
    assert world.office.member(young).member_id == old
    assert _row_tier(here, old) == "gold"


def test_headquarters_gives_only_tiers_that_there_are_and_until_a_day_to_come(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    member = world.member(world.tills[0])
    world.publish(TIERS)
    with pytest.raises(Refused, match="no tier platinum"):
        world.office.set_tier(member, "platinum")
    with pytest.raises(WrongUse, match="a day to come"):
        world.office.set_tier(member, "gold", world.clock.at)
    world.office.set_tier(member, "gold", world.clock.at + DAY_MS, "a mistake of ours")
    assert world.office.member(member).tier == "gold"
    world.clock.at += DAY_MS
    assert world.office.member(member).tier == "bronze"
    world.office.set_tier(member, "gold")
    until_ms = world.office.member(member).tier_until_ms
    assert until_ms is not None, "a tier by hand has an end"
    assert 364 * DAY_MS < until_ms - world.clock.at < 367 * DAY_MS
    world.verify()


def test_headquarters_and_a_till_find_the_same_tier_in_every_window(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    plan = world.publish(TIERS).tiers
    member = world.member(here)
    store = StoreFacts("S1", "UTC")
    for turn in range(12):
        till = (here, there)[turn % 2]
        amount = (turn * 37_000) % 90_000
        legs = (Leg(member, QUALIFYING, amount, Contra.ISSUED), Leg(member, POINTS, amount, Contra.ISSUED))
        till.write(Kind.SALE_COMPLETED, Header(legs=legs), member)
        world.clock.at += 97 * DAY_MS
        world.sync()
        row = till.rows[till.root_of(member)].row
        seen = [PostedLeg(lot.ref, lot.at_ms, lot.amount, Contra.ISSUED) for lot in row.qualifying]
        assert standing(seen, plan, world.clock.at, store).tier == world.office.member(member).tier, turn
