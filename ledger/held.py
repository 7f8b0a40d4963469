"""Baskets put aside: a held basket is a document and nothing else, so holding one never moves a point."""

from typing import NamedTuple

from config.errors import N_, Refused
from ledger.store import Transaction, View

MOST_HELD = 200


class Held(NamedTuple):
    """One basket put aside; *document* is the till service's own."""

    held_id: int
    label: str
    cashier_id: str | None
    member_id: str | None
    at_ms: int
    document: bytes


def hold(
    tx: Transaction, document: bytes, *, label: str, cashier_id: str | None, member_id: str | None, at_ms: int
) -> int:
    """Put a basket aside; its number. Refused ``too_many_held``."""
    if tx.value("SELECT COUNT(*) FROM held") >= MOST_HELD:
        raise Refused(
            "too_many_held",
            N_("{count} baskets are held already. Nothing was changed. Recall or drop one first."),
            count=MOST_HELD,
        )
    return tx.insert(
        "INSERT INTO held (label, cashier_id, member_id, at_ms, document) VALUES (?, ?, ?, ?, ?)",
        (label, cashier_id, member_id, at_ms, document),
    )


def held(view: View) -> tuple[Held, ...]:
    """All baskets put aside, oldest first."""
    return tuple(Held(*row) for row in view.rows("SELECT * FROM held ORDER BY held_id"))


def get(view: View, held_id: int) -> Held:
    """One basket put aside; Refused ``held_unknown``."""
    row = view.row("SELECT * FROM held WHERE held_id = ?", (held_id,))
    if row is None:
        raise Refused(
            "held_unknown",
            N_("There is no held basket {number}. Nothing was changed. See the list of held baskets."),
            number=held_id,
        )
    return Held(*row)


def drop(tx: Transaction, held_id: int) -> bool:
    """Take a basket off the list; False when it is not there any more."""
    return tx.execute("DELETE FROM held WHERE held_id = ?", (held_id,)) == 1
