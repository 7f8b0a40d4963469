"""Drives the exchange: one round for the command line, for ever in a thread for the app. Never in a seller's way.

Only one process of a home talks to HQ at a time: it holds the lock file.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path as FilePath
from typing import Final

import msgspec

from config.errors import N_, Refused, RegularsError
from config.seams import Clock, RandomSource
from sync.exchange import Answer, Exchange, Path, Request
from sync.retry import Retry
from sync.transport import Transport, Unreachable

MAX_ROUNDS: Final = 10_000
REFUSED_WAIT_MS: Final = 30_000


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the last words with HQ went. *error* is a reason code; *sentence* and *params* are those of the error."""

    online: bool = False
    since_ms: int = 0
    last_ok_ms: int | None = None
    error: str | None = None
    sentence: str = ""
    params: dict[str, str] = {}

    def said(self, translate: Callable[[str], str]) -> str | None:
        """What went wrong, in the language of *translate*, and that of its parameters which are words too."""
        if not self.sentence:
            return None
        words = {name: translate(value) if value else "" for name, value in self.params.items()}
        return translate(self.sentence).format(**words)


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


# What came of a message: HQ's answer, or why there is none.
Outcome = Answer | Unreachable | Refused


class Driver:
    """Sends what the exchange wants sent, and tells how it goes.

    *listening* is a second way to HQ, for the pull that waits there until there is news: it must not be in the way of
    what this till has to send.
    """

    def __init__(
        self,
        exchange: Exchange,
        transport: Transport,
        *,
        clock: Clock,
        random: RandomSource,
        listening: Transport | None = None,
        told: Callable[[Contact], None] = lambda _contact: None,
    ) -> None:
        self._exchange = exchange
        self._transport = transport
        self._listening = listening or transport
        self._clock = clock
        self._retry = Retry(random)
        self._told = told
        self.contact = Contact()

    def next(self, wait_s: int, *, listening: bool) -> Request | None:
        """The next message; None while *listening* when nothing but the pull under way is to be done."""
        return self._exchange.urgent() if listening else self._exchange.next(wait_s)

    def send(self, request: Request) -> Outcome:
        """What came of one message; a fault that the network or HQ explains is an outcome too."""
        return _outcome(self._transport, request)

    def listen(self, request: Request) -> Future[Outcome]:
        """Send a pull that HQ may hold for long, from a thread of its own; a program that ends does not wait for it."""
        heard: Future[Outcome] = Future()

        def wait_for_news() -> None:
            try:
                heard.set_result(_outcome(self._listening, request))
            except BaseException as error:
                heard.set_exception(error)

        threading.Thread(target=wait_for_news, name="regulars-sync-news", daemon=True).start()
        return heard

    def take(self, request: Request, outcome: Outcome) -> int:
        """Take in what came of *request*; how many milliseconds to wait before the next message."""
        match outcome:
            case Unreachable() as error:
                self._exchange.say_hello()
                self._tell(error)
                return self._retry.failed(error.retry_after_ms)
            case Refused() as error:
                if self._exchange.refused(error.reason):
                    return self._retry.failed()
                self._tell(error)
                return self._retry.failed(REFUSED_WAIT_MS)
            case answer:
                self._exchange.receive(request, answer)
        self._tell(None)
        return self._retry.succeeded()

    def until_up_to_date(
        self, most: int = MAX_ROUNDS, *, step: Callable[[Answer], None] = lambda _answer: None
    ) -> bool:
        """Send and pull everything there is, once; *step* hears of every answer. False after too many messages.

        Refused when HQ says no, Unreachable when it does not answer.
        """
        for _ in range(most):
            request = self._exchange.next()
            try:
                answer = self._transport.send(request)
                self._exchange.receive(request, answer)
            except Refused as error:
                if self._exchange.refused(error.reason):
                    continue
                self._tell(error)
                raise
            except Unreachable as error:
                self._tell(error)
                raise
            self._tell(None)
            step(answer)
            if request.path is Path.PULL and self._exchange.up_to_date:
                return True
        return False

    def _tell(self, error: RegularsError | None) -> None:
        now_ms, before = self._clock.now_ms(), self.contact
        online = error is None
        since_ms = before.since_ms if before.online == online and before.since_ms else now_ms
        last_ok_ms = now_ms if online else before.last_ok_ms
        contact = Contact(online=online, since_ms=since_ms, last_ok_ms=last_ok_ms)
        if error is not None:
            params = {name: str(value) for name, value in error.params.items()}
            contact = msgspec.structs.replace(contact, error=error.reason, sentence=error.sentence, params=params)
        self.contact = contact
        self._told(contact)


class SyncThread:
    """The app's background worker: opens its own things in its own thread, and goes on until it is stopped.

    It looks every *push_every_s* seconds whether there is something to send, while a pull waits at HQ for up to
    *long_poll_s*.
    """

    def __init__(
        self,
        open_driver: Callable[[], AbstractContextManager[Driver]],
        *,
        long_poll_s: int,
        push_every_s: float,
        failed: Callable[[Exception], None],
    ) -> None:
        self._open = open_driver
        self._long_poll_s = long_poll_s
        self._push_every_ms = round(push_every_s * 1000)
        self._failed = failed
        self._stop = threading.Event()
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name="regulars-sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """Don't sit out the wait that may be under way."""
        self._news.set()

    def stop(self, timeout_s: float = 2.0) -> None:
        """End after the message that is under way; returns after *timeout_s* at the latest."""
        self._stop.set()
        self._news.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._open() as driver:
                    self._go_on(driver)
            except Exception as error:
                # Another process holds the lock, the till is not paired yet, or the thread's edge: look again later.
                self._failed(error)
                self._pause(REFUSED_WAIT_MS)

    def _go_on(self, driver: Driver) -> None:
        asked: tuple[Request, Future[Outcome]] | None = None
        while not self._stop.is_set():
            if asked is not None and asked[1].done():
                wait_ms, asked = driver.take(asked[0], asked[1].result()), None
                self._pause(wait_ms)
                continue
            request = driver.next(self._long_poll_s, listening=asked is not None)
            if request is None:
                self._pause(self._push_every_ms)
            elif request.path is Path.PULL:
                asked = request, driver.listen(request)
                asked[1].add_done_callback(lambda _heard: self._news.set())
            else:
                self._pause(driver.take(request, driver.send(request)))

    def _pause(self, wait_ms: int) -> None:
        if wait_ms:
            self._news.wait(wait_ms / 1000)
            self._news.clear()


def _outcome(transport: Transport, request: Request) -> Outcome:
    try:
        return transport.send(request)
    except (Unreachable, Refused) as error:
        return error
