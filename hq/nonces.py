"""Nonces: HQ gives them out, each is good once and for five minutes, whatever a till's clock says."""

import base64
import hashlib
import hmac
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from config.errors import N_, Refused
from config.seams import RandomSource
from hq import schema

NONCE_MS: Final = 5 * 60_000
_RANDOM_BYTES = 12
_TIME_BYTES = 8
_MAC_BYTES = 16
# A nonce ends in a random letter of 64: so often, those that are too old to be used again are forgotten.
_FORGETTING = "A"


def make_nonce(key: bytes, now_ms: int, random: RandomSource) -> str:
    """A nonce that any process with the same key knows as its own."""
    content = now_ms.to_bytes(_TIME_BYTES, "big") + random.token(_RANDOM_BYTES)
    return base64.urlsafe_b64encode(content + _mac(key, content)).decode()


def check_nonce(key: bytes, nonce: str, now_ms: int) -> None:
    """Refused("nonce_stale") when it was not made with *key*, or too long ago."""
    try:
        raw = base64.b64decode(nonce.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, UnicodeEncodeError) as error:
        raise stale() from error
    content, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    made_ms = int.from_bytes(content[:_TIME_BYTES], "big")
    good = len(content) == _TIME_BYTES + _RANDOM_BYTES and hmac.compare_digest(mac, _mac(key, content))
    if not good or not -NONCE_MS < now_ms - made_ms <= NONCE_MS:
        raise stale()


def use_nonce(connection: Connection, nonce: str, now_ms: int) -> None:
    """Remember that it was used; Refused("nonce_stale") the second time."""
    table = schema.nonces
    if connection.execute(select(table.c.nonce).where(table.c.nonce == nonce)).first():
        raise stale()
    if nonce.endswith(_FORGETTING):
        connection.execute(delete(table).where(table.c.expires_ms < now_ms))
    connection.execute(insert(table).values(nonce=nonce, expires_ms=now_ms + 2 * NONCE_MS))


def stale() -> Refused:
    """The request carries no nonce that is good now."""
    return Refused("nonce_stale", N_("The request is not fresh. Nothing was changed; sign it with the new nonce."))


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, b"regulars/nonce/1\x00" + content, hashlib.sha256)[:_MAC_BYTES]
