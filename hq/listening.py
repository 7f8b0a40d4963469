"""How HQ listens: what is no HTTP gets a reason too, and a signal ends what waits before it ends what works."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import h11
import msgspec
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from hq.edge import JSON, route_error
from sync.wire import Problem

_GARBAGE = 400


class Protocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; what can't be read as that is refused like everything else."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words for people
        error = route_error(_GARBAGE)
        body = msgspec.json.encode(Problem(error.reason, error.message()))
        headers = [("content-type", JSON), ("content-length", str(len(body))), ("connection", "close")]
        for event in (h11.Response(status_code=_GARBAGE, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Server(uvicorn.Server):
    """A server that says *stopping* at the first signal, answers what is under way, and ends without an error."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Being told to stop is no failure: unlike uvicorn, the signal is not raised again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
