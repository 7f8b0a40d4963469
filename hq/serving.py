"""``regulars hq serve``: the application behind uvicorn, stopped gracefully by SIGTERM or Ctrl-C."""

import gc
from pathlib import Path
from typing import Final

import structlog
import uvicorn

from config.errors import N_, Broken, WrongUse
from hq.app import make_app
from hq.listening import Protocol, Server
from hq.service import Headquarters

STOP_WITHIN_S: Final = 10
MAX_CONNECTIONS: Final = 5000
_GC_OBJECTS: Final = 100_000
_GC_GENERATIONS: Final = 20
_log = structlog.get_logger("hq")


def serve(server: Server) -> None:
    """Run *server* until told to stop; requests under way are answered first."""
    host, port = server.config.host, server.config.port
    # Batches make many records that live for one transaction and know no cycles: looking for some costs a third.
    gc.freeze()
    gc.set_threshold(_GC_OBJECTS, _GC_GENERATIONS, _GC_GENERATIONS)
    _log.info("serving", host=host, port=port, tls=server.config.is_ssl)
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
    _log.info("stopped")


def make_server(
    hq: Headquarters,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    public_url: str | None = None,
    behind: bool = True,
) -> Server:
    """A server that is ready to run; WrongUse when the certificate or its key can't be used.

    *behind*: this process also does what is not in the ingest's way; of several on one database, one does.
    """
    app = make_app(hq, public_url=public_url, behind=behind)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        limit_concurrency=MAX_CONNECTIONS,
        http=Protocol,
        ws="none",
        server_header=False,
    )
    try:
        config.load()
    except (OSError, ValueError) as error:
        raise WrongUse(
            "tls_unreadable",
            N_("The certificate or its key can't be used ({why}). Nothing was started; both are files in PEM form."),
            why=type(error).__name__,
        ) from error
    return Server(config, app.state.site.stop)
