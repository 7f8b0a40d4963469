"""The tables of the manager's reports, each a function of what is asked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import msgspec

from ledger import exchange, reports, staff
from ledger.days import day_of
from ledger.identity import till_facts
from ledger.reports import MemberCount, Rankings, SaleSums, Span, TierSteps
from ledger.store import View
from loyalty.entries import Kind
from loyalty.programme.load import Programme
from terminal.till_report_shapes import Cell, Column, RewardRow, Table, Unit

TOP = 20
RECENCY_DAYS = (30, 90, 180, 365)
FREQUENCIES = (10, 5, 2)


@dataclass(frozen=True)
class Asked:
    """What a table is made of: the snapshot, the period, the programme in force now, and the time."""

    view: View
    span: Span
    programme: Programme | None
    now_ms: int

    @cached_property
    def hours(self) -> dict[tuple[date, int], SaleSums]:
        """Each hour of each day in which something was sold or came back."""
        sums = reports.sale_sums_by(self.view, self.span, "day_hour")
        return {(day_of(int(place) // 24), int(place) % 24): each for place, each in sums.items()}

    @cached_property
    def rankings(self) -> Rankings:
        """Read once for the tables of categories and of products."""
        return reports.rankings(self.view, self.span, limit=TOP)

    @cached_property
    def member_counts(self) -> tuple[MemberCount, ...]:
        """Members by status and tier."""
        return reports.member_counts(self.view)

    @cached_property
    def tier_steps(self) -> tuple[TierSteps, ...]:
        """The tiers reached in the period."""
        return reports.tier_steps(self.view, self.span)


def by_day(asked: Asked) -> Table:
    """Each day of the period from the first sale to the last, those without a sale too."""
    sums: defaultdict[date, SaleSums] = defaultdict(SaleSums)
    for (day, _hour), each in asked.hours.items():
        sums[day] += each
    return Table(
        id="by_day",
        columns=columns(
            day="day", sales="count", to_pay="minor", refunded="minor", earned="millipoints", spent="millipoints"
        ),
        rows=tuple(
            (day.isoformat(), s.sales, s.to_pay_minor, s.refunded_minor, s.earned_millipoints, s.spent_millipoints)
            for day in _days_shown(list(sums))
            for s in [sums[day]]
        ),
    )


def by_hour(asked: Asked) -> Table:
    """The hours in which something was sold or came back."""
    sums = reports.sale_sums_by(asked.view, asked.span, "hour")
    return Table(
        id="by_hour",
        columns=columns(hour="hour", sales="count", to_pay="minor"),
        rows=tuple((int(hour), s.sales, s.to_pay_minor) for hour, s in sums.items()),
    )


def heat_map(asked: Asked) -> Table:
    """Weekday (0 is Monday) by hour."""
    sums: defaultdict[tuple[int, int], SaleSums] = defaultdict(SaleSums)
    for (day, hour), each in asked.hours.items():
        sums[day.weekday(), hour] += each
    return Table(
        id="heat_map",
        columns=columns(weekday="weekday", hour="hour", sales="count", to_pay="minor"),
        rows=tuple((*place, each.sales, each.to_pay_minor) for place, each in sorted(sums.items())),
    )


def categories(asked: Asked) -> Table:
    """The best-selling categories."""
    ranked = asked.rankings.categories
    return Table(
        id="categories",
        columns=columns(category="text", lines="count", quantity="milli", amount="minor", member_amount="minor"),
        rows=tuple((r.category, r.lines, r.quantity_milli, r.amount_minor, r.member_amount_minor) for r in ranked),
    )


def products(asked: Asked) -> Table:
    """The best-selling products that have an article number."""
    ranked = asked.rankings.products
    return Table(
        id="products",
        columns=columns(
            sku="text", category="text", lines="count", quantity="milli", amount="minor", member_amount="minor"
        ),
        rows=tuple(
            (r.sku, r.category, r.lines, r.quantity_milli, r.amount_minor, r.member_amount_minor) for r in ranked
        ),
    )


def rewards(asked: Asked) -> Table:
    """Rewards, the dearest first, with what they took off and what members paid for them in points."""
    rows = sorted(reward_rows(asked), key=lambda r: (-r.amount_minor, -r.times, r.reward))
    return Table(
        id="rewards",
        columns=columns(name="text", times="count", cost="minor", points="millipoints", reward="text"),
        rows=tuple((r.name, r.times, r.amount_minor, r.points_millipoints, r.reward) for r in rows),
    )


def reward_rows(asked: Asked) -> tuple[RewardRow, ...]:
    """Rewards of the period with their names, the most used first."""
    names = {reward.id: reward.name for reward in asked.programme.model.rewards} if asked.programme else {}
    return tuple(
        RewardRow(
            reward=each.name,
            name=names.get(each.name, each.name),
            times=each.times,
            amount_minor=each.amount_minor,
            points_millipoints=each.millipoints,
        )
        for each in reports.subjects(asked.view, asked.span, "reward")
    )


def rules(asked: Asked) -> Table:
    """What each rule gave."""
    names = {rule.id: rule.name or rule.id for rule in asked.programme.model.rules} if asked.programme else {}
    given = reports.subjects(asked.view, asked.span, "rule")
    return Table(
        id="rules",
        columns=columns(name="text", times="count", points="millipoints", rule="text"),
        rows=tuple((names.get(r.name, r.name), r.times, r.millipoints, r.name) for r in given),
    )


def activities(asked: Asked) -> Table:
    """Acts other than purchases."""
    names = {each.id: each.name for each in asked.programme.model.activities} if asked.programme else {}
    ranked = reports.subjects(asked.view, asked.span, "activity")[:TOP]
    return Table(
        id="activities",
        columns=columns(name="text", times="count", points="millipoints", activity="text"),
        rows=tuple((names.get(r.name, r.name), r.times, r.millipoints, r.name) for r in ranked),
    )


def stores(asked: Asked) -> Table:
    """Each store that this ledger knows."""
    return Table(
        id="stores",
        columns=columns(store="text", sales="count", to_pay="minor", refunded="minor"),
        rows=tuple(
            (store, s.sales, s.to_pay_minor, s.refunded_minor)
            for store, s in reports.sale_sums_by(asked.view, asked.span, "store").items()
        ),
    )


class _TillDay(msgspec.Struct):
    """One till's day as HQ tells it; amounts in minor units and millipoints."""

    sales: int = 0
    to_pay_minor: int = 0
    refunded_minor: int = 0
    earned_millipoints: int = 0
    spent_millipoints: int = 0


