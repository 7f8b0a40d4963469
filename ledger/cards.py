"""Cards: which codes lead to which members."""

from collections.abc import Sequence

import msgspec

from config.errors import N_, Refused
from ledger.store import Transaction, View

ACTIVE = "active"
BLOCKED = "blocked"
REPLACED = "replaced"

_COLUMNS = "code, member_id, format, kind, status, linked_ms, replaced_by"


class Card(msgspec.Struct, frozen=True):
    """One code of one member. *format* is how it is read (``QR``, ``EAN13``…), *kind* ``own`` or ``foreign``."""

    code: str
    member_id: str
    format: str
    kind: str = "own"
    status: str = ACTIVE
    linked_ms: int = 0
    replaced_by: str | None = None


def link(tx: Transaction, card: Card) -> None:
    """Give *card* to its member; Refused ``card_taken`` when the code leads to somebody else."""
    if any(other.member_id != card.member_id for other in find(tx, card.code)):
        raise Refused(
            "card_taken",
            N_("This card belongs to another member. Nothing was changed. Take another card, or look that member up."),
        )
    put(tx, card)


def put(tx: Transaction, card: Card) -> None:
    """A card as it stands, new or changed; two members may have one code (two tills gave it out before pairing)."""
    tx.execute(
        f"INSERT INTO card ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " format = excluded.format, kind = excluded.kind, status = excluded.status, linked_ms = excluded.linked_ms,"
        " replaced_by = excluded.replaced_by",
        msgspec.structs.astuple(card),
    )


def find(view: View, code: str) -> tuple[Card, ...]:
    """The cards with this code."""
    return _cards(view, "code = ?", (code,))


def of_member(view: View, member_ids: Sequence[str]) -> tuple[Card, ...]:
    """The cards of a member (give all its ids), oldest first."""
    places = ", ".join("?" * len(member_ids))
    return _cards(view, f"member_id IN ({places})", tuple(member_ids))


def set_status(tx: Transaction, code: str, member_id: str, status: str, *, replaced_by: str | None = None) -> None:
    """Block a card, make it good again, or say what replaced it."""
    tx.execute(
        "UPDATE card SET status = ?, replaced_by = ? WHERE code = ? AND member_id = ?",
        (status, replaced_by, code, member_id),
    )


def code_seen(tx: Transaction, member_id: str, step: int, *, keep_steps: int = 4) -> bool:
    """Note that a changing code of *step* was shown; True the first time, False when it is shown again."""
    tx.execute("DELETE FROM code_seen WHERE member_id = ? AND step < ?", (member_id, step - keep_steps))
    return tx.execute("INSERT OR IGNORE INTO code_seen VALUES (?, ?)", (member_id, step)) == 1


def _cards(view: View, condition: str, params: tuple[str, ...]) -> tuple[Card, ...]:
    rows = view.rows(f"SELECT {_COLUMNS} FROM card WHERE {condition} ORDER BY linked_ms, code", params)
    return tuple(Card(*row) for row in rows)
