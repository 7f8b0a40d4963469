"""The app's talk with HQ: a thread that keeps up with it, and one that asks before points are spent.

Each has a till of its own; selling never waits for either.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.errors import RegularsError
from config.paths import HomePaths
from config.seams import Clock, RandomSource
from config.settings import Settings
from ledger.writer import WriterThread
from sync.worker import Driver, SyncThread
from terminal.till import Till
from terminal.till_opening import open_till

MAX_ASKED = 8


class HqLink:
    """Runs for a till that may be paired, now or later; *on_problem* is told faults, from the thread."""

    def __init__(
        self,
        home: HomePaths,
        settings: Settings,
        clock: Clock,
        random: RandomSource,
        on_problem: Callable[[Exception], None],
    ) -> None:
        self._home = home
        self._settings = settings
        self._clock = clock
        self._random = random
        self._asking: WriterThread[Till] | None = None
        self._thread = SyncThread(
            self._driver,
            long_poll_s=settings.sync.long_poll_s,
            push_every_s=settings.sync.push_every_s,
            failed=on_problem,
        )

    def start(self) -> None:
        """Begin to keep up with HQ."""
        self._thread.start()

    def try_now(self) -> None:
        """Don't sit out the wait after a failure."""
        self._thread.nudge()

    async def authorise(self, member_id: str, millipoints: int) -> bool:
        """Ask HQ to let this till spend *millipoints* of a member; False when it does not, or can't be asked."""
        if self._asking is None:
            self._asking = WriterThread(self._till, Till.close, capacity=MAX_ASKED)
        try:
            asked = self._asking.submit(lambda till: till.sync.authorise(member_id, millipoints))
            return await asyncio.wrap_future(asked)
        except RegularsError:
            return False

    def stop(self) -> None:
        """End; what was not sent is sent the next time. Takes seconds where HQ is slow to answer."""
        self._thread.stop()
        if self._asking is not None:
            self._asking.close()

    def _till(self) -> Till:
        return open_till(self._home, self._settings, clock=self._clock, random=self._random)

    @contextmanager
    def _driver(self) -> Iterator[Driver]:
        with self._till() as till, till.sync.driver() as driver:
            yield driver
