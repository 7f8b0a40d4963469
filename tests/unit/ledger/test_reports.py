"""The raw figures of the reports, on a few days counted by hand."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from ledger import journal, reports
from ledger.reports import MemberCount, MemberValue, Ranked, RecencyFrequency, SaleSums, Span
from ledger.store import Ledger
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
        assert reports.sale_sums(view, BOTH) == SaleSums(
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
        assert reports.sale_sums(view, Span(THURSDAY, THURSDAY)).sales == 1
        assert reports.sale_sums(view, Span(THURSDAY, THURSDAY, "elsewhere")) == SaleSums()


def test_groups_have_readable_names(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert {name: sums.sales for name, sums in reports.sale_sums_by(view, BOTH, "day").items()} == {
            "2024-05-01": 2,
            "2024-05-02": 1,
        }
        assert list(reports.sale_sums_by(view, BOTH, "hour")) == [12, 13]
        assert list(reports.sale_sums_by(view, BOTH, "weekday_hour")) == [2 * 24 + 12, 3 * 24 + 13]
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


def test_products_are_ranked_net_of_refunds(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert reports.products(view, BOTH) == (
            Ranked("food", "", 3, 3000, 5500, 5000),
            Ranked("coffee", "", 0, 0, 0, 0),
        )
        assert len(reports.products(view, BOTH, limit=1)) == 1


def test_rewards_count_their_uses_and_their_cost(ledger: Ledger) -> None:
    with ledger.read() as view:
        (reward,) = reports.subjects(view, BOTH, "reward")
        assert (reward.name, reward.times, reward.amount_minor, reward.millipoints) == ("5-off", 1, 500, 20_000)
        assert reports.kinds_by_day(view, BOTH, [Kind.SALE_REFUNDED]) == {"2024-05-02": 1}
        assert reports.kinds_by_cashier(view, BOTH, Kind.SALE_COMPLETED) == {"ana": 2, "jan": 1}


def test_members_are_counted_once_however_often_they_buy(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert reports.buyers(view, BOTH) == 1
        assert reports.member_counts(view) == (MemberCount("active", None, 2),)
        assert reports.member_value(view) == MemberValue(
            members=2, buyers=1, sales=2, spent_minor=4500, rewarded=1, ms_to_first_reward=DAY_MS + 3_600_000
        )
        found = reports.recency_frequency(view, now_ms=START_MS + 2 * DAY_MS, recency_days=(1, 30), frequencies=(10, 2))
    assert found == (RecencyFrequency(recency=0, frequency=1, members=1, spent_minor=4500),)
