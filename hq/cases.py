"""Exceptions: what HQ does not decide alone. It tells operators, goes on, and keeps what they decide."""

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from config.errors import N_, Refused
from hq import schema
from hq.ingest import ENTRY_UNREADABLE
from hq.people import MERGE_TO_CONFIRM, take_body
from hq.rows import Fetched
from hq.stored import stored_entry

if TYPE_CHECKING:
    from hq.shelf import Shelf

ACCEPT: Final = "accept"
SUSPENSE_ACCEPTED: Final = "suspense_accepted"
MAX_RESOLUTION: Final = 200


class ExceptionShown(msgspec.Struct, frozen=True):
    """Something that an operator should look at."""

    number: int
    reason: str
    entry_id: str | None
    member_id: str | None
    params: dict[str, str | int]
    raised_ms: int
    resolved_ms: int | None
    resolution: str | None


def cases(connection: Connection, *, resolved: bool, most: int) -> list[ExceptionShown]:
    """What waits for an operator (or was settled), the oldest first."""
    table = schema.exceptions
    condition = table.c.resolved_ms.is_not(None) if resolved else table.c.resolved_ms.is_(None)
    rows = connection.execute(select(table).where(condition).order_by(table.c.number).limit(most)).all()
    return [_shown(row) for row in rows]


def resolve(shelf: "Shelf", number: int, resolution: str) -> ExceptionShown:
    """Settle a case; ``accept`` counts what a suspended entry gives, any other word only closes the case.

    Refused ``exception_unknown``, ``nothing_to_accept``.
    """
    table = schema.exceptions
    row = shelf.connection.execute(select(table).where(table.c.number == number)).first()
    if row is None or row.resolved_ms is not None:
        raise Refused("exception_unknown", N_("There is no open exception {number}."), number=number)
    if resolution == ACCEPT:
        _accept(shelf, row)
    _close(shelf, table.c.number == number, resolution)
    return _shown(shelf.connection.execute(select(table).where(table.c.number == number)).one())


def merge_was_confirmed(shelf: "Shelf", member_ids: list[str]) -> None:
    """Nobody has to look at these merges any more."""
    table = schema.exceptions
    _close(shelf, (table.c.reason == MERGE_TO_CONFIRM) & table.c.member_id.in_(member_ids), "confirmed")


def _close(shelf: "Shelf", which: Any, resolution: str) -> None:  # noqa: ANN401 - an SQL condition
    table = schema.exceptions
    values = {"resolved_ms": shelf.now_ms, "resolution": resolution[:MAX_RESOLUTION]}
    shelf.connection.execute(update(table).where(which, table.c.resolved_ms.is_(None)).values(**values))


def _accept(shelf: "Shelf", case: Fetched) -> None:
    """Book what the suspended entry gives that *case* is about."""
    table = schema.entries
    row = shelf.connection.execute(select(table).where(table.c.position == case.position)).first()
    if row is None or row.suspended != case.reason or row.suspended == ENTRY_UNREADABLE:
        raise Refused(
            "nothing_to_accept",
            N_("Exception {number} keeps no entry back. Nothing was changed; settle it with a note."),
            number=case.number,
        )
    entry = stored_entry(row, shelf.life(row.life))
    shelf.journal.write(SUSPENSE_ACCEPTED, body={"position": row.position}, member_id=row.member_id)
    shelf.booking.accept(entry, shelf.postings_of(row.position))
    entry.suspended = None
    take_body(shelf, entry)


def _shown(row: Fetched) -> ExceptionShown:
    params = msgspec.json.decode(row.params, type=dict[str, str | int])
    told = (row.number, row.reason, row.entry_id, row.member_id)
    return ExceptionShown(*told, params, row.raised_ms, row.resolved_ms, row.resolution)
