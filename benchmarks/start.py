"""From starting the program to a screen that takes a PIN, beside a bare Textual app that shows one line.

    python -m benchmarks.start [--entries N]

Each is a process of its own in a pseudo-terminal; the time is from its start to the words on its screen.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.window import Window

ROUNDS = 7
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("BARE-READY")
Bare().run()
"""


def measure(command: list[str], words: str, environment: dict[str, str]) -> tuple[float, float]:
    """(median, slowest) seconds of some rounds, after one that fills the caches."""
    times = []
    for _ in range(ROUNDS + 1):
        with Window(command, environment) as window:
            times.append(window.until(words) - window.started_s)
    return statistics.median(times[1:]), max(times[1:])


def environment_of(home: Path) -> dict[str, str]:
    """A terminal with a known size and language, and *home* as the till."""
    return {
        **os.environ,
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "REGULARS_HOME": str(home),
        "REGULARS_TERMINAL_SOUND": "off",
    }


def regulars() -> str:
    """The installed program."""
    program = shutil.which("regulars", path=str(Path(sys.executable).parent))
    assert program is not None, "regulars is not installed"
    return program


def main() -> None:
    """Print both figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=0, help="unsynced entries in the journal")
    entries = options.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        environment = environment_of(Path(folder, "home"))
        subprocess.run([regulars(), "setup", "--defaults"], env=environment, check=True, capture_output=True)
        if entries:
            fill(Path(folder), environment, entries)
        bare = measure([sys.executable, "-c", BARE], "BARE-READY", environment)
        till = measure([regulars()], "Type your PIN", environment)
    print(f"bare Textual app, first screen: median {bare[0]:.3f} s, slowest {bare[1]:.3f} s")
    print(
        f"regulars with {entries} entries, a screen that takes a PIN: median {till[0]:.3f} s, slowest {till[1]:.3f} s"
    )


def fill(folder: Path, environment: dict[str, str], entries: int) -> None:
    """Import so many sales into the till of *environment*: entries that nobody has been sent."""
    file = folder / "sales.csv"
    rows = (
        f"s{number},2026-01-{number % 28 + 1:02}T10:00:00+01:00,main,till,,Bread,,1,4.50" for number in range(entries)
    )
    file.write_text("sale_id,at,store,till,card,category,sku,quantity,amount\n" + "\n".join(rows) + "\n")
    subprocess.run([regulars(), "import", "sales", str(file)], env=environment, check=True, capture_output=True)


if __name__ == "__main__":
    main()
