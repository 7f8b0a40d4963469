"""HQ over HTTP: signed messages of tills, health, readiness and metrics. All rules are in :mod:`hq.service`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from config.errors import RegularsError
from hq.counting import Counting
from hq.database import BUSY
from hq.edge import JSON, TEXT, Edge, failure, path_of, read_body, route_error
from hq.metrics import Metrics
from hq.office import Office
from hq.openapi import about_message, about_plain, describe
from hq.service import Headquarters, News
from sync.exchange import Path
from sync.http import NONCE_HEADER, NONCE_PATH, PAIR_PATH
from sync.wire import MAX_WAIT_S, Authorise, Hello, Page, Pull, Push, PushRefused, SnapshotAsk

POLL_S: Final = 0.5
BACKGROUND_S: Final = 5.0
BREATH_S: Final = 0.05
MAX_ATTEMPTS: Final = 3
_CONFLICT = 409
_log = structlog.get_logger("hq")


def make_app(hq: Headquarters, *, public_url: str | None = None, behind: bool = True) -> FastAPI:
    """The application. *public_url*: the address that tills call and sign, where a proxy stands before HQ.

    *behind*: work behind the ingest while it runs.
    """
    site = Site(hq, public_url, behind=behind)
    app = FastAPI(title="Regulars HQ", version="1", lifespan=site.lifespan, redirect_slashes=False)
    app.state.site = site
    app.add_middleware(Counting, metrics=site.metrics)
    app.add_exception_handler(HTTPException, site.no_route)
    app.add_exception_handler(Exception, site.failed)
    for path, ask, plain in (
        ("/health", site.health, about_plain("health", "The process runs", "It does")),
        ("/ready", site.ready, about_plain("ready", "The database answers", "It does", can_fail=True)),
        (
            "/metrics",
            site.figures,
            about_plain("metrics", "Figures for prometheus", "No label names a member", kind=TEXT, can_fail=True),
        ),
        (
            f"/{NONCE_PATH}",
            site.nonce,
            about_plain("nonce", "A nonce to sign the first request with", f"Nothing; it is in {NONCE_HEADER}"),
        ),
    ):
        app.add_api_route(path, ask, methods=["GET"], **plain)
    for path, act in (
        (PAIR_PATH, site.pair),
        (Path.HELLO, site.hello),
        (Path.PUSH, site.push),
        (Path.PULL, site.pull),
        (Path.AUTHORISE, site.authorise),
        (Path.SNAPSHOT, site.snapshot),
    ):
        app.add_api_route(f"/{path}", act, methods=["POST"], **about_message(path))
    describe(app)
    return app


class Site:
    """What answers the requests, and what works behind them while the application runs."""

    def __init__(self, hq: Headquarters, public_url: str | None, *, behind: bool) -> None:
        self._works_behind = behind
        self._hq = hq
        self._edge = Edge(hq, public_url)
        self._stopped = asyncio.Event()
        self._looking = asyncio.Lock()
        self._news: tuple[float, News] | None = None
        self.stopping = False
        self.office = Office(hq)
        self.metrics = Metrics()

    def stop(self) -> None:
        """Long polls end and the work behind stops; what is under way is answered. May be called by a signal."""
        self.stopping = True

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Work behind the ingest while the application runs."""
        self._stopped = asyncio.Event()
        background = asyncio.create_task(self._behind())
        try:
            yield
        finally:
            self.stop()
            self._stopped.set()
            await background

    # -- what anybody may ask

    async def health(self) -> Response:
        return Response(b'{"status": "ok"}', media_type=JSON)

    async def ready(self) -> Response:
        try:
            await run_in_threadpool(lambda: self._hq.timeline)
        except RegularsError as error:
            return self._edge.problem(error)
        return Response(b'{"status": "ready"}', media_type=JSON)

    async def figures(self) -> Response:
        try:
            text = await run_in_threadpool(partial(self.metrics.text, self._hq.database))
        except RegularsError as error:
            return self._edge.problem(error)
        return Response(text, media_type=TEXT)

    async def nonce(self) -> Response:
        return Response(b"{}", media_type=JSON, headers=self._edge.fresh())

    # -- messages of tills

    async def pair(self, request: Request) -> Response:
        def act(body: bytes) -> Response:
            nonce, ask = self._edge.opened_pair(request, body)
            return self._edge.answer(request, _patiently(lambda: self._hq.pair(ask, nonce)))

        return await self._guard(request, _threaded(act))

    async def hello(self, request: Request) -> Response:
        return await self._message(request, Hello, self._hq.hello)

    async def push(self, request: Request) -> Response:
        return await self._message(request, Push, self._hq.push)

    async def authorise(self, request: Request) -> Response:
        return await self._message(request, Authorise, self._hq.authorise)

    async def snapshot(self, request: Request) -> Response:
        return await self._message(request, SnapshotAsk, self._hq.snapshot)

    async def pull(self, request: Request) -> Response:
        """Answer at once when something has changed, else when it does, or when the till would wait no longer."""

        async def act(body: bytes) -> Response:
            till_id, nonce, ask = await run_in_threadpool(self._edge.opened, request, body, Pull)
            page = await run_in_threadpool(_patiently, lambda: self._hq.pull(till_id, ask, nonce))
            ends = time.monotonic() + min(ask.wait_s, MAX_WAIT_S)
            while _is_empty(page, ask) and time.monotonic() < ends and not self.stopping:
                await asyncio.sleep(POLL_S)
                if (await self._look()).concern(till_id, ask):
                    page = await run_in_threadpool(_patiently, lambda: self._hq.pull(till_id, ask))
            return self._edge.answer(request, page)

        return await self._guard(request, act)

    async def _message(
        self, request: Request, kind: type[Any], serve: Callable[[str, Any, str], msgspec.Struct]
    ) -> Response:
        def act(body: bytes) -> Response:
            till_id, nonce, ask = self._edge.opened(request, body, kind)
            answer = _patiently(lambda: serve(till_id, ask, nonce))
            if isinstance(answer, PushRefused):
                return self._edge.answer(request, answer, _CONFLICT)
            if isinstance(ask, Push):
                self.metrics.entries.inc(len(ask.entries.order) // 2)
            return self._edge.answer(request, answer)

        return await self._guard(request, _threaded(act))

    async def _guard(self, request: Request, act: Callable[[bytes], Awaitable[Response]]) -> Response:
        try:
            return await act(await read_body(request))
        except RegularsError as error:
            _log.info("refused", path=path_of(request), reason=error.reason)
            return self._edge.problem(error)

    # -- what no route takes, and what should not happen

    async def no_route(self, _request: Request, error: Exception) -> Response:
        """A request for something that is not there."""
        assert isinstance(error, HTTPException)
        return self._edge.problem(route_error(error.status_code), dict(error.headers or {}))

    async def failed(self, _request: Request, _error: Exception) -> Response:
        """A mistake of ours: the log has its kind and place, the answer has neither."""
        return self._edge.problem(failure())

    # -- behind

    async def _look(self) -> News:
        """How far HQ has got, looked up at most once in :data:`POLL_S` for all tills that wait."""
        async with self._looking:
            if self._news is None or time.monotonic() - self._news[0] >= POLL_S:
                self._news = time.monotonic(), await run_in_threadpool(self._hq.news)
            return self._news[1]

    async def _behind(self) -> None:
        """Re-run quotes and post expiry, a little at a time, never in the ingest's way."""
        while self._works_behind and not self.stopping:
            try:
                if await run_in_threadpool(self.office.work_behind):
                    # There is more; let those in first who wait to write.
                    await asyncio.sleep(BREATH_S)
                    continue
            except RegularsError as error:
                _log.warning("behind", reason=error.reason)
            except Exception as error:  # the worker's edge: tills are served all the same
                _log.error("behind", failure=type(error).__name__)
            try:
                await asyncio.wait_for(self._stopped.wait(), BACKGROUND_S)
            except TimeoutError:
                continue


def _threaded(act: Callable[[bytes], Response]) -> Callable[[bytes], Awaitable[Response]]:
    async def in_thread(body: bytes) -> Response:
        return await run_in_threadpool(act, body)

    return in_thread


def _patiently(act: Callable[[], msgspec.Struct]) -> Any:  # noqa: ANN401 - whatever *act* answers
    """Do *act*, again when the database had to give it up for others' sake: it has changed nothing then."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return act()
        except RegularsError as error:
            if error.reason != BUSY or attempt == MAX_ATTEMPTS:
                raise
            _log.info("again", attempt=attempt)
    raise AssertionError("unreachable")


def _is_empty(page: Page, ask: Pull) -> bool:
    told = page.rows or page.notices or page.wanted or page.sealed
    return not told and page.timeline == ask.timeline
