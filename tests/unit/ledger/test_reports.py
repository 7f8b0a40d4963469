"""The raw figures of the reports, on a few days counted by hand."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from ledger import journal, reports
from ledger.report_entries import EntryFilter, entries_behind
from ledger.reports import MemberCount, MemberValue, Ranked, RecencyFrequency, SaleSums, Span, TierSteps
from ledger.sqlite import Row
from ledger.store import Ledger, Params, View
from loyalty.bodies import PointsAdjusted
from loyalty.entries import POINTS, Contra, Draft, Header, Kind, Leg
from tests.unit.ledger.world import MARIA, START_MS, ZOFIA, enrol, new_ledger

DAY_MS = 86_400_000
WEDNESDAY = date(2024, 5, 1)
THURSDAY = date(2024, 5, 2)
BOTH = Span(WEDNESDAY, THURSDAY)


class Line(msgspec.Struct, frozen=True):
    category: str
    amount_minor: int
    quantity_milli: int = 1000
    sku: str | None = None


class Basket(msgspec.Struct, frozen=True):
    lines: tuple[Line, ...]


class Discount(msgspec.Struct, frozen=True):
    reward: str
    amount_minor: int
    points_millipoints: int


class Quote(msgspec.Struct, frozen=True):
    total_minor: int
    to_pay_minor: int
    discounts: tuple[Discount, ...] = ()
    tier_after: str | None = None


class Sale(msgspec.Struct, frozen=True):
    basket: Basket
    quote: Quote


class Refund(msgspec.Struct, frozen=True):
    sale: str
    refunded_minor: int
    lines: tuple[Line, ...]
    whole: bool = False


def sale(member: str | None, *lines: Line, off: int = 0, spend: int = 0, cashier: str = "ana") -> Draft:
    total = sum(line.amount_minor for line in lines)
    discounts = (Discount("5-off", off, spend),) if off else ()
    legs = []
    if member:
        legs.append(Leg(member, POINTS, (total - off) * 10, Contra.ISSUED))
        if spend:
            legs.append(Leg(member, POINTS, -spend, Contra.REDEEMED))
    body = Sale(Basket(lines), Quote(total, total - off, discounts))
    return Draft(Kind.SALE_COMPLETED, body, Header(legs=tuple(legs)), member_id=member, cashier_id=cashier)


def everything(view: View, span: Span) -> SaleSums:
    return sum(reports.sale_sums_by(view, span, "member").values(), SaleSums())


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Two sales on Wednesday at noon, one and a refund of the first on Thursday an hour later."""
    ledger = new_ledger(tmp_path / "home")
    with ledger.write() as tx:
        enrol(tx, ZOFIA)
        enrol(tx, MARIA)
        first = journal.append(tx, sale(ZOFIA, Line("food", 3000), Line("coffee", 900, 2000)), at_ms=START_MS)
        journal.append(tx, sale(None, Line("food", 500), cashier="jan"), at_ms=START_MS)
        later = START_MS + DAY_MS + 3_600_000
        journal.append(tx, sale(ZOFIA, Line("food", 2000), off=500, spend=20_000), at_ms=later)
        refund = Refund(str(first.id), 900, (Line("coffee", 900, 2000),))
        legs = (Leg(ZOFIA, POINTS, -9_000, Contra.ISSUED),)
        journal.append(tx, Draft(Kind.SALE_REFUNDED, refund, Header(legs=legs), ZOFIA, "ana"), at_ms=later)
    return ledger


