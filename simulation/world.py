"""A simulated fleet: HQ, tills, the network between them, and what has been promised to whom."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from config.errors import Refused, WrongUse
from config.paths import HomePaths
from hq.service import Policy
from loyalty.ids import EntryId
from simulation.bound import NamedRisks
from simulation.chance import Chance, SeededRandom
from simulation.clock import MachineClock, WorldClock
from simulation.faults import Fault, Faults
from simulation.headquarters import HqMachine
from simulation.machine import Machine
from simulation.mortal import MachineDied
from simulation.network import Line, Network
from simulation.workshop import HQ_FILE, Workshop, till_folder
from sync.rules import ALL_RULES, Rules

MAX_VIOLATIONS = 20
T = TypeVar("T")
Place = tuple[str, int, int, bytes]


class Promise(StrEnum):
    """What may be broken; a violation begins with the word."""

    LOST = "lost"  # a saved sale, or any entry, is missing
    TWICE = "twice"  # an entry was booked more than once
    CORRUPT = "corrupt"  # a chain or a derived figure does not verify
    DEBT = "debt"  # somebody owes more than the bound
    SHOWN = "shown"  # a till refuses what its screen says can be spent, or gives more
    FORGOTTEN = "forgotten"  # who was erased is known again
    UNITS = "units"  # a voucher or stamp was used too often
    SUMS = "sums"  # points came from nowhere
    AGREEMENT = "agreement"  # tills and HQ don't say the same in the end
    BLOCKED = "blocked"  # a till can't talk to HQ, or HQ can't take what it sends


@dataclass(frozen=True)
class Plan:
    """What a run is made of; all of it follows from these few."""

    tills: int = 3
    minutes: int = 480
    seed: int = 1
    kinds: frozenset[Fault] = frozenset(Fault)
    floor_millipoints: int = 0
    page_rows: int = 500
    rules: Rules = ALL_RULES


@dataclass
class World:
    """Everything there is in one run."""

    plan: Plan
    folder: Path
    clock: WorldClock
    chance: Chance
    random: SeededRandom
    faults: Faults
    hq: HqMachine
    risks: NamedRisks
    machines: list[Machine] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    saved: dict[EntryId, Place] = field(default_factory=dict)
    lost: set[Place] = field(default_factory=set)
    acts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    machines_ever: int = 0
    max_debt_millipoints: int = 0
    keys: int = 0

    def __post_init__(self) -> None:
        self.network = Network(self.clock, self.hq, self.faults, self.refused, self.hq_has_spoken)

    def violate(self, promise: Promise, how: str) -> None:
        """A promise was broken."""
        what = f"{promise}: {how}"
        if what not in self.violations and len(self.violations) < MAX_VIOLATIONS:
            self.violations.append(what)

    def connect(self, machine: Machine) -> Machine:
        """Add a machine to the fleet and switch it on."""
        machine.transport = Line(self.network, machine)
        machine.start()
        self.machines.append(machine)
        self.machines_ever += 1
        return machine

    def machine(self, name: str, home: Path) -> Machine:
        """A machine with its own clock on the home *home*, not switched on yet."""
        return Machine(name, HomePaths(home), MachineClock(self.clock, name), self.random, rules=self.plan.rules)

    def attempt(self, machine: Machine, name: str, act: Callable[[], T], *, promised: bool = False) -> T | None:
        """What people do: None when a rule refuses it or the program dies; both are counted.

        *promised*: the screen has said that it can be done.
        """
        try:
            done = act()
        except (Refused, WrongUse) as refusal:
            self.acts[f"refused: {refusal.reason}"] += 1
            if promised:
                self.violate(Promise.SHOWN, f"{machine.name} refuses {name} it has promised: {refusal}")
            return None
        except MachineDied:
            self.died(machine)
            return None
        self.acts[name] += 1
        return done

    def died(self, machine: Machine) -> None:
        """A till's program was killed."""
        if machine.fate.struck is not None:
            self.faults.counts[machine.fate.struck] += 1
            machine.fate.struck = None
        machine.die()

    def refused(self, how: str) -> None:
        """HQ refused what no till should ever be refused."""
        self.violate(Promise.BLOCKED, how)

    def next_key(self) -> str:
        """A key that makes a repeated confirm of one sale harmless."""
        self.keys += 1
        return f"simulated-{self.keys}"

    def hq_has_spoken(self) -> None:
        """After each of HQ's transactions: its own invariants, and what is owed."""
        if self.hq.fate.struck is not None:
            self.faults.counts[self.hq.fate.struck] += 1
            self.hq.fate.struck = None
        debts = self.hq.debts()
        for root, owed in debts.items():
            self.max_debt_millipoints = max(self.max_debt_millipoints, owed)
            family = self.hq.member(root).member_ids
            if owed <= self.risks.fixed(family, self.machines_ever) or self.hq.recovering():
                continue
            bound = self.risks.bound(self.hq, family, self.machines_ever)
            if owed > bound:
                self.violate(Promise.DEBT, f"{root} owes {owed} millipoints, the bound is {bound}")

    def bound_millipoints(self) -> int:
        """What the member with the most at risk may owe."""
        found = [self.risks.floor_millipoints * self.machines_ever]
        for member_id in self.members:
            try:
                ids = self.hq.member(member_id).member_ids
            except Refused:
                continue
            found.append(self.risks.bound(self.hq, ids, self.machines_ever))
        return max(found)

    def close(self) -> None:
        """Switch everything off."""
        for machine in self.machines:
            machine.stop()
        self.hq.stop()


def begin(plan: Plan, workshop: Workshop, folder: Path) -> World:
    """A fleet at its first minute."""
    workshop.begin(folder)
    clock, random = WorldClock(), SeededRandom(f"identities/{plan.seed}")
    chance = Chance(f"acts/{plan.seed}")
    hq = HqMachine(
        folder / HQ_FILE,
        MachineClock(clock, "hq"),
        random,
        Policy(floor_millipoints=plan.floor_millipoints),
        rules=plan.rules,
        page_rows=plan.page_rows,
    )
    hq.start()
    faults = Faults(Chance(f"faults/{plan.seed}"), plan.kinds)
    world = World(plan, folder, clock, chance, random, faults, hq, NamedRisks(plan.floor_millipoints))
    for number in range(plan.tills):
        world.connect(world.machine(f"T{number}", folder / till_folder(number)))
    world.members += workshop.members()
    return world
