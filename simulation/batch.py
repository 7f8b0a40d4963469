"""Many short runs, one seed each: what they found together."""

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from simulation.faults import Fault
from simulation.run import Outcome, simulate
from simulation.workshop import Workshop, scratch
from simulation.world import Plan, Promise

SHORT_MINUTES = 10
FLOORS = (0, 3000)
PAGES = (1, 3, 500)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch found. *lost* and *corrupt* count runs; *violations* name the seed that shows each."""

    runs: int
    sales: int
    redemptions_offline: int
    lost: int
    corrupt: int
    faults: dict[str, int]
    most_rounds_to_converge: int
    max_debt_millipoints: int
    violations: list[str]


def short_plan(seed: int, minutes: int = SHORT_MINUTES) -> Plan:
    """A small fleet whose size, floor and pages follow from the seed."""
    return Plan(
        tills=3 if seed % 4 == 0 else 2,
        minutes=minutes,
        seed=seed,
        floor_millipoints=FLOORS[seed // 2 % len(FLOORS)],
        page_rows=PAGES[seed % len(PAGES)],
    )


def run_batch(
    seeds: Iterable[int], minutes: int = SHORT_MINUTES, told: Callable[[Outcome], None] | None = None
) -> Batch:
    """Run each of *seeds*; *told* hears of every outcome."""
    outcomes = []
    with scratch() as folder:
        workshops = {size: Workshop(folder / f"workshop-{size}", size) for size in (2, 3)}
        for seed in seeds:
            plan = short_plan(seed, minutes)
            outcomes.append(simulate(plan, workshops[plan.tills]))
            if told is not None:
                told(outcomes[-1])
    return summed(outcomes)


def summed(outcomes: list[Outcome]) -> Batch:
    """Many outcomes as one figure each."""
    faults: Counter[str] = Counter({str(fault): 0 for fault in Fault})
    for outcome in outcomes:
        faults.update(outcome.faults)
    return Batch(
        runs=len(outcomes),
        sales=sum(outcome.sales for outcome in outcomes),
        redemptions_offline=sum(outcome.redemptions_offline for outcome in outcomes),
        lost=sum(_broke(outcome, Promise.LOST) for outcome in outcomes),
        corrupt=sum(_broke(outcome, Promise.CORRUPT) for outcome in outcomes),
        faults=dict(faults),
        most_rounds_to_converge=max((outcome.rounds_to_converge for outcome in outcomes), default=0),
        max_debt_millipoints=max((outcome.max_debt_millipoints for outcome in outcomes), default=0),
        violations=[f"seed {outcome.seed}: {how}" for outcome in outcomes for how in outcome.violations],
    )


def _broke(outcome: Outcome, promise: Promise) -> bool:
    return any(how.startswith(f"{promise}:") for how in outcome.violations)
