"""From an older till file to this program's: sqlite-utils migrations, counted in ``PRAGMA user_version``."""

from typing import TYPE_CHECKING

from config.errors import N_, Broken
from ledger import schema
from ledger.exchange_schema import EXCHANGE
from ledger.sqlite import Connection, is_complete

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x52474C52  # "RGLR"
SCHEMA_VERSION = 3
_MONTHS_WITHOUT_STORES = f"""
CREATE TEMP TABLE kept AS SELECT month, category, sku, SUM(lines), SUM(quantity_milli), SUM(amount_minor),
    SUM(member_amount_minor) FROM month_product GROUP BY 1, 2, 3;
DROP TABLE month_product;
{schema.MONTH_PRODUCT}
INSERT INTO month_product SELECT * FROM kept;
DROP TABLE kept;
"""


def migrate(connection: Connection) -> None:
    """Bring the file behind *connection* to :data:`SCHEMA_VERSION`; quick when it is there already.

    Broken ``database_newer`` or ``database_foreign`` when it is not ours to change.
    """
    version = schema_version(connection)
    if version == SCHEMA_VERSION:
        return
    # sqlite-utils takes half a second to import: only a file that must change pays for it.
    from sqlite_utils import Database

    _migrations().apply(Database(connection))


def schema_version(connection: Connection) -> int:
    """The version of the file behind *connection*; 0 when it is empty."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise Broken(
            "database_foreign",
            N_("The database file is not a till's. Nothing was changed. Choose another folder with --home."),
        )
    if version > SCHEMA_VERSION:
        raise Broken(
            "database_newer",
            N_(
                "The till's database was written by a newer Regulars (version {found}, this one knows {known})."
                " Nothing was changed. Install the newer Regulars."
            ),
            found=version,
            known=SCHEMA_VERSION,
        )
    return int(version)


def _migrations() -> "Migrations":
    from sqlite_utils import Migrations

    migrations = Migrations("regulars")

    @migrations(name="0001_the_till")
    def the_till(db: "Database") -> None:
        run_script(
            db.conn, schema.JOURNAL + schema.DERIVED + schema.PEOPLE + schema.PEOPLE_INDEXES + schema.MACHINE + EXCHANGE
        )
        run_script(db.conn, f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = 1;\n")

    @migrations(name="0002_products_by_month_know_no_store")
    def products_by_month_know_no_store(db: "Database") -> None:
        if "store_id" in db["month_product"].columns_dict:
            run_script(db.conn, _MONTHS_WITHOUT_STORES)
        run_script(db.conn, "PRAGMA user_version = 2;\n")

    @migrations(name="0003_members_have_segments")
    def members_have_segments(db: "Database") -> None:
        if "segments" not in db["profile"].columns_dict:
            run_script(db.conn, "ALTER TABLE profile ADD COLUMN segments TEXT;\n")
        run_script(db.conn, "PRAGMA user_version = 3;\n")

    return migrations


def run_script(connection: Connection, script: str) -> None:
    """Run the statements of *script* inside the transaction that is open: ``executescript`` would commit it first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if is_complete(statement):
            connection.execute(statement)
            statement = ""
