"""Import rate over a real grocer's year, and whether every household has the points that plain SQL gives it.

python -m benchmarks.import_year [--store 367]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.complete_journey import PROGRAMME, ZONE, data_folder, points_of_households, write_csv
from cli.csv_rows import CsvFile
from cli.csv_sales import COLUMNS, read_sales
from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from ledger import cards, facts
from loyalty.entries import POINTS
from terminal.till import Till
from terminal.till_import_shapes import ImportCounts, ImportProblem
from terminal.till_opening import open_till, set_up
from terminal.till_shapes import SetUp


def imported(folder: Path, csv_file: Path) -> tuple[ImportCounts, dict[str, int], float]:
    """A new till that takes in *csv_file*: its counts, whole points by card, and the seconds it took."""
    home = HomePaths(folder / "home")
    request = SetUp(currency="USD", zone=ZONE, pin="2468", programme=PROGRAMME)
    set_up(home, request, clock=SystemClock(), random=SystemRandom())
    problems: list[ImportProblem] = []
    with open_till(home, Settings(), clock=SystemClock(), random=SystemRandom()) as till:
        begun = time.perf_counter()
        with CsvFile(csv_file, COLUMNS) as source:
            counts = till.imports.sales(read_sales(source.rows(), "USD", problems.extend), enrol_unknown=True)
        spent = time.perf_counter() - begun
        assert not problems, problems[:3]
        return counts, _points_by_card(till), spent


def _points_by_card(till: Till) -> dict[str, int]:
    points = {}
    with till.counter.ledger.read() as view:
        for number in range(1, 3000):
            for card in cards.find(view, f"H{number}"):
                balance = facts.member_facts(view, card.member_id).balances.get(POINTS, 0)
                assert balance % 1000 == 0, "whole points"
                points[card.code] = balance // 1000
    return points


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=int, help="one store instead of all")
    store = parser.parse_args().store
    data = data_folder()
    if data is None:
        parser.error("the data are not installed: pip install -e '.[bench]'")
    with tempfile.TemporaryDirectory(prefix="regulars-year-") as scratch:
        csv_file = Path(scratch) / "year.csv"
        sales = write_csv(data, csv_file, store)
        counts, ours, spent = imported(Path(scratch), csv_file)
    expected = points_of_households(data, store)
    differing = sorted(card for card in ours.keys() | expected.keys() if ours.get(card, 0) != expected.get(card, 0))
    print(f"{sales:,} sales, {counts.lines:,} lines imported in {spent:.1f} s: {sales / spent:,.0f} sales/s")
    print(f"{len(expected):,} households, {len(differing)} with other points than SQL gives them {differing[:5]}")
    return 1 if differing or counts.imported != sales else 0


if __name__ == "__main__":
    sys.exit(main())
