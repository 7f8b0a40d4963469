"""HQ behind a real HTTP server on this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hq.service import Headquarters
from hq.serving import make_server


@contextmanager
def serving(hq: Headquarters, *, behind: bool = True) -> Iterator[str]:
    """HQ on a free port; its address."""
    server = make_server(hq, host="127.0.0.1", port=0, behind=behind)
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
