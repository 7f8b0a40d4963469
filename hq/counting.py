"""Counts and times every request, whatever becomes of it."""

import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from hq.metrics import Metrics

UNKNOWN = "unknown"
_FAILED = 500
_log = structlog.get_logger("hq")


class Counting:
    """ASGI middleware: one figure and one line of the log for each request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), _FAILED

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            # The path as it was asked for could hold anything: only known routes are named.
            path = getattr(scope.get("route"), "path", UNKNOWN)
            seconds = time.perf_counter() - started
            self._metrics.requests.labels(path, status).inc()
            self._metrics.seconds.labels(path).observe(seconds)
            _log.info("answered", path=path, status=status, ms=round(seconds * 1000, 1))
