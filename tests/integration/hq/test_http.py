"""Tills and HQ over real HTTP: signatures, nonces, bad input."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import pytest
import zstandard

from config.errors import Refused
from config.sync_settings import SyncSettings
from sync.exchange import Exchange
from sync.http import NONCE_HEADER, HttpTransport
from sync.signing import SignedRequest, sign_request
from sync.transport import Unreachable
from sync.wire import CONTENT_TYPE, Problem, Pull, encode
from sync.worker import Driver
from tests.integration.hq.serving import serving
from tests.unit.hq.world import MemoryTill, World

SETTINGS = SyncSettings(long_poll_s=0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "hq.db", tills=1)


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with serving(world.hq) as address:
        yield address


def transport(url: str, till: MemoryTill) -> HttpTransport:
    return HttpTransport(url, till.till_id, till.key, SETTINGS)


def driver(world: World, url: str, till: MemoryTill) -> Driver:
    talk = Exchange(till, clock=world.clock, random=world.random)
    return Driver(talk, transport(url, till), clock=world.clock, random=world.random)


def test_a_till_pairs_and_syncs_over_http(world: World, url: str) -> None:
    till = MemoryTill("new", world.clock, world.random)
    code = world.office.add_till("S1", "new")
    ask = world.pair_request(till, code)
    answer = transport(url, till).pair(url, ask)
    till.paired(answer)
    assert transport(url, till).pair(url, ask) == answer
    till.enrol("M1")
    till.earn("M1", 5000)
    talk = driver(world, url, till)
    assert talk.until_up_to_date()
    assert talk.contact.online
    assert (world.balance("M1"), till.shown("M1")) == (5000, 5000)


def test_no_hq_is_said_in_plain_words(world: World) -> None:
    talk = driver(world, "http://127.0.0.1:9", world.tills[0])
    with pytest.raises(Unreachable):
        talk.until_up_to_date()
    request = talk.next(0, listening=False)
    assert request is not None
    assert talk.take(request, talk.send(request)) > 0
    assert not talk.contact.online
    assert "No answer from HQ" in (talk.contact.said(str) or "")


def test_a_till_that_hq_does_not_know_gets_nothing(world: World, url: str) -> None:
    stranger = MemoryTill("stranger", world.clock, world.random)
    with pytest.raises(Refused) as refusal:
        driver(world, url, stranger).until_up_to_date()
    assert refusal.value.reason == "signature_wrong"


def signed(url: str, till: MemoryTill, path: str, body: bytes, nonce: str, coding: str = "zstd") -> SignedRequest:
    headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": coding}
    request = SignedRequest("POST", f"{url}/{path}", headers)
    sign_request(request, till.key, till.till_id, nonce, body)
    return request


def a_nonce(url: str) -> str:
    return httpx.get(f"{url}/v1/nonce").headers[NONCE_HEADER]


def post(request: SignedRequest, body: bytes) -> httpx.Response:
    return httpx.post(request.url, headers=request.headers, content=body)


def a_pull(world: World) -> bytes:
    till = world.tills[0]
    return encode(Pull(till.timeline, 0, till.life.epoch))


def test_a_request_is_good_once(world: World, url: str) -> None:
    world.sync()
    till, body = world.tills[0], a_pull(world)
    request = signed(url, till, "v1/pull", body, a_nonce(url))
    assert post(request, body).status_code == 200
    again = post(request, body)
    assert (again.status_code, again.json()["reason"]) == (401, "nonce_stale")


def test_a_nonce_of_five_minutes_ago_is_stale(world: World, url: str) -> None:
    till, body = world.tills[0], a_pull(world)
    request = signed(url, till, "v1/pull", body, a_nonce(url))
    world.clock.at += 5 * 60_000 + 1
    assert post(request, body).json()["reason"] == "nonce_stale"


def test_a_signature_covers_body_path_and_method(world: World, url: str) -> None:
    till, body = world.tills[0], a_pull(world)
    request = signed(url, till, "v1/pull", body, a_nonce(url))
    assert post(request, encode(Pull(1, 2, 3))).status_code == 401
    moved = SignedRequest("POST", f"{url}/v1/hello", request.headers)
    assert post(moved, body).status_code == 401


NONSENSE = [b"", b"\x00", b"{}", b"\xff" * 100, encode(Problem("reason", "message"))]
PATHS = ["v1/hello", "v1/push", "v1/pull", "v1/authorise", "v1/snapshot", "v1/pair"]


def test_nonsense_is_refused_with_a_reason_and_changes_nothing(world: World, url: str) -> None:
    before = world.office.verify()
    for path, body, coding in product(PATHS, NONSENSE, ("zstd", "gzip", "identity", "br")):
        request = signed(url, world.tills[0], path, body, a_nonce(url), coding)
        answer = post(request, body)
        assert 400 <= answer.status_code < 500, (path, body, coding, answer.text)
        assert answer.json()["reason"]
    assert world.office.verify() == before


def test_a_compressed_bomb_is_refused(world: World, url: str) -> None:
    bomb = zstandard.ZstdCompressor().compress(b"\x00" * (64 << 20))
    answer = post(signed(url, world.tills[0], "v1/push", bomb, a_nonce(url)), bomb)
    assert (answer.status_code, answer.json()["reason"]) == (413, "message_too_large")


def test_what_is_too_large_is_not_even_read(world: World, url: str) -> None:
    body = b"\x00" * (5 << 20)
    answer = post(signed(url, world.tills[0], "v1/push", body, a_nonce(url)), body)
    assert answer.status_code == 413


def test_health_readiness_metrics_and_openapi(world: World, url: str) -> None:
    assert httpx.get(f"{url}/health").json() == {"status": "ok"}
    assert httpx.get(f"{url}/ready").json() == {"status": "ready"}
    assert "regulars_hq_tills" in httpx.get(f"{url}/metrics").text
    assert "/v1/push" in httpx.get(f"{url}/openapi.json").json()["paths"]


def test_while_the_database_is_busy_a_till_is_told_to_come_back_and_nothing_is_used_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hq.database.BUSY_TIMEOUT_MS", 50)
    world = World(tmp_path / "hq.db", tills=1)
    world.sync()
    till, body = world.tills[0], a_pull(world)
    with serving(world.hq, behind=False) as url:
        request = signed(url, till, "v1/pull", body, a_nonce(url))
        with (
            world.database.engine.connect() as other,
            other.execution_options(regulars_begin="BEGIN IMMEDIATE").begin(),
        ):
            answer = post(request, body)
            assert (answer.status_code, answer.json()["reason"]) == (503, "database_busy")
            assert int(answer.headers["Retry-After"]) > 0
        assert post(request, body).status_code == 200
