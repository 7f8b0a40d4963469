"""What every till is told beside its members: erasures, programmes, revocations, card keys, day totals."""

from typing import TYPE_CHECKING

from hq import schema

if TYPE_CHECKING:
    from hq.shelf import Shelf


def publish(shelf: "Shelf", kind: str, key: str, payload: bytes, store_id: str | None = None) -> None:
    """Tell all tills (or those of one store) at their next pull; a newer word under the same key replaces it."""
    row = (kind, key, payload, store_id, shelf.next_number("hq_seq"))
    shelf.database.upsert_many(shelf.connection, schema.notices, [row])
