"""Raw figures for the shop's reports, read from the aggregates that each entry keeps up to date.

Sums only: ratios, definitions and comparisons are made by who shows them. A refund counts on its own day.
Amounts are in minor units, points in thousandths.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from ledger.days import day_number, day_of, first_day_of, month_number
from ledger.store import View
from loyalty.entries import POINTS, Kind

MAX_RANKED = 100
DAY_MS = 86_400_000
Grouping = Literal["day", "hour", "day_hour", "cashier", "member", "store"]
Subject = Literal["kind", "reward", "rule", "activity", "flag"]

_GROUPS: dict[str, str] = {
    "day": "day",
    "hour": "hour",
    "day_hour": "day * 24 + hour",
    "cashier": "cashier_id",
    "member": "with_member",
    "store": "store_id",
}
_SALE_SUMS = (
    "COALESCE(SUM(sales), 0), COALESCE(SUM(lines), 0), COALESCE(SUM(total_minor), 0), COALESCE(SUM(to_pay_minor), 0),"
    " COALESCE(SUM(refunds), 0), COALESCE(SUM(voids), 0), COALESCE(SUM(refunded_minor), 0),"
    " COALESCE(SUM(earned_millipoints), 0), COALESCE(SUM(spent_millipoints), 0)"
)
_PRODUCT_COLUMNS = "lines, quantity_milli, amount_minor, member_amount_minor"
_PRODUCT_SUMS = ", ".join(f"SUM({column}) AS {column}" for column in _PRODUCT_COLUMNS.split(", "))


class Span(msgspec.Struct, frozen=True):
    """Business days from *first* to *last*, both included; of one store, or of all that this ledger knows."""

    first: date
    last: date
    store_id: str | None = None

    @property
    def where(self) -> str:
        """The condition, with the named parameters of :attr:`params`."""
        return "day BETWEEN :first AND :last" + ("" if self.store_id is None else " AND store_id = :store")

    @property
    def params(self) -> dict[str, object]:
        """The values of the named parameters."""
        return {"first": day_number(self.first), "last": day_number(self.last), "store": self.store_id}


class SaleSums(msgspec.Struct, frozen=True):
    """Sales and refunds of one group. *total_minor* before rewards; *voids* are among the *refunds*."""

    sales: int = 0
    lines: int = 0
    total_minor: int = 0
    to_pay_minor: int = 0
    refunds: int = 0
    voids: int = 0
    refunded_minor: int = 0
    earned_millipoints: int = 0
    spent_millipoints: int = 0

    def __add__(self, other: "SaleSums") -> "SaleSums":
        """Both together."""
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return SaleSums(*(one + another for one, another in pairs))


class LegSums(msgspec.Struct, frozen=True):
    """What one kind of entry moved between members and the account *against*."""

    currency: str
    against: str
    kind: str
    legs: int
    credited: int
    debited: int


class Ranked(msgspec.Struct, frozen=True):
    """A product or category: *amount_minor* net of refunds, *member_amount_minor* the part sold to members."""

    category: str
    sku: str
    lines: int
    quantity_milli: int
    amount_minor: int
    member_amount_minor: int


class Rankings(msgspec.Struct, frozen=True):
    """The first of all categories, and of all products that have an article number; the best first."""

    categories: tuple[Ranked, ...]
    products: tuple[Ranked, ...]


class SubjectSums(msgspec.Struct, frozen=True):
    """A reward, a rule or a kind of entry: how often, what it took off, what points it cost or gave."""

    name: str
    times: int
    amount_minor: int
    millipoints: int


class MemberCount(msgspec.Struct, frozen=True):
    """How many members have this status and tier."""

    status: str
    tier: str | None
    members: int


class MemberValue(msgspec.Struct, frozen=True):
    """All members who have bought, together, since they enrolled."""

    buyers: int = 0
    sales: int = 0
    spent_minor: int = 0
    rewarded: int = 0
    ms_to_first_reward: int = 0


class TierSteps(msgspec.Struct, frozen=True):
    """How many members reached a tier by buying, and how long they took in all: since the tier before, or enrolling."""

    tier: str
    members: int
    waited_ms: int


class RecencyFrequency(msgspec.Struct, frozen=True):
    """Members by how long ago and how often they bought; classes count from 0, the best one."""

    recency: int
    frequency: int
    members: int
    spent_minor: int


def sale_sums_by(view: View, span: Span, grouping: Grouping) -> dict[int | str, SaleSums]:
    """Sums by day (ISO text), hour 0–23, a day's number × 24 + hour, cashier, member 0/1, store."""
    group = _GROUPS[grouping]
    rows = view.rows(
        f"SELECT {group}, {_SALE_SUMS} FROM day_sale WHERE {span.where} GROUP BY 1 ORDER BY 1",
        span.params,
    )
    return {_name(grouping, row[0]): SaleSums(*row[1:]) for row in rows}


