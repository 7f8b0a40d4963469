"""What HQ's OpenAPI says holds: schemathesis sends what fits it and what does not, unsigned and signed."""

import base64
import os
from typing import Any

import msgspec
import pytest
import schemathesis
import zstandard
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, reject, settings
from schemathesis.core import NotSet
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hq.app import make_app
from sync.http import NONCE_HEADER
from sync.signing import SignedRequest, sign_request
from sync.wire import CONTENT_TYPE
from tests.integration.hq.attacks import held
from tests.unit.hq.world import World

EXAMPLES = 500 if os.environ.get("REGULARS_LONG") else 3
URL = "http://testserver"
# Messages with lists of lives take minutes to make up: test_bad_input changes good ones instead.
SIGNED = ["/v1/push", "/v1/pull", "/v1/authorise", "/v1/snapshot"]
PLAIN = ["/health", "/ready", "/metrics", "/v1/nonce", "/v1/pull", "/v1/authorise"]
# A message may have the right form and make no sense: no such code, no such life, columns that don't fit together.
SENSE: Any = [positive_data_acceptance]
_relaxed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@schemathesis.serializer(CONTENT_TYPE)
def as_message(_context: Any, value: Any) -> Any:
    """A value of the schema as msgpack."""
    return value if isinstance(value, bytes) else msgspec.msgpack.encode(_with_bytes(value), enc_hook=repr)


@schemathesis.deserializer(CONTENT_TYPE)
def from_message(_context: Any, response: Any) -> Any:
    """An answer as the schema describes it."""
    content = response.content
    if content[:4] == b"\x28\xb5\x2f\xfd":
        content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return msgspec.to_builtins(msgspec.msgpack.decode(content))


def _with_bytes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_bytes(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_bytes(each) for each in value]
    if isinstance(value, str) and value.endswith("=") and len(value) % 4 == 0:
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            return value
    return value


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("hq") / "hq.db", tills=1)


@pytest.fixture(scope="module")
def app(world: World) -> FastAPI:
    return make_app(world.hq, behind=False)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, URL, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def described(app: FastAPI) -> Any:
    found = schemathesis.openapi.from_dict(app.openapi())
    # Systematic cases are many and slow; odd headers and methods are in test_bad_input.
    found.config.phases.coverage.enabled = False
    return found


schema = schemathesis.pytest.from_fixture("described")


@schema.include(path=PLAIN).parametrize()
@_relaxed
def test_whatever_is_sent_gets_what_the_description_says(
    case: schemathesis.Case[Any], world: World, client: TestClient
) -> None:
    before = held(world.database)
    body = _body(case)
    answer = client.request(case.method, case.formatted_path, content=body, headers=_headers(case.headers))
    case.validate_response(answer, excluded_checks=SENSE)
    assert held(world.database) == before


@schema.include(path=SIGNED).parametrize()
@_relaxed
def test_what_a_till_has_signed_gets_what_the_description_says(
    case: schemathesis.Case[Any], world: World, client: TestClient
) -> None:
    till, body = world.tills[0], _body(case)
    nonce = client.get("/v1/nonce").headers[NONCE_HEADER]
    headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": "identity"}
    request = SignedRequest("POST", URL + case.formatted_path, headers)
    sign_request(request, till.key, till.till_id, nonce, body)
    answer = client.post(case.formatted_path, content=body, headers=request.headers)
    assert answer.status_code != 401, answer.text
    case.validate_response(answer, excluded_checks=SENSE)
    assert not world.office.invariants()


def _body(case: schemathesis.Case[Any]) -> bytes:
    if isinstance(case.body, bytes):
        return case.body
    try:
        return b"" if isinstance(case.body, NotSet) else msgspec.msgpack.encode(_with_bytes(case.body), enc_hook=repr)
    except OverflowError:
        # No msgpack holds it.
        reject()


def _headers(headers: Any) -> dict[str, str]:
    """Those that can travel at all."""
    plain = {name: str(value) for name, value in (headers or {}).items()}
    return {name: value for name, value in plain.items() if value.isascii() and value.isprintable()}


def test_every_route_says_what_it_takes_and_answers(app: FastAPI) -> None:
    description = app.openapi()
    assert set(description["paths"]) >= {"/health", "/ready", "/metrics", "/v1/push", "/v1/pull", "/v1/snapshot"}
    for path, methods in description["paths"].items():
        for each in methods.values():
            assert each["summary"], path
            assert "500" in each["responses"], path
            if "requestBody" in each:
                assert {"400", "401", "403", "408", "413", "415", "422", "503"} <= set(each["responses"]), path
                assert "bytes" in each["requestBody"]["description"], path
                assert set(each["requestBody"]["content"]) == {CONTENT_TYPE}
