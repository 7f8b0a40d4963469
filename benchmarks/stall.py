"""The worst stall of the screen's loop while everything is busy, beside a bare Textual app that does nothing.

    python -m benchmarks.stall [--seconds 30] [--video FILE]

Busy: scans and sales without a pause, find while typing, a report opened after every few sales, a camera that plays a
video (drawn here, or FILE), a printer that is dead, and an HQ that takes calls and never answers. A sampler in the loop
asks every 2 ms to be called and notes how late it is.
"""

import argparse
import asyncio
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.app import App

from benchmarks.lost_hq import pair
from config.paths import HomePaths
from config.printer_settings import PrinterSettings
from config.scanner_settings import ScannerSettings
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from config.sync_settings import SyncSettings
from config.terminal_settings import TerminalSettings
from terminal.app import RegularsApp
from terminal.screens.find import FindScreen
from terminal.screens.more import MoreScreen
from terminal.screens.reports import ReportsScreen
from terminal.tidying import Tidying
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_shapes import SetUp
from tests.unit.terminal.driving import Typist

PIN = "4711"
EVERY_S = 0.002
SIZE = (120, 40)
REPORT_EVERY = 5
VIDEO_SIZE = (640, 480)
VIDEO_FRAMES = 90


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


async def busy(home: HomePaths, cards: list[str], video: Path, seconds: float) -> tuple[list[float], int]:
    """The till with everything under way; (lateness, sales saved)."""
    settings = Settings(
        terminal=TerminalSettings(sound="off"),
        printer=PrinterSettings(kind="network", host="192.0.2.1", timeout_s=2),
        scanner=ScannerSettings(source=str(video)),
        sync=SyncSettings(connect_timeout_s=2, read_timeout_s=2),
    )
    app = RegularsApp(home, settings, SystemClock(), SystemRandom(), tidying=Tidying())
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
            await _until(lambda: app.sell is not None and app.sell.sale.done is not None)
            typist.press("f3")
            await _until(lambda: isinstance(app.screen, FindScreen))
            typist.keys("zof", gap_ms=70)
            await asyncio.sleep(0.2)
            typist.press("escape")
            await _until(lambda: app.screen is app.sell)
            sales += 1
            if sales % REPORT_EVERY == 0:
                typist.press("f9")
                await _until(lambda: isinstance(app.screen, MoreScreen))
                typist.keys("Reports", gap_ms=70)
                typist.press("enter")
                await _until(lambda: isinstance(app.screen, ReportsScreen))
                await asyncio.sleep(0.5)
                typist.press("escape")
                await _until(lambda: app.screen is app.sell)
        task.cancel()
    return sampler.late_ms, sales


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


def draw_video(file: Path) -> None:
    """A dim counter with nothing on it and some noise: what a camera sees most of the day, and what costs most."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(1)
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 30, VIDEO_SIZE)
    ground = np.kron(rng.integers(60, 200, (VIDEO_SIZE[1] // 40, VIDEO_SIZE[0] // 40, 3)), np.ones((40, 40, 1)))
    for _ in range(VIDEO_FRAMES):
        writer.write(np.clip(ground + rng.normal(0, 6, ground.shape), 0, 255).astype(np.uint8))
    writer.release()


def told(name: str, late_ms: list[float]) -> None:
    """One line of figures."""
    ordered = sorted(late_ms)
    p99 = ordered[int(len(ordered) * 0.99)]
    print(f"{name}: median {statistics.median(ordered):.2f} ms, p99 {p99:.1f} ms, worst {ordered[-1]:.1f} ms")


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--video", type=Path, help="a video for the camera (default: a drawn counter)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, clock = HomePaths(Path(folder, "home")), SystemClock()
        set_up(home, SetUp(pin=PIN), clock=clock, random=SystemRandom())
        with open_till(home, Settings(), clock=clock, random=SystemRandom()) as till:
            till.staff.sign_in(PIN)
            cards = [till.members.enrol(Enrolment(name=f"Zofia {number}")).cards[0].code for number in range(50)]
        video = chosen.video or Path(folder, "counter.avi")
        if chosen.video is None:
            draw_video(video)
        told("bare Textual app", asyncio.run(bare(min(5.0, chosen.seconds))))
        port = pair(home, Path(folder))
        with socket.create_server(("127.0.0.1", port)):  # takes calls, answers none
            late_ms, sales = asyncio.run(busy(home, cards, video, chosen.seconds))
        told(f"regulars, {sales} sales in {chosen.seconds:.0f} s", late_ms)


if __name__ == "__main__":
    main()
