"""How an entry changes what has one holder: vouchers, stamps, and the use of limits."""

from collections.abc import Iterable
from typing import Final

from hq.allowances import Allowances
from hq.books import Books
from hq.records import Arrived, Life, Raised
from loyalty.entries import Header, Leg, UnitMove

UNIT_OVERUSED: Final = "unit_overused"
LIMIT: Final = "limit"
# Whoever holds this unit of a member may use the member's limits that have a holder.
LIMITS: Final = "limit/*"
_VOUCHER: Final = "voucher"


class UnitBooking:
    """Books unit moves into :class:`Books`."""

    def __init__(self, books: Books, allowances: Allowances) -> None:
        self._books = books
        self._allowances = allowances

    def book(self, entry: Arrived) -> None:
        """The units of an entry of a till; of one that is suspended only what it uses."""
        if not entry.header.units:
            return
        for move, leg in _with_legs(entry.header):
            if not entry.suspended or _takes(move):
                self._move(entry, move, leg)

    def accept(self, entry: Arrived) -> None:
        """What a suspended entry brings counts after all, and is held by nobody."""
        for move, leg in _with_legs(entry.header):
            if move.to is not None:
                self._give_back(entry.life, move)
            elif not _takes(move):
                self._come(move, leg)
            self._books.touch(move.member)

    def post(self, header: Header) -> None:
        """Units that HQ itself makes or uses, of those that nobody holds."""
        for move, leg in _with_legs(header):
            if move.change > 0:
                self._come(move, leg)
            else:
                self._books.pool(move.member, _what(move)).balance += move.change
            self._books.touch(move.member)

    def enrol(self, member_id: str, life: Life | None) -> None:
        """A member that was not here before; the till of *life*, if any, holds its limits."""
        pool = self._books.pool(member_id, LIMITS)
        if pool.balance:
            return
        pool.balance = 1
        if life is not None:
            self._allowances.raise_own(life, member_id, LIMITS, 1)

    def _move(self, entry: Arrived, move: UnitMove, leg: Leg | None) -> None:
        if move.to is not None:
            self._give_back(entry.life, move)
        elif move.kind == LIMIT:
            self._books.use(move.member, move.unit, move.change)
            return
        elif move.change > 0:
            self._come(move, leg)
            self._allowances.raise_own(entry.life, move.member, _what(move), move.change)
        elif move.change < 0:
            self._use(entry, move)
        self._books.touch(move.member)

    def _come(self, move: UnitMove, leg: Leg | None) -> None:
        if move.kind == LIMIT:
            self._books.use(move.member, move.unit, move.change)
            return
        pool = self._books.pool(move.member, _what(move))
        pool.balance += move.change
        if leg is not None:
            pool.reward, pool.expires_ms = leg.currency.removeprefix(f"{_VOUCHER}/"), leg.expires_ms

    def _give_back(self, life: Life, move: UnitMove) -> None:
        self._allowances.give_back(life, move.member, _what(move), abs(move.change) or 1)

    def _use(self, entry: Arrived, move: UnitMove) -> None:
        """Units used: those the till holds, then those nobody holds; what goes beyond is an exception."""
        what, count = _what(move), -move.change
        held = self._allowances.charge(entry.life, move.member, what, count)
        pool = self._books.pool(move.member, what)
        pool.balance -= held
        loose = max(0, min(count - held, pool.available))
        pool.balance -= loose
        excess = count - held - loose
        if excess:
            pool.excess += excess
            params: dict[str, str | int] = {"unit": what, "count": excess}
            self._books.tell(Raised(UNIT_OVERUSED, position=entry.position, member_id=move.member, params=params))


def _with_legs(header: Header) -> Iterable[tuple[UnitMove, Leg | None]]:
    """Each move, with the leg that says more of it: the k-th voucher that comes is the k-th credit of vouchers."""
    won = (leg for leg in header.legs if leg.currency.startswith(f"{_VOUCHER}/") and leg.amount > 0)
    for move in header.units:
        comes = move.kind == _VOUCHER and move.change > 0 and move.to is None
        yield move, next(won, None) if comes else None


def _takes(move: UnitMove) -> bool:
    return move.change < 0 and move.to is None


def _what(move: UnitMove) -> str:
    return f"{move.kind}/{move.unit}"
