"""The arithmetic of reports: sums of the ledger become figures. ``docs/manager.md`` defines each of them.

Ratios are whole thousandths, averages are rounded down; no float is used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from config.formats import currency_exponent
from ledger import reports
from ledger.reports import LegSums, MemberCount, SaleSums, Span, TierSteps
from ledger.store import View
from loyalty.entries import POINTS, Contra, Kind
from loyalty.money import MILLI
from loyalty.programme.load import Programme
from loyalty.rewards import AmountOff, PointsPayment
from terminal.till_report_shapes import Figure, Period, Ratio, Unit

RATE_DAYS = 365
MEMBER_STATES = frozenset({"active", "blocked"})


class PointValue(NamedTuple):
    """What points are worth: *minor* for *millipoints*."""

    minor: int
    millipoints: int


@dataclass(frozen=True)
class Sums:
    """Everything that a period's figures are made of, read when it is first asked for."""

    view: View
    span: Span
    programme: Programme | None
    currency: str

    @cached_property
    def everybody(self) -> SaleSums:
        """All sales and refunds."""
        return sum(self._by_member.values(), SaleSums())

    @property
    def members(self) -> SaleSums:
        """Those with a member."""
        return self._by_member.get(1, SaleSums())

    @cached_property
    def _by_member(self) -> dict[int | str, SaleSums]:
        return reports.sale_sums_by(self.view, self.span, "member")

    @cached_property
    def legs(self) -> tuple[LegSums, ...]:
        """What moved on members' balances."""
        return reports.leg_sums(self.view, self.span)

    @cached_property
    def kinds(self) -> dict[str, int]:
        """How many entries of each kind there are."""
        return {each.name: each.times for each in reports.subjects(self.view, self.span, "kind")}

    @cached_property
    def buyers(self) -> int:
        """Different members who bought."""
        return reports.buyers(self.view, self.span)

    @cached_property
    def outstanding_millipoints(self) -> int:
        """All balances at the period's end."""
        return reports.points_outstanding(self.view, self.span.last)

    @cached_property
    def rate(self) -> PointValue:
        """What points are worth at the period's end."""
        return point_value(self.view, self.span.last, self.programme, self.currency)


def before(span: Span) -> Span:
    """The period of the same length just before."""
    length = span.last - span.first + timedelta(days=1)
    return Span(span.first - length, span.last - length, span.store_id)


def shown_period(span: Span) -> Period:
    """*span* as reports show it."""
    return Period(first=span.first.isoformat(), last=span.last.isoformat())


def point_value(view: View, last: date, programme: Programme | None, currency: str) -> PointValue:
    """What points took off for members in the year before *last*; until then the best that the programme offers."""
    year = Span(last - timedelta(days=RATE_DAYS - 1), last)
    paid = [each for each in reports.subjects(view, year, "reward") if each.millipoints > 0]
    if paid:
        return PointValue(sum(each.amount_minor for each in paid), sum(each.millipoints for each in paid))
    return offered_value(programme, currency)


