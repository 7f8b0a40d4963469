"""``regulars hq serve``: the application behind uvicorn, stopped gracefully by SIGTERM or Ctrl-C."""

import gc
from pathlib import Path
from typing import Final

import structlog
import uvicorn

from config.errors import N_, Broken
from hq.app import make_app
from hq.service import Headquarters

STOP_WITHIN_S: Final = 10
_GC_OBJECTS: Final = 100_000
_GC_GENERATIONS: Final = 20


def serve(
    hq: Headquarters,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    public_url: str | None = None,
    behind: bool = True,
) -> None:
    """Serve until told to stop; requests under way are answered first.

    *behind*: this process also does what is not in the ingest's way; of several on one database, one does.
    """
    # Batches make many records that live for one transaction and know no cycles: looking for some costs a third.
    gc.freeze()
    gc.set_threshold(_GC_OBJECTS, _GC_GENERATIONS, _GC_GENERATIONS)
    config = uvicorn.Config(
        make_app(hq, public_url=public_url, behind=behind),
        host=host,
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        server_header=False,
    )
    log = structlog.get_logger("hq")
    server = uvicorn.Server(config)
    log.info("serving", host=host, port=port, tls=certificate is not None)
    try:
        server.run()
    except SystemExit as stopped:
        # uvicorn ends the process when it can't listen.
        raise Broken(
            "port_taken",
            N_("HQ can't listen on {host}:{port}. Nothing was changed; is another program there?"),
            host=host,
            port=port,
        ) from stopped
    log.info("stopped")
