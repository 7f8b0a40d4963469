"""Fakes at the seams: a clock that stands, a queue in memory, a printer at a TCP port that can die at any byte."""

import socket
import struct
import threading
from dataclasses import dataclass, field, replace
from enum import StrEnum

from config.printer_settings import PrinterKind, PrinterSettings
from receipts.spooler import JobState

STATUS_OK = {1: 0x12, 2: 0x12, 4: 0x12}
TELL_WHEN_THROUGH = b"\x1dr\x01"


class StandingClock:
    """A clock that moves only when told."""

    def __init__(self, at_ms: int = 1_772_542_920_000) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> int:
        return self.at_ms

    def boot_id(self) -> str:
        return "test"

    def advance(self, ms: int) -> None:
        self.at_ms += ms


@dataclass(frozen=True)
class Job:
    """One row of the queue in memory."""

    job_id: int
    receipt: bytes
    copy: bool = False
    open_drawer: bool = False
    created_ms: int = 1_772_542_920_000
    state: JobState = JobState.QUEUED
    problem: str | None = None
    attempts: int = 0


class MemoryQueue:
    """The print queue as the ledger keeps it, without a file; it outlives spoolers as the ledger outlives processes."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.job_id: job for job in jobs}

    def claim(self, now_ms: int) -> Job | None:
        queued = sorted(number for number, job in self.jobs.items() if job.state is JobState.QUEUED)
        if not queued:
            return None
        job = self.jobs[queued[0]]
        self.jobs[job.job_id] = replace(job, state=JobState.SENDING, attempts=job.attempts + 1)
        return self.jobs[job.job_id]

    def finish(self, job_id: int, state: str, problem: str | None, now_ms: int) -> None:
        assert self.jobs[job_id].state is JobState.SENDING
        self.jobs[job_id] = replace(self.jobs[job_id], state=JobState(state), problem=problem)

    def interrupted(self, now_ms: int) -> int:
        left = [job for job in self.jobs.values() if job.state is JobState.SENDING]
        for job in left:
            self.jobs[job.job_id] = replace(job, state=JobState.MAY_HAVE_PRINTED)
        return len(left)

    def states(self) -> list[JobState]:
        return [self.jobs[number].state for number in sorted(self.jobs)]


class Death(StrEnum):
    """How a printer stops."""

    RESET = "reset"
    HANG_UP = "hang up"
    SILENCE = "silence"


@dataclass
class TcpPrinter:
    """A printer at a port of this machine; *dies_after* so many bytes of a job, in the way of *death*.

    *answers*: it answers status questions. *status*: the answers. *printed*: the bytes of each job it took.
    """

    answers: bool = True
    dies_after: int | None = None
    death: Death = Death.RESET
    status: dict[int, int] = field(default_factory=lambda: dict(STATUS_OK))
    chatter: bytes = b""
    printed: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "TcpPrinter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        socket.create_connection(self._server.getsockname()).close()
        self._thread.join(10)
        self._server.close()

    @property
    def settings(self) -> PrinterSettings:
        port = self._server.getsockname()[1]
        profile = "epson-80" if self.answers else "generic-58"
        return PrinterSettings(kind=PrinterKind.NETWORK, host="127.0.0.1", port=port, profile=profile, timeout_s=0.3)

    def _serve(self) -> None:
        while not self._stop.is_set():
            connection, _ = self._server.accept()
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        job = bytearray()
        try:
            while data := connection.recv(1 if self.dies_after is not None and not self.answers else 4096):
                if self._asked(connection, data):
                    continue
                room = len(data) if self.dies_after is None else self.dies_after - len(job)
                job += data.replace(TELL_WHEN_THROUGH, b"")[:room]
                if self.dies_after is not None and len(data) >= room:
                    self._die(connection)
                    break
                if self.answers and TELL_WHEN_THROUGH in data:
                    connection.sendall(self.chatter + b"\x00")
        except OSError:
            pass
        if job:
            self.printed.append(bytes(job))

    def _asked(self, connection: socket.socket, data: bytes) -> bool:
        if data[:2] != b"\x10\x04" or len(data) != 3:
            return False
        if self.answers:
            connection.sendall(self.chatter + bytes([self.status[data[2]]]))
        return True

    def _die(self, connection: socket.socket) -> None:
        if self.death is Death.SILENCE:
            self._stop.wait(5)
        if self.death is not Death.HANG_UP:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
