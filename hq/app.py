"""HQ over HTTP: raw signed messages of tills, health, readiness and metrics. All rules are in :mod:`hq.service`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from config.errors import N_, Broken, Refused, RegularsError, WrongUse
from hq.metrics import Metrics
from hq.nonces import check_nonce, make_nonce, use_nonce
from hq.office import Office
from hq.service import Headquarters
from sync.exchange import Path
from sync.http import NONCE_HEADER
from sync.packing import MAX_COMPRESSED_BYTES
from sync.signing import SignedRequest, verify_request
from sync.wire import (
    CONTENT_TYPE,
    MAX_WAIT_S,
    Authorise,
    Hello,
    Page,
    Pair,
    Problem,
    Pull,
    Push,
    PushRefused,
    SnapshotAsk,
    decode,
    encode,
)

POLL_S: Final = 0.5
BACKGROUND_S: Final = 5.0
_STATUS = {Refused: 403, WrongUse: 422, Broken: 503}
_UNAUTHENTICATED = frozenset({"nonce_stale", "signature_wrong", "till_unknown"})
_log = structlog.get_logger("hq")
Answer = TypeVar("Answer", bound=msgspec.Struct)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("Signature", "Signature-Input", "Content-Digest")
    ],
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer, msgpack", "content": {CONTENT_TYPE: {}}},
    **{
        status: {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
        for status, text in {
            401: "The request is not signed by a till that HQ knows, or not fresh",
            403: "A rule says no",
            409: "Send from another place, or say hello first",
            413: "Too large",
            422: "The request makes no sense",
            503: "HQ can't just now",
        }.items()
    },
}


def make_app(hq: Headquarters, *, public_url: str | None = None, behind: bool = True) -> FastAPI:
    """The application. *public_url*: the address that tills call and sign, where a proxy stands before HQ.

    *behind*: work behind the ingest while it runs.
    """
    edge = _Edge(hq, public_url, behind=behind)
    app = FastAPI(title="Regulars HQ", version="1", lifespan=edge.lifespan)

    @app.middleware("http")
    async def count(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        response = await call(request)
        route = request.scope.get("route")
        path = getattr(route, "path", "unknown")
        edge.metrics.requests.labels(path, response.status_code).inc()
        edge.metrics.seconds.labels(path).observe(time.perf_counter() - started)
        return response

    @app.get("/health", summary="The process runs")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", summary="The database answers", responses={503: {"description": "It does not"}})
    async def ready() -> Response:
        try:
            await run_in_threadpool(lambda: hq.timeline)
        except RegularsError as error:
            return edge.problem(error)
        return Response(b'{"status": "ready"}', media_type="application/json")

    @app.get("/metrics", summary="Figures for prometheus")
    async def metrics() -> Response:
        return Response(await run_in_threadpool(partial(edge.metrics.text, edge.office)), media_type="text/plain")

    @app.get("/v1/nonce", summary="A nonce to sign the first request with")
    async def nonce() -> Response:
        return Response(b"{}", media_type="application/json", headers=edge.fresh())

    def route(path: str, act: Callable[[Request], Awaitable[Response]], summary: str) -> None:
        app.add_api_route(f"/{path}", act, methods=["POST"], summary=summary, openapi_extra=_BODY, responses=_RESPONSES)

    route("v1/pair", edge.pair, "A till asks to belong to HQ")
    route(Path.HELLO, edge.hello, "A till says which life it leads")
    route(Path.PUSH, edge.push, "A till sends entries of its journal")
    route(Path.PULL, edge.pull, "A till asks what has changed (long poll)")
    route(Path.AUTHORISE, edge.authorise, "A till asks to let a member spend")
    route(Path.SNAPSHOT, edge.snapshot, "A new till asks for all members")
    return app


class _Edge:
    """Between HTTP and the service: signatures, nonces, codings, errors."""

    def __init__(self, hq: Headquarters, public_url: str | None, *, behind: bool) -> None:
        self._works_behind = behind
        self._hq = hq
        self._public_url = public_url.rstrip("/") if public_url else None
        self._stopping = asyncio.Event()
        self.office = Office(hq)
        self.metrics = Metrics()

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Work behind the ingest while the application runs; long polls end when it stops."""
        self._stopping = asyncio.Event()
        background = asyncio.create_task(self._behind())
        try:
            yield
        finally:
            self._stopping.set()
            await background

    def fresh(self) -> dict[str, str]:
        """The next nonce, as a header."""
        now_ms = self._hq.clock.now_ms()
        return {NONCE_HEADER: make_nonce(self._hq.keys.nonce_key, now_ms, self._hq.random)}

    def problem(self, error: RegularsError) -> Response:
        """An error as a till and a person can read it; nothing of the request is in it."""
        status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
        if error.reason in _UNAUTHENTICATED:
            status = 401
        elif error.reason == "message_too_large":
            status = 413
        params: dict[str, str | int] = {name: value for name, value in error.params.items() if isinstance(value, int)}
        body = msgspec.json.encode(Problem(error.reason, error.message(), params))
        return Response(body, status_code=status, media_type="application/json", headers=self.fresh())

    async def pair(self, request: Request) -> Response:
        async def act(body: bytes) -> Response:
            ask = decode(body, Pair, _coding(request))
            self._verify_pair(request, ask, body)
            return self._answer(await run_in_threadpool(self._hq.pair, ask))

        return await self._guard(request, act)

    async def hello(self, request: Request) -> Response:
        return await self._message(request, Hello, self._hq.hello)

    async def push(self, request: Request) -> Response:
        return await self._message(request, Push, self._hq.push)

    async def authorise(self, request: Request) -> Response:
        return await self._message(request, Authorise, self._hq.authorise)

    async def snapshot(self, request: Request) -> Response:
        return await self._message(request, SnapshotAsk, self._hq.snapshot)

    async def pull(self, request: Request) -> Response:
        async def act(body: bytes) -> Response:
            till_id, ask = await run_in_threadpool(self._open, request, body, Pull)
            page = await run_in_threadpool(self._hq.pull, till_id, ask)
            ends = time.monotonic() + min(ask.wait_s, MAX_WAIT_S)
            while _is_empty(page, ask) and time.monotonic() < ends and not self._stopping.is_set():
                await asyncio.sleep(POLL_S)
                if await run_in_threadpool(self._hq.has_news, till_id, ask):
                    page = await run_in_threadpool(self._hq.pull, till_id, ask)
            return self._answer(page)

        return await self._guard(request, act)

    async def _message(
        self, request: Request, kind: type[Any], serve: Callable[[str, Any], msgspec.Struct]
    ) -> Response:
        async def act(body: bytes) -> Response:
            return await run_in_threadpool(self._serve, request, body, kind, serve)

        return await self._guard(request, act)

    def _serve(
        self, request: Request, body: bytes, kind: type[Any], serve: Callable[[str, Any], msgspec.Struct]
    ) -> Response:
        till_id, ask = self._open(request, body, kind)
        answer = serve(till_id, ask)
        if isinstance(ask, Push) and not isinstance(answer, PushRefused):
            self.metrics.entries.inc(len(ask.entries.order) // 2)
        return self._answer(answer, 409 if isinstance(answer, PushRefused) else 200)

    def _open(self, request: Request, body: bytes, kind: type[Answer]) -> tuple[str, Answer]:
        """(till id, message) of a request that a known till has signed, and that was not sent before."""
        till_id, nonce = verify_request(self._signed(request), body, self._hq.key_of)
        self._use(nonce)
        return till_id, decode(body, kind, _coding(request))

    def _verify_pair(self, request: Request, ask: Pair, body: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            key = Ed25519PublicKey.from_public_bytes(ask.public_key)
        except ValueError as error:
            raise WrongUse("pair_malformed", N_("The request to pair can't be understood.")) from error
        _, nonce = verify_request(self._signed(request), body, lambda till_id: key if till_id == ask.till_id else None)
        self._use(nonce)

    def _use(self, nonce: str) -> None:
        now_ms = self._hq.clock.now_ms()
        check_nonce(self._hq.keys.nonce_key, nonce, now_ms)
        with self._hq.database.write() as connection:
            use_nonce(connection, nonce, now_ms)

    def _signed(self, request: Request) -> SignedRequest:
        url = str(request.url)
        if self._public_url is not None:
            url = self._public_url + request.url.path
        return SignedRequest(request.method, url, dict(request.headers))

    def _answer(self, answer: msgspec.Struct, status: int = 200) -> Response:
        headers = {"Content-Encoding": "zstd", **self.fresh()}
        return Response(encode(answer), status_code=status, media_type=CONTENT_TYPE, headers=headers)

    async def _guard(self, request: Request, act: Callable[[bytes], Awaitable[Response]]) -> Response:
        try:
            return await act(await _body(request))
        except RegularsError as error:
            _log.info("refused", path=request.url.path, reason=error.reason)
            return self.problem(error)

    async def _behind(self) -> None:
        """Re-run quotes and post expiry, a little at a time, never in the ingest's way."""
        while self._works_behind and not self._stopping.is_set():
            try:
                await run_in_threadpool(self.office.work_behind)
            except RegularsError as error:
                _log.warning("behind", reason=error.reason)
            try:
                await asyncio.wait_for(self._stopping.wait(), BACKGROUND_S)
            except TimeoutError:
                continue


async def _body(request: Request) -> bytes:
    """The request's body, at most :data:`MAX_COMPRESSED_BYTES`; what is larger is not even read."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_COMPRESSED_BYTES:
            raise WrongUse("message_too_large", N_("The message is too large. Nothing was changed; send it in pieces."))
        parts.append(part)
    return b"".join(parts)


def _coding(request: Request) -> str:
    return request.headers.get("Content-Encoding", "identity").strip().lower()


def _is_empty(page: Page, ask: Pull) -> bool:
    told = page.rows or page.notices or page.wanted or page.sealed
    return not told and page.timeline == ask.timeline
