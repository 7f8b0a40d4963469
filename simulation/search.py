"""Tries to make a member owe as much as can be: sequences of acts are changed step by step, the worst is kept.

It begins with what the bound is made of, every till spending all that it may without asking, and looks for worse.
Without named faults all tills are honest and HQ is whole, so the bound is the stand-in floor times the tills, and
nothing when the floor is 0; with them tills are copied, put back and lost on the way, and what that risks is added.
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
from simulation.disasters import DISASTERS, keep_backup
from simulation.faults import Fault
from simulation.healing import heal
from simulation.machine import Machine
from simulation.network import Letter
from simulation.promises import check_all
from simulation.run import Outcome, outcome_of, playing
from simulation.workshop import Workshop, scratch
from simulation.world import Plan, World
from terminal.till_member_shapes import Enrolment
from terminal.till_sale_shapes import RefundRequest, SaleRequest

TRIES: Final = 40
RANDOM_STEPS_A_TILL: Final = 2
BROKEN: Final = 1 << 62
EARNED_MINOR: Final = 700
ASKED: Final = 3


class Move(StrEnum):
    """What one till does in a script."""

    EARN = "earn"
    SPEND = "spend"  # all that the till lets the member spend, without asking HQ
    ASK = "ask"  # HQ is asked for a few points, and they are spent
    REFUND = "refund"
    SHIFT = "close shift"
    SYNC = "sync"
    DEAF = "say"  # HQ hears the till's next message, its answer is lost
    DISASTER = "lose"  # one of the disasters that were named happens to the till


Step = tuple[Move, int, Fault | None]
Script = tuple[Step, ...]


class Search(Outcome, frozen=True, kw_only=True):
    """The run with the largest debt. *nearest_permille*: how near it came to the bound; *tries*: how many were run."""

    tries: int
    nearest_permille: int
    script: tuple[str, ...]


def search_for_debt(plan: Plan, tries: int = TRIES) -> Search:
    """Climb from the script that spends most to worse ones; *plan* names the disasters that may happen in them."""
    chance = Chance(f"search/{plan.seed}")
    quiet = replace(plan, kinds=frozenset())
    disasters = tuple(fault for fault in DISASTERS if fault in plan.kinds)
    with scratch() as folder:
        workshop = Workshop(folder / "workshop", plan.tills)
        script = _greedy_script(chance, plan.tills, disasters)
        owed = _debt_of(quiet, workshop, script)
        for _ in range(tries - 1):
            other = _changed(chance, script, plan.tills, disasters)
            reached = _debt_of(quiet, workshop, other)
            if reached >= owed:
                script, owed = other, reached
        # Played once more, to the end: a promise that broke on the way breaks again.
        worst = _healed(quiet, workshop, script)
    nearest = worst.max_debt_millipoints * MILLI // worst.bound_millipoints if worst.bound_millipoints else 0
    words = tuple(f"{fault or move} {till}" for move, till, fault in script)
    return Search(**msgspec.structs.asdict(worst), tries=tries, nearest_permille=nearest, script=words)


def _debt_of(plan: Plan, workshop: Workshop, script: Script) -> int:
    """The largest debt on the way; more than everything when a promise broke."""
    with playing(plan, workshop) as world:
        _play(world, script)
        return BROKEN if world.violations else world.max_debt_millipoints


def _healed(plan: Plan, workshop: Workshop, script: Script) -> Outcome:
    """What the script gave, with the bound of the one member it is about."""
    with playing(plan, workshop) as world:
        member_id = _play(world, script)
        rounds = heal(world)
        check_all(world)
        bound = world.risks.bound(world.hq, world.hq.member(member_id).member_ids, world.machines_ever)
        return msgspec.structs.replace(outcome_of(world, rounds), bound_millipoints=bound)


def _play(world: World, script: Script) -> str:
    """A member whom all tills know has earned at each of them; then *script*, and all is sent. The member's id."""
    member_id = world.machines[0].till.members.enrol(Enrolment(name="Ann")).member_id
    world.members.append(member_id)
    _sync_all(world)
    for machine in world.machines:
        _earn(world, machine, member_id)
        keep_backup(world, machine)
    _sync_all(world)
    _sync_all(world)
    for move, number, fault in script:
        world.clock.pass_ms(MINUTE_MS)
        machine = world.machines[number % len(world.machines)]
        if fault is not None:
            _strike(world, machine, fault)
        else:
            world.attempt(machine, str(move), partial(_MOVES[move], world, machine, member_id))
    _sync_all(world)
    return member_id