def other_tills(asked: Asked) -> Table:
    """What the store's other tills did, as far as HQ has told; none of it is in the figures of this till."""
    told = exchange.totals_of_days(asked.view, asked.span.first.isoformat(), asked.span.last.isoformat())
    days: defaultdict[str, list[_TillDay]] = defaultdict(list)
    for till_id, totals in told:
        days[till_id].append(msgspec.json.decode(totals, type=_TillDay))
    return Table(
        id="other_tills",
        columns=columns(
            till="text", sales="count", to_pay="minor", refunded="minor", earned="millipoints", spent="millipoints"
        ),
        rows=tuple(
            (
                till_id,
                sum(day.sales for day in each),
                sum(day.to_pay_minor for day in each),
                sum(day.refunded_minor for day in each),
                sum(day.earned_millipoints for day in each),
                sum(day.spent_millipoints for day in each),
            )
            for till_id, each in sorted(days.items())
        ),
        note=None if till_facts(asked.view).paired else "no_headquarters",
    )


def by_cashier(asked: Asked) -> Table:
    """What each cashier did, the busiest first."""
    sums = {str(cashier): each for cashier, each in reports.sale_sums_by(asked.view, asked.span, "cashier").items()}
    with_member = reports.sales_by_cashier_with_member(asked.view, asked.span)
    counted = [
        reports.kinds_by_cashier(asked.view, asked.span, kind)
        for kind in (Kind.MEMBER_ENROLLED, Kind.POINTS_ADJUSTED, Kind.OVERRIDE_GRANTED)
    ]
    names = staff_names(asked.view)
    everybody = {*sums, *(cashier for each in counted for cashier in each)}

    def row(cashier: str) -> tuple[Cell, ...]:
        s = sums.get(cashier, SaleSums())
        share = with_member.get(cashier, 0) * 1000 // s.sales if s.sales else None
        counts = tuple(each.get(cashier, 0) for each in counted)
        worked = (s.sales, share, s.to_pay_minor, s.refunds, s.voids, s.refunded_minor)
        return names.get(cashier, cashier), *worked, *counts, cashier

    return Table(
        id="cashiers",
        columns=columns(
            cashier="text",
            sales="count",
            participation="permille",
            to_pay="minor",
            refunds="count",
            voids="count",
            refunded="minor",
            enrolments="count",
            adjustments="count",
            overrides="count",
            cashier_id="text",
        ),
        rows=tuple(sorted(map(row, everybody), key=lambda each: (-int(each[1] or 0), str(each[-1])))),
    )


