"""One till sends what it has through a line of 200 ms a round trip, beside as many empty round trips on the same line.

python -m benchmarks.far_away [--entries N] [--round-trip-ms MS]
"""

import argparse
import asyncio
import contextlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.hq_server import STORE, free_port, headquarters, load, served
from benchmarks.start import environment_of, fill, regulars
from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from hq.office import Office
from sync.wire import MAX_ENTRIES
from terminal.till_opening import open_till

_CHUNK = 1 << 16


def main() -> None:
    """Print both figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=10_000)
    options.add_argument("--round-trip-ms", type=int, default=200)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = HomePaths(folder / "home")
        environment = environment_of(home.root)
        subprocess.run([regulars(), "setup", "--defaults"], env=environment, check=True, capture_output=True)
        fill(folder, environment, asked.entries)
        address = str(folder / "hq.db")
        hq = headquarters(address)
        Office(hq).add_store(STORE, "Shop", "Europe/Warsaw", "PLN")
        code = Office(hq).add_till(STORE, "Till")
        hq.database.close()
        with served(address) as server, _slow_line(server.url, asked.round_trip_ms / 1000) as line:
            _measure(home, line.url, code, asked.entries, line)
    print(load())


def _measure(home: HomePaths, url: str, code: str, entries: int, line: "_Line") -> None:
    with open_till(home, Settings(), clock=SystemClock(), random=SystemRandom()) as till:
        till.sync.pair(url, code)
        before, began = line.bytes_sent, time.perf_counter()
        till.sync.sync_once()
        spent_s = time.perf_counter() - began
        waiting = till.sync.status().queue
    sent = line.bytes_sent - before
    trips = -(-entries // MAX_ENTRIES) + 3
    with httpx.Client() as client:
        client.get(f"{url}/health")
        began = time.perf_counter()
        for _ in range(trips):
            client.get(f"{url}/health")
        bare_s = time.perf_counter() - began
    print(
        f"{entries} entries at {line.round_trip_s * 1000:.0f} ms a round trip: {spent_s:.1f} s until HQ has all and the"
        f" till is up to date ({waiting} left), {sent / 1e6:.2f} MB sent;"
        f" {trips} empty round trips on that line: {bare_s:.1f} s"
    )


class _Line:
    """Forwards TCP connections, each way half a round trip late. *bytes_sent*: what went towards HQ."""

    def __init__(self, to: str, round_trip_s: float) -> None:
        self.round_trip_s = round_trip_s
        self.bytes_sent = 0
        self._to_port = int(to.rpartition(":")[2])
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(port,), daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._hang_up)
        self._thread.join()
        self._loop.close()

    def _hang_up(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.1, self._loop.stop)

    def _run(self, port: int) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", port))
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hq_reader, hq_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, hq_writer, up=True), self._pump(hq_reader, writer, up=False))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                self.bytes_sent += len(data) if up else 0
                self._loop.call_later(self.round_trip_s / 2, writer.write, data)
            await asyncio.sleep(self.round_trip_s / 2)


@contextlib.contextmanager
def _slow_line(to: str, round_trip_s: float) -> Iterator[_Line]:
    line = _Line(to, round_trip_s)
    line.start()
    try:
        yield line
    finally:
        line.stop()


if __name__ == "__main__":
    main()
