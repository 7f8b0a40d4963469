"""What HQ keeps secret: its signing key, the key of its cards, the key of its nonces. Made once, in its database."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from config.seams import RandomSource
from hq import schema
from hq.database import Database
from sync.signing import public_bytes

_KEY_BYTES = 32
_NAMES = ("signing_key", "card_key", "nonce_key")


@dataclass(frozen=True)
class HqKeys:
    """HQ's keys. *card_key* checks the numbers of the cards that its tills give out."""

    signing: Ed25519PrivateKey
    card_key: bytes
    nonce_key: bytes

    @property
    def public(self) -> bytes:
        """The 32 bytes that tills trust."""
        return public_bytes(self.signing.public_key())


def load_keys(connection: Connection) -> HqKeys | None:
    """The keys, if this database has them."""
    found = read_facts(connection, _NAMES)
    if len(found) < len(_NAMES):
        return None
    signing = Ed25519PrivateKey.from_private_bytes(found["signing_key"])
    return HqKeys(signing, found["card_key"], found["nonce_key"])


def make_keys(database: Database, connection: Connection, random: RandomSource) -> HqKeys:
    """New keys, stored."""
    rows = [(name, random.token(_KEY_BYTES)) for name in _NAMES]
    database.upsert_many(connection, schema.facts, rows)
    keys = load_keys(connection)
    assert keys is not None
    return keys


def read_facts(connection: Connection, names: tuple[str, ...]) -> dict[str, bytes]:
    """Small named values of HQ."""
    table = schema.facts
    return {row.name: row.value for row in connection.execute(select(table).where(table.c.name.in_(names)))}
