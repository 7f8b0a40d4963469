"""Bad input: a clear sentence, the right exit code, nothing lost, nothing half done."""

import fcntl
import os
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.cli.shell import Shell

SALES_HEAD = "sale_id,at,store,till,card,category,sku,quantity,amount\n"


NONSENSE: tuple[tuple[tuple[str, ...], int], ...] = (
    (("sell", "--amount", "-5"), 2),
    (("sell", "--amount", "99999999999999"), 2),
    (("sell", "--amount", "twelve"), 2),
    (("sell",), 2),
    (("sell", "--line", "coffee:-1:5.00"), 2),
    (("sell", "--line", ":1:5.00"), 2),
    (("sell", "--amount", "5", "--at", "yesterday"), 2),
    (("sell", "--amount", "5", "--card", "nobody-here"), 1),
    (("refund", "#9999"), 1),
    (("void", "#1"), 1),
    (("member", "show", "nobody"), 1),
    (("report", "day", "--date", "31.12.2026"), 2),
    (("voucher", "void", "NOSUCHVOUCHR", "--reason", "x"), 1),
    (("sell", "--frobnicate"), 2),
)


def test_what_makes_no_sense_is_refused_and_changes_nothing(shell: Shell) -> None:
    before = shell.json("verify")["entries"]
    for arguments, code in NONSENSE:
        assert shell.refused(*arguments, check=code), arguments
    plain = shell.run("sell", "--amount", "twelve", check=2)
    assert plain.stdout == ""
    assert "is not an amount" in plain.stderr
    assert "Traceback" not in plain.stderr
    after = shell.json("verify")
    assert (after["entries"], after["differences"]) == (before, [])


def test_a_programme_with_ten_mistakes_names_them_all(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        'name = ""\ncurency = "PLN"\n[earning]\nrounding = "up"\n'
        '[[rule]]\nid = "a"\npoints = -1\nper = 1\n'
        '[[rule]]\nid = "a"\nbonus = 5\nweekdays = ["funday"]\n'
        '[[tier]]\nid = "gold"\nname = "Gold"\nfrom_points = 100\n'
        '[[tier]]\nid = "silver"\nname = "Silver"\nfrom_points = 50\n'
        '[[reward]]\nid = "x"\nname = "X"\nkind = "teleport"\n'
        '[[stamp_card]]\nid = "c"\nname = "C"\nsize = 0\nreward = "nothing"\n'
        "[expiry]\nmodel = 12\n",
        encoding="utf-8",
    )
    checked = shell.json("programme", "check", str(file), check=1)
    assert len(checked["problems"]) >= 9
    assert all(problem["line"] > 0 and problem["message"] for problem in checked["problems"])
    assert shell.refused("programme", "activate", str(file), check=2) == "programme_wrong"


def test_a_broken_csv_names_its_lines_and_keeps_whole_sales_only(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(
        SALES_HEAD
        + "1,2026-01-02T10:00:00+01:00,S,1,A1,food,,1,5.00\n"
        + "1,2026-01-02T10:00:00+01:00,S,1,A1,food,,oops,5.00\n"
        + "2,2026-01-02T11:00:00+01:00,S,1,A1,food,,0,7.00\n"
        + "3,2026-01-02T12:00:00+01:00,S,1,A1,food,,1\n"
        + "3,2026-01-02T12:00:00+01:00,S,1,A1,food,,1,2.00\n",
        encoding="utf-8",
    )
    first = shell.json("import", "sales", str(file), "--enrol-unknown", check=1)
    assert (first["imported"], first["skipped"]) == (1, 2)
    assert [problem["line"] for problem in first["problems"]] == [3, 5]
    again = shell.json("import", "sales", str(file), "--enrol-unknown", check=1)
    assert (again["imported"], again["repeated"]) == (0, 1)
    assert shell.json("member", "show", "A1")["visits"] == 1
    file.write_text("a,b\n1,2\n")
    assert shell.refused("import", "sales", str(file), check=2) == "csv_columns"
    file.write_bytes(SALES_HEAD.encode() + b"\xff\xfe\n")
    assert shell.refused("import", "sales", str(file), check=2) == "csv_not_text"
    assert shell.refused("import", "sales", str(tmp_path / "none.csv"), check=3) == "file_unreadable"


def test_pictures_that_are_none_are_told_apart(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG but no picture")
    answer = shell.json("scan", str(tmp_path / "broken.png"), str(tmp_path / "missing.png"), check=1)
    reasons = [source["error"]["reason"] for source in answer["sources"]]
    assert reasons == ["picture_unreadable", "source_missing"]


def test_a_database_from_a_newer_version_is_left_alone(shell: Shell) -> None:
    connection = sqlite3.connect(shell.home / "till.db")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {version + 1000}")
    connection.commit()
    connection.close()
    assert shell.refused("sell", "--amount", "5", check=3) == "database_newer"


def test_a_file_that_is_no_database_is_left_alone(shell: Shell) -> None:
    for leftover in ("till.db-wal", "till.db-shm"):
        (shell.home / leftover).unlink(missing_ok=True)
    (shell.home / "till.db").write_bytes(b"not a database at all" * 100)
    assert shell.refused("sell", "--amount", "5", check=3) in ("database_corrupt", "database_foreign")
    assert (shell.home / "till.db").read_bytes().startswith(b"not a database")


def test_a_home_that_another_program_keeps_locked_says_so(shell: Shell) -> None:
    with (shell.home / "home.lock").open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert shell.refused("sell", "--amount", "5", check=3) == "home_locked"
    shell.json("sell", "--amount", "5")


def test_a_second_setup_changes_nothing(shell: Shell) -> None:
    before = shell.json("verify")["head"]
    assert shell.refused("setup", "--defaults", check=1) == "already_set_up"
    assert shell.json("verify")["head"] == before


def test_a_home_without_a_till_says_what_to_do(tmp_path: Path) -> None:
    assert Shell(tmp_path / "empty").refused("sell", "--amount", "5", check=1) == "not_set_up"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(shell: Shell) -> None:
    shell.home.chmod(0o500)
    try:
        assert shell.refused("sell", "--amount", "5", check=3) == "home_read_only"
    finally:
        shell.home.chmod(0o700)