def leg_sums(view: View, span: Span) -> tuple[LegSums, ...]:
    """What moved on members' balances, by currency, opposite account and kind of entry."""
    rows = view.rows(
        "SELECT currency, against, kind, SUM(legs), SUM(credited), SUM(debited) FROM day_leg"
        f" WHERE {span.where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        span.params,
    )
    return tuple(LegSums(*row) for row in rows)


def points_outstanding(view: View, last: date) -> int:
    """Points (thousandths) on all members' balances at the end of *last*, deficits deducted."""
    return int(
        view.value(
            "SELECT COALESCE(SUM(credited - debited), 0) FROM day_leg WHERE currency = ? AND day <= ?",
            (POINTS, day_number(last)),
        )
    )


def first_day(view: View) -> date | None:
    """The first business day of which anything is known."""
    number = view.value("SELECT MIN(day) FROM day_subject")
    return None if number is None else day_of(number)


def rankings(view: View, span: Span, *, limit: int = 20) -> Rankings:
    """The best-selling categories and products by net amount."""
    # Whole months come from sums of their own, which know no stores: a year has too many days for this.
    months = _whole_months(span) if span.store_id is None else _no_month(span)
    store = "" if span.store_id is None else " AND store_id = :store"
    rows = view.rows(
        f"WITH part AS (SELECT category, sku, {_PRODUCT_COLUMNS} FROM month_product"
        " WHERE month BETWEEN :first_month AND :last_month"
        f" UNION ALL SELECT category, sku, {_PRODUCT_COLUMNS} FROM day_product"
        f" WHERE (day BETWEEN :first AND :before OR day BETWEEN :after AND :last){store}),"
        f" product AS MATERIALIZED (SELECT category, sku, {_PRODUCT_SUMS} FROM part GROUP BY 1, 2),"
        f" category AS (SELECT category, '' AS sku, {_PRODUCT_SUMS} FROM product GROUP BY 1)"
        " SELECT * FROM (SELECT 0, * FROM category ORDER BY amount_minor DESC, category LIMIT :limit)"
        " UNION ALL SELECT * FROM (SELECT 1, * FROM product WHERE sku <> ''"
        " ORDER BY amount_minor DESC, category, sku LIMIT :limit)",
        span.params | months._asdict() | {"limit": min(limit, MAX_RANKED)},
    )
    return Rankings(
        categories=tuple(Ranked(*row[1:]) for row in rows if row[0] == 0),
        products=tuple(Ranked(*row[1:]) for row in rows if row[0] == 1),
    )


def subjects(view: View, span: Span, subject: Subject) -> tuple[SubjectSums, ...]:
    """Rewards, rules, activities, flags or kinds of entries of *span*, the most frequent first."""
    rows = view.rows(
        "SELECT name, SUM(times), SUM(amount_minor), SUM(millipoints) FROM day_subject"
        f" WHERE {span.where} AND subject = :subject GROUP BY 1 ORDER BY 2 DESC, 1",
        span.params | {"subject": subject},
    )
    return tuple(SubjectSums(*row) for row in rows)


def kinds_by_day(view: View, span: Span, kinds: Iterable[Kind]) -> dict[str, int]:
    """How many entries of *kinds* each day has (ISO text); days without one are left out."""
    names = ", ".join(f"'{kind.value}'" for kind in kinds)
    rows = view.rows(
        f"SELECT day, SUM(times) FROM day_subject WHERE {span.where} AND subject = 'kind' AND name IN ({names})"
        " GROUP BY 1 ORDER BY 1",
        span.params,
    )
    return {day_of(row[0]).isoformat(): row[1] for row in rows}


def kinds_by_cashier(view: View, span: Span, kind: Kind) -> dict[str, int]:
    """How many entries of one kind each cashier has made: enrolments, adjustments and overrides are counted so."""
    rows = view.rows(
        f"SELECT name, SUM(times) FROM day_subject WHERE {span.where} AND subject = :kind GROUP BY 1",
        span.params | {"kind": kind.value},
    )
    return {row[0]: row[1] for row in rows}


