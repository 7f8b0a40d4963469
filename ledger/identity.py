"""Who this till is: its facts, its named values, its keys, its card keys."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from config.errors import N_, Broken
from config.paths import HomePaths
from config.seams import RandomSource
from ledger.store import Transaction, View

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CARD_KEY_BYTES = 32
_COLUMNS = (
    "till_id, store_id, store_name, till_name, currency, zone, closing_minute, country, issuer, till_number,"
    " public_key, set_up_ms, paired"
)


class Founding(msgspec.Struct, frozen=True):
    """What a shop says when it sets up a till; *closing_minute* after local midnight ends the business day."""

    store_id: str
    store_name: str
    till_name: str
    currency: str
    zone: str
    closing_minute: int = 0
    country: str | None = None


class TillFacts(msgspec.Struct, frozen=True):
    """The till as it is now; *epoch* is its current life."""

    till_id: str
    store_id: str
    store_name: str
    till_name: str
    currency: str
    zone: str
    closing_minute: int
    country: str | None
    issuer: str
    till_number: int | None
    public_key: bytes
    set_up_ms: int
    paired: bool
    epoch: int


class CardKey(msgspec.Struct, frozen=True):
    """The secret behind an issuer's card numbers."""

    issuer: str
    version: int
    key: bytes


def till_facts(view: View) -> TillFacts:
    """The till's facts."""
    row = view.row(f"SELECT {_COLUMNS}, (SELECT epoch FROM life ORDER BY number DESC LIMIT 1) FROM till")
    assert row is not None, "an open ledger has its till"
    *facts, paired, epoch = row
    columns = [*facts, bool(paired), epoch]
    return TillFacts(*columns)


def change_till_facts(
    tx: Transaction,
    *,
    store_id: str | None = None,
    store_name: str | None = None,
    till_name: str | None = None,
    issuer: str | None = None,
    till_number: int | None = None,
) -> None:
    """Set what is given: pairing gives a till its store, issuer and number."""
    tx.execute(
        "UPDATE till SET store_id = COALESCE(?, store_id), store_name = COALESCE(?, store_name),"
        " till_name = COALESCE(?, till_name), issuer = COALESCE(?, issuer), till_number = COALESCE(?, till_number)",
        (store_id, store_name, till_name, issuer, till_number),
    )


def value(view: View, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value kept under *name*, or *default*."""
    document = view.value("SELECT document FROM named_value WHERE name = ?", (name,))
    return default if document is None else msgspec.json.decode(document)


def set_value(tx: Transaction, name: str, content: object) -> None:
    """Keep a JSON value under *name*; names start with the room that owns them ("till.language")."""
    tx.execute(
        "INSERT INTO named_value VALUES (?, ?) ON CONFLICT DO UPDATE SET document = excluded.document",
        (name, msgspec.json.encode(content).decode()),
    )


def make_key(paths: HomePaths, random: RandomSource) -> bytes:
    """Make an Ed25519 key, readable by the home's owner alone; its public half (32 bytes)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(random.token(32))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes_raw()
    paths.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_secret(_key_file(paths, public), secret)
    return public


def install_key(tx: Transaction, public_key: bytes) -> None:
    """Make *public_key* (from :func:`make_key`) the till's: call it beside the entry that the old key signed."""
    tx.execute("UPDATE till SET public_key = ?", (public_key,))


def load_private_key(paths: HomePaths, view: View) -> "Ed25519PrivateKey":
    """The till's private key; Broken ``key_missing`` when its file is gone or is not that key."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public: bytes = view.value("SELECT public_key FROM till")
    try:
        key = serialization.load_pem_private_key(_key_file(paths, public).read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise _key_missing() from error
    if not isinstance(key, Ed25519PrivateKey) or key.public_key().public_bytes_raw() != public:
        raise _key_missing()
    return key


def has_private_key(paths: HomePaths, view: View) -> bool:
    """Whether the file of the till's key is where it belongs."""
    return _key_file(paths, view.value("SELECT public_key FROM till")).exists()


def fingerprint(public_key: bytes) -> bytes:
    """What names a key: the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key).digest()


def card_keys(view: View) -> tuple[CardKey, ...]:
    """The card keys of every issuer that this till accepts, newest version first."""
    return tuple(CardKey(*row) for row in view.rows("SELECT * FROM card_key ORDER BY issuer, version DESC"))


def own_card_key(view: View) -> CardKey:
    """The key for cards that this till gives out."""
    row = view.row("SELECT card_key.* FROM card_key JOIN till USING (issuer) ORDER BY version DESC LIMIT 1")
    assert row is not None, "a till has its issuer's key"
    return CardKey(*row)


def store_card_key(tx: Transaction, key: CardKey) -> None:
    """Keep one issuer's key; the same version again changes nothing."""
    tx.execute(
        "INSERT INTO card_key VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET key = excluded.key",
        (key.issuer, key.version, key.key),
    )


def _key_file(paths: HomePaths, public_key: bytes) -> Path:
    return paths.keys_dir / f"till-{fingerprint(public_key).hex()[:16]}.pem"


def _key_missing() -> Broken:
    return Broken(
        "key_missing",
        N_("The till's key is missing from its keys folder. Sales go on; put the key back, or pair the till again."),
    )


def _write_secret(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
