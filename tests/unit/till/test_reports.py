"""Every figure of the reports, on three days whose sums were made by hand.

Tue 17 Nov  11:00  Zofia and Maria enrol (Ana)
            12:00  A  Zofia    Groceries 150.00                         +150 points, reaches Silver
            13:00  B  nobody   Bread 20.00
            13:00  C  Maria    Coffee 30.00, Groceries 20.00            +50 points
Wed 18 Nov  11:00  D  Zofia    Groceries 60.00, five off for 100 points +55 points, to pay 55.00
            12:00  E  nobody   Bread 40.00 (Bea), voided by Bea
            13:00  the coffee of C comes back: 30.00, -30 points (Ana)
            13:00  Maria +500 points by hand (Ana), which is flagged; a review gives Maria +20
Fri 18 Dec  10:00  what was left of Tuesday's points expires: Zofia 150 - 100 = 50, Maria 50 - 30 = 20
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import Refused, WrongUse
from ledger import exchange
from ledger.report_entries import EntryFilter
from loyalty.ids import parse_entry_id
from terminal.till_report_shapes import Report, Table
from terminal.till_reports import PERIOD_REPORTS
from terminal.till_sale_shapes import RefundLine, RefundRequest
from tests.builders import PIN, Shop, at

PROGRAMME = """
name = "One for one"

[[rule]]
id = "base"
name = "A point for each 1.00"
points = 1
per = 1.00

[[tier]]
id = "silver"
name = "Silver"
from_points = 100

[[reward]]
id = "five-off"
name = "5.00 off"
kind = "amount_off"
amount = 5.00
points = 100

[[activity]]
id = "review"
name = "A review"
kind = "review"
points = 20

[expiry]
model = "rolling"
months = 1
to_month_end = false

[flags]
adjustment_points = 100
"""
TUESDAY, WEDNESDAY, EXPIRY_DAY = "2026-11-17", "2026-11-18", "2026-12-18"
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop after those days, on the evening of Friday 18 December, the manager signed in."""
    shop = Shop(tmp_path_factory.mktemp("reports") / "home", PROGRAMME)
    till, clock = shop.till, shop.clock
    bea = till.staff.add("Bea", "1234", "cashier")

    clock.at_ms = at("2026-11-17 11:00")
    zofia, maria = shop.member("Zofia Nowak"), shop.member("Maria Kowal")
    clock.at_ms = at("2026-11-17 12:00")
    shop.sell("150.00", member=zofia)
    clock.at_ms = at("2026-11-17 13:00")
    shop.sell("Bread:1:20.00")
    coffee_sale = shop.sell("Coffee/C1:1:30.00", "20.00", member=maria)

    clock.at_ms = at("2026-11-18 11:00")
    shop.sell("60.00", member=zofia, rewards=["five-off"])
    clock.at_ms = at("2026-11-18 12:00")
    till.staff.sign_in("1234", bea.cashier_id)
    voided = shop.sell("Bread:1:40.00")
    till.refunds.void(voided.sale_id)
    till.staff.sign_in(PIN)
    clock.at_ms = at("2026-11-18 13:00")
    till.refunds.refund(RefundRequest(sale=coffee_sale.sale_id, lines=(RefundLine(number=1),)))
    till.points.adjust(maria, 500_000, "goodwill", PIN)
    till.points.record_activity(maria, "review")

    clock.at_ms = at("2026-12-18 10:00")
    till.points.expire_all()
    clock.at_ms = at("2026-12-18 20:00")
    yield shop
    shop.close()


def values(report: Report) -> dict[str, int | None]:
    return {figure.id: figure.value for figure in report.figures}


def parts(report: Report, name: str) -> tuple[int, int | None]:
    (figure,) = (each for each in report.figures if each.id == name)
    return figure.numerator, figure.denominator


def table(report: Report, name: str) -> Table:
    (found,) = (each for each in report.tables if each.id == name)
    return found


