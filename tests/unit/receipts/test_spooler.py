"""Never lost, never twice unsaid: whatever a printer or the till's own process does, at every byte of a job."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import Refused
from config.printer_settings import PrinterSettings
from receipts.printers import PrinterState, PrintFailed, open_printer
from receipts.receipt import Receipt, Shop, encode
from receipts.spool_lock import spool_lock
from receipts.spooler import (
    FIRST_RETRY_MS,
    HOUR_MS,
    LAST_RETRY_MS,
    Did,
    JobState,
    PrintJob,
    Spooler,
    drain,
    job_renderer,
    make_spooler,
)
from tests.unit.receipts.fakes import Death, Job, MemoryQueue, StandingClock, TcpPrinter

RECEIPT = encode(Receipt(Shop("Shop"), "PLN", "Europe/Warsaw", 0, to_pay_minor=4590))
STEP_OF_BYTES = 1 if os.environ.get("REGULARS_LONG") else 5


class Printer:
    """A printer in memory that fails as it is told, once a failure."""

    def __init__(self, *failures: PrintFailed | None) -> None:
        self.failures = list(failures)
        self.jobs: list[bytes] = []

    def send(self, job: bytes) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is None or failure.may_have_printed:
            self.jobs.append(job)
        if failure is not None:
            raise failure


def nothing_printed() -> PrintFailed:
    return PrintFailed(PrinterState.PAPER_OUT, may_have_printed=False)


def half_printed() -> PrintFailed:
    return PrintFailed(PrinterState.OFFLINE, may_have_printed=True)


def spooler(queue: MemoryQueue, printer: Printer, clock: StandingClock | None = None) -> Spooler:
    def render(job: PrintJob, now_ms: int) -> bytes:
        return job_renderer(PrinterSettings())(job, now_ms)

    return Spooler(queue, printer, render, clock or StandingClock(), keep_ms=72 * HOUR_MS)


@pytest.fixture(scope="module")
def job_bytes() -> int:
    return len(job_renderer(PrinterSettings())(Job(1, RECEIPT), 0))


@pytest.mark.parametrize("death", [Death.RESET, Death.HANG_UP])
def test_a_printer_that_dies_at_any_byte_leaves_nothing_unsaid(death: Death, job_bytes: int) -> None:
    for dies_after in range(1, job_bytes + 1, STEP_OF_BYTES):
        queue = MemoryQueue(Job(1, RECEIPT))
        with TcpPrinter(dies_after=dies_after, death=death) as printer:
            make_spooler(queue, printer.settings, StandingClock()).step()
        assert printer.printed, "the fake took no byte: it would not have been a death in the middle"
        assert queue.states() == [JobState.MAY_HAVE_PRINTED], dies_after


@pytest.mark.parametrize("dies_after", [1, 40])
def test_a_printer_that_falls_silent_is_asked_about(dies_after: int) -> None:
    queue = MemoryQueue(Job(1, RECEIPT))
    with TcpPrinter(dies_after=dies_after, death=Death.SILENCE) as printer:
        make_spooler(queue, printer.settings, StandingClock()).step()
    assert queue.states() == [JobState.MAY_HAVE_PRINTED]


def test_jobs_print_in_order_and_once() -> None:
    queue, printer = MemoryQueue(Job(2, RECEIPT, copy=True), Job(1, RECEIPT)), Printer()
    assert [step.job_id for step in drain(spooler(queue, printer))] == [1, 2]
    assert queue.states() == [JobState.PRINTED, JobState.PRINTED]
    assert [b"COPY" in job for job in printer.jobs] == [False, True]


def test_a_receipt_waits_for_the_printer_and_then_prints() -> None:
    queue, clock, printer = MemoryQueue(Job(1, RECEIPT)), StandingClock(), Printer(nothing_printed(), nothing_printed())
    machine = spooler(queue, printer, clock)
    waits = []
    while (step := machine.step()).did is not Did.PRINTED:
        assert queue.jobs[1].problem == "printer_paper_out"
        waits.append(step.wait_ms)
        assert machine.step().did is Did.WAITED
        clock.advance(step.wait_ms)
    assert waits == [FIRST_RETRY_MS, 2 * FIRST_RETRY_MS]
    assert len(printer.jobs) == 1
    assert b"COPY" not in printer.jobs[0]


def test_the_wait_between_tries_is_bounded_and_can_be_cut_short() -> None:
    queue, clock, printer = MemoryQueue(Job(1, RECEIPT)), StandingClock(), Printer(*[nothing_printed()] * 30)
    machine = spooler(queue, printer, clock)
    for _ in range(20):
        clock.advance(machine.step().wait_ms)
    assert machine.step().wait_ms == LAST_RETRY_MS
    assert machine.step().did is Did.WAITED
    machine.wake()
    assert machine.step().did is Did.QUEUED


def test_what_may_have_printed_does_not_print_again_by_itself() -> None:
    queue, clock, printer = MemoryQueue(Job(1, RECEIPT), Job(2, RECEIPT)), StandingClock(), Printer(half_printed())
    machine = spooler(queue, printer, clock)
    for _ in range(5):
        clock.advance(machine.step().wait_ms)
    assert queue.states() == [JobState.MAY_HAVE_PRINTED, JobState.PRINTED]
    assert len(printer.jobs) == 2


def test_a_process_that_dies_while_sending_leaves_a_question() -> None:
    queue = MemoryQueue(Job(1, RECEIPT), Job(2, RECEIPT))
    queue.claim(0)
    printer = Printer()
    drain(spooler(queue, printer))
    assert queue.states() == [JobState.MAY_HAVE_PRINTED, JobState.PRINTED]
    assert len(printer.jobs) == 1


def test_what_is_printed_again_after_a_question_says_copy_and_leaves_the_drawer_shut() -> None:
    queue, printer = MemoryQueue(Job(1, RECEIPT, open_drawer=True)), Printer(half_printed(), None)
    clock = StandingClock()
    machine = spooler(queue, printer, clock)
    clock.advance(machine.step().wait_ms)
    queue.jobs[1] = replace(queue.jobs[1], state=JobState.QUEUED, copy=True)
    machine.step()
    assert [b"COPY" in job for job in printer.jobs] == [False, True]
    assert [b"\x1bp" in job for job in printer.jobs] == [True, False]


def test_the_drawer_does_not_open_for_a_sale_of_an_hour_ago() -> None:
    clock = StandingClock()
    queue, printer = MemoryQueue(Job(1, RECEIPT, open_drawer=True, created_ms=clock.now_ms() - HOUR_MS)), Printer()
    spooler(queue, printer, clock).step()
    assert b"\x1bp" not in printer.jobs[0]


def test_a_job_that_can_not_be_read_does_not_hold_up_the_others() -> None:
    queue = MemoryQueue(Job(1, b"{"), Job(2, RECEIPT.replace(b"Europe/Warsaw", b"Nowhere/Land")), Job(3, RECEIPT))
    drain(spooler(queue, Printer()))
    assert queue.states() == [JobState.FAILED, JobState.FAILED, JobState.PRINTED]
    assert queue.jobs[1].problem == "print_job_unreadable"


def test_a_job_too_old_is_kept_for_a_person_to_decide() -> None:
    clock = StandingClock()
    queue, printer = MemoryQueue(Job(1, RECEIPT, created_ms=clock.now_ms() - 73 * HOUR_MS)), Printer()
    assert spooler(queue, printer, clock).step().problem == "print_job_too_old"
    assert queue.states() == [JobState.FAILED]
    assert not printer.jobs


def test_a_wrong_template_keeps_receipts_waiting_until_it_is_corrected(tmp_path: Path) -> None:
    template = tmp_path / "receipt.toml"
    settings = PrinterSettings(template=template)
    queue, clock, printer = MemoryQueue(Job(1, RECEIPT)), StandingClock(), Printer()
    machine = Spooler(queue, printer, job_renderer(settings), clock, keep_ms=72 * HOUR_MS)
    step = machine.step()
    assert (step.did, step.problem) == (Did.QUEUED, "receipt_template_unreadable")
    template.write_text('[[block]]\nshow = "marks"\n[[block]]\nshow = "to_pay"\n')
    clock.advance(step.wait_ms)
    assert machine.step().did is Did.PRINTED


def test_one_process_prints(tmp_path: Path) -> None:
    with spool_lock(tmp_path / "spool.lock"):
        with pytest.raises(Refused) as refusal, spool_lock(tmp_path / "spool.lock"):
            pass
        assert refusal.value.reason == "printing_elsewhere"
    with spool_lock(tmp_path / "spool.lock"):
        pass


def test_a_real_printer_confirms_each_receipt_of_a_queue() -> None:
    queue = MemoryQueue(*(Job(number, RECEIPT) for number in range(1, 6)))
    with TcpPrinter() as printer:
        drain(make_spooler(queue, printer.settings, StandingClock()))
        assert open_printer(printer.settings).status().state is PrinterState.READY
    assert queue.states() == [JobState.PRINTED] * 5
    assert len(printer.printed) == 5
