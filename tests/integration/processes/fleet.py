"""HQ, two tills and a faulty proxy as processes of their own, killed with SIGKILL by chance; then all must agree."""

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import text

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from hq.database import open_database
from hq.office import Office
from hq.service import Headquarters
from simulation.machine import entries_of
from simulation.workshop import programme
from terminal.till import Till
from terminal.till_opening import set_up
from terminal.till_shapes import SetUp
from terminal.till_sync import SyncDesk
from tests.integration.processes.selling_till import open_shop

TILLS = 2
TROUBLE = 120
LIFE_S = (0.3, 1.2)
HEALING_ROUNDS = 6
UP_WITHIN_S = 30.0
STORE = "corner"


@dataclass
class Found:
    """What a run gave. *kills* by what was killed; *lost* and *corrupt* count what was found in the end."""

    kills: dict[str, int] = field(default_factory=lambda: {"hq": 0, "proxy": 0, "till-0": 0, "till-1": 0})
    saved: int = 0
    lost: int = 0
    corrupt: int = 0
    entries_at_hq: int = 0
    violations: list[str] = field(default_factory=list)


class Program:
    """One process, started again as often as it is killed; the lines that it says are kept."""

    def __init__(self, name: str, words: list[str]) -> None:
        self.name = name
        self.said: list[str] = []
        self._words = words
        self._readers: list[threading.Thread] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self, *more: str) -> None:
        """Run it."""
        process = subprocess.Popen(
            [sys.executable, *self._words, *more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        reader = threading.Thread(target=self._listen, args=(process,), daemon=True)
        reader.start()
        self._readers.append(reader)
        self._process = process

    def kill(self) -> None:
        """SIGKILL; returns when it is gone and all it said has been read."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._readers[-1].join()
            self._process = None

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        # A line cut off by the kill was not read by any cashier.
        self.said += [line.strip() for line in process.stdout if line.endswith("\n")]


def play(folder: Path, *, kills: int, seed: int) -> Found:
    """Kill *kills* times, heal, and look at everything."""
    chance, found = random.Random(seed), Found()
    hq_port, proxy_port = _free_port(), _free_port()
    address = f"http://127.0.0.1:{proxy_port}"
    database = folder / "hq.db"
    homes = [folder / f"till-{number}" for number in range(TILLS)]
    serve = ["hq", "--database", str(database), "serve", "--port", str(hq_port), "--public-url", address]
    hq = Program("hq", ["-c", "from cli.main import main; main()", *serve])
    proxy = Program("proxy", ["-m", "tests.integration.processes.proxy", *_options(proxy_port, hq_port)])
    with _stopped_at_the_end([hq, proxy]):
        codes = _found_hq(database)
        hq.start()
        proxy.start("--seed", "0", "--trouble", "0")
        _wait_for(address)
        for home, code in zip(homes, codes, strict=True):
            _pair(home, address, code)
        proxy.kill()
        tills = [Program(home.name, ["-m", "tests.integration.processes.selling_till", str(home)]) for home in homes]
        with _stopped_at_the_end(tills):
            _kill_by_chance([hq, proxy, *tills], chance, kills, found)
        hq.kill()
        hq.start()
        proxy.start("--seed", "0", "--trouble", "0")
        _wait_for(address)
        _heal_and_compare(homes, database, tills, found)
    return found


def _kill_by_chance(programs: list[Program], chance: random.Random, kills: int, found: Found) -> None:
    _, proxy, *tills = programs
    _start(proxy, chance)
    for till in tills:
        _start(till, chance)
    for _ in range(kills):
        time.sleep(chance.uniform(*LIFE_S))
        victim = chance.choice(programs)
        victim.kill()
        found.kills[victim.name] += 1
        _start(victim, chance)
    time.sleep(LIFE_S[1])
    proxy.kill()


def _start(program: Program, chance: random.Random) -> None:
    seed = str(chance.randrange(1 << 30))
    if program.name == "proxy":
        program.start("--seed", seed, "--trouble", str(TROUBLE))
    elif program.name == "hq":
        program.start()
    else:
        program.start(seed)


def _heal_and_compare(homes: list[Path], database: Path, programs: list[Program], found: Found) -> None:
    tills = [open_shop(home) for home in homes]
    try:
        for number in range(HEALING_ROUNDS):
            for till in tills:
                if number == 1:
                    _close_shift(till)
                SyncDesk(till.counter).sync_once()
        _compare(tills, database, programs, found)
    finally:
        for till in tills:
            till.close()


def _compare(tills: list[Till], database: Path, programs: list[Program], found: Found) -> None:
    there = _at_hq(database)
    found.entries_at_hq = len(there)
    if len(there) != len(set(there)):
        found.violations.append("an entry is at HQ twice")
    known = set(there)
    for till, program in zip(tills, programs, strict=True):
        with till.counter.ledger.read() as view:
            entries = list(entries_of(view))
        ids = {str(entry.id) for entry in entries}
        missing = [str(entry.id) for entry in entries if (*entry.id, entry.hash) not in known]
        found.violations += [f"{entry_id} never reaches HQ" for entry_id in missing]
        saved = {line.removeprefix("sale ") for line in program.said if line.startswith("sale ")}
        found.saved += len(saved)
        found.lost += len(saved - ids) + len(missing)
        found.violations += [f"the saved sale {sale} is gone" for sale in sorted(saved - ids)]
        differences = till.upkeep.verify().differences
        found.corrupt += bool(differences)
        found.violations += [f"{program.name} does not verify: {each}" for each in differences]
    _compare_members(tills, database, programs, found)


def _compare_members(tills: list[Till], database: Path, programs: list[Program], found: Found) -> None:
    members = {line.split()[1] for program in programs for line in program.said if line.startswith("member ")}
    with _office(database) as office:
        differences = [*office.verify().differences, *office.invariants(debt_bound=0)]
        found.corrupt += bool(differences)
        found.violations += [f"HQ: {each}" for each in differences]
        for member_id in sorted(members):
            balance = office.member(member_id).balance_millipoints
            shown = [till.members.show(member_id).points_millipoints for till in tills]
            if shown != [balance] * len(tills):
                found.violations.append(f"{member_id}: HQ has {balance}, the tills show {shown}")


def _at_hq(database: Path) -> list[tuple[str, int, int, bytes]]:
    opened = open_database(database)
    query = text(
        "SELECT l.till_id, l.epoch, e.seq, e.hash FROM entries e"
        " JOIN lives l ON l.life = e.life WHERE l.till_id <> 'hq'"
    )
    with opened.read() as connection:
        rows = [(row.till_id, row.epoch, row.seq, row.hash) for row in connection.execute(query)]
    opened.close()
    return rows


def _found_hq(database: Path) -> list[str]:
    with _office(database) as office:
        office.add_store(STORE, "Corner", "Europe/Warsaw", "PLN")
        return [office.add_till(STORE, f"Till {number}") for number in range(TILLS)]


@contextmanager
def _office(database: Path) -> Iterator[Office]:
    opened = open_database(database)
    try:
        yield Office(Headquarters(opened, clock=SystemClock(), random=SystemRandom()))
    finally:
        opened.close()


def _pair(home: Path, address: str, code: str) -> None:
    asked = SetUp(store="Corner", pin="2468", programme=programme())
    set_up(HomePaths(home), asked, clock=SystemClock(), random=SystemRandom())
    with open_shop(home) as till:
        SyncDesk(till.counter).pair(address, code)


def _close_shift(till: Till) -> None:
    if till.shifts.current() is not None:
        till.shifts.close()


@contextmanager
def _stopped_at_the_end(programs: list[Program]) -> Iterator[None]:
    try:
        yield
    finally:
        for program in programs:
            program.kill()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/v1/nonce", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody answers at {address}")


def _options(listen: int, to: int) -> list[str]:
    return ["--listen", str(listen), "--to", str(to)]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
