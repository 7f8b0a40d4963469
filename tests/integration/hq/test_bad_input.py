"""Whatever is sent to HQ, it answers 4xx with a reason, changes nothing, and tells nothing of what was sent."""

import hashlib
import os
import socket
from collections.abc import Iterable, Iterator
from itertools import product
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import zstandard

from loyalty.entries import canonical_json
from sync.signing import sign_head
from sync.wire import CONTENT_TYPE, Problem, Pull, Push, encode, pack_entries
from tests.integration.hq.attacks import PATHS, Attacker, good_messages, held, packed
from tests.integration.hq.serving import serving
from tests.unit.hq.world import MemoryTill, World

LONG = bool(os.environ.get("REGULARS_LONG"))
MUTANTS = 3000 if LONG else 60
BATCHES = 300 if LONG else 15


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One HQ for all attacks: none may hurt it."""
    return World(tmp_path_factory.mktemp("hq") / "hq.db", tills=2)


@pytest.fixture(scope="module")
def url(world: World) -> Iterator[str]:
    with serving(world.hq, behind=False) as address:
        yield address


@pytest.fixture(scope="module")
def attacker(world: World, url: str) -> Attacker:
    return Attacker(url, world.tills[0])


def assert_refused(answer: httpx.Response, *, secret: str = "") -> str:
    """It is a refusal that a program and a person understand; its reason."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.reason.isascii()
    assert problem.message.endswith((".", "!"))
    assert not secret or secret not in answer.text
    return problem.reason


NONSENSE = [b"", b"\x00", b"{}", b"\xff" * 100, encode(Problem("reason", "message")), b"\x91" * 5000]


def test_nonsense_is_refused_and_changes_nothing(world: World, attacker: Attacker) -> None:
    before = held(world.database)
    for path, body, coding in product(PATHS, NONSENSE, ("zstd", "gzip", "identity", "br")):
        assert_refused(attacker.send(path, body, coding))
    assert held(world.database) == before


def test_deep_nesting_is_refused(attacker: Attacker) -> None:
    for deep in (b"\x91" * 900_000, b"\x81\xa1a" * 300_000):
        assert assert_refused(attacker.send("v1/push", deep, "identity")) == "message_unreadable"


@pytest.mark.parametrize("size", [17 << 20, 1 << 30])
def test_a_compressed_bomb_is_refused_without_unfolding(attacker: Attacker, size: int) -> None:
    pieces = zstandard.ZstdCompressor(level=1).compressobj()
    bomb = b"".join(pieces.compress(b"\x00" * (1 << 20)) for _ in range(size >> 20)) + pieces.flush()
    answer = attacker.send("v1/push", bomb)
    assert (answer.status_code, answer.json()["reason"]) == (413, "message_too_large")


def test_columns_that_unfold_too_far_are_refused(world: World, attacker: Attacker) -> None:
    message = msgspec.to_builtins(good_messages(world, world.tills[0])["v1/push"], builtin_types=(bytes,))
    message["entries"] = [[[b"x" * 100_000]], b"\x00\x00" * 10_000, [], []]
    assert assert_refused(attacker.send("v1/push", packed(message))) == "batch_malformed"


def test_what_is_too_large_is_not_even_read(attacker: Attacker) -> None:
    answer = attacker.send("v1/push", b"\x00" * (5 << 20))
    assert (answer.status_code, answer.json()["reason"]) == (413, "message_too_large")


def test_only_messages_of_the_right_type_are_read(attacker: Attacker, world: World) -> None:
    till = world.tills[0]
    body = encode(Pull(till.timeline, 0, till.life.epoch))
    for kind in ("application/json", "text/html", "", "multipart/form-data; boundary=x", None):
        answer = attacker.send("v1/pull", body, content_type=kind)
        assert (answer.status_code, assert_refused(answer)) == (415, "content_type_unknown")
    assert attacker.send("v1/pull", body, content_type=f"{CONTENT_TYPE}; charset=x").status_code == 200


def test_unknown_routes_and_methods_get_a_reason(attacker: Attacker) -> None:
    for path in ("/", "/v1", "/v2/push", "/v1/push/", "/v1/%00", "/admin", "/v1/..%2f..%2fetc/passwd", "/%ff%fe"):
        answer = attacker.client.post(path)
        assert (answer.status_code, assert_refused(answer)) == (404, "route_unknown"), path
    for method, path in (("GET", "/v1/push"), ("DELETE", "/v1/pull"), ("POST", "/health"), ("TRACE", "/v1/hello")):
        answer = attacker.client.request(method, path)
        assert (answer.status_code, assert_refused(answer)) == (405, "method_unknown"), (method, path)


