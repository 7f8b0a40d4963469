"""What an entry does to the derived tables. Everything here follows from the entry alone: `verify` runs it again."""

from collections import Counter

import msgspec

from ledger.figures import Figures
from ledger.sale_reading import SaleReading, read_sale
from ledger.statistics import count_member, note_reversal
from ledger.store import Transaction
from ledger.tier_steps import note_tier
from ledger.visits import note_visit
from loyalty.entries import Entry, Kind, UnitMove, postings

_VOUCHER_CURRENCY = "voucher/"
_VOUCHER = "voucher"
_NOTHING_UNDONE = (None, None, None, None)

_INSERT_LEG = "INSERT INTO leg VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_TO_BALANCE = "INSERT INTO balance VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"
_MOVE_ALLOWANCE = (
    "INSERT INTO allowance_move VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
    " own = own + excluded.own, used = used + excluded.used, returned = returned + excluded.returned"
)
_MOVE_UNIT = (
    "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET came = came + excluded.came,"
    " used = used + excluded.used, given = given + excluded.given, holder = COALESCE(excluded.holder, holder)"
)


def book(tx: Transaction, entry: Entry, store_id: str, day: int, hour: int) -> None:
    """Book every effect of *entry*, which counts on *day* (a day's number) at local *hour* in the store *store_id*."""
    header = entry.header
    if header.legs:
        _book_legs(tx, entry)
    if header.own or header.used or header.returned:
        _book_allowance(tx, entry)
    if header.units:
        _book_units(tx, entry)
    reading = read_sale(entry)
    figures = tx.keep(Figures, lambda: Figures(tx))
    figures.count_entry(entry, store_id, day)
    if reading is not None:
        figures.count_sale(entry, reading, store_id, day, hour)
        _count_for_member(tx, entry, reading, day)


def account_of(tx: Transaction, epoch: int) -> int:
    """The allowance account that entries of *epoch* move."""
    accounts = tx.keep(_Accounts, _Accounts)
    if epoch not in accounts:
        accounts[epoch] = tx.value("SELECT account FROM life WHERE epoch = ?", (epoch,))
    return accounts[epoch]


def know_account(tx: Transaction, epoch: int, account: int) -> None:
    """Spare :func:`account_of` its question."""
    tx.keep(_Accounts, _Accounts)[epoch] = account


class _Accounts(dict[int, int]):
    """The allowance account of each life, read once a transaction; a life's account never changes."""


def _book_legs(tx: Transaction, entry: Entry) -> None:
    tx.execute_many(
        _INSERT_LEG,
        (
            (
                leg.member,
                leg.currency,
                entry.epoch,
                entry.seq,
                place,
                entry.kind,
                entry.at_ms,
                leg.amount,
                leg.against,
                leg.available_ms,
                leg.expires_ms,
                *(_NOTHING_UNDONE if leg.undoes is None else msgspec.structs.astuple(leg.undoes)),
            )
            for place, leg in enumerate(entry.header.legs)
        ),
    )
    sums: Counter[tuple[str, str]] = Counter()
    for posting in postings(entry.header):
        sums[posting.account, posting.currency] += posting.amount
    tx.execute_many(_ADD_TO_BALANCE, ((account, currency, amount) for (account, currency), amount in sums.items()))


def _book_allowance(tx: Transaction, entry: Entry) -> None:
    account = account_of(tx, entry.epoch)
    header = entry.header
    moves = [(move.member, account, move.amount, 0, 0) for move in header.own]
    moves += [(move.member, account, 0, move.amount, 0) for move in header.used]
    moves += [(move.member, account, 0, 0, move.amount) for move in header.returned]
    tx.execute_many(_MOVE_ALLOWANCE, moves)


def _book_units(tx: Transaction, entry: Entry) -> None:
    account = account_of(tx, entry.epoch)
    tx.execute_many(_MOVE_UNIT, (_unit_row(move, account) for move in entry.header.units))
    tx.execute_many(
        "INSERT INTO unit_move VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (move.member, entry.epoch, entry.seq, place, move.kind, move.unit, move.change, move.to)
            for place, move in enumerate(entry.header.units)
        ),
    )
    vouchers = [move for move in entry.header.units if move.kind == _VOUCHER]
    if vouchers:
        _book_vouchers(tx, entry, vouchers)


def _unit_row(move: UnitMove, account: int) -> tuple[object, ...]:
    came, used, given = max(move.change, 0), max(-move.change, 0), 0
    if move.to is not None:
        # Units that change hands are neither made nor used up.
        came, used, given = 0, 0, abs(move.change)
    return move.member, move.kind, move.unit, account, came, used, given, move.to


def _book_vouchers(tx: Transaction, entry: Entry, moves: list[UnitMove]) -> None:
    # The k-th voucher that comes belongs to the k-th credit of a voucher currency.
    credited = [leg for leg in entry.header.legs if leg.currency.startswith(_VOUCHER_CURRENCY) and leg.amount > 0]
    coming = [move for move in moves if move.change > 0 and move.to is None]
    for move, leg in zip(coming, credited, strict=False):
        tx.execute(
            "INSERT INTO voucher VALUES (?, ?, ?, ?, ?, ?, ?, 'open', NULL) ON CONFLICT DO UPDATE SET status = 'open'",
            (
                move.unit,
                leg.currency.removeprefix(_VOUCHER_CURRENCY),
                move.member,
                entry.epoch,
                entry.seq,
                entry.at_ms,
                leg.expires_ms,
            ),
        )
    status = _GONE_BY.get(entry.kind, "used")
    for move in moves:
        if move.to is not None:
            tx.execute("UPDATE voucher SET holder = ? WHERE code = ?", (move.to, move.unit))
        elif move.change < 0:
            tx.execute("UPDATE voucher SET status = ? WHERE code = ?", (status, move.unit))


_GONE_BY: dict[str, str] = {
    Kind.VOUCHER_VOIDED: "void",
    Kind.SALE_REFUNDED: "void",
    Kind.SALE_VOIDED: "void",
    Kind.POINTS_EXPIRED: "expired",
}


def _count_for_member(tx: Transaction, entry: Entry, reading: SaleReading, day: int) -> None:
    if reading.sale is not None:
        note_reversal(tx, reading.sale, entry)
    if entry.member_id is not None:
        count_member(tx, entry, reading)
        note_tier(tx, entry, reading, day)
        if reading.is_sale:
            note_visit(tx, entry.member_id, day)
