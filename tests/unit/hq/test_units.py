"""Vouchers, stamps and limits: one holder each; full cards and exceeded limits at HQ."""

from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.entries import Contra, Header, Kind, Leg, UnitMove
from loyalty.sale_bodies import SaleCompleted, SaleQuote
from sync.exchange import Path, Request
from tests.unit.hq.programmes import CARDS
from tests.unit.hq.world import LIMITS, MemoryTill, NewWorld, World


def _stamp(till: MemoryTill, member: str, count: int) -> None:
    legs = (Leg(member, "stamps/coffee", count, Contra.ISSUED),)
    till.write(Kind.SALE_COMPLETED, Header(legs=legs, units=(UnitMove("stamps", "coffee", member, count),)), member)


def _return_units(till: MemoryTill, member: str, what: str) -> None:
    kind, unit = what.split("/")
    moves = tuple(
        UnitMove(kind, unit, each.member, each.amount, to="hq") for each in till.rights(member, what) if each.amount
    )
    till.write(Kind.ALLOWANCE_RETURNED, Header(units=moves), member)


def _units(world: World, till: MemoryTill, member: str) -> dict[str, tuple[int, int]]:
    """Of each unit: how many there are, and how many this till may use."""
    row = till.rows[till.root_of(member)].row
    return {unit.what: (unit.count, sum(each.amount for each in till.rights(member, unit.what))) for unit in row.units}


def _ask_for(world: World, till: MemoryTill, member: str, what: str) -> Request:
    granted = till.grants[member, what]
    request = world.exchange(till).authorise(member, till.grants[member, "points"], [(what, granted + 1)])
    world.exchange(till).receive(request, world.answer(till, request))
    return request


