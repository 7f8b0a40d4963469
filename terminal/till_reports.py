"""The manager's reports: a day, a period, the programme, the members, the cashiers, and what should be looked at."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from config.errors import N_, Refused, WrongUse
from ledger import reports
from ledger.reports import SaleSums, Span
from ledger.store import View
from loyalty.entries import Contra, Kind
from loyalty.programme.load import Programme
from terminal import till_report_tables as tables
from terminal.till_counter import Counter
from terminal.till_figures import before, moved, period_figures, ratio, read_sums
from terminal.till_report_shapes import (
    CashierRow,
    CategoryRow,
    DayReport,
    Figure,
    HourRow,
    Period,
    Report,
    Table,
    Unit,
)

MAX_DAYS = 3_660
_TableOf = Callable[[View, Span, Programme | None], Table]
_PERIOD_TABLES: tuple[_TableOf, ...] = (
    tables.by_day,
    tables.heat_map,
    tables.categories,
    tables.products,
    tables.rewards,
    tables.activities,
    tables.stores,
)
_PROGRAMME_FIGURES = frozenset(
    {
        "points_earned",
        "points_spent",
        "points_expired",
        "points_adjusted",
        "redemption_rate",
        "breakage",
        "points_outstanding",
        "liability",
        "discounts",
        "programme_cost",
    }
)


class ReportDesk:
    """Reports as data; screens and the command line put them into words."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def day(self, day: str | None = None) -> DayReport:
        """One business day (ISO date); today's without one."""
        with self._counter.ledger.read() as view:
            return self._day(view, self._counter.today(view) if day is None else read_day(day))

    def period(self, first: str, last: str) -> Report:
        """Everything about a period, beside the period before."""
        with self._counter.ledger.read() as view:
            return self._report(view, "period", read_span(first, last), _PERIOD_TABLES)

    def programme(self, first: str, last: str) -> Report:
        """What the programme gave and what it cost."""
        with self._counter.ledger.read() as view:
            shown = (tables.rewards, tables.rules, tables.activities)
            return self._report(view, "programme", read_span(first, last), shown, _PROGRAMME_FIGURES)

    def members(self) -> Report:
        """Who the members are, what they bring, and how many come back."""
        with self._counter.ledger.read() as view:
            return Report(
                id="members",
                currency=self._counter.till(view).currency,
                period=None,
                before=None,
                made_ms=self._counter.clock.now_ms(),
                figures=_member_figures(view),
                tables=(
                    tables.tiers(view, self._programme(view)),
                    tables.recency_frequency(view, self._counter.clock.now_ms()),
                ),
            )

    def cashiers(self, first: str, last: str) -> Report:
        """Who sold, refunded, adjusted and enrolled how much."""
        with self._counter.ledger.read() as view:
            only = frozenset({"sales", "participation", "refunds", "voids", "refunded", "members_enrolled"})
            return self._report(view, "cashiers", read_span(first, last), (tables.by_cashier,), only)

    def exceptions(self, first: str, last: str) -> Report:
        """What a manager should look at: flags, refunds, adjustments, overrides, blocks; the newest first."""
        with self._counter.ledger.read() as view:
            only = frozenset({"refunds", "voids", "refunded", "points_adjusted"})
            return self._report(view, "exceptions", read_span(first, last), (tables.notable,), only)

    def _report(
        self,
        view: View,
        name: str,
        span: Span,
        shown: Sequence[_TableOf],
        only: frozenset[str] | None = None,
    ) -> Report:
        earlier = before(span)
        programme = self._programme(view)
        currency = self._counter.till(view).currency
        sums = [read_sums(view, each, programme, currency) for each in (span, earlier)]
        return Report(
            id=name,
            currency=currency,
            period=_period(span),
            before=_period(earlier),
            made_ms=self._counter.clock.now_ms(),
            figures=period_figures(sums[0], sums[1], only),
            tables=tuple(table(view, span, programme) for table in shown),
        )

    def _day(self, view: View, day: date) -> DayReport:
        span = Span(day, day)
        programme = self._programme(view)
        sums = read_sums(view, span, programme, self._counter.till(view).currency)
        everybody = sums.everybody
        names = tables.staff_names(view)
        return DayReport(
            day=day.isoformat(),
            currency=self._counter.till(view).currency,
            sales=everybody.sales,
            sales_with_member=sums.members.sales,
            participation=ratio(sums.members.sales, everybody.sales),
            lines=everybody.lines,
            turnover_minor=everybody.total_minor,
            discounts_minor=everybody.total_minor - everybody.to_pay_minor,
            to_pay_minor=everybody.to_pay_minor,
            refunds=everybody.refunds,
            voids=everybody.voids,
            refunded_minor=everybody.refunded_minor,
            net_minor=everybody.to_pay_minor - everybody.refunded_minor,
            points_earned_millipoints=moved(sums.legs, Contra.ISSUED),
            points_spent_millipoints=-moved(sums.legs, Contra.REDEEMED),
            points_expired_millipoints=-moved(sums.legs, Contra.EXPIRED),
            points_adjusted_millipoints=moved(sums.legs, Contra.ADJUSTED),
            points_outstanding_millipoints=sums.outstanding_millipoints,
            members_enrolled=sums.enrolled,
            flags=sum(reports.kinds_by_day(view, span, (Kind.FLAG_RAISED,)).values()),
            by_hour=tuple(
                HourRow(hour=int(hour), sales=each.sales, to_pay_minor=each.to_pay_minor)
                for hour, each in reports.sale_sums_by(view, span, "hour").items()
            ),
            by_cashier=tuple(
                _cashier_row(str(cashier), names.get(str(cashier)), each)
                for cashier, each in reports.sale_sums_by(view, span, "cashier").items()
            ),
            by_category=tuple(
                CategoryRow(
                    category=each.category,
                    lines=each.lines,
                    quantity_milli=each.quantity_milli,
                    amount_minor=each.amount_minor,
                )
                for each in reports.products(view, span, limit=reports.MAX_RANKED)
            ),
            rewards=tables.reward_rows(view, span, programme),
        )

    def _programme(self, view: View) -> Programme | None:
        try:
            return self._counter.programme(view, self._counter.clock.now_ms())
        except Refused:
            return None


