"""One simulated run from a seed: faults for some hours, then healing, then every promise is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from simulation import acts, disasters, office
from simulation.clock import MINUTE_MS
from simulation.healing import heal
from simulation.promises import check_all
from simulation.workshop import Workshop, scratch
from simulation.world import Plan, World, begin

MINUTES_AN_HOUR = 60
ACT_PERMILLE = 450
TALK_PERMILLE = 350
SYNC_PERMILLE = 40


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run gave; the same seed gives the same, to the byte."""

    seed: int
    tills: int
    hours: int | float
    sales: int
    redemptions_offline: int
    faults: dict[str, int]
    rounds_to_converge: int
    max_debt_millipoints: int
    bound_millipoints: int
    violations: list[str]


def simulate(plan: Plan, workshop: Workshop | None = None) -> Outcome:
    """Run *plan*; a *workshop* that has made a beginning of its size before saves that time."""
    with playing(plan, workshop) as world:
        for _ in range(plan.minutes):
            _minute(world)
        rounds = heal(world)
        check_all(world)
        return outcome_of(world, rounds)


def _minute(world: World) -> None:
    """What happens in one minute of the fleet."""
    world.clock.pass_ms(MINUTE_MS)
    for machine in world.chance.shuffled(world.machines):
        if world.chance.happens(ACT_PERMILLE):
            acts.act(world, machine)
        if world.chance.happens(TALK_PERMILLE):
            world.network.converse(machine)
        if world.chance.happens(SYNC_PERMILLE):
            office.sync_by_hand(world, machine)
    for _ in range(world.chance.between(0, 2)):
        world.network.late_post()
    for machine in list(world.machines):
        disasters.befall(world, machine)
    office.work(world)
    disasters.befall_hq(world)


def outcome_of(world: World, rounds: int) -> Outcome:
    """What a run gave."""
    plan, done = world.plan, world.acts
    return Outcome(
        seed=plan.seed,
        tills=plan.tills,
        hours=_hours(plan.minutes),
        sales=done["sales"],
        redemptions_offline=done["redemptions offline"],
        faults=world.faults.told(),
        rounds_to_converge=rounds,
        max_debt_millipoints=world.max_debt_millipoints,
        bound_millipoints=world.bound_millipoints(),
        violations=list(world.violations),
    )


def _hours(minutes: int) -> int | float:
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    return round(minutes / MINUTES_AN_HOUR, 3) if rest else hours


@contextmanager
def playing(plan: Plan, workshop: Workshop | None = None) -> Iterator[World]:
    """A fleet in a folder of its own, switched off at the end."""
    with scratch() as folder:
        world = begin(plan, workshop or Workshop(folder / "workshop", plan.tills), folder / "run")
        try:
            yield world
        finally:
            world.close()