def offered_value(programme: Programme | None, currency: str) -> PointValue:
    """The best rate at which the programme turns points into money off; nothing where it does not."""
    if programme is None:
        return PointValue(0, 0)
    rates = [
        PointValue(_minor(reward, currency), int(reward.points * MILLI))
        for reward in programme.model.rewards
        if isinstance(reward, AmountOff | PointsPayment) and reward.points > 0
    ]
    return max(rates, key=lambda rate: rate.minor * 10**12 // rate.millipoints, default=PointValue(0, 0))


def _minor(reward: AmountOff | PointsPayment, currency: str) -> int:
    amount = reward.worth if isinstance(reward, PointsPayment) else reward.amount
    return int(amount.scaleb(currency_exponent(currency)))


def moved(legs: Sequence[LegSums], against: str) -> int:
    """The net points (thousandths) that went to members from the account *against*, imported balances left out."""
    return sum(
        leg.credited - leg.debited
        for leg in legs
        if leg.currency == POINTS and leg.against == against and leg.kind != Kind.POINTS_IMPORTED
    )


def ratio(numerator: int, denominator: int) -> Ratio:
    """A share in thousandths."""
    return Ratio(numerator=numerator, denominator=denominator, permille=_over(numerator * MILLI, denominator))


def _over(numerator: int, denominator: int) -> int | None:
    return numerator // denominator if denominator > 0 else None


class _Rule(NamedTuple):
    """How one figure is made: *denominator* None for a plain sum; *scale* 1000 for thousandths."""

    id: str
    unit: Unit
    numerator: Callable[[Sums], int]
    denominator: Callable[[Sums], int] | None = None
    scale: int = 1

    def figure(self, now: Sums, then: Sums, span: Span) -> Figure:
        """The figure of *now* beside its value of *then*."""
        return Figure(
            id=self.id,
            value=self.value(now),
            unit=self.unit,
            numerator=self.numerator(now),
            denominator=None if self.denominator is None else self.denominator(now),
            period=shown_period(span),
            previous=self.value(then),
        )

    def value(self, sums: Sums) -> int | None:
        """The figure alone."""
        if self.denominator is None:
            return self.numerator(sums)
        return _over(self.numerator(sums) * self.scale, self.denominator(sums))


def _earned(sums: Sums) -> int:
    return moved(sums.legs, Contra.ISSUED)


def _spent(sums: Sums) -> int:
    return -moved(sums.legs, Contra.REDEEMED)


def _expired(sums: Sums) -> int:
    return -moved(sums.legs, Contra.EXPIRED)


def _imported(sums: Sums) -> int:
    return sum(leg.credited for leg in sums.legs if leg.currency == POINTS and leg.kind == Kind.POINTS_IMPORTED)


def _discounts(sums: Sums) -> int:
    return sums.everybody.total_minor - sums.everybody.to_pay_minor


_RULES: tuple[_Rule, ...] = (
    _Rule("sales", "count", lambda s: s.everybody.sales),
    _Rule("lines", "count", lambda s: s.everybody.lines),
    _Rule("sales_with_member", "count", lambda s: s.members.sales),
    _Rule("participation", "permille", lambda s: s.members.sales, lambda s: s.everybody.sales, MILLI),
    _Rule("turnover", "minor", lambda s: s.everybody.total_minor),
    _Rule("discounts", "minor", _discounts),
    _Rule("to_pay", "minor", lambda s: s.everybody.to_pay_minor),
    _Rule("refunds", "count", lambda s: s.everybody.refunds),
    _Rule("voids", "count", lambda s: s.everybody.voids),
    _Rule("refunded", "minor", lambda s: s.everybody.refunded_minor),
    _Rule("net", "minor", lambda s: s.everybody.to_pay_minor - s.everybody.refunded_minor),
    _Rule("average_basket_member", "minor", lambda s: s.members.to_pay_minor, lambda s: s.members.sales),
    _Rule(
        "average_basket_other",
        "minor",
        lambda s: s.everybody.to_pay_minor - s.members.to_pay_minor,
        lambda s: s.everybody.sales - s.members.sales,
    ),
    _Rule("buyers", "count", lambda s: s.buyers),
    _Rule("purchase_frequency", "milli", lambda s: s.members.sales, lambda s: s.buyers, MILLI),
    _Rule("members_enrolled", "count", lambda s: s.kinds.get(Kind.MEMBER_ENROLLED, 0)),
    _Rule("points_earned", "millipoints", _earned),
    _Rule("points_spent", "millipoints", _spent),
    _Rule("points_expired", "millipoints", _expired),
    _Rule("points_adjusted", "millipoints", lambda s: moved(s.legs, Contra.ADJUSTED)),
    _Rule("points_imported", "millipoints", _imported),
    _Rule("redemption_rate", "permille", _spent, _earned, MILLI),
    _Rule("breakage", "permille", _expired, _earned, MILLI),
    _Rule("points_outstanding", "millipoints", lambda s: s.outstanding_millipoints),
    _Rule(
        "liability",
        "minor",
        lambda s: s.outstanding_millipoints * s.rate.minor,
        lambda s: s.rate.millipoints,
    ),
    _Rule("programme_cost", "permille", _discounts, lambda s: s.members.total_minor, MILLI),
    _Rule("flags", "count", lambda s: s.kinds.get(Kind.FLAG_RAISED, 0)),
)
_BY_ID = {rule.id: rule for rule in _RULES}
PERIOD_FIGURES = tuple(_BY_ID)


def period_figures(now: Sums, then: Sums, span: Span, names: Sequence[str]) -> tuple[Figure, ...]:
    """The figures *names*, in that order, of *span* beside those of the period before."""
    return tuple(_BY_ID[name].figure(now, then, span) for name in names)


MEMBER_FIGURES = (
    "members",
    "members_blocked",
    "members_buying",
    "member_value",
    "sales_per_member",
    "members_rewarded",
    "time_to_first_reward",
    "time_to_next_tier",
)


def member_figures(
    view: View, span: Span, counts: Sequence[MemberCount], steps: Sequence[TierSteps]
) -> tuple[Figure, ...]:
    """What members have done since they enrolled; *steps* are the tiers that they reached in *span*."""
    value = reports.member_value(view)
    members = sum(each.members for each in counts if each.status in MEMBER_STATES)
    blocked = sum(each.members for each in counts if each.status == "blocked")
    waited_ms, reached = sum(each.waited_ms for each in steps), sum(each.members for each in steps)
    always = Period(first=None, last=span.last.isoformat())
    return (
        _plain("members", members, always),
        _plain("members_blocked", blocked, always),
        _share("members_buying", "permille", (value.buyers, members), always, MILLI),
        _share("member_value", "minor", (value.spent_minor, value.buyers), always),
        _share("sales_per_member", "milli", (value.sales, value.buyers), always, MILLI),
        _share("members_rewarded", "permille", (value.rewarded, members), always, MILLI),
        _share("time_to_first_reward", "ms", (value.ms_to_first_reward, value.rewarded), always),
        _share("time_to_next_tier", "ms", (waited_ms, reached), shown_period(span)),
    )


def _plain(name: str, number: int, period: Period) -> Figure:
    return Figure(id=name, value=number, unit="count", numerator=number, period=period)


def _share(name: str, unit: Unit, parts: tuple[int, int], period: Period, scale: int = 1) -> Figure:
    numerator, denominator = parts
    return Figure(
        id=name,
        value=_over(numerator * scale, denominator),
        unit=unit,
        numerator=numerator,
        denominator=denominator,
        period=period,
    )
