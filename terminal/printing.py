"""The thread that prints what sales have queued; it has its own connection, and the sale never waits for it."""

import threading
from collections.abc import Callable

import structlog

from config.errors import RegularsError
from config.paths import HomePaths
from config.seams import Clock
from config.settings import Settings

ELSEWHERE_RETRY_S = 15.0
_STOP_S = 3.0


class PrintingThread:
    """Runs the spooler while this process holds the spool lock; *on_problem* is told reason codes, from the thread."""

    def __init__(self, home: HomePaths, settings: Settings, clock: Clock, on_problem: Callable[[str], None]) -> None:
        self._home = home
        self._settings = settings
        self._clock = clock
        self._on_problem = on_problem
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)

    def start(self) -> None:
        """Begin printing."""
        self._thread.start()

    def wake(self) -> None:
        """A receipt was queued: don't sleep on it."""
        self._woken.set()

    def stop(self) -> None:
        """Print no more; a receipt under way is waited for, but not for long: the queue remembers it."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        logger = structlog.get_logger()
        while not self._stopping.is_set():
            try:
                self._print()
            except RegularsError as error:
                if error.reason != "printing_elsewhere":
                    self._on_problem(error.reason)
            except Exception as error:
                logger.exception("printing", error=type(error).__name__)
                self._on_problem("printing_failed")
            self._stopping.wait(ELSEWHERE_RETRY_S)

    def _print(self) -> None:
        from ledger.print_jobs import PrintQueue
        from ledger.store import open_ledger
        from receipts.spool_lock import spool_lock
        from receipts.spooler import Did, make_spooler
        from receipts.thermal import import_escpos

        # Now, while somebody types a PIN, rather than under the first receipt.
        import_escpos()
        with spool_lock(self._home.spool_lock), open_ledger(self._home, clock=self._clock) as ledger:
            spooler = make_spooler(PrintQueue(ledger), self._settings.printer, self._clock)
            told: str | None = None
            while not self._stopping.is_set():
                step = spooler.step()
                if step.problem != told and step.did not in (Did.IDLE, Did.WAITED):
                    told = step.problem
                    if told:
                        self._on_problem(told)
                if step.wait_ms:
                    self._woken.wait(step.wait_ms / 1000)
                    self._woken.clear()
