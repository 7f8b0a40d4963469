"""A program in a pseudo-terminal: its output is read as it comes, and the time until some words are in it."""

import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from types import TracebackType

LIMIT_S = 30.0
READ_BYTES = 65_536


class Window:
    """Runs *command* in a terminal of 80 by 24; a context manager that kills it at the end."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.started_s = time.perf_counter()
        self._process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=dict(environment))
        os.close(slave)
        self._seen = b""

    def __enter__(self) -> "Window":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def send(self, keys: str) -> float:
        """Type *keys* at once; the moment in seconds. What was written before is forgotten."""
        self.drain()
        self._seen = b""
        now_s = time.perf_counter()
        os.write(self._master, keys.encode())
        return now_s

    def until(self, words: str) -> float:
        """The moment at which *words* stand in what was written; RuntimeError where they never come."""
        wanted = words.encode()
        end_s = time.perf_counter() + LIMIT_S
        while time.perf_counter() < end_s:
            if wanted in self._seen:
                return time.perf_counter()
            if select.select([self._master], [], [], 0.05)[0]:
                self._read()
        raise RuntimeError(f"not seen: {words!r} in {self._seen[-3000:]!r}")

    def drain(self, quiet_s: float = 0.03) -> None:
        """Read until nothing more comes."""
        while select.select([self._master], [], [], quiet_s)[0]:
            self._read()

    def _read(self) -> None:
        try:
            self._seen += os.read(self._master, READ_BYTES)
        except OSError as gone:
            raise RuntimeError(f"the program ended: {self._seen[-3000:]!r}") from gone