def enrolments(asked: Asked) -> Table:
    """How many enrolled on each day of the period."""
    counted = reports.kinds_by_day(asked.view, asked.span, (Kind.MEMBER_ENROLLED,))
    days = [day.isoformat() for day in _days_shown([date.fromisoformat(day) for day in counted])]
    return Table(
        id="enrolments",
        columns=columns(day="day", members="count"),
        rows=tuple((day, counted.get(day, 0)) for day in days),
    )


def tiers(asked: Asked) -> Table:
    """Active members by tier, the lowest tier first."""
    names = _tier_names(asked.programme)
    order = {tier: place for place, tier in enumerate(names)}
    counts = [each for each in asked.member_counts if each.status == "active"]
    counts.sort(key=lambda each: -1 if each.tier is None else order.get(each.tier, len(order)))
    return Table(
        id="tiers",
        columns=columns(name="text", members="count", tier="text"),
        rows=tuple((names.get(each.tier or "", each.tier), each.members, each.tier) for each in counts),
    )


def tier_steps(asked: Asked) -> Table:
    """The tiers reached in the period, and how long members took, on average."""
    names = _tier_names(asked.programme)
    return Table(
        id="tier_steps",
        columns=columns(name="text", members="count", took="ms", tier="text"),
        rows=tuple(
            (names.get(each.tier, each.tier), each.members, each.waited_ms // each.members, each.tier)
            for each in asked.tier_steps
        ),
    )


def recency_frequency(asked: Asked) -> Table:
    """Buyers by how long ago they bought last, how often they have, and what they have spent."""
    found = reports.recency_frequency(
        asked.view, now_ms=asked.now_ms, recency_days=RECENCY_DAYS, frequencies=FREQUENCIES
    )
    return Table(
        id="recency_frequency",
        columns=columns(
            within_days="count", least_sales="count", members="count", spent_money="minor", average_spent="minor"
        ),
        rows=tuple(
            (
                RECENCY_DAYS[each.recency] if each.recency < len(RECENCY_DAYS) else None,
                FREQUENCIES[each.frequency] if each.frequency < len(FREQUENCIES) else 1,
                each.members,
                each.spent_minor,
                each.spent_minor // each.members,
            )
            for each in found
        ),
    )


def flags(asked: Asked) -> Table:
    """What was flagged, the most frequent first."""
    return Table(
        id="flags",
        columns=columns(flag="flag", times="count"),
        rows=tuple((each.name, each.times) for each in reports.subjects(asked.view, asked.span, "flag")),
    )


def staff_names(view: View) -> dict[str, str]:
    """Everybody who works or has worked here."""
    return {each.cashier_id: each.name for each in staff.list_staff(view, include_removed=True)}


def columns(**units: Unit) -> tuple[Column, ...]:
    """Columns by their ids and units."""
    return tuple(Column(id=name, unit=unit) for name, unit in units.items())


def _tier_names(programme: Programme | None) -> dict[str, str]:
    return {tier.id: tier.name for tier in programme.model.tier} if programme else {}


def _days_shown(known: list[date]) -> list[date]:
    """Every day from the first to the last of those *known*."""
    if not known:
        return []
    first, last = min(known), max(known)
    return [first + timedelta(days) for days in range((last - first).days + 1)]
