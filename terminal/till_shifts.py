"""Shifts: opening and closing them, with what was sold, what should be in the drawer, and what was counted."""

from config.errors import N_, WrongUse
from ledger import shifts
from ledger.shifts import ShiftTotals
from ledger.store import Transaction
from loyalty.basket import MAX_LINE_MINOR
from loyalty.bodies import ShiftClosed as ShiftClosedBody
from loyalty.bodies import ShiftOpened
from loyalty.entries import Draft, Kind
from loyalty.ids import EntryId
from terminal.till_counter import Counter
from terminal.till_points import PointsDesk
from terminal.till_shapes import Shift, ShiftClosed

IN_THE_DRAWER = ("cash", "")
"""The ways of payment that leave money in the drawer; where none was said, cash is meant."""


class ShiftDesk:
    """The till's shifts; one is open at a time."""

    def __init__(self, counter: Counter, points: PointsDesk) -> None:
        self._counter = counter
        self._points = points

    def current(self) -> Shift | None:
        """The open shift."""
        with self._counter.ledger.read() as view:
            shift = shifts.current_shift(view)
            return None if shift is None else shown(shift)

    def open(self, float_minor: int = 0) -> Shift:
        """Begin a shift with so much in the drawer; Refused ``shift_open``."""
        _check_drawer(float_minor)
        with self._counter.ledger.write() as tx:
            return shown(_open(self._counter, tx, float_minor, self._counter.clock.now_ms()))

    def close(self, counted_minor: int | None = None) -> ShiftClosed:
        """End the shift; *counted_minor* is what was found in the drawer. Refused ``no_shift_open``.

        A till that is its own headquarters then posts the expiry of all points whose time is over.
        """
        if counted_minor is not None:
            _check_drawer(counted_minor)
        closed = self._close(counted_minor)
        self._points.expire_all()
        return closed

    def _close(self, counted_minor: int | None) -> ShiftClosed:
        with self._counter.ledger.write() as tx:
            shift = shifts.require_shift(tx)
            totals = shifts.shift_totals(tx, shift)
            expected_minor = shift.float_minor + sum(totals.paid_minor.get(method, 0) for method in IN_THE_DRAWER)
            opening = EntryId(self._counter.till(tx).till_id, shift.epoch, shift.seq)
            body = ShiftClosedBody(
                shift=str(opening),
                expected_minor=expected_minor,
                counted_minor=counted_minor,
                sales=totals.sales,
                refunds=totals.refunds,
                voids=totals.voids,
                turnover_minor=totals.turnover_minor,
                refunded_minor=totals.refunded_minor,
            )
            cashier_id = self._counter.session.cashier_id
            entry = self._counter.append(tx, Draft(kind=Kind.SHIFT_CLOSED, body=body, cashier_id=cashier_id))
            closed = shifts.close_shift(tx, entry, counted_minor=counted_minor)
            return _closed(closed, totals, expected_minor)


def ensure_shift(counter: Counter, tx: Transaction, at_ms: int) -> bool:
    """Open a shift where none is open: nobody is kept from selling by it. Whether that was needed."""
    if shifts.current_shift(tx) is not None:
        return False
    _open(counter, tx, 0, at_ms)
    return True


def shown(shift: shifts.Shift) -> Shift:
    """A shift as screens and the command line show it."""
    return Shift(
        shift_id=shift.shift_id,
        opened_ms=shift.opened_ms,
        opened_by=shift.opened_by,
        float_minor=shift.float_minor,
    )


def _open(counter: Counter, tx: Transaction, float_minor: int, at_ms: int) -> shifts.Shift:
    draft = Draft(
        kind=Kind.SHIFT_OPENED, body=ShiftOpened(float_minor=float_minor), cashier_id=counter.session.cashier_id
    )
    return shifts.open_shift(tx, counter.append(tx, draft, at_ms), float_minor=float_minor)


def _closed(shift: shifts.Shift, totals: ShiftTotals, expected_minor: int) -> ShiftClosed:
    counted = shift.counted_minor
    return ShiftClosed(
        shift_id=shift.shift_id,
        opened_ms=shift.opened_ms,
        closed_ms=shift.closed_ms or shift.opened_ms,
        opened_by=shift.opened_by,
        closed_by=shift.closed_by,
        float_minor=shift.float_minor,
        sales=totals.sales,
        refunds=totals.refunds,
        voids=totals.voids,
        turnover_minor=totals.turnover_minor,
        to_pay_minor=totals.to_pay_minor,
        refunded_minor=totals.refunded_minor,
        expected_minor=expected_minor,
        counted_minor=counted,
        difference_minor=None if counted is None else counted - expected_minor,
        points_earned_millipoints=totals.points_earned_millipoints,
        points_spent_millipoints=totals.points_spent_millipoints,
        members_enrolled=totals.members_enrolled,
        paid_minor=totals.paid_minor,
    )


def _check_drawer(amount_minor: int) -> None:
    if not 0 <= amount_minor <= MAX_LINE_MINOR:
        raise WrongUse(
            "drawer_amount",
            N_("What is in the drawer can't be negative, nor so large. Nothing was changed; count again."),
        )
