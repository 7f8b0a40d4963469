"""A wedge scan until the member's name is on the screen, and a key until its echo; beside a bare Textual input.

    python -m benchmarks.scans [--members 1000000] [--home FOLDER]

The real program in a pseudo-terminal; its till is paired with an HQ that can't be reached. A scan is written at once,
so its time begins with its last key. FOLDER is kept, so that a million members are made once.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.lost_hq import pair
from benchmarks.population import card_code, people, populate
from benchmarks.start import environment_of, regulars
from benchmarks.window import Window
from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from ledger.store import open_ledger
from terminal.till_opening import set_up
from terminal.till_shapes import SetUp

SCANS = 200
KEYS = 100
PIN = "4711"
BARE = """
from textual.app import App
from textual.widgets import Input
class Bare(App):
    def compose(self):
        yield Input(placeholder="BARE-READY")
Bare().run()
"""


def make_home(home: HomePaths, members: int) -> None:
    """A till with so many members, unless it is there already."""
    if home.database.exists():
        return
    clock = SystemClock()
    set_up(home, SetUp(pin=PIN), clock=clock, random=SystemRandom())
    with open_ledger(home, clock=clock) as ledger:
        seconds = populate(ledger, members)
    pair(home, home.root)
    print(f"made {members:,} members in {seconds:.0f} s")


def scan_times(window: Window, names: list[str], rng: random.Random) -> list[float]:
    """Milliseconds from each scan's last key to its member's name."""
    times = []
    for _ in range(SCANS):
        place = rng.randrange(len(names))
        sent_s = window.send(card_code(place + 1) + "\r")
        times.append((window.until(names[place]) - sent_s) * 1000)
        time.sleep(0.1)
    return times


def echo_times(window: Window) -> list[float]:
    """Milliseconds from a key to its letter on the screen."""
    times = []
    for number in range(KEYS):
        letter = "abcdefghij"[number % 10]
        sent_s = window.send(letter)
        times.append((window.until(letter) - sent_s) * 1000)
        time.sleep(0.08)
        window.send("\x7f")
        time.sleep(0.08)
    return times


def told(name: str, times: list[float]) -> None:
    """One line of figures."""
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(f"{name}: median {statistics.median(ordered):.1f} ms, p95 {p95:.1f} ms, worst {ordered[-1]:.1f} ms")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = HomePaths(chosen.home or Path(folder, "home"))
        make_home(home, chosen.members)
        names = [name for _id, name, _phone, _email in people(chosen.members)]
        environment = environment_of(home.root)
        with Window([sys.executable, "-c", BARE], environment) as window:
            window.until("BARE-READY")
            told("bare Textual input, key to echo", echo_times(window))
        with Window([regulars()], environment) as window:
            window.until("Type your PIN")
            window.send(PIN + "\r")
            window.until("Ready")
            told("regulars, key to echo", echo_times(window))
            told(f"regulars, {chosen.members:,} members, scan to name", scan_times(window, names, random.Random(5)))


if __name__ == "__main__":
    main()
