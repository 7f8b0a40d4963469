"""Shifts of the till: from an entry that opens one to the entry that closes it."""

import msgspec

from config.errors import N_, Refused
from ledger.journal import entries_of_positions, entry
from ledger.sale_reading import SaleReading, read_sale
from ledger.store import Transaction, View
from loyalty.entries import POINTS, Contra, Entry, Kind
from loyalty.ids import EntryId, parse_entry_id

_COLUMNS = (
    "shift_id, epoch, seq, opened_ms, opened_by, float_minor, closed_epoch, closed_seq, closed_ms, closed_by,"
    " counted_minor"
)


class Shift(msgspec.Struct, frozen=True):
    """One shift; *shift_id* is the position of its opening entry (epoch, seq); open while *closed_ms* is None."""

    shift_id: int
    epoch: int
    seq: int
    opened_ms: int
    opened_by: str | None
    float_minor: int
    closed_epoch: int | None = None
    closed_seq: int | None = None
    closed_ms: int | None = None
    closed_by: str | None = None
    counted_minor: int | None = None


class ShiftTotals(msgspec.Struct, frozen=True):
    """What a shift's entries add up to; refunds count here when they were made in it, imported sales do not.

    *paid_minor* is what was to pay less what was refunded, by the way of payment; ``""`` where none was said.
    """

    sales: int = 0
    sales_with_member: int = 0
    refunds: int = 0
    voids: int = 0
    turnover_minor: int = 0
    to_pay_minor: int = 0
    refunded_minor: int = 0
    points_earned_millipoints: int = 0
    points_spent_millipoints: int = 0
    members_enrolled: int = 0
    paid_minor: dict[str, int] = {}


def open_shift(tx: Transaction, opening: Entry, *, float_minor: int = 0) -> Shift:
    """A shift begins with the entry *opening*; Refused ``shift_open`` when one is open."""
    if current_shift(tx) is not None:
        raise Refused(
            "shift_open",
            N_("A shift is open already. Nothing was changed. Close it first."),
        )
    position = tx.value("SELECT position FROM entry WHERE epoch = ? AND seq = ?", (opening.epoch, opening.seq))
    tx.execute(
        "INSERT INTO shift (shift_id, epoch, seq, opened_ms, opened_by, float_minor) VALUES (?, ?, ?, ?, ?, ?)",
        (position, opening.epoch, opening.seq, opening.at_ms, opening.cashier_id, float_minor),
    )
    return require_shift(tx)


def close_shift(tx: Transaction, closing: Entry, *, counted_minor: int | None = None) -> Shift:
    """The open shift ends with the entry *closing*; Refused ``no_shift_open``."""
    shift = require_shift(tx)
    tx.execute(
        "UPDATE shift SET closed_epoch = ?, closed_seq = ?, closed_ms = ?, closed_by = ?, counted_minor = ?,"
        " closed_position = (SELECT position FROM entry WHERE epoch = ?1 AND seq = ?2) WHERE shift_id = ?",
        (closing.epoch, closing.seq, closing.at_ms, closing.cashier_id, counted_minor, shift.shift_id),
    )
    row = tx.row(f"SELECT {_COLUMNS} FROM shift WHERE shift_id = ?", (shift.shift_id,))
    assert row is not None, "the shift that was just closed"
    return Shift(*row)


def current_shift(view: View) -> Shift | None:
    """The open shift, if there is one."""
    row = view.row(f"SELECT {_COLUMNS} FROM shift WHERE closed_ms IS NULL ORDER BY shift_id DESC LIMIT 1")
    return Shift(*row) if row else None


def require_shift(view: View) -> Shift:
    """The open shift; Refused ``no_shift_open``."""
    shift = current_shift(view)
    if shift is None:
        raise Refused(
            "no_shift_open", N_("No shift is open. Nothing was changed. Open one with `regulars shift open`.")
        )
    return shift


def shifts(view: View, *, limit: int = 50) -> tuple[Shift, ...]:
    """The latest shifts, newest first."""
    return tuple(
        Shift(*row) for row in view.rows(f"SELECT {_COLUMNS} FROM shift ORDER BY shift_id DESC LIMIT ?", (limit,))
    )


def shift_of(view: View, entry_id: EntryId) -> Shift | None:
    """The shift in which an entry of this till was made."""
    row = view.row(
        f"SELECT {_COLUMNS} FROM shift WHERE shift_id <= (SELECT position FROM entry WHERE epoch = ?1 AND seq = ?2)"
        " AND COALESCE(closed_position, 1 << 62) >= (SELECT position FROM entry WHERE epoch = ?1 AND seq = ?2)"
        " ORDER BY shift_id DESC LIMIT 1",
        (entry_id.epoch, entry_id.seq),
    )
    return Shift(*row) if row else None


def shift_totals(view: View, shift: Shift) -> ShiftTotals:
    """The sums over the entries of one shift."""
    last = view.value("SELECT closed_position FROM shift WHERE shift_id = ?", (shift.shift_id,))
    sums = {name: 0 for name in ShiftTotals.__struct_fields__ if name != "paid_minor"}
    paid_minor: dict[str, int] = {}
    for each in entries_of_positions(view, shift.shift_id, last):
        reading = read_sale(each) if each.kind != Kind.SALE_IMPORTED else None
        if reading is not None:
            _count(sums, each, reading)
            method = _payment_method(view, reading)
            sign = 1 if reading.is_sale else -1
            paid_minor[method] = paid_minor.get(method, 0) + sign * reading.to_pay_minor
        sums["members_enrolled"] += each.kind == Kind.MEMBER_ENROLLED
    return ShiftTotals(**sums, paid_minor=paid_minor)


def _payment_method(view: View, reading: SaleReading) -> str:
    """How the sale of *reading* was paid; a refund of a sale that this till doesn't have is paid in no known way."""
    sold: SaleReading | None = reading
    if not reading.is_sale:
        sale = entry(view, parse_entry_id(reading.sale)) if reading.sale else None
        sold = read_sale(sale) if sale else None
    return (sold.payment_method or "").casefold() if sold else ""


def _count(sums: dict[str, int], counted: Entry, reading: SaleReading) -> None:
    for leg in counted.header.legs:
        if leg.currency == POINTS:
            sums["points_earned_millipoints"] += leg.amount if leg.against == Contra.ISSUED else 0
            sums["points_spent_millipoints"] -= leg.amount if leg.against == Contra.REDEEMED else 0
    if reading.is_sale:
        sums["sales"] += 1
        sums["sales_with_member"] += counted.member_id is not None
        sums["turnover_minor"] += reading.total_minor
        sums["to_pay_minor"] += reading.to_pay_minor
    else:
        sums["voids" if reading.is_void else "refunds"] += 1
        sums["refunded_minor"] += reading.to_pay_minor
