"""The programmes this till has: every version it ever ran, and those that wait for their start."""

import msgspec

from ledger.store import Transaction, View

_COLUMNS = "number, version, programme_id, name, toml, start_ms, stored_ms, signature"
_IN_ORDER = "start_ms DESC, number DESC"


class StoredProgramme(msgspec.Struct, frozen=True):
    """One activation: the programme file *toml*, in force from *start_ms*; *version* is the file's digest."""

    number: int
    version: str
    programme_id: str
    name: str
    toml: str
    start_ms: int
    stored_ms: int
    signature: bytes | None = None


def store(
    tx: Transaction,
    toml: str,
    *,
    version: str,
    programme_id: str,
    name: str,
    start_ms: int,
    stored_ms: int,
    signature: bytes | None = None,
) -> StoredProgramme:
    """Keep a programme for its start; the same version and start again changes nothing."""
    tx.execute(
        "INSERT OR IGNORE INTO programme (version, programme_id, name, toml, start_ms, stored_ms, signature)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (version, programme_id, name, toml, start_ms, stored_ms, signature),
    )
    row = tx.row(f"SELECT {_COLUMNS} FROM programme WHERE version = ? AND start_ms = ?", (version, start_ms))
    assert row is not None, "what was just stored"
    return StoredProgramme(*row)


def in_force(view: View, at_ms: int) -> StoredProgramme | None:
    """The programme of a sale at *at_ms*: the one that started last; of two with one start, the one stored last."""
    row = view.row(f"SELECT {_COLUMNS} FROM programme WHERE start_ms <= ? ORDER BY {_IN_ORDER} LIMIT 1", (at_ms,))
    return StoredProgramme(*row) if row else None


def by_version(view: View, version: str) -> StoredProgramme | None:
    """The programme with this digest, as it was stored last."""
    row = view.row(f"SELECT {_COLUMNS} FROM programme WHERE version = ? ORDER BY number DESC LIMIT 1", (version,))
    return StoredProgramme(*row) if row else None


def list_programmes(view: View) -> tuple[StoredProgramme, ...]:
    """Every activation, the latest start first."""
    return tuple(StoredProgramme(*row) for row in view.rows(f"SELECT {_COLUMNS} FROM programme ORDER BY {_IN_ORDER}"))
