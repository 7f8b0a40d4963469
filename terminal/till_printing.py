"""The print queue as cashiers see it: what waits, what may have printed, and their answer to it."""

import msgspec

from ledger import print_jobs
from ledger.print_jobs import PrintQueue
from receipts.receipt import decode
from terminal.till_counter import Counter


class PrintJobShown(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt on its way to paper; *state* may_have_printed or failed: somebody has to look."""

    job_id: int
    state: str
    created_ms: int
    problem: str | None
    title: str
    copy: bool


class PrintingDesk:
    """What has not come out of the printer yet."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    @property
    def queue(self) -> PrintQueue:
        """The queue as the spooler takes it."""
        return PrintQueue(self._counter.ledger)

    def waiting(self) -> tuple[PrintJobShown, ...]:
        """Receipts that are not printed yet, the oldest first."""
        with self._counter.ledger.read() as view:
            return tuple(
                PrintJobShown(
                    job_id=job.job_id,
                    state=job.state,
                    created_ms=job.created_ms,
                    problem=job.problem,
                    title=decode(job.receipt).entry_id,
                    copy=job.copy,
                )
                for job in print_jobs.waiting(view)
            )

    def answer(self, job_id: int, printed: bool) -> None:  # noqa: FBT001 - as the queue's protocol has it
        """Somebody looked: it is *printed*, or it goes to the printer again as a copy."""
        self.queue.answer(job_id, printed, self._counter.clock.now_ms())
