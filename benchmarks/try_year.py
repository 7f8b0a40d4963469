"""``programme try`` over a real grocer's year: how long it takes, and whether it comes to what plain SQL comes to.

python -m benchmarks.try_year [--store 367] [--home HOME]

HOME is a till that has imported the year already (`regulars import sales`); without it one is made first.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.complete_journey import PROGRAMME, data_folder, points_of_households, write_csv
from benchmarks.import_year import imported
from cli.trying import Tried, tried
from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from loyalty.programme.load import load_programme
from terminal.till_opening import open_till

# Everything twice, so that SQL can say what it must come to.
DRAFT = PROGRAMME.replace("points = 1\n", "points = 2\n")


def tried_out(home: Path) -> tuple[Tried, float]:
    """The year of *home* under the draft, and the seconds it took."""
    with open_till(HomePaths(home), Settings(), clock=SystemClock(), random=SystemRandom(), read_only=True) as till:
        begun = time.perf_counter()
        found = tried(till, load_programme(DRAFT), None, None)
        return found, time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=int, help="one store instead of all")
    parser.add_argument("--home", type=Path, help="a till that has the year already")
    arguments = parser.parse_args()
    data = data_folder()
    if data is None:
        parser.error("the data are not installed: pip install -e '.[bench]'")
    with tempfile.TemporaryDirectory(prefix="regulars-year-") as scratch:
        home = arguments.home
        if home is None:
            csv_file = Path(scratch) / "year.csv"
            write_csv(data, csv_file, arguments.store)
            imported(Path(scratch), csv_file)
            home = Path(scratch) / "home"
        found, spent = tried_out(home)
    begun = time.perf_counter()
    expected = sum(points_of_households(data, arguments.store).values())
    bare = time.perf_counter() - begun
    before, after = found.comparison.in_force, found.comparison.draft
    print(
        f"{before.sales:,} sales under two programmes in {spent:.1f} s: {before.sales / spent:,.0f} sales/s"
        f" (the same two sums in SQL: {2 * bare:.1f} s, without lots, limits, rewards, tiers or refunds)"
    )
    given = (before.points_given_millipoints, after.points_given_millipoints)
    print(f"points given: {given[0] // 1000:,} and {given[1] // 1000:,}; SQL says {expected:,} for the first")
    return 0 if given[0] == expected * 1000 and given[1] == 2 * given[0] else 1


if __name__ == "__main__":
    sys.exit(main())
