"""Lots: what is left of each credit of points, as a function of the set of a member's postings.

Each credit is taken net of what took it back, each debit net of what gave it back (``undoes``); what remains is
replayed in the order of (time, posting). So the order in which postings arrive does not matter, and a sale that is
refunded whole leaves the lots exactly as if it had never been.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

import msgspec

from loyalty.entries import Contra, PostingRef

_NEVER = 1 << 62
_EXPIRED, _ISSUED, _REDEEMED = Contra.EXPIRED.value, Contra.ISSUED.value, Contra.REDEEMED.value

Renewal = Callable[[int], int]


class PostedLeg(NamedTuple):
    """One leg on a member's balance, as the ledger keeps it. *undoes* names a posting that need not be in the set."""

    ref: PostingRef
    at_ms: int
    amount: int
    against: str
    available_ms: int | None = None
    expires_ms: int | None = None
    undoes: PostingRef | None = None


class Lot(msgspec.Struct, frozen=True, array_like=True):
    """What is left of a credit: spendable from *available_ms* (None: at once) until *expires_ms* (None: for ever)."""

    amount_millipoints: int
    expires_ms: int | None = None
    available_ms: int | None = None
    ref: PostingRef | None = None
    at_ms: int | None = None

    def is_due(self, at_ms: int) -> bool:
        """Whether it can be spent at *at_ms*: no longer pending, not yet expired."""
        return (self.available_ms is None or self.available_ms <= at_ms) and not self.is_expired(at_ms)

    def is_expired(self, at_ms: int) -> bool:
        """Whether its time was over at *at_ms*."""
        return self.expires_ms is not None and self.expires_ms <= at_ms


class Overdone(NamedTuple):
    """What the posting *expiry* took of *lot* and should not have, as is known now: it is to be given back."""

    expiry: PostingRef
    lot: PostingRef
    millipoints: int


class Lots(NamedTuple):
    """The lots that are left, in the order in which they are spent, and what was taken beyond all of them.

    *overdone* are expiries of points that, by what became known later, were not there to expire: the sale that had
    earned them was refunded, they had been spent before, or a sale had renewed them. The lots are as if each had
    taken no more than its own; the balance is so once these are reversed.
    """

    lots: tuple[Lot, ...]
    deficit_millipoints: int
    overdone: tuple[Overdone, ...] = ()


class Effective(NamedTuple):
    """A posting net of what undid it."""

    at_ms: int
    ref: PostingRef
    amount: int
    leg: PostedLeg


def effective(legs: Iterable[PostedLeg]) -> list[Effective]:
    """The postings that remain when each is netted with what undid it, in the order of (time, posting).

    An expiry names the lot that it empties, but does not undo it: it stays a posting of its own. A posting that undoes
    one which is not in the set is a plain credit or debit.
    """
    return _net({row.ref: row for row in legs})


def _net(known: dict[PostingRef, PostedLeg]) -> list[Effective]:
    if all(row.undoes is None for row in known.values()):
        plain = [Effective(row.at_ms, row.ref, row.amount, row) for row in known.values() if row.amount]
        plain.sort(key=_in_time)
        return plain
    net: dict[PostingRef, int] = {}
    for row in known.values():
        root = _root(row, known)
        net[root] = net.get(root, 0) + row.amount
    remaining = [Effective(known[ref].at_ms, ref, amount, known[ref]) for ref, amount in net.items() if amount]
    remaining.sort(key=_in_time)
    return remaining


_in_time = itemgetter(0, 1)


def replay(legs: Iterable[PostedLeg], renewal: Renewal | None = None) -> Lots:
    """The lots that *legs* (of points) leave.

    *renewal*, for expiry by activity, tells until when a sale at some time keeps all lots that are alive then.
    """
    known = {leg.ref: leg for leg in legs}
    postings = _net(known)
    if renewal is None and all(posting.amount > 0 < posting.leg.amount for posting in postings):
        return _untouched(postings)
    book = _Book(known)
    for posting in postings:
        if posting.amount > 0:
            book.credit(posting)
        elif posting.leg.against == _EXPIRED:
            book.expire(posting)
        else:
            book.debit(posting.at_ms, -posting.amount)
        if renewal is not None and posting.leg.against in (_ISSUED, _REDEEMED):
            book.renew(posting.at_ms, renewal(posting.at_ms))
    return book.close()


def _untouched(postings: list[Effective]) -> Lots:
    """The lots where nothing was ever spent: as they came, in the order in which they would be spent."""
    rows = [Lot(amount, leg.expires_ms, leg.available_ms, ref, at_ms) for at_ms, ref, amount, leg in postings]
    rows.sort(key=lambda lot: _NEVER if lot.expires_ms is None else lot.expires_ms)
    return Lots(tuple(rows), 0)


def due(lots: Iterable[Lot], at_ms: int) -> int:
    """How much of *lots* can be spent at *at_ms*."""
    return sum([lot.amount_millipoints for lot in lots if lot.is_due(at_ms)])


