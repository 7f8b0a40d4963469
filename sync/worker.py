"""Drives the exchange: one round for the command line, for ever in a thread for the app. Never in a seller's way.

Only one process of a home talks to HQ at a time: it holds the lock file.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import Final

import msgspec

from config.errors import N_, Refused, RegularsError
from config.seams import Clock, RandomSource
from sync.exchange import Exchange, Path
from sync.retry import Retry
from sync.transport import Transport, Unreachable

MAX_ROUNDS: Final = 10_000
REFUSED_WAIT_MS: Final = 30_000


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the last words with HQ went. *error* is a reason code, *said* its English sentence."""

    online: bool = False
    since_ms: int = 0
    last_ok_ms: int | None = None
    error: str | None = None
    said: str | None = None


@contextmanager
def exchange_lock(path: FilePath) -> Iterator[None]:
    """Be the one process of this home that talks to HQ; Refused("sync_elsewhere") when another does."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(
                "sync_elsewhere",
                N_("Another program is talking to HQ for this till just now. Nothing is lost; look at its status."),
            ) from error
        yield
    finally:
        os.close(handle)


class Driver:
    """Sends what the exchange wants sent, and tells how it goes."""

    def __init__(
        self,
        exchange: Exchange,
        transport: Transport,
        *,
        clock: Clock,
        random: RandomSource,
        told: Callable[[Contact], None] = lambda _contact: None,
    ) -> None:
        self._exchange = exchange
        self._transport = transport
        self._clock = clock
        self._retry = Retry(random)
        self._told = told
        self.contact = Contact()

    def round(self, wait_s: int = 0) -> int:
        """One message and its answer; how many milliseconds to wait before the next one."""
        request = self._exchange.next(wait_s)
        try:
            self._exchange.receive(request, self._transport.send(request))
        except Unreachable as error:
            self._exchange.say_hello()
            self._tell(error)
            return self._retry.failed(error.retry_after_ms)
        except Refused as error:
            if self._exchange.refused(error.reason):
                return self._retry.failed()
            self._tell(error)
            return self._retry.failed(REFUSED_WAIT_MS)
        self._tell(None)
        return self._retry.succeeded()

    def until_up_to_date(self, most: int = MAX_ROUNDS) -> bool:
        """Send and pull everything there is, once; False when HQ can't be reached or says no."""
        for _ in range(most):
            request = self._exchange.next()
            try:
                self._exchange.receive(request, self._transport.send(request))
            except Refused as error:
                if self._exchange.refused(error.reason):
                    continue
                self._tell(error)
                raise
            except Unreachable as error:
                self._tell(error)
                raise
            self._tell(None)
            if request.path is Path.PULL and self._exchange.up_to_date:
                return True
        return False

    def _tell(self, error: RegularsError | None) -> None:
        now_ms, before = self._clock.now_ms(), self.contact
        online = error is None
        since_ms = before.since_ms if before.online == online and before.since_ms else now_ms
        reason = error.reason if error else None
        contact = Contact(
            online, since_ms, now_ms if online else before.last_ok_ms, reason, str(error) if error else None
        )
        self.contact = contact
        self._told(contact)


class SyncThread:
    """The app's background worker: opens its own things in its own thread, and goes on until it is stopped."""

    def __init__(
        self, open_driver: Callable[[], "OpenDriver"], *, long_poll_s: int, failed: Callable[[str], None]
    ) -> None:
        self._open = open_driver
        self._long_poll_s = long_poll_s
        self._failed = failed
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="regulars-sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to send: don't sit out the wait."""
        self._wake.set()

    def stop(self, timeout_s: float = 2.0) -> None:
        """End after the message that is under way; returns after *timeout_s* at the latest."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._open() as driver:
                    self._go_on(driver)
            except RegularsError as error:
                # Another process holds the lock, or the till is not paired (yet): look again later.
                self._failed(error.reason)
                self._pause(REFUSED_WAIT_MS)
            except Exception as error:  # the thread's edge: whatever it is, selling goes on
                self._failed(type(error).__name__)
                self._pause(REFUSED_WAIT_MS)

    def _go_on(self, driver: Driver) -> None:
        while not self._stop.is_set():
            wait_ms = driver.round(self._long_poll_s)
            if wait_ms:
                self._pause(wait_ms)

    def _pause(self, wait_ms: int) -> None:
        self._wake.wait(wait_ms / 1000)
        self._wake.clear()


class OpenDriver:
    """A driver and the lock it holds, closed together."""

    def __init__(self, driver: Driver, close: Callable[[], None]) -> None:
        self._driver = driver
        self._close = close

    def __enter__(self) -> Driver:
        return self._driver

    def __exit__(self, *_error: object) -> None:
        self._close()