def test_a_day_by_hand(shop: Shop) -> None:
    report = shop.till.reports.day(TUESDAY)
    assert values(report) == {
        "sales": 3,
        "lines": 4,  # 1 + 1 + 2
        "sales_with_member": 2,
        "participation": 666,  # 2 of 3, in thousandths, cut
        "turnover": 22_000,  # 150 + 20 + 50
        "discounts": 0,
        "to_pay": 22_000,
        "refunds": 0,
        "voids": 0,
        "refunded": 0,
        "net": 22_000,
        "average_basket_member": 10_000,  # (150 + 50) / 2
        "average_basket_other": 2_000,
        "members_enrolled": 2,
        "points_earned": 200_000,  # 150 + 50
        "points_spent": 0,
        "points_expired": 0,
        "points_adjusted": 0,
        "points_imported": 0,
        "points_outstanding": 200_000,
        "flags": 0,
    }
    assert (report.sales, report.net_minor, report.participation.permille) == (3, 22_000, 666)
    assert [(row.hour, row.sales, row.to_pay_minor) for row in report.by_hour] == [(12, 1, 15_000), (13, 2, 7_000)]
    assert {figure.previous for figure in report.figures if figure.unit == "count"} == {0}


def test_a_day_of_refunds_by_hand(shop: Shop) -> None:
    report = shop.till.reports.day(WEDNESDAY)
    expected = {
        "sales": 2,
        "sales_with_member": 1,
        "participation": 500,
        "turnover": 10_000,  # 60 + 40
        "discounts": 500,
        "to_pay": 9_500,
        "refunds": 2,  # the coffee, and the void
        "voids": 1,
        "refunded": 7_000,  # 30 + 40
        "net": 2_500,  # 95 - 70
        "average_basket_member": 5_500,
        "average_basket_other": 4_000,
        "points_earned": 45_000,  # 55 - 30 + 20
        "points_spent": 100_000,
        "points_adjusted": 500_000,
        "points_outstanding": 645_000,  # Zofia 150 + 55 - 100, Maria 50 - 30 + 500 + 20
        "flags": 1,
    }
    assert values(report).items() >= expected.items()
    previous = {figure.id: figure.previous for figure in report.figures}
    assert (previous["sales"], previous["net"], previous["participation"]) == (3, 22_000, 666)
    assert {(row.name, row.sales, row.refunds) for row in report.by_cashier} == {("Ana", 1, 1), ("Bea", 1, 1)}


def test_a_period_by_hand(shop: Shop) -> None:
    report = shop.till.reports.period(TUESDAY, WEDNESDAY)
    expected = {
        "sales": 5,
        "sales_with_member": 3,
        "participation": 600,
        "turnover": 32_000,  # 220 + 100
        "discounts": 500,
        "to_pay": 31_500,
        "net": 24_500,  # 315 - 70
        "average_basket_member": 8_500,  # (150 + 50 + 55) / 3
        "average_basket_other": 3_000,  # (20 + 40) / 2
        "buyers": 2,
        "purchase_frequency": 1_500,  # 3 sales / 2 members
        "members_enrolled": 2,
    }
    assert values(report).items() >= expected.items()
    assert parts(report, "average_basket_member") == (25_500, 3)
    assert table(report, "by_day").rows == (
        (TUESDAY, 3, 22_000, 0, 200_000, 0),
        (WEDNESDAY, 2, 9_500, 7_000, 25_000, 100_000),  # sales and refunds alone: 55 - 30
    )
    # Weekday 1 is Tuesday; the hours of the sales.
    assert table(report, "heat_map").rows == (
        (1, 12, 1, 15_000),
        (1, 13, 2, 7_000),
        (2, 11, 1, 5_500),
        (2, 12, 1, 4_000),
        (2, 13, 0, 0),
    )
    assert table(report, "categories").rows == (
        ("Groceries", 3, 3_000, 23_000, 23_000),  # 150 + 20 + 60
        ("Bread", 1, 1_000, 2_000, 0),  # 20 + 40 - 40
        ("Coffee", 0, 0, 0, 0),  # 30 - 30
    )
    assert table(report, "products").rows == (("C1", "Coffee", 0, 0, 0, 0),)
    assert table(report, "rewards").rows == (("5.00 off", 1, 500, 100_000, "five-off"),)
    assert table(report, "activities").rows == (("A review", 1, 20_000, "review"),)
    assert [row[1:] for row in table(report, "stores").rows] == [(5, 31_500, 7_000)]


