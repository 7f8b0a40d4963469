"""HQ behind a real HTTP server on this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from hq.app import make_app
from hq.service import Headquarters


@contextmanager
def serving(hq: Headquarters) -> Iterator[str]:
    """HQ on a free port; its address."""
    server = uvicorn.Server(uvicorn.Config(make_app(hq), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
