"""The tills that HQ knows: what they are called, whose key they have, how they stand."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select, update

from config.errors import N_, Refused
from hq import schema
from hq.records import Arrived, Raised
from loyalty.bodies import KeyRotated
from loyalty.ids import EntryId
from sync.signing import is_rotation

if TYPE_CHECKING:
    from hq.shelf import Shelf

KEY_NOT_ROTATED: Final = "key_not_rotated"

PAIRED = "paired"
REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Till:
    """One till. *greeted*: the timeline in which it has said hello; *recovering*: HQ waits for it after a restore."""

    till_id: str
    number: int
    store_id: str
    name: str
    public_key: bytes
    status: str
    paired_ms: int
    last_seen_ms: int
    skew_ms: int
    open_epoch: int | None
    greeted: int
    recovering: int
    erasures_done: int


def all_tills(connection: Connection) -> list[Till]:
    """Every till, by number."""
    table = schema.tills
    return [Till(*tuple(row)) for row in connection.execute(select(table).order_by(table.c.number))]


def find_till(connection: Connection, till_id: str) -> Till | None:
    """That till, if HQ knows it."""
    row = connection.execute(select(schema.tills).where(schema.tills.c.till_id == till_id)).first()
    return Till(*tuple(row)) if row else None


def require_till(connection: Connection, till_id: str) -> Till:
    """That till; Refused("till_unknown")."""
    till = find_till(connection, till_id)
    if till is None:
        raise Refused("till_unknown", N_("HQ does not know till {till}. Nothing was changed."), till=till_id[:40])
    return till


def rotate_key(shelf: "Shelf", entry: Arrived) -> None:
    """A till has a new key, and says so with its old one; from this entry on HQ knows only the new one."""
    till = require_till(shelf.connection, entry.life.till_id)
    try:
        body = msgspec.json.decode(entry.body, type=KeyRotated)
        new, signature = bytes.fromhex(body.public_key), bytes.fromhex(body.signature)
        Ed25519PublicKey.from_public_bytes(new)
    except ValueError:
        new = signature = b""
    if not is_rotation(Ed25519PublicKey.from_public_bytes(till.public_key), signature, till.till_id, new):
        entry_id = str(EntryId(till.till_id, entry.life.epoch, entry.seq))
        shelf.tell(Raised(KEY_NOT_ROTATED, entry.position, entry_id, params={"till": till.till_id}))
        return
    change_till(shelf.connection, till.till_id, public_key=new)


def change_till(connection: Connection, till_id: str, **values: object) -> None:
    """Change some columns of a till."""
    connection.execute(update(schema.tills).where(schema.tills.c.till_id == till_id).values(**values))
