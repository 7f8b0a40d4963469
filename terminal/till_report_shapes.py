"""What reports are made of: figures with their numerator, denominator and period, and tables."""

from typing import Any, Literal

import msgspec

Unit = Literal[
    "count",
    "minor",
    "millipoints",
    "permille",
    "milli",
    "ms",
    "day",
    "hour",
    "weekday",
    "text",
    "moment",
    "kind",
    "flag",
    "subject",
    "state",
]
Cell = int | str | None


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Business days (ISO dates) from *first* to *last*, both included; *first* None: since the beginning."""

    first: str | None
    last: str


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """*permille* is the whole number of thousandths; None where there is nothing to divide by."""

    numerator: int
    denominator: int
    permille: int | None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure over *period*. A plain sum has itself as numerator and no denominator.

    *value* is None where there is nothing to divide by. *previous* is that of the period before, if there is one.
    """

    id: str
    value: int | None
    unit: Unit
    numerator: int
    denominator: int | None = None
    period: Period
    previous: int | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A table's column."""

    id: str
    unit: Unit


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of cells.

    *entries* names, for each row, the journal's entry behind it where rows are entries. *note* is a code that says
    why there are no rows, where that is not plain.
    """

    id: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    entries: tuple[str, ...] = ()
    note: str | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report over *period*, compared with *before*; *made_ms* is when it was read."""

    id: str
    store: str
    currency: str
    zone: str
    period: Period
    before: Period | None
    made_ms: int
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]


class HourRow(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of a day."""

    hour: int
    sales: int
    to_pay_minor: int


class CashierRow(msgspec.Struct, frozen=True, kw_only=True):
    """One cashier's day; *name* is None for somebody who is not known here."""

    cashier_id: str
    name: str | None
    sales: int
    to_pay_minor: int
    refunds: int
    refunded_minor: int


class CategoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One category, net of refunds, before rewards."""

    category: str
    lines: int
    quantity_milli: int
    amount_minor: int


class RewardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One reward."""

    reward: str
    name: str
    times: int
    amount_minor: int
    points_millipoints: int


class DayReport(Report, frozen=True, kw_only=True):
    """One business day, its figures by name too.

    *turnover_minor* is before rewards, *net_minor* what was to pay less what was refunded.
    """

    day: str
    sales: int
    sales_with_member: int
    participation: Ratio
    lines: int
    turnover_minor: int
    discounts_minor: int
    to_pay_minor: int
    refunds: int
    voids: int
    refunded_minor: int
    net_minor: int
    points_earned_millipoints: int
    points_spent_millipoints: int
    points_expired_millipoints: int
    points_adjusted_millipoints: int
    points_outstanding_millipoints: int
    members_enrolled: int
    flags: int
    by_hour: tuple[HourRow, ...]
    by_cashier: tuple[CashierRow, ...]
    by_category: tuple[CategoryRow, ...]
    rewards: tuple[RewardRow, ...]


class LegShown(msgspec.Struct, frozen=True, kw_only=True):
    """One effect of an entry on a member's balance."""

    member_id: str
    currency: str
    amount: int
    against: str
    expires_ms: int | None


class EntryShown(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the journal as it was written; *short* is ``#seq``. *is_sale*: it has a receipt."""

    entry_id: str
    short: str
    kind: str
    at_ms: int
    cashier_id: str | None
    cashier: str | None
    member_id: str | None
    is_sale: bool
    legs: tuple[LegShown, ...]
    body: dict[str, Any]
    hash: str