ODD_HEADERS: list[dict[str, str]] = [
    {"signature": ""},
    {"signature": "pyhms=:AAAA:"},
    {"signature": "x" * 30_000},
    {"signature-input": "pyhms=();nonce=1"},
    {"signature-input": 'pyhms=("@method" "@target-uri" "content-digest");keyid="../../etc";tag="regulars"'},
    {"signature-input": 'pyhms=("@query-param";name="x");tag="regulars"'},
    {"signature-input": "(" * 5000},
    {"signature-input": 'pyhms=("@status");keyid=?1;nonce=:AA==:;tag="regulars"'},
    {"content-digest": "sha-256=:AAAA:"},
    {"content-digest": "sha-999=:AAAA:, md5=:AA==:"},
    {"content-encoding": "zstd, zstd"},
    {"content-encoding": "\u00e9"},
    {"host": "evil.example"},
    {"regulars-nonce": "x" * 1000, "signature": "pyhms=:" + "A" * 88 + ":"},
]


def with_headers(world: World, attacker: Attacker, headers: dict[str, str]) -> httpx.Response:
    """The answer to a good pull, but for these headers."""
    till = world.tills[0]
    body = encode(Pull(till.timeline, 0, till.life.epoch))
    request = attacker.signed("v1/pull", body)
    kept = {name: value for name, value in request.headers.items() if name.lower() not in headers}
    lines = [(name.encode(), value.encode("latin-1")) for name, value in {**kept, **headers}.items()]
    return attacker.client.post("/v1/pull", headers=lines, content=body)


@pytest.mark.parametrize("headers", ODD_HEADERS, ids=lambda each: "+".join(f"{k}={v[:20]}" for k, v in each.items()))
def test_absurd_headers_are_refused(world: World, attacker: Attacker, headers: dict[str, str]) -> None:
    before = held(world.database)
    assert_refused(with_headers(world, attacker, headers))
    assert held(world.database) == before


@pytest.mark.parametrize("host", ["[::1", "a b", "", "evil.example\u00e9", "x" * 60_000])
def test_a_host_that_is_none_breaks_nothing(world: World, attacker: Attacker, host: str) -> None:
    assert with_headers(world, attacker, {"host": host}).status_code < 500


RAW: list[bytes] = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    b"GARBAGE\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"POST /v1/push HTTP/1.1\r\n\r\n",
    b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"POST /v1/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: "
    + CONTENT_TYPE.encode()
    + b"\r\n\r\nzz\r\n",
    b"POST /v1/push HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    b"POST " + b"/x" * 50_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /v1/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /v1/push HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
]


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: repr(raw[:40]))
def test_what_is_no_http_is_refused_with_a_reason_too(url: str, raw: bytes) -> None:
    answer = _raw(url, raw)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4"), answer
    assert msgspec.json.decode(body, type=Problem).reason


