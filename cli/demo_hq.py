"""The demo's headquarters: ``regulars hq serve`` in a process of its own, beside the demo's till."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from config.paths import HomePaths
from config.seams import Clock, RandomSource
from terminal.till import Till

_HOST: Final = "127.0.0.1"
_START_S: Final = 20.0
_LOOK_EVERY_S: Final = 0.1
_STOP_S: Final = 12.0


class DemoHq:
    """Where the demo's HQ keeps its things, and at which address it answers; the same in every run of one demo."""

    def __init__(self, home: HomePaths) -> None:
        self.folder = home.root / "hq"
        self._port_file = self.folder / "port"

    @property
    def url(self) -> str:
        """Its address; the port is chosen once, among the free ones."""
        if not self._port_file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with socket.create_server((_HOST, 0)) as free:
                self._port_file.write_text(str(free.getsockname()[1]), encoding="ascii")
        return f"http://{_HOST}:{int(self._port_file.read_text(encoding='ascii'))}"

    def add_till(self, till: Till, clock: Clock, random: RandomSource) -> str:
        """Add the shop of *till*, and make the code that pairs it."""
        from hq.database import open_database
        from hq.office import Office
        from hq.service import Headquarters

        facts = till.facts()
        database = open_database(self._database)
        try:
            office = Office(Headquarters(database, clock=clock, random=random))
            if all(store.store_id != facts.store_id for store in office.stores()):
                office.add_store(facts.store_id, facts.store, facts.zone, facts.currency)
            return office.add_till(facts.store_id, facts.till)
        finally:
            database.close()

    @contextmanager
    def running(self) -> Iterator[bool]:
        """HQ answers while this lasts; False when it does not, which stops no till."""
        if _answers(self.url):  # left over from a demo that was killed
            yield True
            return
        process = self._serve()
        try:
            yield self._wait_for(process)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()

    @property
    def _database(self) -> Path:
        return self.folder / "hq.db"

    def _serve(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "cli", "--home", str(self.folder), "hq", "serve"]
        options = ["--port", str(httpx.URL(self.url).port), "--log-file", str(self.folder / "hq.log")]
        quiet = subprocess.DEVNULL
        # A session of its own: Ctrl-C in the till's terminal is not meant for HQ.
        return subprocess.Popen(command + options, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and process.poll() is None:
            if _answers(self.url):
                return True
            time.sleep(_LOOK_EVERY_S)
        return False


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=1).is_success
    except httpx.HTTPError:
        return False
