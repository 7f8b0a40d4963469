"""Who works here: cashiers and managers, the hashes of their PINs, and their wrong attempts."""

import msgspec

from config.errors import N_, Refused
from ledger.store import Transaction, View

_COLUMNS = "cashier_id, name, role, active, member_id, failed_attempts, locked_until_ms"


class Staff(msgspec.Struct, frozen=True):
    """One cashier or manager (*role*); *member_id*: their own card, for the fraud flags."""

    cashier_id: str
    name: str
    role: str
    active: bool = True
    member_id: str | None = None
    failed_attempts: int = 0
    locked_until_ms: int | None = None


def add(tx: Transaction, staff: Staff, pin_hash: str) -> None:
    """Somebody new; Refused ``cashier_known`` when the id is taken."""
    if get(tx, staff.cashier_id) is not None:
        raise Refused(
            "cashier_known",
            N_("There is a cashier with this id already. Nothing was changed. Choose another id."),
        )
    tx.execute(
        f"INSERT INTO staff ({_COLUMNS}, pin_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*msgspec.structs.astuple(staff), pin_hash),
    )


def get(view: View, cashier_id: str) -> Staff | None:
    """The cashier, also one who has left."""
    row = view.row(f"SELECT {_COLUMNS} FROM staff WHERE cashier_id = ?", (cashier_id,))
    return _staff(row) if row else None


def require(view: View, cashier_id: str) -> Staff:
    """A cashier who works here; Refused ``cashier_unknown``."""
    found = get(view, cashier_id)
    if found is None or not found.active:
        raise Refused(
            "cashier_unknown",
            N_("No cashier with the id {cashier} works here. Nothing was changed. See `regulars staff list`."),
            cashier=cashier_id,
        )
    return found


def list_staff(view: View, *, include_removed: bool = False) -> tuple[Staff, ...]:
    """Everybody, in the order in which they came."""
    rows = view.rows(f"SELECT {_COLUMNS} FROM staff WHERE active OR ? ORDER BY cashier_id", (int(include_removed),))
    return tuple(map(_staff, rows))


def pin_hash(view: View, cashier_id: str) -> str:
    """The argon2 hash of a cashier's PIN; KeyError when there is no such cashier."""
    found: str | None = view.value("SELECT pin_hash FROM staff WHERE cashier_id = ?", (cashier_id,))
    if found is None:
        raise KeyError(cashier_id)
    return found


def set_pin(tx: Transaction, cashier_id: str, new_hash: str) -> None:
    """A new PIN; wrong attempts are forgotten."""
    tx.execute("UPDATE staff SET pin_hash = ? WHERE cashier_id = ?", (new_hash, cashier_id))
    clear_failures(tx, cashier_id)


def change(tx: Transaction, staff: Staff) -> None:
    """Set name, role and member id of a cashier."""
    tx.execute(
        "UPDATE staff SET name = ?, role = ?, active = ?, member_id = ? WHERE cashier_id = ?",
        (staff.name, staff.role, int(staff.active), staff.member_id, staff.cashier_id),
    )


def remove(tx: Transaction, cashier_id: str) -> None:
    """The cashier no longer works here; what they did stays theirs."""
    tx.execute("UPDATE staff SET active = 0 WHERE cashier_id = ?", (cashier_id,))


def count_failure(tx: Transaction, cashier_id: str, *, locked_until_ms: int | None = None) -> int:
    """One more wrong PIN, and until when no PIN is taken; how many there were in a row."""
    tx.execute(
        "UPDATE staff SET failed_attempts = failed_attempts + 1, locked_until_ms = ? WHERE cashier_id = ?",
        (locked_until_ms, cashier_id),
    )
    attempts: int = tx.value("SELECT failed_attempts FROM staff WHERE cashier_id = ?", (cashier_id,))
    return attempts


def clear_failures(tx: Transaction, cashier_id: str) -> None:
    """The PIN was right."""
    tx.execute("UPDATE staff SET failed_attempts = 0, locked_until_ms = NULL WHERE cashier_id = ?", (cashier_id,))


def _staff(row: tuple[object, ...]) -> Staff:
    return msgspec.convert(dict(zip(Staff.__struct_fields__, row, strict=True)), Staff, strict=False)