def test_the_programme_by_hand(shop: Shop) -> None:
    report = shop.till.reports.programme(TUESDAY, WEDNESDAY)
    expected = {
        "points_earned": 245_000,  # 200 + 45
        "points_spent": 100_000,
        "points_expired": 0,
        "points_adjusted": 500_000,
        "redemption_rate": 408,  # 100 / 245
        "breakage": 0,
        "points_outstanding": 645_000,
        "liability": 3_225,  # 645 points at 5.00 for 100
        "discounts": 500,
        "programme_cost": 19,  # 5 / (150 + 50 + 60)
    }
    assert values(report).items() >= expected.items()
    assert parts(report, "liability") == (645_000 * 500, 100_000)
    assert parts(report, "programme_cost") == (500, 26_000)
    assert table(report, "rules").rows == (("A point for each 1.00", 3, 255_000, "base"),)  # 150 + 50 + 55
    assert table(report, "tier_steps").rows == (("Silver", 1, HOUR_MS, "silver"),)  # enrolled at 11, silver at 12


def test_expiry_by_hand(shop: Shop) -> None:
    report = shop.till.reports.programme("2026-11-01", EXPIRY_DAY)
    expected = {
        "points_expired": 70_000,  # 50 + 20
        "breakage": 285,  # 70 / 245
        "points_outstanding": 575_000,  # 645 - 70
        "liability": 2_875,
    }
    assert values(report).items() >= expected.items()


def test_members_by_hand(shop: Shop) -> None:
    report = shop.till.reports.members("2026-11-01", EXPIRY_DAY)
    assert values(report) == {
        "members": 2,
        "members_blocked": 0,
        "members_buying": 1000,
        "member_value": 11_250,  # (150 + 55 + 50 - 30) / 2
        "sales_per_member": 1_500,  # A, C, D / 2
        "members_rewarded": 500,
        "time_to_first_reward": 24 * HOUR_MS,  # Zofia: Tuesday 11:00 to Wednesday 11:00
        "time_to_next_tier": HOUR_MS,
        "members_enrolled": 2,
        "buyers": 2,
        "purchase_frequency": 1_500,
    }
    assert table(report, "tiers").rows == ((None, 1, None), ("Silver", 1, "silver"))
    assert [row for row in table(report, "enrolments").rows if row[1]] == [(TUESDAY, 2)]
    # A month later: within 90 days. Zofia 2 sales, 150 + 55; Maria 1 sale, 50 - 30.
    assert table(report, "recency_frequency").rows == ((90, 2, 1, 20_500, 20_500), (90, 1, 1, 2_000, 2_000))
    lifetime = {figure.id: figure.period.first for figure in report.figures}
    assert (lifetime["member_value"], lifetime["buyers"]) == (None, "2026-11-01")


def test_members_are_shown_since_the_beginning_unless_days_are_given(shop: Shop) -> None:
    report = shop.till.reports.members()
    assert (report.period.first, report.period.last) == (TUESDAY, EXPIRY_DAY)
    assert shop.till.reports.members(last="2026-10-31").period.first == "2026-10-31"


def test_cashiers_by_hand(shop: Shop) -> None:
    report = shop.till.reports.cashiers(TUESDAY, WEDNESDAY)
    # name, sales, with a member, taken in, refunds, voids, refunded, enrolled, by hand, overrides
    assert [row[:-1] for row in table(report, "cashiers").rows] == [
        ("Ana", 4, 750, 27_500, 1, 0, 3_000, 2, 1, 0),  # A, B, C, D: 150 + 20 + 50 + 55
        ("Bea", 1, 0, 4_000, 1, 1, 4_000, 0, 0, 0),
    ]


def test_exceptions_by_hand(shop: Shop) -> None:
    report = shop.till.reports.exceptions(TUESDAY, WEDNESDAY)
    assert table(report, "flags").rows == (("large_adjustment", 1),)
    found = table(report, "exceptions")
    assert {(row[1], row[4], row[5]) for row in found.rows} == {
        ("flag_raised", 0, None),
        ("points_adjusted", 500_000, None),
        ("sale_refunded", -30_000, -3_000),
        ("sale_voided", 0, -4_000),
    }
    subjects = {row[1]: str(row[2]) for row in found.rows}
    assert (subjects["points_adjusted"], subjects["flag_raised"]) == ("goodwill", "large_adjustment")
    assert shop.till.reports.entry(subjects["sale_refunded"]).kind == "sale_completed"
    assert len(found.entries) == len(found.rows) == 4
    assert table(report, "not_accepted").note == "no_headquarters"


