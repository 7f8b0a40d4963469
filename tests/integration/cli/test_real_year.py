"""A real grocer's sales through the import: every household has the points that plain SQL gives it."""

import os
from pathlib import Path

import pytest

from benchmarks.complete_journey import data_folder, points_of_households, write_csv
from benchmarks.import_year import imported

STORE = 367
SALES = None if os.environ.get("REGULARS_LONG") else 500


@pytest.mark.timeout(1800)
def test_a_stores_year_gives_every_household_its_points(tmp_path: Path) -> None:
    folder = data_folder()
    if folder is None:
        pytest.skip("the real sales data are not installed (extra `bench`)")
    csv_file = tmp_path / "store.csv"
    sales = write_csv(folder, csv_file, STORE, SALES)
    counts, points, _seconds = imported(tmp_path, csv_file)
    assert (counts.imported, counts.skipped, counts.repeated) == (sales, 0, 0)
    assert sales == (SALES or 4194)
    expected = points_of_households(folder, STORE, SALES)
    assert {card: whole for card, whole in points.items() if whole} == {
        card: whole for card, whole in expected.items() if whole
    }
