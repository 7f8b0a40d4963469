"""A sale's commit: journal, postings, balances, figures, receipt; beside a bare transaction that writes the same rows.

python -m benchmarks.commit [--sales 300]    goal: ≤ 1.5 × bare, both at synchronous=FULL, taken in turns
The bare side replays the very statements, with ready values: no reading, no hashing, no witness. `fdatasync` swings
from minute to minute, so its own time is printed too.
"""

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from ledger import journal, sqlite
from ledger.founding import create_ledger
from ledger.identity import Founding
from ledger.print_jobs import enqueue
from ledger.store import Ledger, Transaction, open_ledger
from loyalty.account import Account
from loyalty.basket import Basket, Line
from loyalty.bodies import SaleCompleted, SaleQuote
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Contra, Draft, Header, Kind, Leg, PostingRef, UnitMove
from loyalty.ids import MEMBER_ID_LENGTH, to_base32
from loyalty.lots import Lot
from loyalty.quoted import EarnedLot, RulePoints

SALES = 300
LINES = 10
_BULK = 500
_DAY_MS = 86_400_000
_PRODUCTS = 20_000  # few are sold often, many seldom: a Pareto distribution
_NOW_MS = 1_714_557_600_000
_RECEIPT = b"x" * 2_000
_STORE = StoreFacts("S1", "Europe/Warsaw")

Statement = tuple[str, list[Any], bool]


class Recorder:
    """Stands before a connection and writes down every statement that changes something."""

    def __init__(self, connection: sqlite.Connection) -> None:
        self.connection = connection
        self.statements: list[Statement] = []

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - the driver's cursor
        if not sql.startswith(("SELECT", "BEGIN", "COMMIT")):
            self.statements.append((sql, [params], False))
        return self.connection.execute(sql, params)

    def executemany(self, sql: str, rows: Any) -> Any:  # noqa: ANN401 - the driver's cursor
        kept = list(rows)
        self.statements.append((sql, kept, True))
        return self.connection.executemany(sql, kept)


def sale(number: int, source: random.Random) -> Draft:
    """A sale of ten lines by one of 500 members, with an account of four lots in its body."""
    member = to_base32(source.randrange(500), MEMBER_ID_LENGTH)
    lines = tuple(
        Line(
            f"category {source.randrange(40)}",
            source.randrange(100, 5_000),
            sku=f"590{int(source.paretovariate(0.7)) % _PRODUCTS:010}",
        )
        for _ in range(LINES)
    )
    total = sum(line.amount_minor for line in lines)
    points = total * 10
    expires_ms = _NOW_MS + 365 * _DAY_MS
    lots = tuple(
        Lot(7_000 * n, expires_ms=expires_ms, available_ms=None, ref=PostingRef("K7Q2M9XAB3", 2**60, n, 0))
        for n in range(1, 5)
    )
    body = SaleCompleted(
        store=_STORE,
        programme="0123456789abcdef0123456789abcdef",
        basket=Basket("PLN", lines, "card"),
        quote=SaleQuote(
            total_minor=total,
            to_pay_minor=total,
            points_earned_millipoints=points,
            earned=(EarnedLot(points, expires_ms=expires_ms),),
            earned_by_rule=(RulePoints("base", points), RulePoints("tuesday", 0)),
            qualifying_millipoints=points,
        ),
        account=Account(member_id=member, lots=lots, points_millipoints=70_000),
    )
    legs = (
        Leg(member, POINTS, points, Contra.ISSUED, expires_ms=expires_ms),
        Leg(member, QUALIFYING, points, Contra.ISSUED),
        Leg(member, "stamps/coffee", 1, Contra.ISSUED),
    )
    header = Header(legs, own=(AccountMove(member, points),), units=(UnitMove("stamps", "coffee", member, 1),))
    return Draft(Kind.SALE_COMPLETED, body, header, member_id=member, cashier_id=f"cashier {number % 3}")


def save(tx: Transaction, draft: Draft, number: int) -> None:
    """What the till does inside a sale's transaction once it has its quote."""
    entry = journal.append(tx, draft, at_ms=_NOW_MS + number * 60_000)
    enqueue(tx, _RECEIPT, now_ms=_NOW_MS, entry_id=str(entry.id), member_id=entry.member_id)


def save_alone(ledger: Ledger, draft: Draft, number: int) -> None:
    """Our side: one transaction."""
    with ledger.write() as tx:
        save(tx, draft, number)


