"""A whole sale through the till service, and a scan answered by it, each beside the least that SQLite can do.

python -m benchmarks.sale [--sales 300] [--members 1000000] [--home DIR]
Goal: code → member p95 ≤ 50 ms. The commit alone, whose goal is ≤ 1.5 × a bare transaction that writes the same
rows, is in benchmarks/commit.py. A sale here is everything between "finish" and "saved": the account read, ten lines
quoted with the sample programme, the entry hashed and booked, flags looked for, the receipt built and queued. The bare
side replays the very statements with ready values. `fdatasync` swings from minute to minute: its time is printed too.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from benchmarks.commit import Statement, fdatasync_ms, replay
from benchmarks.population import MEMBERS, card_code, populated
from config.paths import HomePaths
from config.printer_settings import PrinterSettings
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from ledger import sqlite, staff
from loyalty.basket import Line
from loyalty.programme.load import load_programme
from terminal.till import Till
from terminal.till_counter import Counter, Scribe
from terminal.till_member_shapes import Enrolment, MemberFound
from terminal.till_opening import open_till, sample_programme, set_up
from terminal.till_programmes import BEGINNING_MS, keep_programme
from terminal.till_sale_shapes import RewardChoice, SaleRequest
from terminal.till_shapes import SetUp
from terminal.till_staff import add_staff, session_of
from tests.builders import PIN, SeededRandom, StillClock

SALES = 300
SHOPPERS = 50
ROUNDS = 400
_CATEGORIES = ("Groceries", "Coffee", "Bread", "Cakes", "Fruit", "Vegetables", "Tobacco", "Household")


class RecordingConnection:
    """Stands before a connection and writes down every statement that changes something."""

    def __init__(self, connection: sqlite.Connection) -> None:
        self.connection = connection
        self.statements: list[Statement] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the driver's own
        return getattr(self.connection, name)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - the driver's cursor
        if not sql.lstrip().startswith(("SELECT", "BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            self.statements.append((sql, [params], False))
        return self.connection.execute(sql, params)

    def executemany(self, sql: str, rows: Any) -> Any:  # noqa: ANN401 - the driver's cursor
        kept = list(rows)
        self.statements.append((sql, kept, True))
        return self.connection.executemany(sql, kept)


class Checkout:
    """The same till and the same day each time: identities and times repeat themselves, so rows do too."""

    def __init__(self, home: HomePaths, folder: Path) -> None:
        self.clock, self.random = StillClock(), SeededRandom(5)
        printer = PrinterSettings.model_validate({"kind": "file", "path": str(folder / "paper")})
        self.till = open_till(home, Settings(printer=printer), clock=self.clock, random=self.random)

    def sell(self, request: SaleRequest) -> None:
        """One sale, a minute after the last."""
        self.clock.forward(minutes=1)
        self.till.sales.sell(request)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=SALES)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--home", type=Path, help="keep the population here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _measure_sales(Path(folder), chosen.sales)
        if chosen.members:
            _measure_identify(chosen.home or Path(folder) / "many", chosen.members, chosen.rounds)


def _measure_sales(folder: Path, count: int) -> None:
    homes, people = _three_homes(folder)
    source = random.Random(3)
    requests = [_request(people, source) for _ in range(count)]
    recorded = _record(Checkout(homes[2], folder), requests)
    checkout = Checkout(homes[0], folder)
    bare_connection = sqlite.connect(homes[1].database)
    ours: list[float] = []
    bare: list[float] = []
    sync_ms = fdatasync_ms(folder)
    for number, (request, statements) in enumerate(zip(requests, recorded, strict=True)):
        # Whoever goes second may find the disk warm: take turns in that.
        if number % 2:
            ours.append(_ms(lambda request=request: checkout.sell(request)))  # type: ignore[misc]
        bare.append(_ms(lambda statements=statements: replay(bare_connection, statements)))  # type: ignore[misc]
        if not number % 2:
            ours.append(_ms(lambda request=request: checkout.sell(request)))  # type: ignore[misc]
    quotes = [_ms(lambda request=request: checkout.till.sales.quote(request)) for request in requests]  # type: ignore[misc]
    rows = statistics.mean(sum(len(rows) for _, rows, _ in statements) for statements in recorded)
    print(f"{count} whole sales of 10 lines, {rows:.0f} rows each, synchronous=FULL; milliseconds")
    _report("whole sale, till service", ours)
    _report("bare: the same rows", bare)
    _report("quote on the screen", quotes)
    print(f"  bare fdatasync                 p50 {sync_ms:8.3f} before, {fdatasync_ms(folder):.3f} after")
    ratio = statistics.median(ours) / statistics.median(bare)
    print(f"  ratio of the medians           {ratio:.2f} ×  (the commit alone: benchmarks.commit)")


def _measure_identify(home: Path, members: int, rounds: int) -> None:
    command = [sys.executable, "-m", "benchmarks.population", str(home), "--members", str(members)]
    subprocess.run(command, check=True)
    source = random.Random(2)
    with populated(home, members) as ledger:
        scribe = Scribe(SystemClock(), SystemRandom())
        with ledger.write() as tx:
            if not staff.list_staff(tx):
                add_staff(scribe, tx, name="Ana", pin=PIN, role="manager", by=None)
                keep_programme(scribe, tx, load_programme(sample_programme()), start_ms=BEGINNING_MS, by=None)
        with ledger.read() as view:
            session = session_of(view, None)
        till = Till(Counter(scribe.clock, scribe.random, ledger, Settings(), session))
        connection = sqlite.connect_read_only(ledger.paths.database)
        numbers = [source.randrange(1, members + 1) for _ in range(rounds)]

        def scan(number: int) -> None:
            found = till.members.identify(card_code(number))
            assert isinstance(found, MemberFound)

        def bare(number: int) -> None:
            connection.execute("SELECT member_id FROM card WHERE code = ?", (card_code(number),)).fetchall()

        print(f"{members:,} members: a scanned code → everything the screen shows; milliseconds")
        _report("identify, till service", [_ms(lambda number=number: scan(number)) for number in numbers])  # type: ignore[misc]
        _report("bare: card by primary key", [_ms(lambda number=number: bare(number)) for number in numbers])  # type: ignore[misc]


def _three_homes(folder: Path) -> tuple[list[HomePaths], list[str]]:
    """The same shop three times: ours, the bare one, and the one on which statements are written down."""
    homes = [HomePaths(folder / name) for name in ("ours", "bare", "recorded")]
    clock, seeded = StillClock(), SeededRandom()
    set_up(homes[0], SetUp(pin=PIN), clock=clock, random=seeded)
    with open_till(homes[0], Settings(), clock=clock, random=seeded) as till:
        people = [till.members.enrol(Enrolment(name=f"Member {number}")).member_id for number in range(SHOPPERS)]
        for member_id in people:
            till.sales.sell(SaleRequest(lines=(Line("Groceries", 60_000),), member_id=member_id))
    for home in homes[1:]:
        shutil.copytree(homes[0].root, home.root)
    return homes, people


def _request(people: Sequence[str], source: random.Random) -> SaleRequest:
    lines = tuple(
        Line(source.choice(_CATEGORIES), source.randrange(100, 5_000), sku=f"590{source.randrange(2_000):010}")
        for _ in range(10)
    )
    rewards = (RewardChoice(reward="five-off"),) if source.random() < 0.1 else ()
    return SaleRequest(lines=lines, member_id=source.choice(people), rewards=rewards, key=f"{source.random()}")


def _record(checkout: Checkout, requests: Sequence[SaleRequest]) -> list[list[Statement]]:
    ledger = checkout.till.counter.ledger
    recorder = RecordingConnection(ledger._connection())
    ledger._writer = cast("sqlite.Connection", recorder)
    recorded = []
    for request in requests:
        recorder.statements = []
        checkout.sell(request)
        recorded.append(recorder.statements)
    checkout.till.close()
    return recorded


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _report(words: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    print(f"  {words:30} p50 {ordered[len(ordered) // 2]:8.3f}  p95 {ordered[len(ordered) * 95 // 100]:8.3f}")


if __name__ == "__main__":
    main()
