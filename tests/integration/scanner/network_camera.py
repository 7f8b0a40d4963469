"""A network camera on this machine: MJPEG over HTTP, which can be pulled and plugged in again."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import cv2

from tests.unit.scanner.drawn import Gray

FRAME_S = 1 / 30
BOUNDARY = "frame"


class NetworkCamera:
    """Serves *picture* to whoever connects while it is plugged in; a context manager that frees the port at the end."""

    def __init__(self, picture: Callable[[int], Gray]) -> None:
        self._picture = picture
        self._plugged = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"http://127.0.0.1:{self.port}/camera"

    def plug_in(self) -> None:
        """Serve, on the port of before."""
        self._plugged.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def pull(self) -> None:
        """Cut every connection, and refuse new ones."""
        self._plugged.clear()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> "NetworkCamera":
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
                self.end_headers()
                number = 0
                while camera._plugged.is_set():
                    data = cv2.imencode(".jpg", camera._picture(number))[1].tobytes()
                    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                    try:
                        self.wfile.write(head.encode() + data + b"\r\n")
                    except OSError:
                        return
                    number += 1
                    time.sleep(FRAME_S)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Nothing: the test's own output is enough."""

        return Handler
