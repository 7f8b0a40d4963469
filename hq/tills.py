"""The tills that HQ knows: what they are called, whose key they have, how they stand."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from config.errors import N_, Refused
from hq import schema

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
        raise Refused("till_unknown", N_("HQ does not know till {till}. Nothing was changed."), till=till_id)
    return till


def change_till(connection: Connection, till_id: str, **values: object) -> None:
    """Change some columns of a till."""
    connection.execute(update(schema.tills).where(schema.tills.c.till_id == till_id).values(**values))
