"""The spooler on the ledger's own queue: whatever dies, each receipt is printed, queued, or asked about."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.paths import HomePaths
from ledger.print_jobs import PrintQueue, enqueue
from ledger.store import Ledger, open_ledger
from receipts.receipt import Receipt, Shop, encode
from receipts.spooler import Did, Spooler, drain, make_spooler
from tests.unit.ledger.world import StandingClock, new_ledger
from tests.unit.receipts.fakes import Death, TcpPrinter

RECEIPT = encode(Receipt(Shop("Shop"), "PLN", "Europe/Warsaw", 0, to_pay_minor=4590))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = new_ledger(tmp_path)
    yield ledger
    ledger.close()


def queue_receipts(ledger: Ledger, count: int) -> None:
    with ledger.write() as tx:
        for _ in range(count):
            enqueue(tx, RECEIPT, now_ms=StandingClock().now_ms())


def states(ledger: Ledger) -> list[str]:
    with ledger.read() as view:
        return [row[0] for row in view.rows("SELECT state FROM print_job ORDER BY job_id", ())]


def test_receipts_go_from_the_ledger_to_the_paper(ledger: Ledger) -> None:
    queue_receipts(ledger, 3)
    with TcpPrinter() as printer:
        drain(make_spooler(PrintQueue(ledger), printer.settings, StandingClock()))
    assert states(ledger) == ["printed"] * 3
    assert len(printer.printed) == 3


def test_what_may_have_printed_is_answered_and_printed_again_as_a_copy(ledger: Ledger) -> None:
    queue_receipts(ledger, 2)
    queue = PrintQueue(ledger)
    for _ in range(2):
        with TcpPrinter(dies_after=30, death=Death.RESET) as dying:
            make_spooler(queue, dying.settings, StandingClock()).step()
    first, second = queue.waiting()
    assert {first.state, second.state} == {"may_have_printed"}
    queue.answer(first.job_id, True, 0)
    queue.answer(second.job_id, False, 0)
    with TcpPrinter() as printer:
        drain(make_spooler(queue, printer.settings, StandingClock()))
    assert states(ledger) == ["printed", "printed"]
    assert [b"COPY" in job for job in printer.printed] == [True]


def test_a_job_erased_while_it_prints_harms_nothing(ledger: Ledger) -> None:
    queue_receipts(ledger, 1)

    class Erasing:
        def send(self, job: bytes) -> None:
            with ledger.write() as tx:
                tx.execute("DELETE FROM print_job", ())

    spooler = Spooler(PrintQueue(ledger), Erasing(), lambda *_: b"", StandingClock(), keep_ms=1)
    assert spooler.step().did is Did.PRINTED
    assert states(ledger) == []


# Prints one receipt in a process of its own and dies at the printer's first byte, after it or before.
KILLED = """
import os, sys
from pathlib import Path
from config.paths import HomePaths
from config.seams import SystemClock
from ledger.print_jobs import PrintQueue
from ledger.store import open_ledger
from receipts.spooler import Spooler

class Killing:
    def send(self, job):
        if sys.argv[2] == "after":
            Path(sys.argv[1], "paper").write_bytes(job)
        os.kill(os.getpid(), 9)

ledger = open_ledger(HomePaths(Path(sys.argv[1])), clock=SystemClock())
Spooler(PrintQueue(ledger), Killing(), lambda *_: b"receipt", SystemClock(), keep_ms=10**15).step()
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_while_printing_leaves_a_question_not_a_second_receipt(tmp_path: Path, when: str) -> None:
    ledger = new_ledger(tmp_path)
    queue_receipts(ledger, 1)
    ledger.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), when], check=False, timeout=60)
    assert done.returncode == -9
    ledger = open_ledger(HomePaths(tmp_path), clock=StandingClock())
    with TcpPrinter() as printer:
        drain(make_spooler(PrintQueue(ledger), printer.settings, StandingClock()))
    assert states(ledger) == ["may_have_printed"]
    assert printer.printed == []
    ledger.close()
