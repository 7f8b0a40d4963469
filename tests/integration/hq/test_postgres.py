"""HQ on a real PostgreSQL: the same scenarios and random days, several processes, and readers that skip nothing."""

import os
import threading

import pytest

from hq.service import Headquarters
from sync.wire import Pull
from tests.integration.hq.conftest import Postgres
from tests.unit.hq.chaos import FAMILIES, Chaos
from tests.unit.hq.scenarios import SCENARIOS, Scenario
from tests.unit.hq.world import World

LONG = bool(os.environ.get("REGULARS_LONG"))
SEEDS = 50 if LONG else 1


def _name(each: Scenario) -> str:
    return f"{each.number} {each.name}"


@pytest.mark.parametrize("each", SCENARIOS if LONG else SCENARIOS[::6], ids=_name)
def test_a_scenario_holds(postgres: Postgres, each: Scenario) -> None:
    assert each.broken(postgres.new(), copies=postgres) == []


@pytest.mark.parametrize("families", [list(FAMILIES)], ids="+".join)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_run_keeps_every_promise(postgres: Postgres, seed: int, families: list[str]) -> None:
    Chaos(postgres.new(), seed, floor=1, copies=postgres).run(100 if LONG else 30, families)


def test_several_processes_book_each_entry_once_and_a_reader_skips_none(postgres: Postgres) -> None:
    world = World(postgres.new(), tills=3)
    reader, *writers = world.tills
    member = world.member(reader, 1)
    world.sync()
    world.check_every_batch = False
    others = [
        Headquarters(world.database, clock=world.clock, random=world.random, keeper=world.keeper) for _ in writers
    ]
    failures: list[BaseException] = []

    def write(number: int) -> None:
        till, hq = writers[number], others[number]
        try:
            for turn in range(10):
                each = f"W{number}{turn:014d}"
                till.enrol(each)
                till.earn(each, 1)
                request = world.exchange(till).next()
                answer = hq.push(till.till_id, request.message)  # type: ignore[arg-type]
                hq.push(till.till_id, request.message)  # type: ignore[arg-type]
                world.exchange(till).receive(request, answer)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(writers))]
    for thread in threads:
        thread.start()
    seen: set[str] = set()
    cursor = reader.cursor
    while any(thread.is_alive() for thread in threads):
        cursor = _read(world, cursor, seen)
    for thread in threads:
        thread.join()
    assert not failures
    _read(world, cursor, seen)
    expected = {f"W{number}{turn:014d}" for number in range(len(writers)) for turn in range(10)}
    assert expected <= seen
    assert world.balance(member) == 1
    world.verify()


def _read(world: World, cursor: int, seen: set[str]) -> int:
    till = world.tills[0]
    page = world.hq.pull(till.till_id, Pull(till.timeline, cursor, till.life.epoch))
    seen |= {row.root for row in page.rows}
    return page.to
