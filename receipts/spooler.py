"""The spooler: takes jobs from the print queue one by one, and never lets a receipt be lost or printed twice unsaid.

A job is ``sending``, committed, before its first byte leaves. From there it ends ``printed`` (the printer confirmed),
``queued`` (nothing reached the paper), or ``may_have_printed`` (a person is asked); a job that a crash left
``sending`` may have printed. Whatever is printed again says COPY.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from config.errors import N_, Broken, Refused, RegularsError
from config.printer_settings import PrinterSettings
from config.seams import Clock
from receipts.printers import PrintFailed, open_printer
from receipts.profiles import profile_of
from receipts.receipt import Mark, decode, marked
from receipts.template import load_template

IDLE_MS: Final = 1_000
FIRST_RETRY_MS: Final = 1_000
LAST_RETRY_MS: Final = 10_000
DRAWER_FRESH_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
MAX_DRAIN: Final = 20
MAX_LOGO_BYTES: Final = 10_000_000


class JobState(StrEnum):
    """Where a print job stands."""

    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    MAY_HAVE_PRINTED = "may_have_printed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PrintJob(Protocol):
    """One row of the queue; *receipt* is what :func:`receipts.receipt.encode` wrote."""

    @property
    def job_id(self) -> int: ...
    @property
    def receipt(self) -> bytes: ...
    @property
    def copy(self) -> bool: ...
    @property
    def open_drawer(self) -> bool: ...
    @property
    def created_ms(self) -> int: ...


class PrintQueue(Protocol):
    """The queue in the ledger; each call is one committed transaction of its own."""

    def claim(self, now_ms: int) -> PrintJob | None:
        """The oldest queued job, made ``sending``; None when there is none."""

    def finish(self, job_id: int, state: str, problem: str | None, now_ms: int) -> None:
        """What became of a job that was ``sending``; Refused when it is no longer there."""

    def interrupted(self, now_ms: int) -> int:
        """Make every ``sending`` job ``may_have_printed``; how many there were."""


class Sender(Protocol):
    """The printer, as far as the spooler needs it."""

    def send(self, job: bytes) -> None:
        """Print *job*; PrintFailed when it does not come out whole."""


class Did(StrEnum):
    """What a step of the spooler did."""

    IDLE = "idle"
    WAITED = "waited"
    PRINTED = "printed"
    QUEUED = "queued"
    MAY_HAVE_PRINTED = "may_have_printed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """What happened, why it did not print, and how long to wait before the next step."""

    did: Did
    job_id: int | None = None
    problem: str | None = None
    wait_ms: int = 0


class Spooler:
    """A state machine without a thread of its own: call :meth:`step`, wait as it says, call again.

    Whoever makes one holds the spool lock: jobs found ``sending`` are then left over from a crash.
    """

    def __init__(
        self, queue: PrintQueue, sender: Sender, render: Callable[[PrintJob, int], bytes], clock: Clock, keep_ms: int
    ) -> None:
        self._queue = queue
        self._sender = sender
        self._render = render
        self._clock = clock
        self._keep_ms = keep_ms
        self._failures = 0
        self._next_try_ms = 0
        queue.interrupted(clock.now_ms())

    def step(self) -> Step:
        """Print at most one job."""
        wait_ms = self._next_try_ms - self._clock.monotonic_ms()
        if self._failures and wait_ms > 0:
            return Step(Did.WAITED, wait_ms=wait_ms)
        job = self._queue.claim(self._clock.now_ms())
        if job is None:
            return Step(Did.IDLE, wait_ms=IDLE_MS)
        return self._finish(job, *self._print(job))

    def wake(self) -> None:
        """Forget the back-off: somebody has just put in paper."""
        self._failures = 0

    def _print(self, job: PrintJob) -> tuple[Did, str | None]:
        now_ms = self._clock.now_ms()
        # A copy was asked for by a person, however old its sale is.
        if not job.copy and now_ms - job.created_ms > self._keep_ms:
            return Did.FAILED, "print_job_too_old"
        try:
            self._sender.send(self._render(job, now_ms))
        except PrintFailed as failure:
            return (Did.MAY_HAVE_PRINTED if failure.may_have_printed else Did.QUEUED), failure.reason
        except RegularsError as error:
            # A wrong template or logo is the shop's to correct: the receipt waits for it.
            return Did.QUEUED, error.reason
        except (ValueError, LookupError, ArithmeticError):
            return Did.FAILED, "print_job_unreadable"
        return Did.PRINTED, None

    def _finish(self, job: PrintJob, did: Did, problem: str | None) -> Step:
        # Whoever erased the job while it was printing wanted it gone: there is nothing left to note.
        with suppress(Refused):
            self._queue.finish(job.job_id, JobState(did.value), problem, self._clock.now_ms())
        if did in (Did.PRINTED, Did.FAILED):
            self._failures = 0
            return Step(did, job.job_id, problem)
        wait_ms = min(FIRST_RETRY_MS << min(self._failures, 10), LAST_RETRY_MS)
        self._failures += 1
        self._next_try_ms = self._clock.monotonic_ms() + wait_ms
        return Step(did, job.job_id, problem, wait_ms)


def make_spooler(queue: PrintQueue, settings: PrinterSettings, clock: Clock) -> Spooler:
    """A spooler for the printer of *settings*; the caller holds the spool lock."""
    return Spooler(queue, open_printer(settings), job_renderer(settings), clock, settings.keep_hours * HOUR_MS)


def drain(spooler: Spooler, max_jobs: int = MAX_DRAIN) -> tuple[Step, ...]:
    """Print what waits, until there is nothing more, the printer fails, or *max_jobs* are through."""
    steps: list[Step] = []
    while len(steps) < max_jobs:
        step = spooler.step()
        if step.did is Did.IDLE:
            break
        steps.append(step)
        if step.wait_ms:
            break
    return tuple(steps)


def job_renderer(settings: PrinterSettings) -> Callable[[PrintJob, int], bytes]:
    """What turns a job into printer commands; settings' files are read for each job, so corrections count at once."""

    def render(job: PrintJob, now_ms: int) -> bytes:
        from receipts.rendering import render_escpos

        receipt = decode(job.receipt)
        return render_escpos(
            marked(receipt, Mark.COPY) if job.copy else receipt,
            load_template(settings.template),
            profile_of(settings),
            read_logo(settings.logo),
            open_drawer=job.open_drawer and not job.copy and now_ms - job.created_ms <= DRAWER_FRESH_MS,
        )

    return render


def read_logo(path: Path | None) -> bytes | None:
    """The content of the shop's logo file; Broken when it can't be read."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(MAX_LOGO_BYTES)
    except OSError as error:
        raise Broken(
            "logo_unreadable",
            N_("The logo {name} can't be read ({cause}). Receipts wait; correct its path in the printer's settings."),
            name=path.name,
            cause=error.strerror or "",
        ) from error
