"""HQ's database file: migrated exactly to its tables, refused when newer, copied and read back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from config.errors import Broken, Refused
from hq.backup import backup
from hq.database import open_database
from hq.schema import metadata
from tests.unit.hq.world import World


def test_the_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    database = open_database(tmp_path / "hq.db")
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()
    open_database(tmp_path / "hq.db").close()


def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    database = open_database(tmp_path / "hq.db")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(Broken) as failure:
        open_database(tmp_path / "hq.db")
    assert failure.value.reason == "database_newer"


def test_a_backup_holds_everything_and_never_replaces_a_file(tmp_path: Path) -> None:
    world = World(tmp_path / "hq.db", tills=1)
    member = world.member(world.tills[0], 5)
    backup(world.hq.database, tmp_path / "copy.db")
    with pytest.raises(Refused):
        backup(world.hq.database, tmp_path / "copy.db")
    again = World(tmp_path / "other.db", tills=0)
    again.database = open_database(tmp_path / "copy.db")
    again.hq = again._headquarters()
    assert again.hq.key_of(world.tills[0].till_id) is not None
    assert type(again.office)(again.hq).member(member).balance_millipoints == 5


def test_verify_tells_what_was_changed_by_hand(tmp_path: Path) -> None:
    world = World(tmp_path / "hq.db", tills=1)
    world.member(world.tills[0], 5)
    with world.hq.database.write() as connection:
        connection.exec_driver_sql("UPDATE members SET balance = balance + 1")
        connection.exec_driver_sql(
            "UPDATE entries SET text = CAST(replace(text, 'sale_completed', 'sale_invented') AS BLOB)"
        )
    differences = "\n".join(world.office.verify().differences)
    assert "balance is 6, the entries say 5" in differences
    assert "does not follow the one before it" in differences
    assert "a balance differs from its postings" in differences