def pending(lots: Iterable[Lot], at_ms: int) -> int:
    """How much of *lots* is waiting at *at_ms*."""
    return sum(lot.amount_millipoints for lot in lots if lot.available_ms is not None and lot.available_ms > at_ms)


def expired(lots: Iterable[Lot], at_ms: int) -> tuple[Lot, ...]:
    """The lots whose time is over, and whose expiry is to be posted."""
    return tuple(lot for lot in lots if lot.is_expired(at_ms))


def next_expiry(lots: Iterable[Lot], at_ms: int) -> tuple[int, int] | None:
    """What expires next and when: (millipoints, UTC milliseconds), or None."""
    alive = [lot for lot in lots if lot.expires_ms is not None and lot.expires_ms > at_ms]
    if not alive:
        return None
    when = min(lot.expires_ms for lot in alive if lot.expires_ms is not None)
    return sum(lot.amount_millipoints for lot in alive if lot.expires_ms == when), when


def _root(row: PostedLeg, known: dict[PostingRef, PostedLeg]) -> PostingRef:
    """The posting that *row* undoes in the end, or itself."""
    for _ in known:
        if row.undoes is None or row.undoes not in known or (row.against == _EXPIRED and row.amount < 0):
            break
        row = known[row.undoes]
    return row.ref


class _Open:
    """A lot while postings are replayed."""

    __slots__ = ("amount", "at_ms", "available_ms", "expires_ms", "ref")

    def __init__(self, posting: Effective, amount: int) -> None:
        self.amount = amount
        self.at_ms, self.ref = posting.at_ms, posting.ref
        self.available_ms = posting.leg.available_ms if posting.leg.amount > 0 else None
        self.expires_ms = posting.leg.expires_ms if posting.leg.amount > 0 else None

    def is_expired(self, at_ms: int) -> bool:
        """Whether its time was over at *at_ms*."""
        return self.expires_ms is not None and self.expires_ms <= at_ms

    def order_at(self, at_ms: int) -> tuple[int, int, int, PostingRef]:
        """Its place among the lots for a debit at *at_ms*: what is due, then what is pending, then what has expired."""
        waits = self.available_ms is not None and self.available_ms > at_ms
        return (2 if self.is_expired(at_ms) else int(waits), *self.spending_order())

    def spending_order(self) -> tuple[int, int, PostingRef]:
        """First what expires first, then the oldest; what never expires comes last."""
        return (_NEVER if self.expires_ms is None else self.expires_ms, self.at_ms, self.ref)


class _Book:
    """The lots while postings are replayed."""

    def __init__(self, known: Container[PostingRef]) -> None:
        self.known = known
        self.open: dict[PostingRef, _Open] = {}
        self.deficit = 0
        self.overdone: list[Overdone] = []

    def credit(self, posting: Effective) -> None:
        repaid = min(self.deficit, posting.amount)
        self.deficit -= repaid
        if posting.amount > repaid:
            self.open[posting.ref] = _Open(posting, posting.amount - repaid)

    def debit(self, at_ms: int, amount: int) -> None:
        if amount and self.open:
            for lot in sorted(self.open.values(), key=lambda lot: lot.order_at(at_ms)):
                taken = min(lot.amount, amount)
                lot.amount -= taken
                amount -= taken
                if not lot.amount:
                    del self.open[lot.ref]
                if not amount:
                    break
        self.deficit += amount

    def expire(self, posting: Effective) -> None:
        """Take what is over of the lot that the expiry names; the rest is overdone, and touches no other lot."""
        amount, target = -posting.amount, posting.leg.undoes
        if target is None or target not in self.known:
            self.debit(posting.at_ms, amount)
            return
        lot = self.open.get(target)
        if lot is not None and lot.is_expired(posting.at_ms):
            taken = min(lot.amount, amount)
            lot.amount -= taken
            amount -= taken
            if not lot.amount:
                del self.open[lot.ref]
        if amount:
            self.overdone.append(Overdone(posting.ref, target, amount))

    def renew(self, at_ms: int, until_ms: int) -> None:
        for lot in self.open.values():
            if lot.expires_ms is not None and at_ms < lot.expires_ms < until_ms:
                lot.expires_ms = until_ms

    def close(self) -> Lots:
        left = sorted(self.open.values(), key=_Open.spending_order)
        rows = tuple(Lot(lot.amount, lot.expires_ms, lot.available_ms, lot.ref, lot.at_ms) for lot in left)
        return Lots(rows, self.deficit, tuple(self.overdone))


def merged(lots: Sequence[Lot], at_ms: int) -> tuple[Lot, ...]:
    """*lots* as short as a quote at *at_ms* needs them: one for each pair of times, without their postings."""
    sums: dict[tuple[int | None, int | None], int] = {}
    for lot in lots:
        available_ms = None if lot.available_ms is None or lot.available_ms <= at_ms else lot.available_ms
        times = (lot.expires_ms, available_ms)
        sums[times] = sums.get(times, 0) + lot.amount_millipoints
    return tuple(Lot(amount, *times) for times, amount in sums.items())
