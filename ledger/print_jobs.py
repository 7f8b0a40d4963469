"""The print queue: a receipt is queued in its sale's transaction, and never printed twice without saying COPY."""

from enum import StrEnum

import msgspec

from config.errors import N_, Refused
from ledger.store import Ledger, Transaction, View

MOST_WAITING = 500
_COLUMNS = "job_id, entry_id, member_id, receipt, copy, open_drawer, state, attempts, problem, created_ms, changed_ms"


class JobState(StrEnum):
    """Where a receipt is on its way to paper."""

    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    MAY_HAVE_PRINTED = "may_have_printed"  # the printer went away in the middle: somebody has to look
    CANCELLED = "cancelled"
    FAILED = "failed"


class PrintJob(msgspec.Struct, frozen=True):
    """One receipt to print; *receipt* is the receipts room's own form."""

    job_id: int
    entry_id: str | None
    member_id: str | None
    receipt: bytes
    copy: bool
    open_drawer: bool
    state: str
    attempts: int
    problem: str | None
    created_ms: int
    changed_ms: int


def enqueue(
    tx: Transaction,
    receipt: bytes,
    *,
    now_ms: int,
    entry_id: str | None = None,
    member_id: str | None = None,
    copy: bool = False,
    open_drawer: bool = False,
) -> int:
    """Queue a receipt with the act that it tells of; the job's number."""
    return tx.insert(
        "INSERT INTO print_job (entry_id, member_id, receipt, copy, open_drawer, state, attempts, created_ms,"
        " changed_ms) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
        (entry_id, member_id, receipt, int(copy), int(open_drawer), JobState.QUEUED, now_ms, now_ms),
    )


def job(view: View, job_id: int) -> PrintJob | None:
    """One job."""
    row = view.row(f"SELECT {_COLUMNS} FROM print_job WHERE job_id = ?", (job_id,))
    return _job(row) if row else None


def waiting(view: View, limit: int = MOST_WAITING) -> tuple[PrintJob, ...]:
    """Jobs that are not done, oldest first."""
    rows = view.rows(
        f"SELECT {_COLUMNS} FROM print_job WHERE state NOT IN ('printed', 'cancelled') ORDER BY job_id LIMIT ?",
        (limit,),
    )
    return tuple(map(_job, rows))


def waiting_count(view: View) -> int:
    """How many jobs are not done."""
    total: int = view.value("SELECT COUNT(*) FROM print_job WHERE state NOT IN ('printed', 'cancelled')")
    return total


def last_receipt(view: View, entry_id: str | None = None) -> PrintJob | None:
    """The newest job, of one entry if given: for reprints."""
    row = view.row(
        f"SELECT {_COLUMNS} FROM print_job WHERE entry_id = COALESCE(?, entry_id) ORDER BY job_id DESC LIMIT 1",
        (entry_id,),
    )
    return _job(row) if row else None


def forget_printed(tx: Transaction, before_ms: int) -> int:
    """Drop what was printed or cancelled before *before_ms*: receipts hold names. How many."""
    return tx.execute("DELETE FROM print_job WHERE state IN ('printed', 'cancelled') AND changed_ms < ?", (before_ms,))


class PrintQueue:
    """The queue as the spooler uses it: every call is one transaction of its own, committed when it returns."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def claim(self, now_ms: int) -> PrintJob | None:
        """Take the oldest queued job for sending."""
        with self._ledger.read() as view:
            if view.value("SELECT 1 FROM print_job WHERE state = 'queued' LIMIT 1") is None:
                return None
        with self._ledger.write() as tx:
            job_id = tx.value("SELECT job_id FROM print_job WHERE state = 'queued' ORDER BY job_id LIMIT 1")
            if job_id is None:
                return None
            tx.execute(
                "UPDATE print_job SET state = ?, attempts = attempts + 1, changed_ms = ? WHERE job_id = ?",
                (JobState.SENDING, now_ms, job_id),
            )
            return job(tx, job_id)

    def finish(self, job_id: int, state: str, problem: str | None, now_ms: int) -> None:
        """Say what became of a job that was being sent."""
        self._move(job_id, (JobState.SENDING,), state, problem, now_ms)

    def interrupted(self, now_ms: int) -> int:
        """After a crash: nobody knows what became of jobs that were being sent. How many."""
        with self._ledger.write() as tx:
            return tx.execute(
                "UPDATE print_job SET state = ?, changed_ms = ? WHERE state = ?",
                (JobState.MAY_HAVE_PRINTED, now_ms, JobState.SENDING),
            )

    def answer(self, job_id: int, printed: bool, now_ms: int) -> None:  # noqa: FBT001 - the spooler's protocol
        """Somebody looked: it is *printed*, or it goes to the printer again as a copy."""
        self._move(
            job_id,
            (JobState.MAY_HAVE_PRINTED, JobState.FAILED),
            JobState.PRINTED if printed else JobState.QUEUED,
            None,
            now_ms,
            copy=not printed,
        )

    def cancel(self, job_id: int, now_ms: int) -> None:
        """Don't print a job that waits."""
        unfinished = (JobState.QUEUED, JobState.MAY_HAVE_PRINTED, JobState.FAILED)
        self._move(job_id, unfinished, JobState.CANCELLED, None, now_ms)

    def waiting(self) -> tuple[PrintJob, ...]:
        """Jobs that are not done, oldest first."""
        with self._ledger.read() as view:
            return waiting(view)

    def _move(
        self,
        job_id: int,
        from_states: tuple[str, ...],
        state: str,
        problem: str | None,
        now_ms: int,
        *,
        copy: bool = False,
    ) -> None:
        places = ", ".join("?" * len(from_states))
        with self._ledger.write() as tx:
            moved = tx.execute(
                "UPDATE print_job SET state = ?, problem = ?, changed_ms = ?, copy = MAX(copy, ?)"
                f" WHERE job_id = ? AND state IN ({places})",
                (state, problem, now_ms, int(copy), job_id, *from_states),
            )
            if not moved:
                raise Refused(
                    "print_job_elsewhere",
                    N_("This receipt is not waiting for that any more. Nothing was changed. Look at the print queue."),
                )


def _job(row: tuple[object, ...]) -> PrintJob:
    return msgspec.convert(dict(zip(PrintJob.__struct_fields__, row, strict=True)), PrintJob, strict=False)
