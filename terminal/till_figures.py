"""The arithmetic of reports: sums of the ledger become figures. ``docs/manager.md`` defines each of them.

Ratios are whole thousandths, averages are rounded down; no float is used.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from config.formats import currency_exponent
from ledger import reports
from ledger.reports import LegSums, SaleSums, Span
from ledger.store import View
from loyalty.entries import POINTS, Contra, Kind
from loyalty.money import MILLI
from loyalty.programme.load import Programme
from loyalty.rewards import AmountOff, PointsPayment
from terminal.till_report_shapes import Figure, Ratio, Unit

RATE_DAYS = 365
ENROLLED = (Kind.MEMBER_ENROLLED,)


class Sums(NamedTuple):
    """Everything that a period's figures are made of. *members* are the sales with a member."""

    everybody: SaleSums
    members: SaleSums
    legs: tuple[LegSums, ...]
    enrolled: int
    buyers: int
    outstanding_millipoints: int
    rate: "PointValue"


class PointValue(NamedTuple):
    """What points are worth: *minor* for *millipoints*."""

    minor: int
    millipoints: int

    def of(self, millipoints: int) -> int | None:
        """The money (minor units, rounded down) that *millipoints* are worth; None where no rate is known."""
        return millipoints * self.minor // self.millipoints if self.millipoints else None


def read_sums(view: View, span: Span, programme: Programme | None, currency: str) -> Sums:
    """The sums of *span*."""
    groups = reports.sale_sums_by(view, span, "member")
    return Sums(
        everybody=reports.sale_sums(view, span),
        members=groups.get(1, SaleSums()),
        legs=reports.leg_sums(view, span),
        enrolled=sum(reports.kinds_by_day(view, span, ENROLLED).values()),
        buyers=reports.buyers(view, span),
        outstanding_millipoints=reports.points_outstanding(view, span.last),
        rate=point_value(view, span.last, programme, currency),
    )


def before(span: Span) -> Span:
    """The period of the same length just before."""
    length = span.last - span.first + timedelta(days=1)
    return Span(span.first - length, span.last - length, span.store_id)


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
    """The net points (thousandths) that went to members from the account *against*."""
    return sum(leg.credited - leg.debited for leg in legs if leg.currency == POINTS and leg.against == against)


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


def _earned(sums: Sums) -> int:
    return moved(sums.legs, Contra.ISSUED)


def _spent(sums: Sums) -> int:
    return -moved(sums.legs, Contra.REDEEMED)


def _expired(sums: Sums) -> int:
    return -moved(sums.legs, Contra.EXPIRED)


def _discounts(sums: Sums) -> int:
    return sums.everybody.total_minor - sums.everybody.to_pay_minor


def _without_member(sums: Sums, field: str) -> int:
    return int(getattr(sums.everybody, field)) - int(getattr(sums.members, field))


PERIOD_FIGURES: tuple[_Rule, ...] = (
    _Rule("sales", "count", lambda s: s.everybody.sales),
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
        lambda s: _without_member(s, "to_pay_minor"),
        lambda s: _without_member(s, "sales"),
    ),
    _Rule("buyers", "count", lambda s: s.buyers),
    _Rule("purchase_frequency", "milli", lambda s: s.members.sales, lambda s: s.buyers, MILLI),
    _Rule("members_enrolled", "count", lambda s: s.enrolled),
    _Rule("points_earned", "millipoints", _earned),
    _Rule("points_spent", "millipoints", _spent),
    _Rule("points_expired", "millipoints", _expired),
    _Rule("points_adjusted", "millipoints", lambda s: moved(s.legs, Contra.ADJUSTED)),
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
)


def period_figures(now: Sums, then: Sums, only: frozenset[str] | None = None) -> tuple[Figure, ...]:
    """The figures of a period beside those of the one before; *only* some of them where given."""
    return tuple(_figure(rule, now, then) for rule in PERIOD_FIGURES if only is None or rule.id in only)


def _figure(rule: _Rule, now: Sums, then: Sums) -> Figure:
    return Figure(
        id=rule.id,
        value=_value(rule, now),
        unit=rule.unit,
        numerator=rule.numerator(now),
        denominator=None if rule.denominator is None else rule.denominator(now),
        previous=_value(rule, then),
    )


def _value(rule: _Rule, sums: Sums) -> int | None:
    if rule.denominator is None:
        return rule.numerator(sums)
    return _over(rule.numerator(sums) * rule.scale, rule.denominator(sums))
