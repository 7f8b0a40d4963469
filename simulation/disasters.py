"""What befalls machines: backups put back, files rolled back, copies, losses, wrong clocks, and HQ's own restore."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from config.errors import Refused
from ledger.erasures import read_erasures
from ledger.facts import accounts_of
from loyalty.entries import POINTS
from loyalty.ids import HQ_TILL_ID
from simulation.bound import Risk
from simulation.clock import DAY_MS, MINUTE_MS
from simulation.faults import CRASHES, Fault
from simulation.machine import Machine
from simulation.mortal import keep_files, put_back_files
from simulation.workshop import PIN
from simulation.world import Place, Promise, World
from terminal.till_opening import restore

MOST_COPIES = 2
MAX_CLOCK_DAYS = 40


def befall(world: World, machine: Machine) -> None:
    """One minute's ill luck of one machine; mostly nothing."""
    _cut_the_line(world, machine)
    if world.faults.kinds.intersection(CRASHES) and world.chance.happens(30):
        _seal_fates(world, machine)
    if world.chance.happens(60):
        keep_backup(world, machine)
    for fault, strike in DISASTERS.items():
        happens = world.faults.may(fault, _PERMILLE[fault]) and not machine.stopped and not machine.revoked
        if happens and strike(world, machine):
            world.faults.counts[fault] += 1
            return


def befall_hq(world: World) -> None:
    """One minute's ill luck of HQ."""
    if world.chance.happens(80) and not world.hq.recovering():
        world.hq.back_up()
    if world.faults.may(Fault.HQ_RESTORED, 12) and world.hq.backup_file is not None:
        _restore_hq(world)
        world.faults.counts[Fault.HQ_RESTORED] += 1


def _cut_the_line(world: World, machine: Machine) -> None:
    now_ms, chance = world.clock.at_ms, world.chance
    if machine.cut_until_ms <= now_ms and world.faults.strikes(Fault.PARTITION, 15):
        machine.cut_until_ms = now_ms + chance.between(3, 40) * MINUTE_MS
    if machine.deaf_until_ms <= now_ms and world.faults.strikes(Fault.ONE_WAY, 10):
        machine.deaf_until_ms = now_ms + chance.between(3, 30) * MINUTE_MS


def _seal_fates(world: World, machine: Machine) -> None:
    """Somebody will die within the next few transactions."""
    fault = world.chance.one_of([fault for fault in CRASHES if fault in world.faults.kinds])
    fate = machine.fate if fault in (Fault.TILL_BEFORE_COMMIT, Fault.TILL_AFTER_COMMIT) else world.hq.fate
    fate.seal(fault, world.chance.between(0, 4))


def keep_backup(world: World, machine: Machine) -> None:
    """What a careful shop does: a backup, and (for the careless) a copy of the file alone."""
    place = world.folder / f"{machine.home.root.name}.backup"
    place.unlink(missing_ok=True)
    machine.till.upkeep.backup(place)
    machine.backup = place
    keep_files(machine.home, _old_file(world, machine))


def _old_file(world: World, machine: Machine) -> Path:
    return world.folder / f"{machine.home.root.name}.old"


# -- disasters of one machine: each says whether it could happen


def _restored(world: World, machine: Machine) -> bool:
    """``regulars restore``: what was written since the backup and never sent is gone."""
    backup = machine.backup
    if backup is None:
        return False
    before = _places(machine)
    machine.stop()
    restore(machine.home, backup, clock=machine.clock, random=machine.random, manager_pin=PIN)
    machine.start()
    world.lost |= before - _places(machine)
    _forgotten_again(world, machine)
    return True


def _rolled_back(world: World, machine: Machine) -> bool:
    """Somebody puts an old copy of the database file back, and tells nobody."""
    old = _old_file(world, machine)
    if not old.exists():
        return False
    before = _places(machine)
    machine.stop()
    put_back_files(machine.home, old)
    machine.start()
    world.lost |= before - _places(machine)
    _forgotten_again(world, machine)
    return True


def _cloned(world: World, machine: Machine) -> bool:
    """A raw copy of the whole home is switched on beside the original."""
    copy = _copied(world, machine, "clone")
    if copy is None:
        return False
    world.connect(copy)
    return True


def _replaced(world: World, machine: Machine) -> bool:
    """The disk goes into another machine, where the last backup is put back; the old machine sells on."""
    if machine.backup is None:
        return False
    copy = _copied(world, machine, "new")
    if copy is None:
        return False
    before = _places(machine)
    restore(copy.home, machine.backup, clock=copy.clock, random=copy.random, manager_pin=PIN)
    world.connect(copy)
    world.lost |= (before - _places(copy)) - _places(machine)
    return True


def _copied(world: World, machine: Machine, suffix: str) -> Machine | None:
    if machine.twin or sum(each.twin for each in world.machines) >= 2 * MOST_COPIES:
        return None
    home = world.folder / f"{machine.home.root.name}-{suffix}-{world.machines_ever}"
    machine.copy_home(home)
    machine.twin = True
    _risk_of_copy(world, machine)
    copy = world.machine(f"{machine.name}-{suffix}", home)
    copy.twin = True
    copy.clock.skew_ms = machine.clock.skew_ms
    return copy


