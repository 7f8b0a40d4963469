"""Units that have one holder: vouchers, stamps, uses of a limit; and the vouchers that the journal issued."""

from collections.abc import Mapping, Sequence

import msgspec

from ledger.legs import not_included
from ledger.store import View
from loyalty.entries import UnitMove

LIMIT = "limit"
_MOST_NAMES = 2_000
_VOUCHER_COLUMNS = (
    "code, reward, member_id, issued_ms, expires_ms, status, holder, (SELECT till_id FROM till),"
    " issued_epoch, issued_seq"
)


class Unit(msgspec.Struct, frozen=True):
    """Sums of one unit's moves on one allowance account at this till; *given* to others; *holder* if it changed."""

    kind: str
    unit: str
    member_id: str
    account: int
    came: int
    used: int
    given: int
    holder: str | None


class Voucher(msgspec.Struct, frozen=True):
    """One voucher; *status* ``open``, ``used``, ``void`` or ``expired``; issued by the entry (till, epoch, seq)."""

    code: str
    reward: str
    member_id: str
    issued_ms: int
    expires_ms: int | None
    status: str
    holder: str | None
    till_id: str
    epoch: int
    seq: int


def units(view: View, member_ids: Sequence[str], kinds: Sequence[str] = ()) -> tuple[Unit, ...]:
    """The units of a member (give all its ids), of *kinds* (all when empty)."""
    of_kinds = f" AND kind IN ({_places(kinds)})" if kinds else ""
    rows = view.rows(
        "SELECT kind, unit, member_id, account, came, used, given, holder FROM unit"
        f" WHERE member_id IN ({_places(member_ids)}){of_kinds}",
        (*member_ids, *kinds),
    )
    return tuple(Unit(*row) for row in rows)


def uses(view: View, member_ids: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """How often each of the limits *names* was used (net of what refunds gave back); those never used are left out.

    ``("",)`` as *member_ids* asks for the shop's own limits, stock and budgets.
    """
    assert len(names) <= _MOST_NAMES, "a programme has so many limits at most"
    rows = view.rows(
        "SELECT unit, SUM(used - came) FROM unit"
        f" WHERE member_id IN ({_places(member_ids)}) AND kind = ? AND unit IN ({_places(names)}) GROUP BY unit",
        (*member_ids, LIMIT, *names),
    )
    return dict(rows)


def moves_above(view: View, member_ids: Sequence[str], above: Mapping[int, int]) -> tuple[UnitMove, ...]:
    """The unit moves of a member (give all its ids) in entries that *above* (seq by epoch) does not count in."""
    bounds = [number for pair in above.items() for number in pair]
    rows = view.rows(
        "SELECT kind, unit, member_id, change, to_holder FROM unit_move"
        f" WHERE member_id IN ({_places(member_ids)}){not_included(above)} ORDER BY epoch, seq, place",
        (*member_ids, *bounds),
    )
    return tuple(UnitMove(*row) for row in rows)


def voucher(view: View, code: str) -> Voucher | None:
    """The voucher with this code, if this till issued it."""
    row = view.row(f"SELECT {_VOUCHER_COLUMNS} FROM voucher WHERE code = ?", (code,))
    return Voucher(*row) if row else None


def vouchers(view: View, member_ids: Sequence[str]) -> tuple[Voucher, ...]:
    """The vouchers of a member (give all its ids), whatever became of them, oldest first."""
    rows = view.rows(
        f"SELECT {_VOUCHER_COLUMNS} FROM voucher WHERE member_id IN ({_places(member_ids)}) ORDER BY issued_ms, code",
        tuple(member_ids),
    )
    return tuple(Voucher(*row) for row in rows)


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
