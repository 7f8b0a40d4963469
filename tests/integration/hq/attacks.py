"""What the tests of bad input share: signed requests of a till, and what HQ holds, to see that nothing changed."""

from typing import Any

import httpx
import msgspec
from sqlalchemy import select

from hq import schema
from hq.database import Database
from sync.http import NONCE_HEADER
from sync.signing import SignedRequest, sign_request
from sync.wire import CONTENT_TYPE, Authorise, Hello, Pull, Push, SnapshotAsk, encode
from tests.unit.hq.world import MemoryTill, World

# What a request may change although it is refused: which nonces were used, and when a till was last heard of.
_PASSING = {"nonces"}
_SEEN = ("last_seen_ms", "skew_ms")


def held(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows that HQ holds, by table."""
    with database.read() as connection:
        return {
            name: [
                tuple(value for column, value in row._mapping.items() if column not in _SEEN)
                for row in connection.execute(select(table).order_by(*table.primary_key)).all()
            ]
            for name, table in schema.metadata.tables.items()
            if name not in _PASSING
        }


class Attacker:
    """Sends requests in the name of one till: signed as it should be, whatever is in them."""

    def __init__(self, url: str, till: MemoryTill) -> None:
        self.url = url
        self.till = till
        # Shorter than HQ keeps a line open: no request meets one that is just being closed.
        self.client = httpx.Client(base_url=url, timeout=20, limits=httpx.Limits(keepalive_expiry=1))

    def nonce(self) -> str:
        return self.client.get("/v1/nonce").headers[NONCE_HEADER]

    def signed(self, path: str, body: bytes, coding: str = "zstd", nonce: str | None = None) -> SignedRequest:
        """A request with all its headers."""
        headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": coding}
        request = SignedRequest("POST", f"{self.url}/{path}", headers)
        sign_request(request, self.till.key, self.till.till_id, self.nonce() if nonce is None else nonce, body)
        return request

    def send(self, path: str, body: bytes, coding: str = "zstd", **changed: str | None) -> httpx.Response:
        """Sign and send; *changed*: headers put in place afterwards (None: taken away)."""
        request = self.signed(path, body, coding)
        for word, value in changed.items():
            name = word.replace("_", "-").title()
            request.headers.pop(name, None)
            if value is not None:
                request.headers[name] = value
        return self.client.post(request.url, headers=request.headers, content=body)


def good_messages(world: World, till: MemoryTill) -> dict[str, msgspec.Struct]:
    """One message of each kind as the till would send it, by path; it has something to push."""
    member = world.member(till, 5000)
    till.enrol("M9", "+48 600 000 000")
    till.earn("M9", 1000)
    exchange = world.exchange(till)
    exchange.say_hello()
    hello = exchange.next()
    exchange.receive(hello, world.answer(till, hello))
    push = exchange.next().message
    assert isinstance(push, Push)
    assert isinstance(hello.message, Hello)
    epoch = till.life.epoch
    return {
        "v1/pair": world.pair_request(till, "ABCDE-FGHJK"),
        "v1/hello": hello.message,
        "v1/push": push,
        "v1/pull": Pull(till.timeline, till.cursor, epoch),
        "v1/authorise": Authorise(till.timeline, epoch, member, 6000, 0, (("voucher/X", 1),)),
        "v1/snapshot": SnapshotAsk(till.timeline, epoch),
    }


PATHS = ("v1/pair", "v1/hello", "v1/push", "v1/pull", "v1/authorise", "v1/snapshot")


def packed(plain: object) -> bytes:
    """Anything as a message travels."""
    return encode(plain)  # type: ignore[arg-type]
