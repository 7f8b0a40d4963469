"""What HQ's routes say about themselves: messages, sizes, answers and refusals, for ``/openapi.json`` and ``/docs``."""

from typing import Any, Final

import msgspec
from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

from hq.edge import BODY_WITHIN_S, JSON, RETRY_AFTER_S
from sync.exchange import Path
from sync.http import NONCE_HEADER, PAIR_PATH
from sync.packing import CODINGS, MAX_COMPRESSED_BYTES, MAX_MESSAGE_BYTES
from sync.wire import (
    CONTENT_TYPE,
    MAX_BATCH_BYTES,
    MAX_ENTRIES,
    MAX_ROWS,
    MAX_WAIT_S,
    Authorise,
    Authorised,
    Hello,
    Helloed,
    Page,
    Pair,
    Paired,
    Problem,
    Pull,
    Push,
    Pushed,
    PushRefused,
    Snapshot,
    SnapshotAsk,
)

_REF = "#/components/schemas/{name}"
_SIGNED_HEADERS = {
    "Content-Digest": "RFC 9530, sha-256 or sha-512 of the body as it travels",
    "Signature-Input": "RFC 9421: covers @method, @target-uri and content-digest; keyid, nonce and tag `regulars`",
    "Signature": "RFC 9421: the till's Ed25519 signature",
}
_REFUSALS: Final = {
    400: "Cut short, or no HTTP request",
    401: "Not signed by a till that HQ knows (`signature_wrong`), or not fresh (`nonce_stale`: sign anew)",
    403: "A rule says no: `till_revoked`, `say_hello`, `code_unknown`, …",
    408: f"The body took longer than {BODY_WITHIN_S} s",
    413: f"More than {MAX_COMPRESSED_BYTES} bytes as it travels, or {MAX_MESSAGE_BYTES} unpacked",
    415: "Another Content-Type or Content-Encoding",
    422: "The message can't be read, or makes no sense",
    500: "HQ has failed: a mistake of ours",
    503: f"HQ can't just now (its database is busy or away): again after Retry-After, {RETRY_AFTER_S} s",
}
_NONCE = {
    NONCE_HEADER: {
        "description": "A nonce for the next request; good once, for five minutes",
        "schema": {"type": "string"},
    }
}
_MESSAGES: dict[str, tuple[type[msgspec.Struct], type[msgspec.Struct], str, str]] = {
    PAIR_PATH: (
        Pair,
        Paired,
        "A till asks to belong to HQ",
        "Signed with the key that it carries. The same code with the same key gets the same answer; a code is good for"
        " ten minutes.",
    ),
    Path.HELLO: (
        Hello,
        Helloed,
        "A till says which life it leads",
        "Before anything else: at start, after an outage, when HQ says `say_hello`, and hourly.",
    ),
    Path.PUSH: (
        Push,
        Pushed,
        "A till sends entries of its journal",
        f"At most {MAX_ENTRIES} entries by column, {MAX_BATCH_BYTES} bytes of text together. They are committed when"
        " the answer comes; sent again, they change nothing. An entry that HQ can't accept is taken and kept apart: it"
        " blocks nothing.",
    ),
    Path.PULL: (
        Pull,
        Page,
        "A till asks what has changed",
        f"A page of at most {MAX_ROWS} rows. A long poll: while there is nothing HQ waits up to `wait_s`, at most"
        f" {MAX_WAIT_S} s.",
    ),
    Path.AUTHORISE: (
        Authorise,
        Authorised,
        "A till asks to let a member spend",
        "Raises what is granted **to** a total, never by an amount: a lost or doubled message does no harm.",
    ),
    Path.SNAPSHOT: (
        SnapshotAsk,
        Snapshot,
        "A new till asks for all members",
        f"At most {MAX_ROWS} rows a piece; go on from `last` until `more` is false, then pull from `cursor`.",
    ),
}


def about_message(path: str) -> dict[str, Any]:
    """How FastAPI should describe the route that takes messages at *path*."""
    asked, answered, summary, description = _MESSAGES[path]
    responses: dict[int | str, dict[str, Any]] = {200: _message("The answer, `Content-Encoding: zstd`", answered)}
    if answered is Pushed:
        responses[409] = _message("Nothing was taken: send from one of the heads, or say hello first", PushRefused)
    responses |= {status: _problem(text) for status, text in _REFUSALS.items()}
    request = {
        "required": True,
        "description": f"msgpack; at most {MAX_COMPRESSED_BYTES} bytes as it travels, {MAX_MESSAGE_BYTES} unpacked",
        "content": {CONTENT_TYPE: {"schema": _schema(asked)}},
    }
    coding = {"name": "Content-Encoding", "in": "header", "schema": {"type": "string", "enum": list(CODINGS)}}
    signed = [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in _SIGNED_HEADERS.items()
    ]
    return {
        "summary": summary,
        "description": description,
        "operation_id": path.rpartition("/")[2],
        "response_class": Response,
        "responses": responses,
        "openapi_extra": {"requestBody": request, "parameters": [*signed, coding]},
        "tags": ["tills"],
    }


def about_plain(
    name: str, summary: str, description: str, *, kind: str = JSON, can_fail: bool = False
) -> dict[str, Any]:
    """How FastAPI should describe a route that anybody may ask; it answers with something of the type *kind*."""
    content = {kind: {"schema": {"type": "object" if kind == JSON else "string"}}}
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": description, "content": content},
        500: _problem(_REFUSALS[500]),
    }
    if can_fail:
        responses[503] = _problem(_REFUSALS[503])
    return {
        "summary": summary,
        "operation_id": name,
        "response_class": Response,
        "responses": responses,
        "tags": ["operation"],
    }


def describe(app: FastAPI) -> None:
    """Give *app*'s description the schemas of all messages."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            found = get_openapi(title=app.title, version=app.version, summary=_SUMMARY, routes=app.routes)
            kinds = [kind for asked, answered, _, _ in _MESSAGES.values() for kind in (asked, answered)]
            _, schemas = msgspec.json.schema_components([*kinds, PushRefused, Problem], ref_template=_REF)
            found.setdefault("components", {})["schemas"] = schemas
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


_SUMMARY = (
    "Messages between tills and HQ, as msgpack: what the schemas call base64 travels as plain bytes."
    " docs/sync.md says what a till must do."
)


def _message(text: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"description": text, "headers": _NONCE, "content": {CONTENT_TYPE: {"schema": _schema(kind)}}}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {JSON: {"schema": _schema(Problem)}}}


def _schema(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _REF.format(name=kind.__name__)}
