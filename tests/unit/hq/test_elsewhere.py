"""A till refunds a sale it does not know: HQ knows it, and moves the points that go with the money."""

import pytest

from loyalty.basket import Basket, Line
from loyalty.bodies import SaleRefunded
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Contra, Header, Kind, Leg
from loyalty.ids import EntryId
from loyalty.sale_bodies import SaleCompleted, SaleQuote
from tests.unit.hq.world import MemoryTill, NewWorld

S1, S2 = StoreFacts("S1", "UTC"), StoreFacts("S2", "UTC")


def _sell(till: MemoryTill, member: str, paid_minor: int, earned: int, spent: int = 0) -> EntryId:
    body = SaleCompleted(S1, "v1", Basket("PLN", (Line("groceries", paid_minor),)), SaleQuote(paid_minor, paid_minor))
    legs = [Leg(member, POINTS, earned, Contra.ISSUED), Leg(member, QUALIFYING, earned, Contra.ISSUED)]
    if spent:
        legs.append(Leg(member, POINTS, -spent, Contra.REDEEMED))
    used = (AccountMove(member, spent),) if spent else ()
    header = Header(legs=tuple(legs), own=(AccountMove(member, earned),), used=used)
    return till.write(Kind.SALE_COMPLETED, header, member, body)


def _refund(till: MemoryTill, sale: EntryId | str, amount_minor: int, member: str | None = None) -> None:
    till.write(Kind.SALE_REFUNDED, member=member, body=SaleRefunded(str(sale), S2, refunded_minor=amount_minor))


def test_part_of_the_points_goes_back_with_part_of_the_money(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    sale = _sell(here, member, 1000, 100)
    world.sync()
    _refund(there, sale, 250)
    world.sync()
    world.work_behind()
    assert world.balance(member) == 75
    world.sync()
    assert (here.shown(member), there.shown(member)) == (75, 75)
    qualifying = here.rows[here.root_of(member)].row.qualifying
    assert sum(lot.amount for lot in qualifying) == 75
    world.check()
    world.verify()


def test_all_of_the_money_gives_all_of_the_points_back_once_the_shift_is_closed(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 60)
    sale = _sell(here, member, 1000, 10, spent=60)
    world.sync()
    _refund(there, sale, 1000, member)
    world.sync()
    world.work_behind()
    assert world.balance(member) == 0  # what was earned is gone; what was spent waits
    here.close_shift()
    world.sync()
    assert world.balance(member) == 60
    world.check()
    world.verify()


def test_the_refund_may_come_before_its_sale(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 5)
    world.sync()
    sale = _sell(here, member, 1000, 100)  # offline
    _refund(there, sale, 500)
    world.sync(there)
    world.work_behind()
    assert world.balance(member) == 5
    world.sync(here)
    world.work_behind()
    assert world.balance(member) == 55
    world.work_behind()
    assert world.balance(member) == 55
    world.verify()


def test_more_money_than_was_paid_takes_back_no_more_than_was_earned(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    sale = _sell(here, member, 1000, 100)
    world.sync()
    for amount in (700, 700):
        _refund(there, sale, amount)
        world.sync()
        world.work_behind()
    world.sync()
    assert world.balance(member) == 0
    assert not there.rows[there.root_of(member)].row.qualifying
    assert "refund_more_than_sold" in [each.reason for each in world.office.exceptions()]
    world.check()
    world.verify()


def test_a_sale_that_nobody_can_read_stops_nothing(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 7)
    sale = here.write(Kind.SALE_COMPLETED, member=member, body={"half": "a sale"})
    _refund(there, sale, 500, member)
    _refund(there, _sell(here, member, 1000, 10), -500, member)
    world.sync()
    world.work_behind()
    assert world.balance(member) == 17
    world.verify()


@pytest.mark.parametrize("sale", ["unknown", "", "not-an-entry", "AAAAAAAAAA-0000000000001-7"])
def test_a_refund_of_no_known_sale_moves_nothing_and_stops_nothing(new_world: NewWorld, sale: str) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 7)
    _refund(there, sale, 500, member)
    there.earn(member, 1)
    world.sync()
    world.work_behind()
    assert world.balance(member) == 8