def _destroyed(world: World, machine: Machine) -> bool:
    """A till burns with all it had; HQ revokes it and writes its lives off."""
    alone = sum(not each.revoked for each in world.machines) <= 2
    if alone or machine.twin:
        return False
    others = {place for each in world.machines if each is not machine for place in _places(each)}
    world.lost |= _places(machine) - others
    machine.stop()
    world.machines.remove(machine)
    office = world.hq.office
    office.revoke(machine.till_id)
    for member_id in world.members:
        world.risks.add(Risk.WRITTEN_OFF, member_id, _right_at_hq(world, machine, member_id, None))
    with suppress(Refused):
        # Refused when all its lives were settled already.
        office.write_off(machine.till_id)
    return True


def _revoked(world: World, machine: Machine) -> bool:
    """HQ trusts a till no longer, which goes on selling until it hears of it, and sends what it has."""
    if sum(not each.revoked for each in world.machines) <= 2 or machine.twin:
        return False
    world.hq.office.revoke(machine.till_id)
    machine.revoked = True
    return True


def _clock_jumps(world: World, machine: Machine) -> bool:
    """The clock is days off, or right again."""
    wrong = machine.clock.skew_ms != 0
    machine.clock.skew_ms = 0 if wrong else world.chance.between(-MAX_CLOCK_DAYS, MAX_CLOCK_DAYS) * DAY_MS
    return True


def _restore_hq(world: World) -> None:
    """HQ goes back to its last backup; what it had posted itself since then is lost, and named."""
    before = world.hq.booked()
    world.hq.restore()
    there = {(entry.till_id, entry.epoch, entry.seq, entry.hash) for entry in world.hq.booked()}
    for entry in before:
        place: Place = (entry.till_id, entry.epoch, entry.seq, entry.hash)
        gone = place not in there and (entry.till_id == HQ_TILL_ID or place in world.lost)
        for leg in entry.header.legs if gone else ():
            if leg.currency == POINTS:
                world.risks.add(Risk.HQ_RESTORED, leg.member, abs(leg.amount))


def _forgotten_again(world: World, machine: Machine) -> None:
    """Whom the machine had erased it must not know again, whatever file was put back."""
    for member_id in read_erasures(machine.home):
        with suppress(Refused):
            if machine.till.members.show(member_id).profile.name is not None:
                world.violate(Promise.FORGOTTEN, f"{machine.name} knows again who {member_id} was")


# -- what is at risk


def _risk_of_copy(world: World, machine: Machine) -> None:
    """What the copied life may spend now, it may spend twice."""
    epoch = machine.epoch()
    granted: dict[str, int] = {}
    for member_id in world.members:
        at_till = _right_at_till(machine, member_id)
        at_hq = _right_at_hq(world, machine, member_id, epoch)
        # The till may know of less than HQ has granted, HQ of less than the till has earned.
        world.risks.add(Risk.COPIED, member_id, max(at_till, at_hq))
        granted |= _granted_at_hq(world, machine, member_id, epoch)
    world.risks.copy_made(machine.till_id, epoch, granted)


def _right_at_till(machine: Machine, member_id: str) -> int:
    with machine.till.counter.ledger.read() as view:
        return sum(max(0, account.right_millipoints) for account in accounts_of(view, (member_id,)))


def _right_at_hq(world: World, machine: Machine, member_id: str, epoch: int | None) -> int:
    try:
        accounts = world.hq.member(member_id).accounts
    except Refused:
        return 0
    return sum(
        max(0, account.right_millipoints)
        for account in accounts
        if (account.member_id, account.till_id) == (member_id, machine.till_id) and epoch in (None, account.epoch)
    )


def _granted_at_hq(world: World, machine: Machine, member_id: str, epoch: int) -> dict[str, int]:
    try:
        accounts = world.hq.member(member_id).accounts
    except Refused:
        return {}
    return {
        account.member_id: account.granted_millipoints
        for account in accounts
        if (account.till_id, account.epoch) == (machine.till_id, epoch)
    }


def _places(machine: Machine) -> set[Place]:
    return {(*entry.id, entry.hash) for entry in machine.entries()}


DISASTERS: Final[dict[Fault, Callable[[World, Machine], bool]]] = {
    Fault.CLOCK_JUMP: _clock_jumps,
    Fault.RESTORED: _restored,
    Fault.ROLLED_BACK: _rolled_back,
    Fault.CLONE: _cloned,
    Fault.REPLACED: _replaced,
    Fault.DESTROYED: _destroyed,
    Fault.REVOKED: _revoked,
}
_PERMILLE: Final = {
    Fault.CLOCK_JUMP: 8,
    Fault.RESTORED: 6,
    Fault.ROLLED_BACK: 6,
    Fault.CLONE: 4,
    Fault.REPLACED: 6,
    Fault.DESTROYED: 4,
    Fault.REVOKED: 4,
}
