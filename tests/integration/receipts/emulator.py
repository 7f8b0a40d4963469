"""emupos, a receipt printer at a TCP port in a process and a Python of its own: the oracle of what is on the paper."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from config.printer_settings import PrinterKind, PrinterSettings

START_S = 30.0
PAPER_S = 10.0
REASON = "no Python with emupos was found; scripts/emupos-env makes one"


@cache
def emulator_python() -> str | None:
    """A Python that has emupos: the gate's own, a named one, one in PATH, one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [
        os.environ.get("REGULARS_PYTHON313"),
        str(Path(__file__).parents[2] / ".cache" / "emupos" / "bin" / "python"),
        *map(shutil.which, ("python3.13", "python3.14", "python3")),
        *map(str, sorted(pyenv.glob("3.1[3-9]*/bin/python"))),
    ]
    return next((candidate for candidate in candidates if candidate and _has_emupos(candidate)), None)


def _has_emupos(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", "import emupos.cli.app"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@dataclass(frozen=True)
class Paper:
    """What one job left behind: the letters, as the printer understood them, and the picture of the paper."""

    text: str
    png: bytes


class Emulator:
    """A running emulator of an Epson TM-T20III with a drawer."""

    def __init__(self, api: httpx.Client, port: int, serial: Path) -> None:
        self._api = api
        self._port = port
        self._serial = serial
        self._seen: set[str] = set()

    def settings(self, **changes: object) -> PrinterSettings:
        """The settings of a till that prints here over the network."""
        return PrinterSettings.model_validate(
            {"kind": PrinterKind.NETWORK, "host": "127.0.0.1", "port": self._port, "timeout_s": 2.0} | changes
        )

    def serial_settings(self) -> PrinterSettings:
        """The settings of a till that prints here over a serial cable."""
        return PrinterSettings(kind=PrinterKind.SERIAL, device=str(self._serial), timeout_s=2.0)

    def new_papers(self, count: int) -> list[Paper]:
        """The next *count* papers, oldest first; fewer when no more come."""
        end = time.monotonic() + PAPER_S
        while len(fresh := self._fresh()) < count and time.monotonic() < end:
            time.sleep(0.02)
        self._seen.update(fresh)
        return [Paper(self._get(paper, "text").text, self._get(paper, "image").content) for paper in fresh]

    def paper(self) -> Paper:
        """The next paper."""
        (paper,) = self.new_papers(1)
        return paper

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """Something is wrong with the printer while the block runs."""
        self._api.put(f"/front/faults/{name}").raise_for_status()
        try:
            yield
        finally:
            self._api.delete(f"/front/faults/{name}").raise_for_status()

    def drawer(self) -> str:
        """``open`` or ``closed``."""
        return str(self._api.get("/front").json()["state"]["drawer"])

    def close_drawer(self) -> None:
        """What a cashier's hand does."""
        self._api.post("/front/drawer/close").raise_for_status()

    def _fresh(self) -> list[str]:
        papers = [paper["id"] for paper in self._api.get("/front/receipts").json()]
        return [paper for paper in reversed(papers) if paper not in self._seen]

    def _get(self, paper: str, what: str) -> httpx.Response:
        return self._api.get(f"/front/receipts/{paper}/{what}").raise_for_status()


@contextmanager
def running_emulator(python: str, folder: Path) -> Iterator[Emulator]:
    """Start an emulator with its files in *folder*; it ends with the block."""
    port, api_port = _free_port(), _free_port()
    (folder / "emupos.yaml").write_text(
        f"schema: 1\napi: {{ port: {api_port} }}\ndevices:\n"
        "  - id: front\n    type: printer\n    profile: epson-tm-t20iii\n    receipts_dir: ./papers\n"
        "    job_idle_timeout_ms: 60000\n"
        f"    connections:\n      - tcp: {{ port: {port} }}\n      - serial: {{ pty: true }}\n"
    )
    command = [python, "-c", "from emupos.cli.app import main; main()", "run", "--config", str(folder / "emupos.yaml")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, "TMPDIR": str(folder)}
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{api_port}/api/v1/devices", trust_env=False) as api:
            _wait_for(api, process, folder)
            yield Emulator(api, port, folder / "emupos" / "front")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(api: httpx.Client, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            if api.get("/front").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError((folder / "log").read_text())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
