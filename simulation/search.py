"""Tries to make a member owe as much as can be: sequences of acts are changed step by step, the worst is kept.

All tills are honest and HQ is whole, so the bound is the stand-in floor times the tills; nothing when the floor is 0.
"""

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Final

import msgspec

from loyalty.basket import Line
from simulation.acts import MILLI, note_saved, paying
from simulation.chance import Chance
from simulation.clock import MINUTE_MS
from simulation.healing import heal
from simulation.machine import Machine
from simulation.promises import check_all
from simulation.run import Outcome, outcome_of, playing
from simulation.workshop import Workshop, scratch
from simulation.world import Plan, World
from terminal.till_member_shapes import Enrolment
from terminal.till_sale_shapes import RefundRequest, SaleRequest

TRIES: Final = 40
SCRIPT_LENGTH: Final = 8
BROKEN: Final = 1 << 62
EARNED_MINOR: Final = 700
ASKED: Final = 3


class Move(StrEnum):
    """What one till does in a script."""

    EARN = "earn"
    SPEND = "spend"  # all that the till lets the member spend, without asking HQ
    ASK = "ask"  # HQ is asked for a few points, and they are spent
    REFUND = "refund"
    SYNC = "sync"


Script = tuple[tuple[Move, int], ...]


class Search(Outcome, frozen=True, kw_only=True):
    """The run with the largest debt. *nearest_permille*: how near it came to the bound; *tries*: how many were run."""

    tries: int
    nearest_permille: int
    script: tuple[str, ...]


def search_for_debt(plan: Plan, tries: int = TRIES) -> Search:
    """Climb from a random script to worse ones."""
    chance = Chance(f"search/{plan.seed}")
    honest = replace(plan, kinds=frozenset())
    with scratch() as folder:
        workshop = Workshop(folder / "workshop", plan.tills)
        script, owed = _random_script(chance, plan.tills), -1
        for _ in range(tries):
            other = _changed(chance, script, plan.tills)
            reached = _debt_of(honest, workshop, other)
            if reached >= owed:
                script, owed = other, reached
        worst = _healed(honest, workshop, script)
    nearest = worst.max_debt_millipoints * MILLI // worst.bound_millipoints if worst.bound_millipoints else 0
    words = tuple(f"{move} {till}" for move, till in script)
    return Search(**msgspec.structs.asdict(worst), tries=tries, nearest_permille=nearest, script=words)


def _debt_of(plan: Plan, workshop: Workshop, script: Script) -> int:
    """The largest debt on the way; more than everything when a promise broke."""
    with playing(plan, workshop) as world:
        _play(world, script)
        return BROKEN if world.violations else world.max_debt_millipoints


def _healed(plan: Plan, workshop: Workshop, script: Script) -> Outcome:
    with playing(plan, workshop) as world:
        _play(world, script)
        rounds = heal(world)
        check_all(world)
        return outcome_of(world, rounds)


def _play(world: World, script: Script) -> None:
    """A member whom all tills know has earned at each of them; then *script*, and all is sent."""
    member_id = world.machines[0].till.members.enrol(Enrolment(name="Ann")).member_id
    world.members.append(member_id)
    _sync_all(world)
    for machine in world.machines:
        _earn(world, machine, member_id)
    _sync_all(world)
    _sync_all(world)
    for move, number in script:
        world.clock.pass_ms(MINUTE_MS)
        machine = world.machines[number]
        world.attempt(machine, str(move), partial(_MOVES[move], world, machine, member_id))
    _sync_all(world)


def _earn(world: World, machine: Machine, member_id: str) -> None:
    line = Line(category="General", amount_minor=EARNED_MINOR, quantity_milli=MILLI)
    _sell(world, machine, SaleRequest(lines=(line,), member_id=member_id))


def _spend(world: World, machine: Machine, member_id: str) -> None:
    limit = machine.till.members.show(member_id).spendable_millipoints
    _pay(world, machine, member_id, limit // MILLI)


def _ask(world: World, machine: Machine, member_id: str) -> None:
    if machine.desk.authorise(member_id, ASKED * MILLI):
        _pay(world, machine, member_id, ASKED)


def _refund(world: World, machine: Machine, _member_id: str) -> None:
    sales = [entry_id for entry_id in world.saved if entry_id.till_id == machine.till_id]
    if sales:
        machine.till.refunds.refund(RefundRequest(sale=str(sales[-1])))


def _sync(_world: World, machine: Machine, _member_id: str) -> None:
    machine.desk.sync_once()


def _pay(world: World, machine: Machine, member_id: str, points: int) -> None:
    if points <= 0:
        return
    _sell(world, machine, paying(member_id, points))


def _sell(world: World, machine: Machine, request: SaleRequest) -> None:
    done = machine.till.sales.sell(request)
    world.acts["sales"] += 1
    if done.points_spent_millipoints:
        world.acts["redemptions"] += 1
        world.acts["redemptions offline"] += 1
    note_saved(world, machine, done.sale_id)


def _sync_all(world: World) -> None:
    for machine in world.machines:
        machine.desk.sync_once()


def _random_script(chance: Chance, tills: int) -> Script:
    return tuple(_random_step(chance, tills) for _ in range(SCRIPT_LENGTH))


def _random_step(chance: Chance, tills: int) -> tuple[Move, int]:
    return chance.one_of(tuple(Move)), chance.between(0, tills - 1)


def _changed(chance: Chance, script: Script, tills: int) -> Script:
    """One or two steps are replaced by others."""
    steps = list(script)
    for _ in range(chance.between(1, 2)):
        steps[chance.between(0, len(steps) - 1)] = _random_step(chance, tills)
    return tuple(steps)


_MOVES: Final = {
    Move.EARN: _earn,
    Move.SPEND: _spend,
    Move.ASK: _ask,
    Move.REFUND: _refund,
    Move.SYNC: _sync,
}
