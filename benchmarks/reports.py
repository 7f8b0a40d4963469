"""How long each of the manager's reports takes on a till with a million entries, beside a bare scan of the journal.

python -m benchmarks.reports [--home DIR] [--entries 1000000] [--members 100000]

A till that is in --home already is measured as it is: the year that ends with its last sale.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from ledger import journal, members
from ledger.days import day_of
from ledger.founding import create_ledger
from ledger.identity import Founding
from ledger.store import Ledger, open_ledger
from loyalty.basket import Basket, Line
from loyalty.bodies import (
    ActivityRecorded,
    FlagRaised,
    MemberEnrolled,
    PointsAdjusted,
    RefundedLine,
    SaleCompleted,
    SaleQuote,
    SaleRefunded,
)
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, AccountMove, Contra, Draft, Header, Kind, Leg
from loyalty.ids import MEMBER_ID_LENGTH, EntryId, to_base32
from loyalty.quoted import Discount, RulePoints
from terminal.till_counter import Counter
from terminal.till_reports import ReportDesk
from terminal.till_shapes import Session

ENTRIES = 1_000_000
MEMBERS = 100_000
ROUNDS = 5
LAST = datetime(2025, 12, 31, 20, 0, tzinfo=UTC)
DAYS = 365
STORE = StoreFacts("S1", "Europe/Warsaw")
_BATCH = 500
_CATEGORIES = [f"category-{number}" for number in range(40)]
_PRODUCTS = 20_000
_CASHIERS = [f"C{number:05}" for number in range(6)]
_REWARDS = ["five-off", "bakery", "tote-bag", "pay-with-points"]
_RARE = 100  # one entry of each rare kind in so many


@dataclass
class LastClock:
    """The clock of the last evening."""

    at_ms: int = int(LAST.timestamp() * 1000)

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> int:
        return 0

    def boot_id(self) -> str:
        return "benchmark"


class History:
    """A year of a busy shop, the same for the same seed."""

    def __init__(self, entries: int, people: int, seed: int = 1) -> None:
        self._source = random.Random(seed)
        self._entries = entries
        self.people = [to_base32(self._source.getrandbits(80), MEMBER_ID_LENGTH) for _ in range(people)]
        self.start_ms = int((LAST - timedelta(days=DAYS - 1)).replace(hour=7).timestamp() * 1000)

    def drafts(self) -> Iterator[tuple[int, Draft]]:
        """(time, entry) in the order of time: everybody is enrolled when they first come, in the first half year."""
        enrolments = iter(self.people)
        every = max(2, self._entries // (2 * len(self.people)))
        for number in range(self._entries):
            at_ms = self._time(number)
            member = next(enrolments, None) if number % every == 0 else None
            if member is not None:
                yield at_ms, Draft(Kind.MEMBER_ENROLLED, MemberEnrolled(), member_id=member, cashier_id=_CASHIERS[0])
            elif number % _RARE < len(_RARE_KINDS):
                yield at_ms, _RARE_KINDS[number % _RARE](self._source.choice(self.people))
            else:
                yield at_ms, self._sale()

    def _time(self, number: int) -> int:
        # Twelve hours are open; the others are skipped.
        day, second = divmod(number * DAYS * 43_200 // self._entries, 43_200)
        return self.start_ms + (day * 86_400 + second) * 1000

    def _sale(self) -> Draft:
        source = self._source
        member = source.choice(self.people) if source.random() < 0.7 else None
        # A few products sell often, most seldom.
        skus = [int(_PRODUCTS * source.random() ** 3) for _ in range(3)]
        lines = tuple(
            Line(_CATEGORIES[sku % len(_CATEGORIES)], source.randrange(100, 5000), sku=str(sku)) for sku in skus
        )
        total = sum(line.amount_minor for line in lines)
        off = 100 if member and source.random() < 0.08 else 0
        points = (total - off) // 100 * 1000 if member else 0
        discounts = (Discount(source.choice(_REWARDS), off, 5000),) if off else ()
        quote = SaleQuote(
            total_minor=total,
            to_pay_minor=total - off,
            discounts=discounts,
            earned_by_rule=(RulePoints("base", points),) if points else (),
            tier_after=source.choice(["silver", "gold"]) if member and source.random() < 0.05 else None,
        )
        legs = [Leg(member, POINTS, points, Contra.ISSUED)] if member and points else []
        legs += [Leg(member, POINTS, -5000, Contra.REDEEMED)] if member and off else []
        header = Header(legs=tuple(legs), own=(AccountMove(member, points),) if member and points else ())
        body = SaleCompleted(store=STORE, programme="benchmark", basket=Basket("PLN", lines), quote=quote)
        return Draft(Kind.SALE_COMPLETED, body, header, member_id=member, cashier_id=source.choice(_CASHIERS))


def _refund(member: str) -> Draft:
    sale = str(EntryId("K7Q2M9XAB3", 1, 1))
    body = SaleRefunded(sale, STORE, (RefundedLine(0, "category-1", 500, 500),), 500)
    return Draft(Kind.SALE_REFUNDED, body, member_id=member, cashier_id=_CASHIERS[1])


def _flag(member: str) -> Draft:
    return Draft(Kind.FLAG_RAISED, FlagRaised("many_sales", {"sales": 7, "limit": 6}), member_id=member)


def _adjustment(member: str) -> Draft:
    header = Header(legs=(Leg(member, POINTS, 1000, Contra.ADJUSTED),), own=(AccountMove(member, 1000),))
    body = PointsAdjusted(1000, "goodwill", _CASHIERS[0])
    return Draft(Kind.POINTS_ADJUSTED, body, header, member_id=member, cashier_id=_CASHIERS[0])


def _activity(member: str) -> Draft:
    body = ActivityRecorded("review", "benchmark", STORE, 20_000)
    header = Header(legs=(Leg(member, POINTS, 20_000, Contra.ISSUED),), own=(AccountMove(member, 20_000),))
    return Draft(Kind.ACTIVITY_RECORDED, body, header, member_id=member, cashier_id=_CASHIERS[2])


_RARE_KINDS: tuple[Callable[[str], Draft], ...] = (_refund, _flag, _adjustment, _activity)


def make(home: Path, entries: int, people: int) -> Ledger:
    """A till in *home* with that history."""
    paths = HomePaths(home)
    if paths.database.exists():
        return open_ledger(paths, clock=SystemClock())
    founding = Founding(STORE.store_id, "Benchmark shop", "Till 1", "PLN", STORE.zone)
    ledger = create_ledger(paths, founding, clock=LastClock(), random=SystemRandom())
    history = History(entries, people)
    started = time.perf_counter()
    stream = history.drafts()
    while batch := list(islice(stream, _BATCH)):
        with ledger.write() as tx:
            for at_ms, draft in batch:
                if draft.kind == Kind.MEMBER_ENROLLED:
                    members.add(tx, str(draft.member_id), enrolled_ms=at_ms)
                journal.append(tx, draft, at_ms=at_ms)
    print(f"made {entries:,} entries in {time.perf_counter() - started:.0f} s")
    return ledger


def measure(name: str, act: Callable[[], object]) -> float:
    """The median of a few rounds, in milliseconds; beside it the processor time, which others at work leave alone."""
    times, busy = [], []
    for _ in range(ROUNDS):
        started, started_cpu = time.perf_counter(), time.process_time()
        act()
        times.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - started_cpu) * 1000)
    median = sorted(times)[ROUNDS // 2]
    print(f"{name:<34} {median:>9.1f} ms   (first {times[0]:.1f}, processor {sorted(busy)[ROUNDS // 2]:.1f})")
    return median


def run(ledger: Ledger) -> None:
    """Print how long each report takes."""
    with ledger.read() as view:
        last_ms, number = view.row("SELECT MAX(at_ms), MAX(day) FROM entry WHERE kind LIKE 'sale_%'") or (0, 0)
    clock = LastClock(last_ms)
    session = Session(cashier_id="C00000", name="Ana", role="manager")
    desk = ReportDesk(Counter(clock=clock, random=SystemRandom(), ledger=ledger, settings=Settings(), session=session))
    last = day_of(number)
    month, year = last.replace(day=1).isoformat(), (last - timedelta(days=DAYS - 1)).isoformat()
    today = last.isoformat()
    with ledger.read() as view:
        count = view.value("SELECT COUNT(*) FROM entry")
        scan = measure(f"bare scan of {count:,} entries", lambda: view.value("SELECT SUM(LENGTH(body)) FROM entry"))
    slowest = max(
        measure("today", lambda: desk.day(today)),
        measure("period, a month", lambda: desk.period(month, today)),
        measure("period, a year", lambda: desk.period(year, today)),
        measure("programme, a year", lambda: desk.programme(year, today)),
        measure("members", desk.members),
        measure("cashiers, a year", lambda: desk.cashiers(year, today)),
        measure("exceptions, a year", lambda: desk.exceptions(year, today)),
    )
    print(f"slowest {slowest:.0f} ms: {slowest / scan:.2f} of the bare scan; the goal is < 1000 ms")


def main() -> None:
    """Measure, on a history that is kept where --home says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--members", type=int, default=MEMBERS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = make(chosen.home or Path(folder), chosen.entries, chosen.members)
        try:
            run(ledger)
        finally:
            ledger.close()


if __name__ == "__main__":
    main()