def _strike(world: World, machine: Machine, fault: Fault) -> None:
    if not machine.stopped and not machine.revoked and DISASTERS[fault](world, machine):
        world.faults.counts[fault] += 1


def _earn(world: World, machine: Machine, member_id: str) -> None:
    line = Line(category="General", amount_minor=EARNED_MINOR, quantity_milli=MILLI)
    _sell(world, machine, SaleRequest(lines=(line,), member_id=member_id))


def _spend(world: World, machine: Machine, member_id: str) -> None:
    points = machine.till.members.show(member_id).spendable_millipoints // MILLI
    if points:
        _sell(world, machine, paying(member_id, points))


def _ask(world: World, machine: Machine, member_id: str) -> None:
    if machine.desk.authorise(member_id, ASKED * MILLI):
        _sell(world, machine, paying(member_id, ASKED))


def _refund(world: World, machine: Machine, _member_id: str) -> None:
    sales = [entry_id for entry_id in world.saved if entry_id.till_id == machine.till_id]
    if sales:
        machine.till.refunds.refund(RefundRequest(sale=str(sales[-1])))


def _close_shift(_world: World, machine: Machine, _member_id: str) -> None:
    machine.till.shifts.close()


def _sync(_world: World, machine: Machine, _member_id: str) -> None:
    machine.desk.sync_once()


def _say(world: World, machine: Machine, _member_id: str) -> None:
    machine.deaf_until_ms = world.clock.at_ms + 1
    world.network.post(Letter(machine, machine.exchange, machine.exchange.next()))
    machine.deaf_until_ms = 0


def _sell(world: World, machine: Machine, request: SaleRequest) -> None:
    done = machine.till.sales.sell(request)
    world.acts["sales"] += 1
    if done.points_spent_millipoints:
        world.acts["redemptions offline"] += 1
    note_saved(world, machine, done.sale_id)


def _sync_all(world: World) -> None:
    for machine in list(world.machines):
        world.attempt(machine, "syncs", machine.desk.sync_once)


def _greedy_script(chance: Chance, tills: int, disasters: tuple[Fault, ...]) -> Script:
    """Each till, and each copy of one, spends all it may and tells HQ; then anything."""
    numbers = range(tills + len(disasters))
    script: list[Step] = [(Move.DISASTER, chance.between(0, tills - 1), fault) for fault in disasters]
    script += chance.shuffled([(Move.SPEND, number, None) for number in numbers])
    script += [(Move.SYNC, number, None) for number in numbers]
    return (*script, *(_random_step(chance, tills, disasters) for _ in range(RANDOM_STEPS_A_TILL * tills)))


def _random_step(chance: Chance, tills: int, disasters: tuple[Fault, ...]) -> Step:
    move = chance.one_of([move for move in Move if disasters or move != Move.DISASTER])
    fault = chance.one_of(disasters) if move == Move.DISASTER else None
    return move, chance.between(0, tills + len(disasters) - 1), fault


def _changed(chance: Chance, script: Script, tills: int, disasters: tuple[Fault, ...]) -> Script:
    """One or two steps are replaced by others."""
    steps = list(script)
    for _ in range(chance.between(1, 2)):
        steps[chance.between(0, len(steps) - 1)] = _random_step(chance, tills, disasters)
    return tuple(steps)


_MOVES: Final = {
    Move.EARN: _earn,
    Move.SPEND: _spend,
    Move.ASK: _ask,
    Move.REFUND: _refund,
    Move.SHIFT: _close_shift,
    Move.SYNC: _sync,
    Move.DEAF: _say,
}