def test_a_body_that_is_cut_changes_nothing(world: World, attacker: Attacker) -> None:
    body = packed(good_messages(world, world.tills[0])["v1/push"])
    before = held(world.database)
    request = attacker.signed("v1/push", body)
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join(["POST /v1/push HTTP/1.1", f"Host: {urlsplit(attacker.url).netloc}", *lines])
    _raw(attacker.url, f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
    assert held(world.database) == before
    # The very same request, whole, is still good: nothing of it was used up.
    assert attacker.client.post(request.url, headers=request.headers, content=body).status_code == 200


def test_an_old_request_sent_again_changes_nothing(world: World, attacker: Attacker) -> None:
    for path, message in good_messages(world, world.tills[0]).items():
        body = packed(message)
        request = attacker.signed(path, body)
        first = attacker.client.post(request.url, headers=request.headers, content=body)
        before = held(world.database)
        again = attacker.client.post(request.url, headers=request.headers, content=body)
        if first.status_code == 200:
            assert (again.status_code, assert_refused(again)) == (401, "nonce_stale"), path
        else:
            assert again.status_code == first.status_code == 403, path
        assert held(world.database) == before
        world.clock.at += 5 * 60_000 + 1
        late = attacker.client.post(request.url, headers=request.headers, content=body)
        assert assert_refused(late) == ("nonce_stale"), path


def test_one_till_can_neither_speak_nor_push_for_another(world: World, attacker: Attacker) -> None:
    mine, other = world.tills
    messages = good_messages(world, other)
    before = held(world.database)
    for path in ("v1/push", "v1/hello", "v1/pull"):
        forged = Attacker(attacker.url, mine)
        request = forged.signed(path, packed(messages[path]))
        request.headers["Signature-Input"] = request.headers["Signature-Input"].replace(mine.till_id, other.till_id)
        answer = forged.client.post(request.url, headers=request.headers, content=packed(messages[path]))
        assert assert_refused(answer, secret=other.till_id) == "signature_wrong"
    assert assert_refused(attacker.send("v1/push", packed(messages["v1/push"]))) == "entry_foreign"
    assert held(world.database) == before


ODD: list[Any] = [
    *(None, True, -1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 1.5, float("nan")),
    *("", "\x00", "a/b", "x" * 5000, "\u202e", "'; --", b"", b"\x00" * 32, b"\xff" * 70),
    *([], {}, [[]], [1, "x"], {"a": 1}, ["x"] * 300),
]


@pytest.mark.parametrize("path", PATHS)
def test_a_signed_message_with_one_odd_value_never_breaks_hq(world: World, attacker: Attacker, path: str) -> None:
    random = Random(path)
    good = msgspec.to_builtins(good_messages(world, world.tills[0])[path], builtin_types=(bytes,))
    for _ in range(MUTANTS):
        before = held(world.database)
        answer = attacker.send(path, packed(_mutant(random, good)))
        if answer.status_code not in {200, 409}:
            assert_refused(answer)
            assert held(world.database) == before
    assert not world.office.invariants()


def test_entries_with_odd_values_are_kept_apart_and_block_nothing(world: World, attacker: Attacker) -> None:
    till, other = world.tills
    good_messages(world, till)
    world.sync()
    for seed in range(BATCHES):
        body = packed(_odd_batch(Random(seed), till))
        answer = attacker.send("v1/push", body)
        assert answer.status_code == 200, (seed, answer.text)
        assert attacker.send("v1/push", body).status_code == 200
    world.check()
    world.verify()
    world.sync(other)
    other.enrol("M77")
    other.earn("M77", 1000)
    world.sync(other)
    assert world.balance("M77") == 1000


def test_no_answer_names_what_was_sent(world: World, attacker: Attacker) -> None:
    secret = "+48 600 123 456"
    message = msgspec.to_builtins(good_messages(world, world.tills[0])["v1/push"], builtin_types=(bytes,))
    message["profiles"] = [{"member": secret, "version": ["x", 1], "salt": b"", "fields": {"phone": secret}}]
    assert_refused(attacker.send("v1/push", packed(message)), secret=secret)
    assert_refused(attacker.client.post(f"/v1/{secret}?{secret}"), secret=secret)


def test_a_stranger_learns_nothing(world: World, url: str) -> None:
    stranger = Attacker(url, MemoryTill("stranger", world.clock, world.random))
    for path, message in good_messages(world, world.tills[0]).items():
        if path != "v1/pair":
            assert assert_refused(stranger.send(path, packed(message))) == "signature_wrong"


def _raw(url: str, raw: bytes) -> bytes:
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        parts = []
        try:
            while part := line.recv(65536):
                parts.append(part)
        except ConnectionResetError:
            pass
    return b"".join(parts)


def _mutant(random: Random, good: Any) -> Any:
    """*good* with one value somewhere in it replaced, left out, or doubled."""
    places = list(_places(good))
    place = random.choice(places)
    return _replaced(good, place, random)


def _places(plain: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(plain, dict):
        inner = plain.items()
    elif isinstance(plain, list | tuple):
        inner = enumerate(plain)
    for key, value in inner:
        yield (*at, key)
        yield from _places(value, (*at, key))


def _replaced(plain: Any, place: tuple[Any, ...], random: Random) -> Any:
    key, rest = place[0], place[1:]
    copy = dict(plain) if isinstance(plain, dict) else list(plain)
    if rest:
        copy[key] = _replaced(copy[key], rest, random)
    elif random.random() < 0.1:
        del copy[key]
    elif isinstance(copy[key], int) and random.random() < 0.3:
        copy[key] += random.choice((-1, 1))
    else:
        copy[key] = random.choice(ODD)
    return copy


def _odd_batch(random: Random, till: MemoryTill) -> Push:
    """A batch that is chained and signed as it should be, of entries with odd values; it becomes the till's journal."""
    life = till.life
    first, before = len(life.entries) + 1, life.head
    texts, head = [], before
    entry, text = life.entries[0]
    sample = msgspec.json.decode(text)
    for seq in range(first, first + 5):
        odd = sample
        for _ in range(random.randrange(1, 4)):
            place = random.choice([each for each in _places(odd) if each[0] not in {0, 1, 2}])
            odd = _replaced(odd, place, random)
        text = _text([till.till_id, life.epoch, seq, *odd[3:]], random)
        head = hashlib.sha256(b"regulars/entry/1\x00" + head + text).digest()
        texts.append(text)
        life.entries.append((msgspec.structs.replace(entry, seq=seq, hash=head), text))
    signature = sign_head(till.key, till.till_id, life.epoch, first + len(texts) - 1, head)
    return Push(till.timeline, life.epoch, first, before, pack_entries(texts), head, signature)


def _text(value: Any, random: Random) -> bytes:
    try:
        text = canonical_json(value)
    except (TypeError, ValueError, msgspec.EncodeError):
        text = msgspec.json.encode(value, enc_hook=repr)
    if random.random() < 0.2:
        text = random.choice((b"", text[:-3], b"[" * 3000, text.replace(b'"', b"'"), b"\x00", b"\xff\xfe" + text))
    return text
