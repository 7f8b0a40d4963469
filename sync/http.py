"""Messages to HQ over HTTP: compressed, signed with the till's key, fresh by HQ's own nonce. No retries in here."""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path as FilePath
from typing import Final

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.errors import N_, WrongUse
from config.sync_settings import SyncSettings
from sync.exchange import Answer, Request
from sync.packing import MAX_MESSAGE_BYTES
from sync.signing import SignedRequest, sign_request
from sync.transport import ANSWERS, CONFLICT_ANSWER, Unreachable, refused_by_hq
from sync.wire import CONTENT_TYPE, Message, Pair, Paired, Problem, decode, encode

NONCE_HEADER: Final = "Regulars-Nonce"
NONCE_PATH: Final = "v1/nonce"
PAIR_PATH: Final = "v1/pair"
_BUSY = frozenset({429, 500, 502, 503, 504})
_UNAUTHORISED = 401
_CONFLICT = 409
_OK = 200


class HttpTransport:
    """One till's way to one HQ. Used by one thread at a time."""

    def __init__(
        self,
        url: str,
        till_id: str,
        key: Ed25519PrivateKey,
        settings: SyncSettings,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = checked_url(url)
        self._till_id = till_id
        self._key = key
        self._nonce = ""
        timeout = httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s)
        self._client = httpx.Client(
            timeout=timeout,
            transport=transport,
            verify=_trust(settings.ca_file) if self._url.startswith("https:") else False,
            follow_redirects=False,
        )

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:
        """Send a message; see :class:`sync.transport.Transport`."""
        response = self._post(request.path.value, encode(request.message), timeout_s)
        if response.status_code == _CONFLICT and response.headers.get("Content-Type") == CONTENT_TYPE:
            return _read(response, CONFLICT_ANSWER)
        answer: Answer = _read(response, ANSWERS[request.path])  # type: ignore[assignment]
        return answer

    def pair(self, url: str, ask: Pair) -> Paired:
        """Send the request to pair; *url* is that of this transport."""
        assert checked_url(url) == self._url
        return _read(self._post(PAIR_PATH, encode(ask), None), Paired)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _post(self, path: str, body: bytes, timeout_s: float | None) -> httpx.Response:
        if not self._nonce:
            self._call(lambda: self._client.get(self._url + NONCE_PATH))
        response = self._signed(path, body, timeout_s)
        if response.status_code == _UNAUTHORISED and _reason(response) == "nonce_stale":
            # The answer brought a fresh nonce: the same message again, signed anew, once.
            response = self._signed(path, body, timeout_s)
        return response

    def _signed(self, path: str, body: bytes, timeout_s: float | None) -> httpx.Response:
        headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": "zstd", "Accept-Encoding": "zstd, gzip"}
        request = SignedRequest("POST", self._url + path, headers)
        sign_request(request, self._key, self._till_id, self._nonce, body)
        timeout = httpx.USE_CLIENT_DEFAULT if timeout_s is None else httpx.Timeout(timeout_s)
        return self._call(
            lambda: self._client.post(request.url, content=body, headers=request.headers, timeout=timeout)
        )

    def _call(self, call: Callable[[], httpx.Response]) -> httpx.Response:
        try:
            response = call()
        except httpx.TransportError as error:
            raise Unreachable(_why(error)) from error
        self._nonce = response.headers.get(NONCE_HEADER, "")
        if response.status_code in _BUSY:
            raise Unreachable(f"HTTP {response.status_code}", _retry_after_ms(response))
        return response


def checked_url(url: str) -> str:
    """HQ's address with a slash at its end; WrongUse when it is none."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _no_url(url) from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise _no_url(url)
    return str(parsed.copy_with(query=None, fragment=None)).rstrip("/") + "/"


def _read(response: httpx.Response, kind: type[Message]) -> Message:
    if response.status_code in {_OK, _CONFLICT} and response.headers.get("Content-Type") == CONTENT_TYPE:
        # httpx has undone the content coding, but not beyond what was read into memory.
        if len(response.content) > MAX_MESSAGE_BYTES:
            raise Unreachable(N_("an answer that is too large"))
        return decode(response.content, kind, "identity")
    problem = _problem(response)
    raise refused_by_hq(problem.reason, problem.message)


def _problem(response: httpx.Response) -> Problem:
    try:
        return msgspec.json.decode(response.content, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # Something else than HQ answers there: a proxy, a hotel's login page.
        raise Unreachable(f"no HQ there, HTTP {response.status_code}") from error


def _reason(response: httpx.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=Problem).reason
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _retry_after_ms(response: httpx.Response) -> int | None:
    text = response.headers.get("Retry-After", "")
    return int(text) * 1000 if text.isascii() and text.isdigit() and len(text) < 7 else None


def _why(error: httpx.TransportError) -> str:
    words = {
        httpx.ConnectTimeout: N_("no answer to the call"),
        httpx.ReadTimeout: N_("no answer in time"),
        httpx.ConnectError: N_("no connection"),
        httpx.RemoteProtocolError: N_("connection broke"),
        httpx.ReadError: N_("connection broke"),
    }
    return words.get(type(error), type(error).__name__)


@cache
def _trust(ca_file: FilePath | None) -> ssl.SSLContext:
    # Reading all certificates takes tens of milliseconds: once is enough.
    return httpx.create_ssl_context() if ca_file is None else ssl.create_default_context(cafile=str(ca_file))


def _no_url(url: str) -> WrongUse:
    return WrongUse(
        "url_malformed",
        N_("“{url}” is not an address of HQ. Type it like https://hq.example.com; nothing was changed."),
        url=url[:100],
    )
