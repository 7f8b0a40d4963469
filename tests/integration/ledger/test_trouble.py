"""Bad days of a till's file: locked, newer, foreign, damaged, read-only, full. A sentence each, and nothing lost."""

import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from config.errors import Broken, Refused
from config.paths import HomePaths
from ledger import lives, sqlite
from ledger.founding import create_ledger
from ledger.locks import HomeLock
from ledger.migrations import SCHEMA_VERSION
from ledger.store import has_ledger, open_ledger
from ledger.verify import verify
from ledger.writer import WriterThread
from tests.unit.ledger.world import FOUNDING, SeededRandom, StandingClock, append, earned, new_ledger


def _open(paths: HomePaths) -> None:
    open_ledger(paths, clock=StandingClock()).close()


def test_a_home_without_a_till(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No till is set up"):
        _open(HomePaths(tmp_path))


def test_a_home_that_has_a_till_already(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    with pytest.raises(Refused, match="already"):
        new_ledger(tmp_path)


def test_a_set_up_that_breaks_off_leaves_no_till(tmp_path: Path) -> None:
    def fail(_: object) -> None:
        raise Refused("no", "No.")

    with pytest.raises(Refused, match=r"No\."):
        create_ledger(HomePaths(tmp_path), FOUNDING, clock=StandingClock(), random=SeededRandom(), first_act=fail)
    assert not has_ledger(HomePaths(tmp_path))
    assert not list(tmp_path.glob("till*"))
    new_ledger(tmp_path).close()


def test_keys_and_data_are_their_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with new_ledger(home) as ledger:
        append(ledger, earned(1))
        files = [file for file in home.rglob("*") if file.is_file()]
        assert len(files) >= 5
        assert {oct(file.stat().st_mode & 0o077) for file in files} == {"0o0"}
        assert home.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("pragma", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_a_file_that_another_program_keeps_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    new_ledger(tmp_path).close()
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    paths = HomePaths(tmp_path)
    other = sqlite.connect(paths.database)
    other.execute(pragma)
    with open_ledger(paths, clock=StandingClock()) as ledger, pytest.raises(Broken) as caught:
        append(ledger, earned(1))
    assert caught.value.reason == "home_locked"
    other.execute("ROLLBACK")
    with open_ledger(paths, clock=StandingClock()) as ledger:
        append(ledger, earned(1))
    other.close()


def test_an_old_sqlite_gets_the_home_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SHARED_HOME", False)
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(1))
        with ledger.read() as view, ledger.read() as again:
            assert lives.head(view) == lives.head(again)
        assert verify(ledger).differences == ()
        with pytest.raises(Broken) as caught:
            _open(ledger.paths)
    assert caught.value.reason == "home_locked"
    _open(ledger.paths)


def test_a_home_that_is_being_replaced(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    with HomeLock(HomePaths(tmp_path), exclusive=True), pytest.raises(Broken, match="locked"):
        _open(HomePaths(tmp_path))


def test_a_file_from_a_newer_program(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        paths = ledger.paths
    connection = sqlite.connect(paths.database)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(Broken, match="newer Regulars"):
        _open(paths)


def test_a_database_of_another_program(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    connection = sqlite.connect(paths.database, create=True)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(Broken, match="not a till's"):
        _open(paths)


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000], ids=["empty", "garbage"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    paths = HomePaths(tmp_path)
    paths.database.write_bytes(content)
    with pytest.raises(Broken):
        _open(paths)


def test_a_page_that_went_bad_is_told(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        for _ in range(5):
            append(ledger, *(earned(amount) for amount in range(1, 20)))
        paths = ledger.paths
    content = bytearray(paths.database.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    paths.database.write_bytes(content)
    with pytest.raises(Broken) as caught, open_ledger(paths, clock=StandingClock()) as ledger:
        append(ledger, earned(1))
    assert caught.value.reason in {"database_corrupt", "database_failed"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(Broken, match="cannot be written"):
            _open(HomePaths(tmp_path))
    finally:
        tmp_path.chmod(0o700)


_FILL = """
    import resource, signal, sys
    from pathlib import Path
    from config.errors import Broken
    from config.paths import HomePaths
    from ledger.store import open_ledger
    from tests.unit.ledger.world import StandingClock, append, sale

    ledger = open_ledger(HomePaths(Path(sys.argv[1])), clock=StandingClock())
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    saved = 0
    try:
        while saved < 10_000:
            append(ledger, sale())
            saved += 1
    except Broken as error:
        print(saved, error.reason)
"""


def test_a_full_disk_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    limit = HomePaths(tmp_path).database.stat().st_size + 300_000
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", textwrap.dedent(_FILL), str(tmp_path), str(limit)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    saved, reason = done.stdout.split()
    assert reason in {"disk_full", "disk_failed"}
    with open_ledger(HomePaths(tmp_path), clock=StandingClock()) as ledger:
        assert verify(ledger).differences == ()
        with ledger.read() as view:
            assert lives.head(view).seq == int(saved)
        append(ledger, earned(1))
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_the_writer_thread_does_one_thing_after_the_other(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    writer = WriterThread(
        lambda: open_ledger(HomePaths(tmp_path), clock=StandingClock()), lambda ledger: ledger.close()
    )
    futures = [writer.submit(lambda ledger: append(ledger, earned(1))[0].seq) for _ in range(10)]
    assert [future.result(30) for future in futures] == list(range(1, 11))
    failing = writer.submit(lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failing.result(30)
    writer.close()
    with pytest.raises(Refused, match="closing"):
        writer.submit(lambda ledger: ledger)


def test_a_writer_that_cannot_open_tells_whoever_asks(tmp_path: Path) -> None:
    writer = WriterThread(
        lambda: open_ledger(HomePaths(tmp_path), clock=StandingClock()), lambda ledger: ledger.close()
    )
    with pytest.raises(Refused, match="No till"):
        writer.submit(lambda ledger: ledger).result(30)
    writer.close()