def test_a_span_adds_up_sales_and_refunds(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert everything(view, BOTH) == SaleSums(
            sales=3,
            lines=4,
            total_minor=6400,
            to_pay_minor=5900,
            refunds=1,
            voids=0,
            refunded_minor=900,
            earned_millipoints=39_000 + 15_000 - 9_000,
            spent_millipoints=20_000,
        )
        assert everything(view, Span(THURSDAY, THURSDAY)).sales == 1
        assert everything(view, Span(THURSDAY, THURSDAY, "elsewhere")) == SaleSums()


def test_groups_have_readable_names(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert {name: sums.sales for name, sums in reports.sale_sums_by(view, BOTH, "day").items()} == {
            "2024-05-01": 2,
            "2024-05-02": 1,
        }
        assert list(reports.sale_sums_by(view, BOTH, "hour")) == [12, 13]
        assert list(reports.sale_sums_by(view, BOTH, "day_hour")) == [19_844 * 24 + 12, 19_845 * 24 + 13]
        assert {name: sums.sales for name, sums in reports.sale_sums_by(view, BOTH, "cashier").items()} == {
            "ana": 2,
            "jan": 1,
        }
        assert {name: sums.sales for name, sums in reports.sale_sums_by(view, BOTH, "member").items()} == {0: 1, 1: 2}


def test_points_outstanding_are_those_at_a_days_end(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert reports.points_outstanding(view, date(2024, 4, 30)) == 0
        assert reports.points_outstanding(view, WEDNESDAY) == 39_000
        assert reports.points_outstanding(view, THURSDAY) == 39_000 + 15_000 - 20_000 - 9_000
        moved = {(sums.against, sums.kind): (sums.credited, sums.debited) for sums in reports.leg_sums(view, BOTH)}
    assert moved == {
        (Contra.ISSUED, Kind.SALE_COMPLETED): (54_000, 0),
        (Contra.ISSUED, Kind.SALE_REFUNDED): (0, 9_000),
        (Contra.REDEEMED, Kind.SALE_COMPLETED): (0, 20_000),
    }


def test_categories_are_ranked_net_of_refunds(ledger: Ledger) -> None:
    with ledger.read() as view:
        ranked = reports.rankings(view, BOTH)
        assert ranked.categories == (
            Ranked("food", "", 3, 3000, 5500, 5000),
            Ranked("coffee", "", 0, 0, 0, 0),
        )
        assert ranked.products == ()
        assert len(reports.rankings(view, BOTH, limit=1).categories) == 1


def day_ms(day: date) -> int:
    """Noon in Warsaw on *day*."""
    return START_MS + (day - WEDNESDAY).days * DAY_MS


def test_rankings_of_any_period_are_those_of_its_days(tmp_path: Path) -> None:
    spans = [
        Span(date(2024, 5, 1), date(2024, 5, 31)),
        Span(date(2024, 4, 30), date(2024, 7, 1)),
        Span(date(2024, 5, 2), date(2024, 6, 30)),
        Span(date(2024, 5, 1), date(2024, 6, 29)),
        Span(date(2024, 5, 15), date(2024, 6, 15)),
        Span(date(2024, 5, 7), date(2024, 5, 9)),
        Span(date(2023, 12, 31), date(2025, 1, 1)),
    ]
    days = [date(2024, 4, 30) + timedelta(number) for number in range(64)]
    # Each day's amount is another power of two or so: no two sets of days add up to the same.
    sold = [(day, "odd" if number % 2 else "even", 2**number % 1_000_003) for number, day in enumerate(days)]
    with new_ledger(tmp_path / "home") as ledger:
        with ledger.write() as tx:
            for day, sku, amount_minor in sold:
                journal.append(tx, sale(None, Line("food", amount_minor, sku=sku)), at_ms=day_ms(day))
        for span in spans:
            amounts = {"odd": 0, "even": 0}
            for day, sku, amount_minor in sold:
                amounts[sku] += amount_minor if span.first <= day <= span.last else 0
            with ledger.read() as view:
                ranked = reports.rankings(view, span)
            assert [each.amount_minor for each in ranked.categories] == [sum(amounts.values())]
            assert {each.sku: each.amount_minor for each in ranked.products} == amounts


@pytest.mark.parametrize("order", [(1, 2, 3, 9), (9, 3, 2, 1), (2, 9, 1, 3)])
def test_buyers_are_counted_once_in_whatever_order_their_days_become_known(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    with new_ledger(tmp_path / "home") as ledger, ledger.write() as tx:
        enrol(tx, ZOFIA)
        enrol(tx, MARIA)
        for day in (*order, order[0]):
            journal.append(tx, sale(ZOFIA, Line("food", 100)), at_ms=day_ms(date(2024, 5, day)))
        journal.append(tx, sale(MARIA, Line("food", 100)), at_ms=day_ms(date(2024, 5, 2)))

        def buyers(first: int, last: int) -> int:
            return reports.buyers(tx, Span(date(2024, 5, first), date(2024, 5, last)))

        assert [buyers(1, 31), buyers(1, 1), buyers(2, 2), buyers(3, 31), buyers(4, 8), buyers(9, 9)] == [
            2,
            1,
            2,
            1,
            0,
            1,
        ]


def test_the_time_to_a_tier_is_counted_from_the_tier_before(tmp_path: Path) -> None:
    def reaching(tier: str) -> Draft:
        body = Sale(Basket((Line("food", 100),)), Quote(100, 100, tier_after=tier))
        return Draft(Kind.SALE_COMPLETED, body, member_id=ZOFIA)

    with new_ledger(tmp_path / "home") as ledger, ledger.write() as tx:
        enrol(tx, ZOFIA)
        journal.append(tx, reaching("silver"), at_ms=START_MS + 2 * DAY_MS)
        gold = journal.append(tx, reaching("gold"), at_ms=START_MS + 5 * DAY_MS)
        may = Span(date(2024, 5, 1), date(2024, 5, 31))
        # Two days from enrolling to silver, three more to gold.
        assert reports.tier_steps(tx, may) == (TierSteps("silver", 1, 2 * DAY_MS), TierSteps("gold", 1, 3 * DAY_MS))
        assert reports.tier_steps(tx, Span(date(2024, 5, 6), date(2024, 5, 6))) == (TierSteps("gold", 1, 3 * DAY_MS),)
        journal.append(
            tx,
            Draft(Kind.SALE_VOIDED, Refund(str(gold.id), 100, ()), member_id=ZOFIA),
            at_ms=START_MS + 5 * DAY_MS,
        )
        assert reports.tier_steps(tx, may) == (TierSteps("silver", 1, 2 * DAY_MS),)


def test_entries_behind_a_figure_are_the_newest_first(ledger: Ledger) -> None:
    sales = EntryFilter(kinds=(Kind.SALE_COMPLETED.value,))
    with ledger.read() as view:
        assert [each.entry.seq for each in entries_behind(view, BOTH, sales)] == [3, 2, 1]
        chosen = msgspec.structs.replace(sales, cashier_id="ana", hour=12)
        assert [each.entry.seq for each in entries_behind(view, BOTH, chosen)] == [1]
        chosen = msgspec.structs.replace(sales, weekday=3)
        assert [each.entry.seq for each in entries_behind(view, BOTH, chosen)] == [3]
        chosen = msgspec.structs.replace(sales, containing='"reward":"5-off"')
        assert [each.entry.seq for each in entries_behind(view, BOTH, chosen)] == [3]
        assert len(entries_behind(view, BOTH, sales, limit=1)) == 1


def test_no_report_reads_the_whole_journal(ledger: Ledger) -> None:
    asked: list[str] = []

    class Watched(View):
        def rows(self, sql: str, params: Params = ()) -> list[Row]:
            asked.extend(row[3] for row in super().rows(f"EXPLAIN QUERY PLAN {sql}", params))
            return super().rows(sql, params)

    with ledger.read() as view:
        watched = Watched(view.connection)
        reports.rankings(watched, BOTH)
        reports.leg_sums(watched, BOTH)
        reports.subjects(watched, BOTH, "reward")
        reports.tier_steps(watched, BOTH)
        reports.sale_sums_by(watched, BOTH, "day_hour")
        entries_behind(watched, BOTH, EntryFilter(kinds=(Kind.FLAG_RAISED.value, Kind.SALE_REFUNDED.value)))
    assert "SEARCH entry USING COVERING INDEX entry_of_kind (kind=? AND day>? AND day<?)" in asked
    assert not [step for step in asked if step.startswith("SCAN") and any(name in step for name in ("entry", "day_"))]


def test_rewards_count_their_uses_and_their_cost(ledger: Ledger) -> None:
    with ledger.read() as view:
        (reward,) = reports.subjects(view, BOTH, "reward")
        assert (reward.name, reward.times, reward.amount_minor, reward.millipoints) == ("5-off", 1, 500, 20_000)
        assert reports.kinds_by_day(view, BOTH, [Kind.SALE_REFUNDED]) == {"2024-05-02": 1}


def test_adjustments_are_counted_by_cashier(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for cashier in ("ana", "ana", None):
            journal.append(
                tx, Draft(Kind.POINTS_ADJUSTED, PointsAdjusted(1, "", "ana"), cashier_id=cashier), at_ms=START_MS
            )
    with ledger.read() as view:
        assert reports.kinds_by_cashier(view, BOTH, Kind.POINTS_ADJUSTED) == {"ana": 2, "": 1}


def test_members_are_counted_once_however_often_they_buy(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert reports.buyers(view, BOTH) == 1
        assert reports.member_counts(view) == (MemberCount("active", None, 2),)
        assert reports.member_value(view) == MemberValue(
            buyers=1, sales=2, spent_minor=4500, rewarded=1, ms_to_first_reward=DAY_MS + 3_600_000
        )
        found = reports.recency_frequency(view, now_ms=START_MS + 2 * DAY_MS, recency_days=(1, 30), frequencies=(10, 2))
    assert found == (RecencyFrequency(recency=0, frequency=1, members=1, spent_minor=4500),)
