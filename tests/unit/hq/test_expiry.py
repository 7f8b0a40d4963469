"""HQ alone lets points expire: what is free, what comes back, and never what a later sale has kept."""

from loyalty.entries import Kind
from sync.exchange import Path
from tests.unit.hq.programmes import ACTIVITY
from tests.unit.hq.world import DAY_MS, MemoryTill, NewWorld, World


def _sync(world: World, *tills: MemoryTill) -> None:
    """Sync, with time for HQ's wishes to be told again."""
    for till in tills:
        world.clock.at += 15_000
        world.sync(till)


def test_expired_points_come_back_expire_and_are_gone_from_every_till(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here)
    here.earn(member, 10, expires_ms=world.clock.at + DAY_MS)
    here.earn(member, 5)
    world.sync()
    world.clock.at += 2 * DAY_MS
    assert world.office.expire() == 0  # the till may still hold them for a basket
    _sync(world, here)  # it hears that they are wanted, and gives them back
    _sync(world, here)
    assert world.office.expire() == 1
    _sync(world, here, there)
    assert (world.balance(member), here.shown(member), there.shown(member)) == (5, 5, 5)
    _sync(world, here)
    assert here.right(member) == 5  # what is left was lent back
    assert world.office.expire() == 0
    world.verify()


def test_what_a_held_basket_reserves_is_asked_for_again_and_not_without_pause(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (here,) = world.tills
    member = world.member(here)
    here.earn(member, 10, expires_ms=world.clock.at + DAY_MS)
    world.sync()
    world.clock.at += 2 * DAY_MS
    world.office.expire()
    here.reserved[member] = 10
    exchange = world.exchange(here)
    exchange.say_hello()
    wanted = []
    for _ in range(4):
        request = exchange.next()
        answer = world.answer(here, request)
        exchange.receive(request, answer)
        wanted += [answer.wanted] if request.path is Path.PULL else []
    assert [each for each in wanted if each] == [(member,)]
    assert here.till_id not in world.hq.news().wanted_from
    world.clock.at += 20_000
    assert here.till_id in world.hq.news().wanted_from
    here.reserved[member] = 0
    _sync(world, here)
    _sync(world, here)
    assert (world.office.expire(), world.balance(member)) == (1, 0)


def test_each_sale_keeps_the_points_of_an_active_member_at_headquarters_and_at_tills(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    world.publish(ACTIVITY)
    member = world.member(here)
    month = 31 * DAY_MS
    here.earn(member, 10, expires_ms=world.clock.at + month)
    world.clock.at += 20 * DAY_MS
    there.earn(member, 1, expires_ms=world.clock.at + month)
    _sync(world, here, there, here)
    world.clock.at += 20 * DAY_MS
    here.return_all(member)
    _sync(world, here)
    assert (world.office.expire(), world.balance(member)) == (0, 11)
    row = here.rows[here.root_of(member)].row
    assert all((lot.expires_ms or 0) > world.clock.at for lot in row.lots)
    world.clock.at += 20 * DAY_MS
    world.office.expire()
    _sync(world, here, there, here, there)
    world.office.expire()
    assert world.balance(member) == 0
    world.verify()


def test_a_sale_that_comes_late_brings_back_what_it_would_have_kept(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    world.publish(ACTIVITY)
    member = world.member(here)
    month = 31 * DAY_MS
    here.earn(member, 10, expires_ms=world.clock.at + month)
    world.sync()
    world.clock.at += 20 * DAY_MS
    late = there.earn(member, 1, expires_ms=world.clock.at + month)  # offline
    world.clock.at += 20 * DAY_MS
    here.return_all(member)
    world.push(here)
    assert world.office.expire() == 1
    assert world.balance(member) == 0
    _sync(world, there)
    world.office.expire()
    assert world.balance(member) == 11
    world.office.expire()
    assert world.balance(member) == 11
    kinds = [entry.kind for entry in world.own_entries()]
    assert kinds.count(Kind.EXPIRY_REVERSED) == 1
    reversal = next(entry for entry in world.own_entries() if entry.kind == Kind.EXPIRY_REVERSED)
    assert str(late).encode() in reversal.body
    _sync(world, here, there)
    assert (here.shown(member), there.shown(member)) == (11, 11)
    world.verify()


def test_points_of_a_refunded_sale_do_not_stay_expired_twice(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    member = world.member(till)
    sale = till.earn(member, 10, expires_ms=world.clock.at + DAY_MS)
    till.return_all(member)
    world.push(till)
    world.clock.at += 2 * DAY_MS
    assert world.office.expire() == 1
    till.refund_earned(sale, member, 10)
    _sync(world, till)
    world.office.expire()
    assert world.balance(member) == 0
    world.verify()
