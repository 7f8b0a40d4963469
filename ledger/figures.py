"""The days' figures for reports, kept in the same transaction as the entries that they count."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from ledger.days import month_number
from ledger.sale_reading import SaleReading, read_subject
from ledger.store import Transaction
from loyalty.entries import POINTS, Contra, Entry, Kind

_SALE_COLUMNS = (
    "sales",
    "lines",
    "total_minor",
    "to_pay_minor",
    "refunds",
    "voids",
    "refunded_minor",
    "earned_millipoints",
    "spent_millipoints",
)
_LEG_COLUMNS = ("legs", "credited", "debited")
_PRODUCT_COLUMNS = ("lines", "quantity_milli", "amount_minor", "member_amount_minor")
_SUBJECT_COLUMNS = ("times", "amount_minor", "millipoints")
_NOBODY = ""
# Kinds that are counted by cashier too, as subjects of their own name.
_COUNTED_BY_CASHIER = frozenset({Kind.MEMBER_ENROLLED, Kind.POINTS_ADJUSTED, Kind.OVERRIDE_GRANTED})

Key = tuple[Any, ...]
Sums = defaultdict[Key, list[int]]


def _upsert(table: str, keys: int, columns: tuple[str, ...]) -> str:
    places = ", ".join("?" * (keys + len(columns)))
    added = ", ".join(f"{column} = {column} + excluded.{column}" for column in columns)
    return f"INSERT INTO {table} VALUES ({places}) ON CONFLICT DO UPDATE SET {added}"


_ADD_SALES = _upsert("day_sale", 5, _SALE_COLUMNS)
_ADD_LEGS = _upsert("day_leg", 5, _LEG_COLUMNS)
_ADD_PRODUCTS = _upsert("day_product", 4, _PRODUCT_COLUMNS)
_ADD_MONTHS = _upsert("month_product", 3, _PRODUCT_COLUMNS)
_ADD_SUBJECTS = _upsert("day_subject", 4, _SUBJECT_COLUMNS)


class Figures:
    """Gathers the figures of one transaction, and writes each sum once, just before COMMIT."""

    def __init__(self, tx: Transaction) -> None:
        self._sales = _sums(_SALE_COLUMNS)
        self._legs = _sums(_LEG_COLUMNS)
        self._products = _sums(_PRODUCT_COLUMNS)
        self._months = _sums(_PRODUCT_COLUMNS)
        self._subjects = _sums(_SUBJECT_COLUMNS)
        tx.before_commit(lambda: self._write(tx))

    def count_entry(self, entry: Entry, store_id: str, day: int) -> None:
        """Count what any entry has: its kind, its legs, and the activity or the flag that it names."""
        _add(self._subjects[day, store_id, "kind", entry.kind], (1, 0, 0))
        if entry.kind in _COUNTED_BY_CASHIER:
            _add(self._subjects[day, store_id, entry.kind, entry.cashier_id or _NOBODY], (1, 0, 0))
        if (named := read_subject(entry)) is not None:
            _add(self._subjects[day, store_id, named.subject, named.name], (1, 0, named.millipoints))
        for leg in entry.header.legs:
            sums = self._legs[day, store_id, leg.currency, leg.against, entry.kind]
            _add(sums, (1, max(leg.amount, 0), max(-leg.amount, 0)))

    def count_sale(self, entry: Entry, reading: SaleReading, store_id: str, day: int, hour: int) -> None:
        """Count a sale or a refund; a refund counts on its own day."""
        with_member = int(entry.member_id is not None)
        key = (day, store_id, hour, entry.cashier_id or _NOBODY, with_member)
        _add(self._sales[key], _sale_sums(entry, reading))
        sign = 1 if reading.is_sale else -1
        month = month_number(day)
        for line in reading.lines:
            amount = sign * line.amount_minor
            sums = (sign, sign * line.quantity_milli, amount, amount if with_member else 0)
            _add(self._products[day, store_id, line.category, line.sku or ""], sums)
            _add(self._months[month, line.category, line.sku or ""], sums)
        for discount in reading.discounts:
            used = (1, discount.amount_minor, discount.points_millipoints)
            _add(self._subjects[day, store_id, "reward", discount.reward], used)
        for rule in reading.rules:
            _add(self._subjects[day, store_id, "rule", rule.rule], (1, 0, rule.millipoints))

    def _write(self, tx: Transaction) -> None:
        for statement, sums in (
            (_ADD_SALES, self._sales),
            (_ADD_LEGS, self._legs),
            (_ADD_PRODUCTS, self._products),
            (_ADD_MONTHS, self._months),
            (_ADD_SUBJECTS, self._subjects),
        ):
            # In the order of the table's key: neighbouring rows share pages.
            tx.execute_many(statement, ((*key, *sums[key]) for key in sorted(sums)))
            sums.clear()


def _sale_sums(entry: Entry, reading: SaleReading) -> tuple[int, ...]:
    earned = _against(entry, Contra.ISSUED)
    spent = -_against(entry, Contra.REDEEMED)
    if reading.is_sale:
        return 1, len(reading.lines), reading.total_minor, reading.to_pay_minor, 0, 0, 0, earned, spent
    return 0, 0, 0, 0, 1, int(reading.is_void), reading.to_pay_minor, earned, spent


def _against(entry: Entry, contra: Contra) -> int:
    return sum(leg.amount for leg in entry.header.legs if leg.currency == POINTS and leg.against == contra)


def _sums(columns: tuple[str, ...]) -> Sums:
    empty: Callable[[], list[int]] = lambda: [0] * len(columns)  # noqa: E731 - typed for defaultdict
    return defaultdict(empty)


def _add(sums: list[int], more: Iterable[int]) -> None:
    for place, amount in enumerate(more):
        sums[place] += amount
