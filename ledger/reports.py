"""Raw figures for the shop's reports, read from the aggregates that each entry keeps up to date.

Sums only: ratios, definitions and comparisons are made by who shows them. A refund counts on its own day.
Amounts are in minor units, points in thousandths.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from ledger.days import day_number, day_of
from ledger.store import View
from loyalty.entries import POINTS, Kind

MAX_RANKED = 100
Grouping = Literal["day", "hour", "weekday", "weekday_hour", "cashier", "member", "store"]
Subject = Literal["kind", "reward", "rule"]

# Day 0 (1 January 1970) was a Thursday; 0 is Monday.
_WEEKDAY = "(day + 3) % 7"
_GROUPS: dict[str, str] = {
    "day": "day",
    "hour": "hour",
    "weekday": _WEEKDAY,
    "weekday_hour": f"{_WEEKDAY} * 24 + hour",
    "cashier": "cashier_id",
    "member": "with_member",
    "store": "store_id",
}
_SALE_SUMS = (
    "COALESCE(SUM(sales), 0), COALESCE(SUM(lines), 0), COALESCE(SUM(total_minor), 0), COALESCE(SUM(to_pay_minor), 0),"
    " COALESCE(SUM(refunds), 0), COALESCE(SUM(voids), 0), COALESCE(SUM(refunded_minor), 0),"
    " COALESCE(SUM(earned_millipoints), 0), COALESCE(SUM(spent_millipoints), 0)"
)


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
    """All members together, since they enrolled."""

    members: int = 0
    buyers: int = 0
    sales: int = 0
    spent_minor: int = 0
    rewarded: int = 0
    ms_to_first_reward: int = 0


class RecencyFrequency(msgspec.Struct, frozen=True):
    """Members by how long ago and how often they bought; classes count from 0, the best one."""

    recency: int
    frequency: int
    members: int
    spent_minor: int


def sale_sums(view: View, span: Span) -> SaleSums:
    """Everything of *span* in one."""
    row = view.row(f"SELECT {_SALE_SUMS} FROM day_sale WHERE {span.where}", span.params)
    return SaleSums(*row) if row else SaleSums()


def sale_sums_by(view: View, span: Span, grouping: Grouping) -> dict[int | str, SaleSums]:
    """Sums by day (ISO text), hour 0–23, weekday 0–6 from Monday, weekday × 24 + hour, cashier, member 0/1, store."""
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


def products(view: View, span: Span, *, by_sku: bool = False, limit: int = 20) -> tuple[Ranked, ...]:
    """The best-selling categories, or products within categories, by net amount."""
    sku = "sku" if by_sku else "''"
    rows = view.rows(
        f"SELECT category, {sku}, SUM(lines), SUM(quantity_milli), SUM(amount_minor), SUM(member_amount_minor)"
        f" FROM day_product WHERE {span.where} GROUP BY 1, 2 ORDER BY 5 DESC, 1, 2 LIMIT :limit",
        span.params | {"limit": min(limit, MAX_RANKED)},
    )
    return tuple(Ranked(*row) for row in rows)


def subjects(view: View, span: Span, subject: Subject) -> tuple[SubjectSums, ...]:
    """Rewards, rules or kinds of entries of *span*, the most frequent first."""
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
    """How many entries of one (rare) kind each cashier has made."""
    rows = view.rows(
        f"SELECT COALESCE(cashier_id, ''), COUNT(*) FROM entry WHERE kind = :kind AND {span.where} GROUP BY 1",
        span.params | {"kind": kind.value},
    )
    return {row[0]: row[1] for row in rows}


def buyers(view: View, span: Span) -> int:
    """How many different members bought in *span*."""
    return int(
        view.value(
            "SELECT COUNT(DISTINCT member_id) FROM entry"
            f" WHERE kind IN ('{Kind.SALE_COMPLETED}', '{Kind.SALE_IMPORTED}') AND {span.where}",
            span.params,
        )
    )


def member_counts(view: View) -> tuple[MemberCount, ...]:
    """Members by status and tier, now."""
    rows = view.rows("SELECT status, tier, COUNT(*) FROM member GROUP BY 1, 2 ORDER BY 1, 2")
    return tuple(MemberCount(*row) for row in rows)


def member_value(view: View) -> MemberValue:
    """What members have brought since they enrolled, and how long they waited for their first reward."""
    row = view.row(
        "SELECT (SELECT COUNT(*) FROM member WHERE status IN ('active', 'blocked')), COUNT(*),"
        " COALESCE(SUM(sales), 0), COALESCE(SUM(spent_minor), 0), COUNT(first_reward_ms),"
        " COALESCE(SUM(MAX(first_reward_ms - member.enrolled_ms, 0)), 0)"
        " FROM member_statistics LEFT JOIN member USING (member_id) WHERE sales > 0"
    )
    return MemberValue(*row) if row else MemberValue()


def recency_frequency(
    view: View, *, now_ms: int, recency_days: tuple[int, ...], frequencies: tuple[int, ...]
) -> tuple[RecencyFrequency, ...]:
    """Buyers in classes: *recency_days* ascending upper bounds, *frequencies* descending lower bounds of sales."""
    day_ms = 86_400_000
    recency = " ".join(
        f"WHEN last_sale_ms >= {now_ms - days * day_ms:d} THEN {place:d}" for place, days in enumerate(recency_days)
    )
    frequency = " ".join(f"WHEN sales >= {least:d} THEN {place:d}" for place, least in enumerate(frequencies))
    rows = view.rows(
        f"SELECT CASE {recency} ELSE {len(recency_days)} END, CASE {frequency} ELSE {len(frequencies)} END,"
        " COUNT(*), SUM(spent_minor) FROM member_statistics WHERE sales > 0 GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return tuple(RecencyFrequency(*row) for row in rows)


def _name(grouping: Grouping, value: int | str) -> int | str:
    return day_of(int(value)).isoformat() if grouping == "day" else value
