"""The print queue: what becomes of a receipt is never in doubt without being said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import Refused
from ledger import journal
from ledger.print_jobs import PrintQueue, enqueue, forget_printed, job, last_receipt, waiting_count
from ledger.store import Ledger
from tests.unit.ledger.world import START_MS, ZOFIA, new_ledger, sale


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with new_ledger(tmp_path) as ledger:
        yield ledger


def _queue_two(ledger: Ledger) -> None:
    for receipt in (b"first", b"second"):
        with ledger.write() as tx:
            entry = journal.append(tx, sale(), at_ms=START_MS)
            enqueue(tx, receipt, now_ms=START_MS, entry_id=str(entry.id), member_id=ZOFIA)


def test_jobs_are_claimed_in_order_and_once(ledger: Ledger) -> None:
    _queue_two(ledger)
    queue = PrintQueue(ledger)
    claimed = [queue.claim(1), queue.claim(1), queue.claim(1)]
    assert [each and each.receipt for each in claimed] == [b"first", b"second", None]
    assert [each.state for each in queue.waiting()] == ["sending", "sending"]
    queue.finish(1, "printed", None, 2)
    queue.finish(2, "queued", "offline", 2)
    again = queue.claim(3)
    assert again is not None
    assert (again.job_id, again.attempts, again.copy) == (2, 2, False)


def test_a_job_of_a_crashed_printer_is_asked_about(ledger: Ledger) -> None:
    _queue_two(ledger)
    queue = PrintQueue(ledger)
    queue.claim(1)
    assert queue.interrupted(2) == 1
    with pytest.raises(Refused, match="not waiting"):
        queue.finish(1, "printed", None, 3)
    queue.answer(1, printed=False, now_ms=4)
    again = queue.claim(5)
    assert again is not None
    assert (again.job_id, again.copy) == (1, True)
    queue.finish(1, "failed", "cut off", 6)
    queue.answer(1, printed=True, now_ms=7)
    queue.cancel(2, 8)
    with ledger.read() as view:
        assert waiting_count(view) == 0
        newest = last_receipt(view)
        assert newest is not None
        assert newest.receipt == b"second"


def test_a_sale_that_is_not_saved_prints_nothing(ledger: Ledger) -> None:
    with pytest.raises(Refused), ledger.write() as tx:  # noqa: PT012 - both are one act
        enqueue(tx, b"receipt", now_ms=START_MS)
        raise Refused("no", "No.")
    assert PrintQueue(ledger).claim(1) is None


def test_printed_receipts_are_forgotten_in_time(ledger: Ledger) -> None:
    _queue_two(ledger)
    queue = PrintQueue(ledger)
    queue.claim(1)
    queue.finish(1, "printed", None, 10)
    with ledger.write() as tx:
        assert forget_printed(tx, before_ms=10) == 0
        assert forget_printed(tx, before_ms=11) == 1
        assert job(tx, 1) is None
        assert waiting_count(tx) == 1
