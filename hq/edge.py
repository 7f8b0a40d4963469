"""Between HTTP and the service: which requests are read at all, whose they are, and how errors look from outside.

A request that is refused here has changed nothing, and the answer says nothing of what was in it.
"""

import asyncio
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from config.errors import N_, Broken, Refused, RegularsError, WrongUse
from hq.nonces import check_nonce, make_nonce
from hq.service import Headquarters
from sync.http import NONCE_HEADER
from sync.packing import CODINGS, MAX_COMPRESSED_BYTES, coding_unknown
from sync.signing import SignedRequest, verify_request
from sync.wire import CONTENT_TYPE, Message, Pair, Problem, decode, encode

BODY_WITHIN_S: Final = 60
RETRY_AFTER_S: Final = 2
JSON: Final = "application/json"
TEXT: Final = "text/plain"
_STATUS_OF_KIND = {Refused: 403, WrongUse: 422, Broken: 503}
_STATUS_OF_REASON = {
    "body_cut": 400,
    "request_malformed": 400,
    "nonce_stale": 401,
    "signature_wrong": 401,
    "till_unknown": 401,
    "route_unknown": 404,
    "method_unknown": 405,
    "body_late": 408,
    "message_too_large": 413,
    "coding_unknown": 415,
    "content_type_unknown": 415,
    "hq_failed": 500,
}


class Edge:
    """Reads requests and writes answers. *public_url*: the address that tills sign, where a proxy stands before HQ."""

    def __init__(self, hq: Headquarters, public_url: str | None) -> None:
        self._hq = hq
        self._public_url = public_url.rstrip("/") if public_url else None

    def opened(self, request: Request, body: bytes, kind: type[Message]) -> tuple[str, str, Message]:
        """(till id, nonce, message) of a request that a known till has signed with a nonce of HQ's."""
        till_id, nonce = verify_request(self._signed(request), body, self._key_of)
        self._check(nonce)
        return till_id, nonce, decode(body, kind, coding_of(request))

    def opened_pair(self, request: Request, body: bytes) -> tuple[str, Pair]:
        """(nonce, message) of a request to pair, signed with the key that it carries."""
        ask = decode(body, Pair, coding_of(request))
        try:
            key = Ed25519PublicKey.from_public_bytes(ask.public_key)
        except ValueError as error:
            raise WrongUse("pair_malformed", N_("The request to pair can't be understood.")) from error
        _, nonce = verify_request(self._signed(request), body, lambda till_id: key if till_id == ask.till_id else None)
        self._check(nonce)
        return nonce, ask

    def fresh(self) -> dict[str, str]:
        """The next nonce, as a header."""
        now_ms = self._hq.clock.now_ms()
        return {NONCE_HEADER: make_nonce(self._hq.keys.nonce_key, now_ms, self._hq.random)}

    def answer(self, request: Request, answer: msgspec.Struct, status: int = 200) -> Response:
        """A message to a till, in the best coding that it reads."""
        coding = coding_wanted(request)
        headers = {"Content-Encoding": coding, **self.fresh()}
        return Response(encode(answer, coding), status_code=status, media_type=CONTENT_TYPE, headers=headers)

    def problem(self, error: RegularsError, headers: dict[str, str] | None = None) -> Response:
        """An error as a till and a person can read it; nothing of the request is in it."""
        status = status_of(error)
        params: dict[str, str | int] = {name: value for name, value in error.params.items() if isinstance(value, int)}
        body = msgspec.json.encode(Problem(error.reason, error.message(), params))
        again = {"Retry-After": str(RETRY_AFTER_S)} if isinstance(error, Broken) else {}
        return Response(body, status_code=status, media_type=JSON, headers={**self.fresh(), **again, **(headers or {})})

    def _check(self, nonce: str) -> None:
        check_nonce(self._hq.keys.nonce_key, nonce, self._hq.clock.now_ms())

    def _key_of(self, till_id: str) -> Ed25519PublicKey:
        """A till that was paired after HQ's backup has to hear that it is not known: it can pair again."""
        key = self._hq.key_of(till_id)
        if key is None:
            raise Refused(
                "till_unknown",
                N_("HQ does not know this till. All its sales are saved; ask HQ for a code and pair it again."),
            )
        return key

    def _signed(self, request: Request) -> SignedRequest:
        url = str(request.url) if self._public_url is None else self._public_url + path_of(request)
        return SignedRequest(request.method, url, dict(request.headers))


async def read_body(request: Request) -> bytes:
    """The body of a message; WrongUse when it is no message, too large (then it is not even read), cut or late."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise WrongUse(
            "content_type_unknown",
            N_("HQ reads messages of the type {type}. Nothing was changed."),
            type=CONTENT_TYPE,
        )
    if coding_of(request) not in CODINGS:
        raise coding_unknown()
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_COMPRESSED_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await _bounded(request)
    except TimeoutError as error:
        raise WrongUse(
            "body_late",
            N_("The message took longer than {most} seconds to come. Nothing was changed."),
            most=BODY_WITHIN_S,
        ) from error
    except ClientDisconnect as error:
        raise WrongUse("body_cut", N_("The message ended too early. Nothing was changed; send it again.")) from error


def coding_of(request: Request) -> str:
    """How the body is compressed."""
    return request.headers.get("Content-Encoding", "identity").strip().lower()


def coding_wanted(request: Request) -> str:
    """How the answer is compressed: the first of ours that the till says it reads."""
    read = {each.partition(";")[0].strip().lower() for each in request.headers.get("Accept-Encoding", "").split(",")}
    return next((coding for coding in CODINGS if coding in read), "identity")


def path_of(request: Request) -> str:
    """The path that was asked for, whatever the request's Host says."""
    path: str = request.scope["path"]
    return path


def status_of(error: RegularsError) -> int:
    """The HTTP status of an error."""
    by_kind = next(status for kind, status in _STATUS_OF_KIND.items() if isinstance(error, kind))
    return _STATUS_OF_REASON.get(error.reason, by_kind)


def route_error(status: int) -> RegularsError:
    """What is said of a request that no route takes."""
    sentences = {
        404: ("route_unknown", N_("HQ has nothing at this address. Nothing was changed; see /docs for what it has.")),
        405: (
            "method_unknown",
            N_("HQ does not do that at this address. Nothing was changed; see /docs for what it does."),
        ),
    }
    reason, sentence = sentences.get(
        status, ("request_malformed", N_("The request can't be read. Nothing was changed."))
    )
    return WrongUse(reason, sentence)


def failure() -> Broken:
    """What is said when HQ itself has failed."""
    return Broken(
        "hq_failed", N_("HQ has failed to answer. What was saved before is safe; the till tries again by itself.")
    )


async def _bounded(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_COMPRESSED_BYTES:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> WrongUse:
    return WrongUse("message_too_large", N_("The message is too large. Nothing was changed; send it in pieces."))
