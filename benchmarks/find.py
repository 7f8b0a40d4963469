"""Finding members among a million: code → member facts, and fragments of names, phones and e-mails → members.

python -m benchmarks.find [--members 1000000] [--home DIR]
Goals: code p95 ≤ 50 ms (the whole service), fragment p95 ≤ 30 ms.
The bare side is the least SQLite can do: one lookup by primary key in the same file.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.population import MEMBERS, card_code, people, populated
from ledger import sqlite
from ledger.facts import member_facts
from ledger.search import by_code, find
from ledger.store import Ledger

ROUNDS = 400


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--home", type=Path, help="keep the population here")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    with _home(chosen.home) as home:
        # In a process of its own, so that making the population does not count as the till's memory.
        command = [sys.executable, "-m", "benchmarks.population", str(home), "--members", str(chosen.members)]
        subprocess.run(command, check=True)
        with populated(home, chosen.members) as ledger:
            before_mb = _resident_mb()
            _measure(ledger, chosen.members, chosen.rounds)
            print(f"memory: {_resident_mb():.0f} MB resident now, {before_mb:.0f} MB before the first question")


def _measure(ledger: Ledger, members: int, rounds: int) -> None:
    source = random.Random(2)
    numbers = [source.randrange(1, members + 1) for _ in range(rounds)]
    sample = list(people(min(members, 20_000)))
    connection = sqlite.connect_read_only(ledger.paths.database)

    def bare(number: int) -> None:
        connection.execute("SELECT member_id FROM card WHERE code = ?", (card_code(number),)).fetchall()

    def scan(number: int) -> None:
        with ledger.read() as view:
            (match,) = by_code(view, card_code(number))
            member_facts(view, match.member_id)

    def ask(fragment_of: Callable[[int], str]) -> Callable[[int], None]:
        def search(number: int) -> None:
            with ledger.read() as view:
                find(view, fragment_of(number % len(sample)))

        return search

    print(f"{members:,} members, {driver()}, {rounds} questions each; milliseconds")
    _report("bare: card by primary key", bare, numbers)
    _report("code → member's facts", scan, numbers)
    fragments: dict[str, Callable[[int], str]] = {
        "name, 1 letter": lambda number: sample[number][1][:1],
        "name, 3 letters": lambda number: sample[number][1][:3],
        "first name + 3 letters of the last": lambda number: _first_and_start(sample[number][1]),
        "last name whole": lambda number: sample[number][1].split()[1],
        "phone, last 4 digits": lambda number: sample[number][2][-4:],
        "phone, last 6 digits": lambda number: sample[number][2][-6:],
        "e-mail, 5 letters": lambda number: sample[number][3][:5],
        "two first letters": lambda number: " ".join(word[:1] for word in sample[number][1].split()),
        "nobody": lambda number: f"xq{number}",
    }
    for words, fragment_of in fragments.items():
        _report(words, ask(fragment_of), numbers)
    connection.close()


def _first_and_start(name: str) -> str:
    first, last = name.split()
    return f"{first} {last[:3]}"


def _report(words: str, act: Callable[[int], None], numbers: list[int]) -> None:
    times = []
    for number in numbers:
        started = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    p50, p95, worst = times[len(times) // 2], times[len(times) * 95 // 100], times[-1]
    print(f"  {words:38} p50 {p50:7.3f}  p95 {p95:7.3f}  max {worst:7.3f}")


def driver() -> str:
    """Which SQLite answers."""
    return sqlite.driver_name()


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


@contextmanager
def _home(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        yield chosen
        return
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        yield Path(folder) / "home"


if __name__ == "__main__":
    main()
