"""What HQ can't accept is kept, shown and blocks nothing; an operator decides."""

import pytest

from config.errors import Refused
from loyalty.bodies import CardLinked, TierChanged
from loyalty.entries import POINTS, AccountMove, Contra, Header, Kind, Leg, UnitMove
from sync.exchange import Path
from tests.unit.hq.world import MemoryTill, NewWorld, World


def _revoked(world: World) -> tuple[MemoryTill, str]:
    here = world.tills[0]
    member = world.member(here, 10)
    world.sync()
    world.office.revoke(here.till_id)
    return here, member


def _send(world: World, till: MemoryTill) -> None:
    """A till that is trusted no longer sends what it has, and says nothing else."""
    exchange = world.exchange(till)
    exchange.refused("till_revoked")
    while (request := exchange.next()).path is Path.PUSH:
        exchange.receive(request, world.answer(till, request))


def _accept_all(world: World) -> None:
    for each in world.office.exceptions():
        if each.entry_id is not None:
            world.office.resolve(each.number, "accept")


def test_nothing_that_a_revoked_till_says_holds_before_somebody_accepts_it(new_world: NewWorld) -> None:
    world = new_world()
    here, member = _revoked(world)
    here.write(Kind.MEMBER_BLOCKED, member=member)
    here.write(Kind.CARD_LINKED, member=member, body=CardLinked("2100000000001"))
    here.write(Kind.TIER_CHANGED, member=member, body=TierChanged("gold"))
    here.return_all(member)
    here.write(Kind.LIFE_CLOSED)
    _send(world, here)
    shown = world.office.member(member)
    assert (shown.status, shown.tier, shown.available_millipoints) == ("active", None, 0)
    with pytest.raises(Refused, match="does not know this member"):
        world.office.find("2100000000001")
    world.verify()
    _accept_all(world)
    shown = world.office.member(member)
    assert (shown.status, shown.tier, shown.available_millipoints) == ("blocked", "gold", 10)
    assert world.office.find("2100000000001") == member
    assert not world.office.tills()[0].at_risk_millipoints
    world.verify()


def test_a_revoked_till_can_erase_nobody(new_world: NewWorld) -> None:
    world = new_world()
    here, member = _revoked(world)
    here.write(Kind.MEMBER_ERASED, member=member)
    _send(world, here)
    assert world.office.member(member).status == "active"
    _accept_all(world)
    assert world.office.member(member).status == "erased"


def test_an_accepted_sale_brings_its_points_stamps_and_visit(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    units = (UnitMove("stamps", "coffee", member, 3), UnitMove("voucher", "V1", member, 1))
    legs = (
        Leg(member, POINTS, 5, Contra.ISSUED),
        Leg(member, "stamps/coffee", 3, Contra.ISSUED),
        Leg(member, "voucher/free-coffee", 1, Contra.ISSUED, expires_ms=world.clock.at + 1000),
    )
    # More of its own than it earns: HQ can't accept that.
    here.write(Kind.SALE_COMPLETED, Header(legs=legs, own=(AccountMove(member, 9),), units=units), member)
    world.sync()
    row = there.rows[there.root_of(member)].row
    assert (row.balance, row.visits, [unit for unit in row.units if unit.what != "limit/*"]) == (0, 0, [])
    _accept_all(world)
    world.sync()
    row = there.rows[there.root_of(member)].row
    kept = {unit.what: (unit.count, unit.reward) for unit in row.units if unit.what != "limit/*"}
    assert (row.balance, row.visits) == (5, 1)
    assert kept == {"stamps/coffee": (3, None), "voucher/V1": (1, "free-coffee")}
    world.verify()


def test_a_refund_that_was_suspended_gives_back_no_more_than_was_spent(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 10)
    world.sync()
    sale = here.redeem(member, 6)
    world.push(here)
    world.office.revoke(there.till_id)
    there.refund_spent(sale, member, 9)
    _send(world, there)
    assert world.balance(member) == 4
    _accept_all(world)
    here.close_shift()
    world.sync(here)
    assert world.balance(member) == 10
    world.verify()


def test_only_what_keeps_an_entry_back_can_be_accepted_and_only_once(new_world: NewWorld) -> None:
    world = new_world()
    here, _member = _revoked(world)
    numbers = [each.number for each in world.office.exceptions()]
    with pytest.raises(Refused, match="keeps no entry back"):
        world.office.resolve(numbers[0], "accept")
    world.office.resolve(numbers[0], "seen")
    with pytest.raises(Refused, match="no open exception"):
        world.office.resolve(numbers[0], "seen")
    assert [each.resolution for each in world.office.exceptions(resolved=True)] == ["seen"]
    assert here.stopped is False
