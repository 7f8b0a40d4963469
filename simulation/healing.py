"""All faults end; then every till talks to HQ, as the product does it by itself, until all say the same."""

from typing import Final

from config.errors import RegularsError
from simulation.clock import MINUTE_MS
from simulation.machine import Machine
from simulation.promises import differences
from simulation.workshop import STORES
from simulation.world import Promise, World

MAX_ROUNDS: Final = 12
MOST_MESSAGES: Final = 500
_SHIFTS_CLOSE_IN_ROUND: Final = 2


def heal(world: World) -> int:
    """How many rounds it took until tills and HQ agreed; a violation when :data:`MAX_ROUNDS` were not enough."""
    _end_all_faults(world)
    found: list[str] = []
    for number in range(1, MAX_ROUNDS + 1):
        world.clock.pass_ms(10 * MINUTE_MS)
        for machine in world.machines:
            _talk(world, machine)
            if number == _SHIFTS_CLOSE_IN_ROUND and not machine.revoked and not machine.stopped:
                world.attempt(machine, "shifts closed", machine.till.shifts.close)
        if number <= _SHIFTS_CLOSE_IN_ROUND:
            _pair_again(world)
            continue
        found = differences(world)
        if not found:
            return number
    for difference in found:
        world.violate(Promise.AGREEMENT, f"after {MAX_ROUNDS} rounds {difference}")
    return MAX_ROUNDS


def _pair_again(world: World) -> None:
    """Of a till of which no copy goes on an operator pairs one again: its next life was lost with an older file."""
    going_on = {machine.till_id for machine in world.machines if not machine.stopped}
    for machine in world.machines:
        if machine.till_id not in going_on and not machine.revoked:
            going_on.add(machine.till_id)
            code = world.hq.office.add_till(STORES[0], machine.name)
            machine.desk.pair("https://hq.example", code)


def _end_all_faults(world: World) -> None:
    """The network is whole, clocks are right, nobody dies; what is still under way never arrives."""
    world.network.healed = True
    world.network.under_way.clear()
    world.hq.die()
    for machine in world.machines:
        machine.clock.skew_ms = machine.cut_until_ms = machine.deaf_until_ms = 0
        machine.stop()
        machine.start()


def _talk(world: World, machine: Machine) -> None:
    before = world.network.asked
    try:
        machine.desk.sync_once()
    except RegularsError as error:
        if error.reason != "till_revoked":
            world.violate(Promise.BLOCKED, f"{machine.name} can't talk to HQ: {error.reason}")
    if world.network.asked - before > MOST_MESSAGES:
        world.violate(Promise.BLOCKED, f"{machine.name} is never up to date, however much it talks to HQ")
