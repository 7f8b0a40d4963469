"""The worst stall of the screen's loop while everything is busy, beside a bare Textual app that does nothing.

    python -m benchmarks.stall [--seconds 30]

Busy: scans and sales without a pause, a dead printer, a looped video before the camera, find while typing. A sampler in
the loop asks every 2 ms to be called and notes how late it is.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from textual.app import App

from config.paths import HomePaths
from config.printer_settings import PrinterSettings
from config.scanner_settings import ScannerSettings
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from config.terminal_settings import TerminalSettings
from terminal.app import RegularsApp
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_shapes import SetUp
from tests.unit.terminal.driving import Typist

PIN = "4711"
EVERY_S = 0.002
SIZE = (120, 40)


class Sampler:
    """Notes how late the loop is."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            due_s = time.perf_counter() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self.late_ms.append((time.perf_counter() - due_s) * 1000)


async def bare(seconds: float) -> list[float]:
    """An app that does nothing."""
    sampler = Sampler()
    async with App[int]().run_test(size=SIZE):
        task = asyncio.create_task(sampler.run())
        await asyncio.sleep(seconds)
        task.cancel()
    return sampler.late_ms


async def busy(home: HomePaths, cards: list[str], video: Path | None, seconds: float) -> tuple[list[float], int]:
    """The till with everything under way; (lateness, sales saved)."""
    settings = Settings(
        terminal=TerminalSettings(sound="off"),
        printer=PrinterSettings(kind="network", host="192.0.2.1", timeout_s=2),
        scanner=ScannerSettings(source=str(video) if video else ""),
    )
    app = RegularsApp(home, settings, SystemClock(), SystemRandom())
    sampler = Sampler()
    async with app.run_test(size=SIZE) as pilot:
        typist = Typist(app)
        while app.sell is None or app.screen is app.sell:
            await pilot.pause(0.05)
        typist.keys(PIN, enter=True)
        while app.screen is not app.sell:
            await pilot.pause(0.05)
        task = asyncio.create_task(sampler.run())
        end_s = time.perf_counter() + seconds
        sales = 0
        while time.perf_counter() < end_s:
            typist.scan(cards[sales % len(cards)])
            typist.keys("45,90", gap_ms=70)
            typist.press("f12")
            typist.press("f3")
            typist.keys("zof", gap_ms=70)
            typist.press("escape")
            sales += 1
            await asyncio.sleep(0.2)
            while not app.sell.idle:
                await asyncio.sleep(0.01)
        task.cancel()
    return sampler.late_ms, sales


def told(name: str, late_ms: list[float]) -> None:
    """One line of figures."""
    ordered = sorted(late_ms)
    p99 = ordered[int(len(ordered) * 0.99)]
    print(f"{name}: median {statistics.median(ordered):.2f} ms, p99 {p99:.1f} ms, worst {ordered[-1]:.1f} ms")


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--video", type=Path, help="a video or a folder of pictures for the camera")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, clock = HomePaths(Path(folder, "home")), SystemClock()
        set_up(home, SetUp(pin=PIN), clock=clock, random=SystemRandom())
        with open_till(home, Settings(), clock=clock, random=SystemRandom()) as till:
            till.staff.sign_in(PIN)
            cards = [till.members.enrol(Enrolment(name=f"Zofia {number}")).cards[0].code for number in range(50)]
        told("bare Textual app", asyncio.run(bare(min(5.0, chosen.seconds))))
        late_ms, sales = asyncio.run(busy(home, cards, chosen.video, chosen.seconds))
        told(f"regulars, {sales} sales in {chosen.seconds:.0f} s", late_ms)


if __name__ == "__main__":
    main()