def record(ledger: Ledger, drafts: Sequence[Draft]) -> list[list[Statement]]:
    """The statements of each sale, run once on a till of its own."""
    recorded = []
    connection = sqlite.connect(ledger.paths.database)
    for number, draft in enumerate(drafts):
        recorder = Recorder(connection)
        tx = Transaction(cast("sqlite.Connection", recorder), SystemClock(), ledger.paths)
        connection.execute("BEGIN IMMEDIATE")
        save(tx, draft, number)
        for act in tx.before_commit_acts:
            act()
        connection.execute("COMMIT")
        recorded.append(recorder.statements)
    connection.close()
    return recorded


def replay(connection: sqlite.Connection, statements: list[Statement]) -> None:
    """The bare side: one transaction, nothing but the writes."""
    connection.execute("BEGIN IMMEDIATE")
    for sql, rows, many in statements:
        if many:
            connection.executemany(sql, rows)
        else:
            connection.execute(sql, rows[0])
    connection.execute("COMMIT")


def fdatasync_ms(folder: Path, rounds: int = 100) -> float:
    """The median time of one synced 4 KB write."""
    times = []
    with (folder / "sync").open("wb") as file:
        for _ in range(rounds):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=SALES)
    chosen = parser.parse_args()
    source = random.Random(3)
    drafts = [sale(number, source) for number in range(chosen.sales)]
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        homes = _three_homes(Path(folder))
        with open_ledger(homes[2], clock=SystemClock()) as ledger:
            recorded = record(ledger, drafts)
        _print_turns(Path(folder), homes, drafts, recorded)
        _print_bulk(homes[2], source)


def _three_homes(folder: Path) -> list[HomePaths]:
    """The same till three times: ours, the bare one, and the one on which the statements are written down."""
    homes = [HomePaths(folder / name) for name in ("ours", "bare", "recorded")]
    founding = Founding("S1", "Benchmark shop", "Till 1", "PLN", "Europe/Warsaw")
    create_ledger(homes[0], founding, clock=SystemClock(), random=SystemRandom()).close()
    for home in homes[1:]:
        shutil.copytree(homes[0].root, home.root)
    return homes


def _print_turns(folder: Path, homes: list[HomePaths], drafts: list[Draft], recorded: list[list[Statement]]) -> None:
    sync_ms = fdatasync_ms(folder)
    ours: list[float] = []
    bare: list[float] = []
    connection = sqlite.connect(homes[1].database)
    with open_ledger(homes[0], clock=SystemClock()) as ledger:
        for number, (draft, statements) in enumerate(zip(drafts, recorded, strict=True)):
            turns = [
                (ours, partial(save_alone, ledger, draft, number)),
                (bare, partial(replay, connection, statements)),
            ]
            # Whoever goes second may find the disk warm: take turns in that too.
            for times, act in turns if number % 2 else reversed(turns):
                times.append(_timed_ms(act))
    connection.close()
    rows = sum(len(rows) for _, rows, _ in recorded[0])
    print(f"{len(drafts)} sales of {LINES} lines, {rows} rows each, {sqlite.driver_name()}, synchronous=FULL; in ms")
    for words, times in (("ours", sorted(ours)), ("bare: the same rows", sorted(bare))):
        print(f"  {words:22} p50 {times[len(times) // 2]:7.3f}  p95 {times[len(times) * 95 // 100]:7.3f}")
    print(f"  bare fdatasync         p50 {sync_ms:7.3f} before, {fdatasync_ms(folder):.3f} after")
    print(f"  ratio of the medians   {statistics.median(ours) / statistics.median(bare):.2f} ×  (goal ≤ 1.5)")


def _timed_ms(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _print_bulk(home: HomePaths, source: random.Random) -> None:
    drafts = [sale(number, source) for number in range(4 * _BULK)]
    with open_ledger(home, clock=SystemClock()) as ledger:
        started = time.perf_counter()
        for first in range(0, len(drafts), _BULK):
            with ledger.write() as tx:
                for number, draft in enumerate(drafts[first : first + _BULK]):
                    journal.append(tx, draft, at_ms=_NOW_MS + number)
        seconds = time.perf_counter() - started
    print(f"  in bulk, {_BULK} a transaction: {len(drafts) / seconds:,.0f} sales/s (the ledger's part of an import)")


if __name__ == "__main__":
    main()