def test_every_figure_has_its_period_and_an_empty_period_divides_by_nothing(shop: Shop) -> None:
    for made in (getattr(shop.till.reports, name) for name in PERIOD_REPORTS):
        report = made("2020-01-01", "2020-01-31")
        for figure in report.figures:
            assert figure.period.last == "2020-01-31"
            assert figure.value is not None or figure.denominator == 0
    assert values(shop.till.reports.period("2020-01-01", "2020-01-31"))["participation"] is None


def test_what_is_behind_a_row(shop: Shop) -> None:
    chosen = EntryFilter(kinds=("sale_completed",), containing='"reward":"five-off"')
    (found,) = shop.till.reports.entries(TUESDAY, WEDNESDAY, chosen).tables
    assert [(row[1], row[5]) for row in found.rows] == [("sale_completed", 5_500)]
    entry = shop.till.reports.entry(found.entries[0])
    assert (entry.kind, entry.cashier, entry.is_sale) == ("sale_completed", "Ana", True)
    assert sum(leg.amount for leg in entry.legs if leg.currency == "points") == 55_000 - 100_000
    with pytest.raises(WrongUse, match="does not name an entry"):
        shop.till.reports.entry("nonsense")


def test_reports_are_for_managers(shop: Shop) -> None:
    bea = next(person for person in shop.till.staff.list() if person.name == "Bea")
    shop.till.staff.sign_in("1234", bea.cashier_id)
    try:
        with pytest.raises(Refused) as refused:
            shop.till.reports.day()
        assert refused.value.reason == "manager_needed"
    finally:
        shop.till.staff.sign_in(PIN)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("yesterday", TUESDAY, "day_wrong"),
        (WEDNESDAY, TUESDAY, "period_wrong"),
        ("2000-01-01", TUESDAY, "period_wrong"),
        ("0001-01-01", "0001-01-02", "period_wrong"),
        ("9999-12-30", "9999-12-31", "period_wrong"),
    ],
)
def test_periods_that_make_no_sense_are_refused(shop: Shop, first: str, last: str, reason: str) -> None:
    with pytest.raises(WrongUse) as refused:
        shop.till.reports.period(first, last)
    assert refused.value.reason == reason


def test_the_sums_kept_with_each_sale_are_those_of_the_journal(shop: Shop) -> None:
    assert shop.till.upkeep.verify().differences == ()


def test_a_new_till_has_reports_too(tmp_path: Path) -> None:
    new = Shop(tmp_path / "home", PROGRAMME)
    today = new.till.facts().today
    assert values(new.till.reports.day())["sales"] == 0
    assert values(new.till.reports.members())["member_value"] is None
    for name in PERIOD_REPORTS:
        assert getattr(new.till.reports, name)(today, today).currency == "PLN"
    new.close()


def test_what_headquarters_did_not_accept_is_listed(tmp_path: Path) -> None:
    new = Shop(tmp_path / "home", PROGRAMME)
    member = new.member()
    sold, waits = new.sell("10.00", member=member), new.sell("20.00", member=member)
    places = [(parse_entry_id(sale.sale_id), state) for sale, state in ((sold, "suspended"), (waits, "waiting"))]
    with new.till.counter.ledger.write() as tx:
        kept_back = tuple((place.epoch, place.seq, state) for place, state in places)
        exchange.put_row(tx, exchange.PulledRow(member, (member,), 1, 0, 0, b"", kept_back=kept_back))
    today = new.till.facts().today
    found = table(new.till.reports.exceptions(today, today), "not_accepted")
    assert [(row[0], row[2], row[6]) for row in found.rows] == [
        ("waiting", "sale_completed", 2_000),
        ("suspended", "sale_completed", 1_000),
    ]
    assert found.entries == (waits.sale_id, sold.sale_id)
    new.close()