def test_stamps_of_two_tills_that_fill_a_card_together_become_a_voucher(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    world.publish(CARDS)
    member = world.member(here)
    _stamp(here, member, 5)
    _stamp(there, member, 6)
    world.sync()
    world.work_behind()
    assert world.hq.news().wanted_from == {here.till_id, there.till_id}
    world.clock.at += 20_000
    for till in (here, there):
        world.sync(till)
        _return_units(till, member, "stamps/coffee")
        world.push(till)
    world.work_behind()
    issued = [entry for entry in world.own_entries() if entry.kind == Kind.VOUCHER_ISSUED]
    assert len(issued) == 1
    code = f"voucher/V{issued[0].seq:011d}"
    world.sync(here, there, here)
    found = _units(world, there, member)
    assert (found["stamps/coffee"], found[code]) == ((2, 2), (1, 1))
    assert _units(world, here, member)[code] == (1, 0)
    voucher = next(unit for unit in there.rows[there.root_of(member)].row.units if unit.what == code)
    assert (voucher.reward, voucher.expires_ms is not None) == ("free-coffee", True)
    there.use_unit(member, "voucher", code.removeprefix("voucher/"))
    world.sync()
    assert not [each.reason for each in world.office.exceptions() if each.reason == "unit_overused"]
    assert not world.hq.news().wanted_from
    world.verify()


def test_stamps_that_one_till_holds_stay_there(new_world: NewWorld) -> None:
    world = new_world()
    here, _there = world.tills
    world.publish(CARDS)
    member = world.member(here)
    _stamp(here, member, 9)
    world.sync()
    world.work_behind()
    assert not world.hq.news().wanted_from
    assert Kind.VOUCHER_ISSUED not in [entry.kind for entry in world.own_entries()]


def test_the_stamps_of_two_merged_cards_fill_one_card(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    world.publish(CARDS)
    old = world.member(here, phone="+48600000001")
    world.clock.at += 1000
    young = "Y" * 16
    there.enrol(young, phone="+48600000001")
    _stamp(here, old, 4)
    _stamp(there, young, 5)
    world.sync()
    for till in (here, there):
        _return_units(till, old, "stamps/coffee")
        _return_units(till, young, "stamps/coffee")
        world.push(till)
    world.work_behind()
    issued = next(entry for entry in world.own_entries() if entry.kind == Kind.VOUCHER_ISSUED)
    assert {(leg.member, leg.amount) for leg in issued.header.legs if leg.amount < 0} == {(old, -4), (young, -5)}
    world.verify()


def test_the_limits_of_a_member_have_one_holder(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    world.sync()
    with world.hq.write() as shelf:
        held = {each.life: each.right for each in shelf.accounts_of_member([member]) if each.what == LIMITS}
    assert list(held.values()) == [1]  # of the till that has enrolled the member
    _ask_for(world, there, member, LIMITS)
    assert there.grants[member, LIMITS] == 0
    here.write(Kind.ALLOWANCE_RETURNED, Header(units=(UnitMove("limit", "*", member, 1, to="hq"),)), member)
    world.push(here)
    _ask_for(world, there, member, LIMITS)
    assert there.grants[member, LIMITS] == 1
    _ask_for(world, here, member, LIMITS)
    assert here.grants[member, LIMITS] == 0
    world.check()
    world.verify()


def test_the_limits_of_a_member_whose_enrolment_nobody_saw_are_lent_once(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = "X" * 16
    here.earn(member, 1)
    world.sync()
    _ask_for(world, there, member, LIMITS)
    _ask_for(world, here, member, LIMITS)
    assert (there.grants[member, LIMITS], here.grants[member, LIMITS]) == (1, 0)
    world.check()
    world.verify()


def test_a_limit_that_two_tills_have_exceeded_together_is_told_once(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    programme = world.publish(CARDS)
    member = world.member(here)
    body = SaleCompleted(
        StoreFacts("S1", "UTC"), programme.version, Basket("PLN", (Line("groceries", 100),)), SaleQuote(100, 100)
    )
    for till in (here, there):
        header = Header(units=(UnitMove("limit", "reward/mug", member, -1),))
        till.write(Kind.SALE_COMPLETED, header, member, body)
    world.sync()
    world.work_behind()
    told = [each for each in world.office.exceptions() if each.reason == "limit_exceeded"]
    assert [each.params for each in told] == [{"unit": "reward/mug", "limit": 1, "times": 2}]
    world.work_behind()
    here.write(Kind.SALE_COMPLETED, Header(units=(UnitMove("limit", "reward/mug", member, 1),)), member, body)
    world.sync()
    world.work_behind()
    assert len([each for each in world.office.exceptions() if each.reason == "limit_exceeded"]) == 1


def test_the_tenth_stamp_comes_back_after_its_voucher_was_used(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    _stamp(here, member, 9)
    units = (UnitMove("stamps", "coffee", member, 1 - 10), UnitMove("voucher", "V1", member, 1))
    legs = (
        Leg(member, "stamps/coffee", 1, Contra.ISSUED),
        Leg(member, "stamps/coffee", -10, Contra.REDEEMED),
        Leg(member, "voucher/free-coffee", 1, Contra.ISSUED),
    )
    here.write(Kind.SALE_COMPLETED, Header(legs=legs, units=units), member)
    world.sync()
    here.use_unit(member, "voucher", "V1")
    here.give_units(member, "stamps", "coffee", -1)  # the sale of the tenth stamp is refunded
    world.sync(here, there)
    assert [each.params for each in world.office.exceptions()] == [{"unit": "stamps/coffee", "count": 1}]
    assert _units(world, there, member).get("stamps/coffee", (0, 0)) == (0, 0)
    world.check()
    world.verify()


def test_an_unknown_member_gets_no_row_by_asking_for_units(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    world.sync()
    request = world.exchange(till).authorise("Z" * 16, 5, [("voucher/V1", 1)])
    assert request.path is Path.AUTHORISE
    world.answer(till, request)
    with world.hq.write() as shelf:
        assert shelf.known("Z" * 16) is None
