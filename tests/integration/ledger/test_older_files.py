"""Files of older programs are brought up to date when they are opened, and nothing of them is lost."""

from pathlib import Path

from config.seams import SystemClock
from ledger import sqlite
from ledger.migrations import SCHEMA_VERSION, schema_version
from ledger.store import open_ledger
from ledger.verify import verify
from tests.unit.ledger.world import append, new_ledger, sale

VERSION_1 = """
CREATE TABLE older (
    month INTEGER NOT NULL, store_id TEXT NOT NULL, category TEXT NOT NULL, sku TEXT NOT NULL,
    lines INTEGER NOT NULL, quantity_milli INTEGER NOT NULL, amount_minor INTEGER NOT NULL,
    member_amount_minor INTEGER NOT NULL,
    PRIMARY KEY (month, store_id, category, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO older SELECT month, 'S1', category, sku, lines - 1, quantity_milli - 1, amount_minor - 1,
    member_amount_minor FROM month_product;
INSERT INTO older SELECT month, 'S2', category, sku, 1, 1, 1, 0 FROM month_product;
DROP TABLE month_product;
ALTER TABLE older RENAME TO month_product;
DELETE FROM _sqlite_migrations WHERE name > '0002';
PRAGMA user_version = 1;
"""


def test_products_by_month_of_several_stores_become_one_sum(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, sale(paid_minor=300, member=None), sale(paid_minor=900), sale(category="bread"))
        paths = ledger.paths
    connection = sqlite.connect(paths.database)
    connection.executescript(VERSION_1)
    assert schema_version(connection) == 1
    connection.close()
    with open_ledger(paths, clock=SystemClock()) as ledger:
        assert verify(ledger).differences == ()
    connection = sqlite.connect(paths.database)
    assert schema_version(connection) == SCHEMA_VERSION
    connection.close()


def test_profiles_of_an_older_file_get_room_for_segments(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        paths = ledger.paths
    connection = sqlite.connect(paths.database)
    connection.executescript(
        "DROP TABLE name_index; ALTER TABLE profile DROP COLUMN segments;"
        "DELETE FROM _sqlite_migrations WHERE name LIKE '0003%'; PRAGMA user_version = 2;"
    )
    connection.close()
    with open_ledger(paths, clock=SystemClock()) as ledger, ledger.read() as view:
        assert view.rows("SELECT segments FROM profile") == []
