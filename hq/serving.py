"""``regulars hq serve``: the application behind uvicorn, stopped gracefully by SIGTERM or Ctrl-C."""

from pathlib import Path
from typing import Final

import structlog
import uvicorn

from config.errors import N_, Broken
from hq.app import make_app
from hq.service import Headquarters

STOP_WITHIN_S: Final = 10


def serve(
    hq: Headquarters,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    public_url: str | None = None,
) -> None:
    """Serve until told to stop; requests under way are answered first."""
    config = uvicorn.Config(
        make_app(hq, public_url=public_url),
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
