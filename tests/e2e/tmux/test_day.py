"""A cashier's day in a real terminal: set up, enrol, scan, sell, take back, hold, a power cut, and the books agree."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.tmux.window import Window, program

PIN = "4711"
LONG = os.environ.get("REGULARS_LONG") == "1"
SALES, REFUNDS, HOLDS = (300, 20, 10) if LONG else (3, 1, 1)

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.timeout(3600 if LONG else 240),
]


def regulars(home: Path, *arguments: str) -> Any:
    """The command line on the same home: what it prints as JSON."""
    done = subprocess.run(
        [program(), "--home", str(home), "--json", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN)
    home = tmp_path / "home"
    regulars(home, "setup", "--store", "Corner shop", "--manager", "Ana", "--pin-file", str(pin_file))
    return home


@pytest.fixture
def window(home: Path) -> Iterator[Window]:
    window = Window(home)
    yield window
    window.close()


def sign_in(window: Window) -> None:
    window.open()
    window.wait_for("PIN")
    window.type(PIN)
    window.wait_for("To pay", "Ana")


def test_the_story_of_the_readme(window: Window, home: Path) -> None:
    card = regulars(home, "enrol", "--name", "Zofia Nowak", "--phone", "601234567")["cards"][0]["code"]
    sign_in(window)
    window.scan(card)
    window.wait_for("Zofia Nowak")
    window.type("45,90", enter=False)
    window.press("F12")
    window.wait_for("Saved", "45.90")
    window.press("F7")
    window.wait_for("taken back")
    window.press("F12")
    window.wait_for("Saved")
    window.press("F2")
    window.wait_for("Enrol a new member")
    window.type("602111222")
    window.type("Jan Kowalski", enter=False)
    window.press("F12")
    window.wait_for("Enrolled")
    window.press("Enter")
    window.wait_for("Jan Kowalski", "To pay")
    window.press("F1")
    window.wait_for("Help: Selling")
    window.press("Escape")
    assert [match["name"] for match in regulars(home, "member", "find", "kowal")["matches"]] == ["Jan Kowalski"]


def test_rewards_payment_refund_and_the_managers_figures(window: Window, home: Path, tmp_path: Path) -> None:
    zofia = regulars(home, "enrol", "--name", "Zofia Nowak")
    (tmp_path / "manager").write_text(PIN)
    given = ("--points", "500", "--reason", "welcome", "--pin-file", str(tmp_path / "manager"))
    regulars(home, "adjust", zofia["member_id"], *given)
    sign_in(window)
    window.type("45,90")
    window.wait_for("Added")
    window.scan(zofia["cards"][0]["code"])
    window.wait_for("Zofia Nowak")
    window.press("F4")
    window.wait_for("Takes 5.00 off")
    window.press("Enter")
    window.wait_for("is on the sale")
    window.press("F11")
    window.wait_for("Paid by: card")
    window.press("F12")
    window.wait_for("Saved", "40.90")
    window.press("F8")
    window.wait_for("Which sale?")
    window.press("Enter")
    window.wait_for("To pay back", "250 are given back")
    window.press("F12")
    window.wait_for("Refund saved")
    window.press("F9")
    window.wait_for("narrow down")
    window.type("Reports")
    window.wait_for("Net sales", "Participation")
    window.press("Escape")
    window.press("F9")
    window.wait_for("narrow down")
    window.type("Shift")
    window.wait_for("Count the drawer")
    window.type("0")
    window.wait_for("The shift is closed", "Difference")
    assert regulars(home, "verify")["differences"] == []
    assert regulars(home, "report", "day")["refunds"] == 1


def test_first_run_asks_for_what_only_the_shop_knows(tmp_path: Path) -> None:
    window = Window(tmp_path / "home")
    try:
        window.open()
        window.wait_for("set up this till")
        for _ in range(4):
            window.press("Enter")
        window.press("Enter")
        window.type(PIN)
        window.type(PIN)
        window.wait_for("Type your PIN")
        window.type(PIN)
        window.wait_for("To pay")
    finally:
        window.close()


def test_a_power_cut_in_the_middle_of_a_sale_loses_nothing(window: Window, home: Path) -> None:
    card = regulars(home, "enrol", "--name", "Zofia Nowak")["cards"][0]["code"]
    sign_in(window)
    window.type("12,30", enter=False)
    window.press("F12")
    window.wait_for("Saved")
    window.scan(card)
    window.wait_for("Zofia Nowak")
    window.type("45,90")
    window.wait_for("Added")
    window.kill_program()
    window.close()
    sign_in(window)
    window.wait_for("45.90", "Zofia Nowak")
    window.press("F12")
    window.wait_for("Saved")
    assert regulars(home, "verify")["differences"] == []
    assert regulars(home, "report", "day")["sales"] == 2


def test_a_day_agrees_with_an_independent_query(window: Window, home: Path) -> None:
    rng = random.Random(3)
    names = ["Zofia", "Jan", "Ana", "Piotr"]
    cards = [regulars(home, "enrol", "--name", name)["cards"][0]["code"] for name in names]
    sign_in(window)
    to_pay_minor = 0
    for number in range(SALES):
        if rng.random() < 0.7:
            place = rng.randrange(len(cards))
            window.scan(cards[place])
            window.wait_for(names[place])
        amount_minor = rng.randint(100, 20_000)
        window.type(f"{amount_minor // 100},{amount_minor % 100:02}", enter=False)
        if number < HOLDS:
            window.press("Enter", "F6")
            window.wait_for("Held")
            window.press("F6")
            window.wait_for("is back on screen")
        window.press("F12")
        window.wait_for("Saved", f"{amount_minor // 100:,}.{amount_minor % 100:02}")
        to_pay_minor += amount_minor
        if number == SALES // 2:
            window.kill_program()
            window.close()
            sign_in(window)
    sold = regulars(home, "report", "day")["sales"]
    for number in range(REFUNDS):
        window.press("F8")
        window.wait_for("Which sale?")
        # Each time one sale further down: those above are given back already.
        window.press(*["Down"] * number, "Enter")
        window.wait_for("To pay back")
        window.press("F12")
        window.wait_for("Refund saved")
        window.press("Escape")
    assert regulars(home, "verify")["differences"] == []
    report = regulars(home, "report", "day")
    kinds = _kinds(home)
    assert sold == SALES == kinds["sale_completed"]
    assert report["refunds"] == kinds.get("sale_refunded", 0)
    assert report["to_pay_minor"] == to_pay_minor
    assert _points(home) == report["points_earned_millipoints"] - report["points_spent_millipoints"]


def _kinds(home: Path) -> dict[str, int]:
    """How many entries there are of each kind, asked of the file itself."""
    with sqlite3.connect(f"file:{home / 'till.db'}?mode=ro", uri=True) as database:
        return dict(database.execute("SELECT kind, count(*) FROM entry GROUP BY kind"))


def _points(home: Path) -> int:
    """All points of all members together, asked of the file itself."""
    query = "SELECT sum(amount) FROM leg WHERE currency = 'points'"
    with sqlite3.connect(f"file:{home / 'till.db'}?mode=ro", uri=True) as database:
        return int(database.execute(query).fetchone()[0] or 0)
