"""What must hold in the end: nothing saved is lost or booked twice, chains verify, and everybody shows the same."""

from collections import Counter
from collections.abc import Iterator

from config.errors import Refused
from hq.shown import MemberShown
from loyalty.entries import Kind
from loyalty.ids import HQ_TILL_ID
from simulation.machine import Machine
from simulation.world import Place, Promise, World
from terminal.till_member_shapes import MemberShown as ShownAtTill

OPEN = "open"
ERASED = "erased"
MUG = "reward/mug"
MUGS_EVER = 2
REVERSALS = frozenset({Kind.SALE_REFUNDED, Kind.SALE_VOIDED})


def check_all(world: World) -> None:
    """Every promise that is looked at once, after all has healed."""
    _journals_verify(world)
    _all_arrived_once(world)
    _sums_are_zero(world)
    _units_within_bounds(world)
    risk = _all_risk(world)
    for broken in world.hq.office.invariants(risk):
        world.violate(Promise.CORRUPT, f"HQ: {broken}")
    for difference in world.hq.office.verify(risk).differences:
        world.violate(Promise.CORRUPT, f"HQ can't derive what it keeps: {difference}")


def differences(world: World) -> list[str]:
    """Where a till and HQ do not say the same, or something waits to be sent."""
    found = [f"{machine.name} has entries to send" for machine in world.machines if _queue(machine)]
    if world.hq.recovering():
        found.append("HQ never leaves recovery")
    working = [each for each in world.machines if not each.revoked and not each.stopped]
    for root in _roots(world):
        at_hq = world.hq.member(root)
        if at_hq.status == ERASED:
            found += _still_known(working, at_hq)
            continue
        units = world.hq.units(at_hq.member_ids)
        shown = [(machine, _shown(machine, root)) for machine in working]
        for machine, at_till in shown:
            found += _differences_of(machine, at_till, at_hq, units)
        standings = {
            (at_till.tier.id if at_till.tier else None, at_till.qualifying_millipoints, _words(at_till))
            for _, at_till in shown
            if at_till is not None
        }
        if len(standings) > 1:
            found.append(f"tills differ on tier or profile of {root}: {sorted(map(str, standings))}")
    return found


def _differences_of(
    machine: Machine, at_till: ShownAtTill | None, at_hq: MemberShown, units: dict[str, int]
) -> Iterator[str]:
    if at_till is None:
        yield f"{machine.name} does not know {at_hq.member_id}"
        return
    if at_till.points_millipoints != at_hq.balance_millipoints:
        yield (
            f"{machine.name} shows {at_till.points_millipoints} millipoints for {at_hq.member_id},"
            f" HQ has {at_hq.balance_millipoints}"
        )
    if at_till.debt_millipoints != at_hq.debt_millipoints:
        yield f"{machine.name} shows another debt for {at_hq.member_id} than HQ"
    here = {f"stamps/{stamps.card}": stamps.stamps for stamps in at_till.stamps if stamps.stamps}
    here |= {f"voucher/{voucher.code}": 1 for voucher in at_till.vouchers if voucher.status == OPEN}
    if here != units:
        yield f"{machine.name} shows {here} for {at_hq.member_id}, HQ has {units}"


def _still_known(machines: list[Machine], at_hq: MemberShown) -> Iterator[str]:
    """Tills that still say who an erased member was."""
    for machine in machines:
        for member_id in at_hq.member_ids:
            at_till = _shown(machine, member_id)
            if at_till is not None and any(_words(at_till)):
                yield f"{machine.name} still knows who {member_id} was"


def _words(at_till: ShownAtTill) -> tuple[object, ...]:
    profile = at_till.profile
    return (profile.name, profile.phone, tuple((each.channel, each.given) for each in profile.consents))


def _shown(machine: Machine, member_id: str) -> ShownAtTill | None:
    try:
        return machine.till.members.show(member_id)
    except Refused:
        return None


def _roots(world: World) -> list[str]:
    """The members that HQ knows, each once."""
    roots = []
    for member_id in world.members:
        try:
            roots.append(world.hq.member(member_id).member_id)
        except Refused:
            continue
    return list(dict.fromkeys(roots))


def _queue(machine: Machine) -> int:
    return machine.desk.status().queue


def _journals_verify(world: World) -> None:
    for machine in world.machines:
        for difference in machine.till.upkeep.verify().differences:
            world.violate(Promise.CORRUPT, f"{machine.name} does not verify: {difference}")


def _all_arrived_once(world: World) -> None:
    """Every entry of every journal that is left, and so every sale that was shown as saved, is at HQ once."""
    there = Counter((each.till_id, each.epoch, each.seq, each.hash) for each in world.hq.booked())
    for place, times in there.items():
        if times > 1:
            world.violate(Promise.TWICE, f"{_name(place)} is at HQ {times} times")
    kept: set[Place] = set()
    for machine in world.machines:
        places = [(*entry.id, entry.hash) for entry in machine.entries()]
        kept.update(places)
        for place in places:
            if place not in there:
                world.violate(Promise.LOST, f"{_name(place)} of {machine.name} never reaches HQ")
    for place in world.saved.values():
        if place not in kept and place not in world.lost:
            world.violate(Promise.LOST, f"the saved sale {_name(place)} is in no journal")


def _sums_are_zero(world: World) -> None:
    """What members have is what programme and stores stand for, to the thousandth of a point."""
    members, programme = world.hq.both_sides()
    if members + programme:
        world.violate(Promise.SUMS, f"members have {members}, against it stands {programme}")


def _units_within_bounds(world: World) -> None:
    """A voucher is used once; vouchers need their stamps. A copied or lost life may have spent its own twice."""
    if world.risks.amounts or world.risks.copied or world.lost:
        return
    vouchers: Counter[str] = Counter()
    stamps: Counter[str] = Counter()
    mugs: Counter[str] = Counter()
    for entry in world.hq.booked():
        for unit in entry.header.units if entry.till_id != HQ_TILL_ID else ():
            if unit.to is None and unit.kind == "voucher":
                vouchers[unit.unit] += unit.change
            elif unit.kind == "limit" and unit.unit.startswith(MUG):
                mugs[unit.member] -= unit.change
            elif unit.to is None and unit.kind == "stamps":
                # A stamp that is taken back after its voucher was eaten is owed: it does not make the voucher wrong.
                taken_back = entry.kind in REVERSALS and unit.change < 0
                stamps[_root(world, unit.member)] += 0 if taken_back else unit.change
    for code, left in vouchers.items():
        if left not in (0, 1):
            world.violate(Promise.UNITS, f"voucher {code} was used too often: {left} are left")
    for member_id, given in mugs.items():
        if given > MUGS_EVER:
            world.violate(Promise.UNITS, f"{member_id} was given {given} mugs")
    for root, left in stamps.items():
        if left < 0:
            world.violate(Promise.UNITS, f"vouchers of {root} came from {-left} stamps that were never given")


def _root(world: World, member_id: str) -> str:
    try:
        return world.hq.member(member_id).member_id
    except Refused:
        return member_id


def _all_risk(world: World) -> int:
    """What is at risk of all members together: HQ's own check knows one figure for everybody."""
    bounds = (world.risks.bound(world.hq, world.hq.member(root).member_ids, 0) for root in _roots(world))
    return sum(bounds) + sum(world.risks.amounts.values()) + _suspended(world)


def _suspended(world: World) -> int:
    return sum(move.amount for entry in world.hq.booked() if entry.suspended is not None for move in entry.header.own)


def _name(place: Place) -> str:
    till_id, epoch, seq, _ = place
    return f"entry {till_id}/{epoch}/{seq}"
