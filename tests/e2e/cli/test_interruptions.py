"""What breaks from outside: a killed import, a full disk, a reader who goes away, no terminal."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.cli.shell import TIMEOUT_S, Shell

PROGRAM = (sys.executable, "-c", "from cli.main import main; main()")
HEAD = "sale_id,at,store,till,card,category,sku,quantity,amount\n"
SALES = 3_000


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.set_up()
    return shell


def test_a_killed_import_goes_on_where_it_stopped(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    rows = (f"{n},2026-01-02T10:00:00+01:00,S,1,A{n % 50},food,,1,5.00\n" for n in range(SALES))
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    command = (*PROGRAM, "import", "sales", str(file), "--enrol-unknown", "--json")
    environment = {**os.environ, "REGULARS_HOME": str(shell.home)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _wait_for_sales(shell)
        running.kill()
    before = shell.json("verify")
    assert before["differences"] == []
    again = shell.json("import", "sales", str(file), "--enrol-unknown")
    assert (again["read"], again["imported"] + again["repeated"], again["skipped"]) == (SALES, SALES, 0)
    assert again["repeated"] % 500 == 0, "whole transactions of 500 sales"
    third = shell.json("import", "sales", str(file), "--enrol-unknown")
    assert (third["imported"], third["repeated"]) == (0, SALES)
    assert shell.json("member", "show", "A1")["visits"] == SALES // 50


def test_a_reader_who_goes_away_gets_no_traceback(shell: Shell) -> None:
    environment = {**os.environ, "REGULARS_HOME": str(shell.home)}
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as nobody:
        done = subprocess.run(
            (*PROGRAM, "export"), env=environment, stdout=nobody, stderr=subprocess.PIPE, timeout=TIMEOUT_S, check=False
        )
    assert (done.returncode, done.stderr) == (3, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_answer_that_cannot_be_delivered_is_told(shell: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            (*PROGRAM, "sell", "--amount", "5"),
            env={**os.environ, "REGULARS_HOME": str(shell.home)},
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT_S,
            check=False,
        )
    assert done.returncode == 3
    assert b"is saved" in done.stderr
    assert b"Traceback" not in done.stderr
    assert shell.json("report", "day")["sales"] == 1


def test_without_a_terminal_the_screens_do_not_open(shell: Shell) -> None:
    assert shell.refused(check=2) == "no_terminal"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder))
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can't be mounted here")
    yield folder
    subprocess.run(("umount", str(folder)), check=True)


def test_a_full_disk_loses_nothing_that_was_saved(small_disk: Path) -> None:
    shell = Shell(small_disk / "home")
    shell.set_up()
    shell.json("sell", "--amount", "5")
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    assert shell.refused("sell", "--amount", "7", check=3) in ("disk_full", "disk_failed")
    filler.unlink()
    assert shell.json("verify")["differences"] == []
    assert shell.json("report", "day")["sales"] == 1
    shell.json("sell", "--amount", "7")


def _wait_for_sales(shell: Shell) -> None:
    """Until the import has committed something; an import that is quicker than that is no failure."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        if shell.json("verify")["entries"] > 400:
            return
    raise AssertionError("the import saved nothing")
