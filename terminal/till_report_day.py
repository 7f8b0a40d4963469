"""The report of one business day, with its figures by name for programs that read it."""

from ledger import reports
from terminal.till_figures import ratio
from terminal.till_report_shapes import CashierRow, CategoryRow, DayReport, HourRow, Report
from terminal.till_report_tables import Asked, reward_rows, staff_names


def day_report(report: Report, asked: Asked) -> DayReport:
    """*report* of the day that was *asked* for, and the same figures by their names."""
    values = {figure.id: figure.numerator for figure in report.figures}
    return DayReport(
        id=report.id,
        store=report.store,
        currency=report.currency,
        zone=report.zone,
        period=report.period,
        before=report.before,
        made_ms=report.made_ms,
        figures=report.figures,
        tables=report.tables,
        day=report.period.last,
        sales=values["sales"],
        sales_with_member=values["sales_with_member"],
        participation=ratio(values["sales_with_member"], values["sales"]),
        lines=values["lines"],
        turnover_minor=values["turnover"],
        discounts_minor=values["discounts"],
        to_pay_minor=values["to_pay"],
        refunds=values["refunds"],
        voids=values["voids"],
        refunded_minor=values["refunded"],
        net_minor=values["net"],
        points_earned_millipoints=values["points_earned"],
        points_spent_millipoints=values["points_spent"],
        points_expired_millipoints=values["points_expired"],
        points_adjusted_millipoints=values["points_adjusted"],
        points_outstanding_millipoints=values["points_outstanding"],
        members_enrolled=values["members_enrolled"],
        flags=values["flags"],
        by_hour=_by_hour(asked),
        by_cashier=_by_cashier(asked),
        by_category=_by_category(asked),
        rewards=reward_rows(asked),
    )


def _by_hour(asked: Asked) -> tuple[HourRow, ...]:
    sums = reports.sale_sums_by(asked.view, asked.span, "hour").items()
    return tuple(HourRow(hour=int(hour), sales=each.sales, to_pay_minor=each.to_pay_minor) for hour, each in sums)


def _by_cashier(asked: Asked) -> tuple[CashierRow, ...]:
    names = staff_names(asked.view)
    return tuple(
        CashierRow(
            cashier_id=str(cashier),
            name=names.get(str(cashier)),
            sales=each.sales,
            to_pay_minor=each.to_pay_minor,
            refunds=each.refunds,
            refunded_minor=each.refunded_minor,
        )
        for cashier, each in reports.sale_sums_by(asked.view, asked.span, "cashier").items()
    )


def _by_category(asked: Asked) -> tuple[CategoryRow, ...]:
    return tuple(
        CategoryRow(
            category=each.category,
            lines=each.lines,
            quantity_milli=each.quantity_milli,
            amount_minor=each.amount_minor,
        )
        for each in reports.rankings(asked.view, asked.span, limit=reports.MAX_RANKED).categories
    )
