"""HQ makes each sale's quote again, and checks apart what the till took for true."""

import msgspec

from loyalty.account import Account
from loyalty.basket import Basket, Line
from loyalty.booking import sale_quote
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Contra, Header, Kind, Leg
from loyalty.programme.load import Programme
from loyalty.quote import quote
from loyalty.sale_bodies import SaleCompleted
from tests.unit.hq.programmes import CARDS, TIERS
from tests.unit.hq.world import MemoryTill, NewWorld, World

STORE = StoreFacts("S1", "UTC")
FLAGS = TIERS + "\n[flags]\ntwo_stores_minutes = 10\nsales_per_day = 3\n"
MINUTE_MS = 60_000
BASKET = Basket("PLN", (Line("groceries", 20_000),))


def _body(programme: Programme, account: Account, at_ms: int) -> SaleCompleted:
    quoted = quote(programme, account, BASKET, (), at_ms, STORE)
    return SaleCompleted(STORE, programme.version, BASKET, sale_quote(quoted, account, ()), account)


def _sell(till: MemoryTill, programme: Programme, account: Account) -> SaleCompleted:
    body = _body(programme, account, till.clock.now_ms())
    earned, qualifying = body.quote.points_earned_millipoints, body.quote.qualifying_millipoints
    member = account.member_id
    legs = (Leg(member, POINTS, earned, Contra.ISSUED), Leg(member, QUALIFYING, qualifying, Contra.ISSUED))
    till.write(Kind.SALE_COMPLETED, Header(legs=legs, own=(AccountMove(member, earned),)), member, body)
    till.clock.at += 1000
    return body


def _told(world: World) -> list[tuple[str, object]]:
    world.sync()
    world.work_behind()
    return [(each.reason, each.params.get("figure")) for each in world.office.exceptions()]


def test_honest_sales_come_out_the_same(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    programme = world.publish(TIERS)
    member = world.member(here)
    _sell(here, programme, Account(member, tier="bronze"))
    world.sync()
    _sell(there, programme, Account(member, tier="gold", visits=1, qualifying_millipoints=200_000))
    assert _told(world) == []


def test_a_figure_that_comes_out_otherwise_is_shown_with_both_results(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    programme = world.publish(TIERS)
    member = world.member(till)
    body = _body(programme, Account(member, tier="bronze"), world.clock.at)
    wrong = msgspec.structs.replace(body.quote, points_earned_millipoints=999_000)
    till.write(Kind.SALE_COMPLETED, member=member, body=msgspec.structs.replace(body, quote=wrong))
    world.sync()
    world.work_behind()
    (case,) = world.office.exceptions()
    assert (case.reason, case.params["till"], case.params["hq"]) == ("quote_differs", "999000", "200000")


def test_a_tier_that_the_member_does_not_have_is_shown(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    programme = world.publish(TIERS)
    member = world.member(world.tills[0])
    _sell(world.tills[0], programme, Account(member, tier="gold"))
    assert _told(world) == [("facts_differ", "points_earned_millipoints")]


def test_a_first_purchase_at_each_of_two_tills_is_shown(new_world: NewWorld) -> None:
    world = new_world()
    programme = world.publish(CARDS)
    member = world.member(world.tills[0])
    world.sync()
    for till in world.tills:
        _sell(till, programme, Account(member))
    assert _told(world) == [("facts_differ", "points_earned_millipoints")]


def test_a_programme_that_was_not_in_force_yet_or_is_unknown_is_shown(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    programme = world.publish(TIERS, start_ms=world.clock.at + 1000)
    member = world.member(till)
    body = _body(programme, Account(member, tier="bronze"), world.clock.at)
    till.write(Kind.SALE_COMPLETED, member=member, body=body)
    till.write(Kind.SALE_COMPLETED, member=member, body=msgspec.structs.replace(body, programme="f" * 32))
    assert [reason for reason, _ in _told(world)] == ["programme_before_its_start", "programme_unknown"]


def test_a_body_that_makes_no_sense_stops_nothing(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    programme = world.publish(TIERS)
    member = world.member(till)
    body = msgspec.structs.replace(
        _body(programme, Account(member), world.clock.at), store=StoreFacts("S1", "No/Where")
    )
    till.write(Kind.SALE_COMPLETED, member=member, body=body)
    till.write(Kind.SALE_COMPLETED, member=member, body={"half": "a sale"})
    till.write(Kind.SALE_REFUNDED, member=member, body=[1, 2])
    _sell(till, programme, Account(member, tier="bronze"))
    assert [reason for reason, _ in _told(world)] == ["quote_differs"] * 3
    assert sum(each.sales for each in world.office.day_totals()) == 1


def test_a_card_in_two_stores_minutes_apart_is_shown_in_whatever_order_the_sales_come(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    here, far = world.tills[0], world.new_till("far", "S2")
    programme = world.publish(FLAGS)
    member = world.member(here)
    world.sync(far)
    _sell(far, programme, Account(member, tier="bronze"))
    world.clock.at += 5 * MINUTE_MS
    _sell(here, programme, Account(member, tier="bronze", visits=1))
    world.sync(here)  # the later sale comes first
    world.work_behind()
    world.sync(far)
    world.work_behind()
    told = [each.params for each in world.office.exceptions() if each.reason == "two_stores"]
    assert told == [{"minutes": 5, "limit": 10, "store": "S1"}]


def test_many_sales_on_one_day_at_several_tills_are_shown(new_world: NewWorld) -> None:
    world = new_world()
    programme = world.publish(FLAGS)
    member = world.member(world.tills[0])
    world.sync()
    for turn in range(4):
        _sell(world.tills[turn % 2], programme, Account(member, tier="bronze", visits=turn))
    world.sync()
    world.work_behind()
    told = [each.params for each in world.office.exceptions() if each.reason == "many_sales"]
    assert told == [{"sales": 4, "limit": 3}]
