"""Tills that are paired, lost, written off, trusted no longer and trusted again."""

import pytest

from config.errors import Refused
from hq.tills import PAIRED, change_till
from loyalty.entries import Kind
from tests.unit.hq.world import DAY_MS, MemoryTill, NewWorld, World, copy_till


def _restored_before_pairing(world: World) -> MemoryTill:
    """A till that had led two lives when it was paired."""
    till = MemoryTill("T9", world.clock, world.random, world.rules)
    till.enrol("M" * 16)
    till.earn("M" * 16, 10)
    till = till.restore_from(till)
    till.must_hello = till.restored = False
    world.pair(till)
    world.tills.append(till)
    return till


def test_lives_from_before_pairing_share_the_account_and_are_never_written_off(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    till = _restored_before_pairing(world)
    world.sync()
    member = "M" * 16
    assert world.balance(member) == 10
    with pytest.raises(Refused, match="No life of this till"):
        world.office.write_off(till.till_id)
    assert [each.right_millipoints for each in world.office.member(member).accounts] == [10]
    world.check()
    world.verify()


def test_what_a_written_off_life_still_brings_in_is_free(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 10)
    world.sync()
    here.earn(member, 7)  # never sent before the till is given up
    world.office.revoke(here.till_id)
    assert world.office.write_off(here.till_id) == 10
    with world.hq.write() as shelf:
        change_till(shelf.connection, here.till_id, status=PAIRED)
    world.push(here)
    assert world.available(member) == 17
    assert world.office.tills()[0].at_risk_millipoints == 0
    world.check()
    world.verify()
    world.authorise(there, member, 17)
    assert there.right(member) == 17


def test_a_copy_that_pairs_again_goes_on_in_a_life_of_its_own(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    member = world.member(till, 10)
    twin = copy_till(till)
    twin.name = "twin"
    world.tills.append(twin)
    till.earn(member, 1)
    twin.earn(member, 2)
    for _ in range(4):
        world.sync()
    stopped = next(each for each in world.tills if each.stopped)
    code = world.office.add_till("S1", "again")
    answer = world.hq.pair(world.pair_request(stopped, code))
    stopped.paired(answer)
    stopped.stopped = False
    world.exchange(stopped).say_hello()
    world.sync(stopped)
    stopped.earn(member, 5)
    world.sync()
    assert not stopped.stopped
    assert world.balance(member) == 18
    world.verify()


def test_a_revoked_till_that_was_paired_again_stays_trusted_after_a_restore(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 10)
    put_back = world.hq_backup()
    for till in (here, there):
        world.office.revoke(till.till_id)
    answer = world.pair(here)
    assert answer.till_number == 1
    world.hq_restore(put_back)
    assert [each.status for each in world.office.tills()] == ["paired", "revoked"]
    world.exchange(here).say_hello()
    world.sync(here)
    world.sync(here)
    assert world.balance(member) == 10


def test_a_till_that_a_restored_headquarters_has_forgotten_pairs_again_and_loses_nothing(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    put_back = world.hq_backup()
    young = world.new_till("young")
    world.tills.append(young)
    member = world.member(young, 10)
    world.hq_restore(put_back)
    with pytest.raises(Refused, match="does not know till"):
        world.sync(young)
    world.pair(young)
    world.exchange(young).say_hello()
    for _ in range(2):
        world.sync()
    young.redeem(member, 10)
    world.sync()
    assert (world.balance(member), world.debt(member)) == (0, 0)
    world.check()
    world.verify()


def test_who_was_erased_at_a_till_stays_forgotten_after_a_restore(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, phone="+48600000001")
    world.sync()
    put_back = world.hq_backup()
    here.write(Kind.MEMBER_ERASED, member=member)
    world.sync()
    world.tills.remove(here)  # it never comes back
    world.hq_restore(put_back)
    assert world.office.member(member).status == "erased"
    world.sync(there)
    assert not there.rows[there.root_of(member)].row.profile


def test_a_till_list_says_where_each_till_stands(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 10)
    world.sync()
    world.office.erase(member)
    world.clock.at += DAY_MS
    world.sync(there)
    world.sync(there)
    world.office.revoke(here.till_id)
    one, two = world.office.tills()
    assert (one.status, one.sealed, one.at_risk_millipoints, one.erasures_pending) == ("revoked", True, 10, 1)
    assert (two.status, two.sealed, two.erasures_pending) == ("paired", False, 0)
    assert (two.epoch, two.acked) == (there.life.epoch, len(there.life.entries))
    assert two.last_seen > one.last_seen


def test_a_silent_till_that_is_revoked_is_awaited_no_longer(new_world: NewWorld) -> None:
    world = new_world()
    here, silent = world.tills
    member = world.member(here, 10)
    world.sync()
    put_back = world.hq_backup()
    world.hq_restore(put_back)
    for _ in range(2):
        world.sync(here)
    here.return_all(member)
    world.push(here)
    world.authorise(here, member, 10)
    assert here.right(member) == 0  # nothing is lent while the other may still hold something
    world.office.revoke(silent.till_id)
    world.authorise(here, member, 10)
    assert here.right(member) == 10
    world.verify()


def test_what_a_restore_has_lost_is_named_and_raises_no_alarm(new_world: NewWorld) -> None:
    world = new_world()
    here, there = world.tills
    member = world.member(here, 10)
    world.sync()
    put_back = world.hq_backup()
    world.office.adjust(member, 5, "goodwill")
    world.sync(here)  # the five are lent
    world.hq_restore(put_back)
    for _ in range(3):
        world.sync(here, there)
    lost = [each.params for each in world.office.exceptions() if each.reason == "hq_postings_lost"]
    assert lost == [{"millipoints": 5}]
    world.check()
    world.verify()
    here.redeem(member, 10)
    world.sync()
    assert (world.balance(member), world.debt(member)) == (0, 0)
    world.check()
    world.verify()
