"""One thread that owns what must not be shared: the app's till service, and with it the writing connection."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Full, Queue
from typing import Any, Generic, TypeVar

from config.errors import N_, Refused

R = TypeVar("R")
T = TypeVar("T")
CAPACITY = 64
_CLOSING_TIMEOUT_S = 30.0


class WriterThread(Generic[R]):
    """Opens a resource in its own thread, and runs there, in order, what it is given.

    *open_resource*'s own error comes out of every :meth:`submit`.
    """

    def __init__(
        self, open_resource: Callable[[], R], close_resource: Callable[[R], None], *, capacity: int = CAPACITY
    ) -> None:
        self._open = open_resource
        self._close = close_resource
        self._jobs: Queue[tuple[Callable[[R], Any], Future[Any]] | None] = Queue(maxsize=capacity)
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[R], T]) -> "Future[T]":
        """Have *job* done; Refused ``writer_busy`` when too many wait already, ``writer_closed`` after closing."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise Refused("writer_closed", N_("The till is closing. Nothing was changed."))
            try:
                self._jobs.put_nowait((job, future))
            except Full:
                raise Refused(
                    "writer_busy",
                    N_("The till is still busy with what came before. Nothing was changed. Try again in a moment."),
                ) from None
        return future

    def close(self) -> None:
        """Finish what was given, then close the resource; harmless when closed already."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._jobs.put(None, timeout=_CLOSING_TIMEOUT_S)
        self._thread.join(_CLOSING_TIMEOUT_S)

    def _run(self) -> None:
        try:
            resource = self._open()
        except BaseException as error:
            self._fail_all(error)
            return
        try:
            while (job := self._jobs.get()) is not None:
                _do(resource, *job)
        finally:
            self._close(resource)

    def _fail_all(self, error: BaseException) -> None:
        while (job := self._jobs.get()) is not None:
            job[1].set_exception(error)


def _do(resource: R, job: Callable[[R], Any], future: "Future[Any]") -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = job(resource)
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
