"""What happens beside the counters: HQ's operators at work, and a shop that syncs by hand."""

from config.errors import Refused, RegularsError
from simulation.machine import Machine
from simulation.mortal import MachineDied
from simulation.world import World

MILLI = 1000


def work(world: World) -> None:
    """One minute at HQ: expiry, now and then an adjustment, a merge that is confirmed, a suspended entry accepted."""
    chance = world.chance
    if not chance.happens(60):
        return
    try:
        with world.hq.at_work():
            _one_act(world, chance.between(0, 3))
    except Refused as refusal:
        world.acts[f"HQ refused: {refusal.reason}"] += 1
    except MachineDied:
        world.hq_has_spoken()
        world.hq.die()


def _one_act(world: World, which: int) -> None:
    office = world.hq.office
    if which == 0:
        world.acts["lots expired"] += office.expire()
    elif not world.members:
        return
    elif which == 1:
        office.adjust(world.chance.one_of(world.members), world.chance.one_of((3, 6, -2)) * MILLI, "goodwill")
        world.acts["HQ adjustments"] += 1
    elif which == 2:
        office.confirm_merge(world.chance.one_of(world.members))
        world.acts["merges confirmed"] += 1
    else:
        waiting = [each for each in office.exceptions() if each.entry_id is not None]
        if waiting:
            office.resolve(world.chance.one_of(waiting).number, "accept")
            world.acts["exceptions settled"] += 1


def sync_by_hand(world: World, machine: Machine) -> None:
    """``regulars sync --once``: the product's own driver, in another conversation than the till's worker."""
    try:
        machine.desk.sync_once()
    except RegularsError as error:
        world.acts[f"sync refused: {error.reason}"] += 1
    except MachineDied:
        world.died(machine)