def sales_by_cashier_with_member(view: View, span: Span) -> dict[str, int]:
    """How many sales with a member each cashier has made."""
    rows = view.rows(
        f"SELECT cashier_id, SUM(sales) FROM day_sale WHERE {span.where} AND with_member = 1 GROUP BY 1", span.params
    )
    return {row[0]: row[1] for row in rows}


def buyers(view: View, span: Span) -> int:
    """How many different members bought in *span*, in any store: those who came for the first time in it."""
    return int(
        view.value(
            "SELECT COALESCE(SUM(members), 0) FROM day_return"
            " WHERE day BETWEEN :first AND :last AND previous_day < :first",
            span.params,
        )
    )


def tier_steps(view: View, span: Span) -> tuple[TierSteps, ...]:
    """The tiers that members first reached in *span*, the quickest first."""
    rows = view.rows(
        "WITH step AS (SELECT member_id, tier, day, at_ms,"
        " LAG(at_ms) OVER (PARTITION BY member_id ORDER BY at_ms, epoch, seq) AS before_ms FROM tier_reached)"
        " SELECT step.tier, COUNT(*), SUM(MAX(at_ms - COALESCE(before_ms, member.enrolled_ms, at_ms), 0)) AS waited"
        " FROM step LEFT JOIN member USING (member_id) WHERE day BETWEEN :first AND :last"
        " GROUP BY 1 ORDER BY waited / COUNT(*), 1",
        span.params,
    )
    return tuple(TierSteps(*row) for row in rows)


def member_counts(view: View) -> tuple[MemberCount, ...]:
    """Members by status and tier, now."""
    rows = view.rows("SELECT status, tier, COUNT(*) FROM member GROUP BY 1, 2 ORDER BY 1, 2")
    return tuple(MemberCount(*row) for row in rows)


def member_value(view: View) -> MemberValue:
    """What members have brought since they enrolled, and how long they waited for their first reward."""
    bought = view.row(
        "SELECT COUNT(*), COALESCE(SUM(sales), 0), COALESCE(SUM(spent_minor), 0) FROM member_statistics WHERE sales > 0"
    )
    waited = view.row(
        "SELECT COUNT(*), COALESCE(SUM(MAX(first_reward_ms - COALESCE(enrolled_ms, first_reward_ms), 0)), 0)"
        " FROM member_statistics LEFT JOIN member USING (member_id) WHERE sales > 0 AND first_reward_ms IS NOT NULL"
    )
    return MemberValue(*(bought or (0, 0, 0)), *(waited or (0, 0)))


def recency_frequency(
    view: View, *, now_ms: int, recency_days: tuple[int, ...], frequencies: tuple[int, ...]
) -> tuple[RecencyFrequency, ...]:
    """Buyers in classes: *recency_days* ascending upper bounds, *frequencies* descending lower bounds of sales."""
    recency = " ".join(
        f"WHEN last_sale_ms >= {now_ms - days * DAY_MS:d} THEN {place:d}" for place, days in enumerate(recency_days)
    )
    frequency = " ".join(f"WHEN sales >= {least:d} THEN {place:d}" for place, least in enumerate(frequencies))
    rows = view.rows(
        f"SELECT CASE {recency} ELSE {len(recency_days)} END, CASE {frequency} ELSE {len(frequencies)} END,"
        " COUNT(*), SUM(spent_minor) FROM member_statistics WHERE sales > 0 GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return tuple(RecencyFrequency(*row) for row in rows)


def _name(grouping: Grouping, value: int | str) -> int | str:
    return day_of(int(value)).isoformat() if grouping == "day" else value


class _WholeMonths(NamedTuple):
    """The whole months of a period, and the days around them: from its first to *before*, from *after* to its last."""

    first_month: int
    last_month: int
    before: int
    after: int


def _whole_months(span: Span) -> _WholeMonths:
    first, last = day_number(span.first), day_number(span.last)
    first_month, next_month = month_number(first - 1) + 1, month_number(last + 1)
    if first_month >= next_month:
        return _no_month(span)
    return _WholeMonths(first_month, next_month - 1, first_day_of(first_month) - 1, first_day_of(next_month))


def _no_month(span: Span) -> _WholeMonths:
    last = day_number(span.last)
    return _WholeMonths(1, 0, last, last + 1)