def read_day(text: str) -> date:
    """An ISO date; WrongUse for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise WrongUse(
            "day_wrong", N_("“{text}” is not a day. Nothing was changed; write it like 2026-05-31."), text=text[:20]
        ) from error


def read_span(first: str, last: str) -> Span:
    """Two ISO dates in order, at most ten years apart; WrongUse otherwise."""
    span = Span(read_day(first), read_day(last))
    if not span.first <= span.last <= span.first + timedelta(days=MAX_DAYS):
        raise WrongUse(
            "period_wrong",
            N_("A period goes from a day to the same or a later one, at most ten years. Nothing was changed."),
        )
    return span


def _member_figures(view: View) -> tuple[Figure, ...]:
    value = reports.member_value(view)
    blocked = sum(each.members for each in reports.member_counts(view) if each.status == "blocked")

    def plain(name: str, number: int) -> Figure:
        return Figure(id=name, value=number, unit="count", numerator=number)

    def over(name: str, unit: Unit, numerator: int, denominator: int, scale: int = 1) -> Figure:
        result = numerator * scale // denominator if denominator else None
        return Figure(id=name, value=result, unit=unit, numerator=numerator, denominator=denominator)

    return (
        plain("members", value.members),
        plain("members_blocked", blocked),
        over("members_buying", "permille", value.buyers, value.members, 1000),
        over("member_value", "minor", value.spent_minor, value.buyers),
        over("sales_per_member", "milli", value.sales, value.buyers, 1000),
        over("members_rewarded", "permille", value.rewarded, value.members, 1000),
        over("time_to_first_reward", "ms", value.ms_to_first_reward, value.rewarded),
    )


def _cashier_row(cashier: str, name: str | None, sums: SaleSums) -> CashierRow:
    return CashierRow(
        cashier_id=cashier,
        name=name,
        sales=sums.sales,
        to_pay_minor=sums.to_pay_minor,
        refunds=sums.refunds,
        refunded_minor=sums.refunded_minor,
    )


def _period(span: Span) -> Period:
    return Period(first=span.first.isoformat(), last=span.last.isoformat())
