"""The figures kept with each entry: the days', the members', the units' and the vouchers'."""

from pathlib import Path

from ledger import units
from ledger.facts import member_facts
from ledger.statistics import MemberStatistics, statistics
from ledger.store import Ledger, View
from loyalty.entries import Contra, Draft, Header, Kind, Leg, PostingRef, UnitMove
from tests.unit.ledger.world import MARIA, START_MS, ZOFIA, Body, append, enrol, new_ledger, refund, sale

HOUR_MS = 3_600_000


def _day(view: View) -> dict[str, int]:
    names = "sales, lines, total_minor, to_pay_minor, refunds, refunded_minor, earned_millipoints, spent_millipoints"
    sums = ", ".join(f"SUM({name})" for name in names.split(", "))
    row = view.row(f"SELECT {sums} FROM day_sale")
    assert row is not None
    return dict(zip(names.split(", "), row, strict=True))


def test_a_day_of_sales_adds_up(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        first, *_ = append(ledger, sale(paid_minor=1000, points=10_000), sale(paid_minor=500, member=None))
        append(ledger, sale(paid_minor=2000, points=20_000, spend=5_000), at_ms=START_MS + HOUR_MS)
        append(ledger, refund(first, whole=False, refunded_minor=400, points=4_000), at_ms=START_MS + HOUR_MS)
        with ledger.read() as view:
            assert _day(view) == {
                "sales": 3,
                "lines": 3,
                "total_minor": 4000,
                "to_pay_minor": 3500,
                "refunds": 1,
                "refunded_minor": 400,
                "earned_millipoints": 26_000,
                "spent_millipoints": 5_000,
            }
            by_hour = view.rows("SELECT hour, with_member, SUM(sales) FROM day_sale GROUP BY 1, 2 ORDER BY 1, 2")
            assert by_hour == [(12, 0, 1), (12, 1, 1), (13, 1, 1)]
            assert view.rows("SELECT category, sku, amount_minor, member_amount_minor FROM day_product") == [
                ("groceries", "5901", 3600, 3100)
            ]
            rewards = view.rows("SELECT name, times, amount_minor FROM day_subject WHERE subject = 'reward'")
            assert rewards == [("five_off", 1, 500)]
            rules = view.rows("SELECT name, times, millipoints FROM day_subject WHERE subject = 'rule'")
            assert rules == [("base", 3, 75_000)]


def test_a_member_counts_visits_that_were_not_taken_back(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        (first,) = append(ledger, sale(paid_minor=1000))
        (second,) = append(ledger, sale(paid_minor=2000, spend=100), at_ms=START_MS + HOUR_MS)
        append(ledger, refund(second, whole=False, refunded_minor=500, points=1))
        with ledger.read() as view:
            assert statistics(view, ZOFIA) == MemberStatistics(
                2, 1, 2500, START_MS, START_MS + HOUR_MS, START_MS + HOUR_MS, 1
            )
        append(ledger, refund(second, refunded_minor=1500, points=1))
        with ledger.read() as view:
            assert statistics(view, ZOFIA) == MemberStatistics(1, 2, 1000, START_MS, START_MS)
        append(ledger, refund(first, refunded_minor=1000, points=1))
        with ledger.read() as view:
            assert statistics(view, ZOFIA) == MemberStatistics(0, 3, 0)
            assert statistics(view, MARIA) == MemberStatistics()


def _voucher(code: str, change: int, kind: str, undoes: PostingRef | None = None) -> Draft:
    header = Header(
        legs=(Leg(ZOFIA, "voucher/free_coffee", change, Contra.ISSUED, expires_ms=99, undoes=undoes),),
        units=(UnitMove("voucher", code, ZOFIA, change),),
    )
    return Draft(kind, Body(), header, member_id=ZOFIA)


def test_a_voucher_is_open_then_used_then_open_again_by_the_refund(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, _voucher("V1", 1, Kind.VOUCHER_ISSUED))
        assert _states(ledger) == {"V1": "open"}
        (used,) = append(ledger, _voucher("V1", -1, Kind.SALE_COMPLETED))
        assert _states(ledger) == {"V1": "used"}
        append(ledger, _voucher("V1", 1, Kind.SALE_REFUNDED, PostingRef(used.till_id, used.epoch, used.seq, 0)))
        assert _states(ledger) == {"V1": "open"}
        append(ledger, _voucher("V1", -1, Kind.VOUCHER_VOIDED))
        assert _states(ledger) == {"V1": "void"}
        with ledger.read() as view:
            found = units.voucher(view, "V1")
            assert found is not None
            assert (found.reward, found.member_id, found.expires_ms, found.seq) == ("free_coffee", ZOFIA, 99, 1)


def _states(ledger: Ledger) -> dict[str, str]:
    with ledger.read() as view:
        return {voucher.code: voucher.status for voucher in units.vouchers(view, [ZOFIA])}


def test_uses_of_limits_are_counted_by_their_names(tmp_path: Path) -> None:
    moves = (UnitMove("limit", "reward/coffee@2024-05-01", ZOFIA, -1), UnitMove("limit", "reward/coffee", "", -1))
    with new_ledger(tmp_path) as ledger:
        append(ledger, Draft("sale_completed", Body(), Header(units=moves), ZOFIA))
        append(ledger, Draft("sale_completed", Body(), Header(units=moves), ZOFIA))
        back = (UnitMove("limit", "reward/coffee@2024-05-01", ZOFIA, 1),)
        append(ledger, Draft("sale_refunded", Body(), Header(units=back), ZOFIA))
        with ledger.read() as view:
            names = ["reward/coffee@2024-05-01", "reward/coffee", "reward/tea"]
            assert units.uses(view, [ZOFIA], names) == {"reward/coffee@2024-05-01": 1}
            assert units.uses(view, [""], names) == {"reward/coffee": 2}
            (held,) = units.units(view, [ZOFIA], ["limit"])
            assert (held.came, held.used, held.given) == (1, 2, 0)


def test_units_that_change_hands_are_neither_made_nor_used(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, _voucher("V1", 1, Kind.VOUCHER_ISSUED))
        given = Header(units=(UnitMove("voucher", "V1", ZOFIA, -1, to="hq"),))
        append(ledger, Draft("allowance_returned", Body(), given, ZOFIA))
        with ledger.read() as view:
            (held,) = units.units(view, [ZOFIA])
            assert (held.came, held.used, held.given, held.holder) == (1, 0, 1, "hq")
            assert [(each.status, each.holder) for each in units.vouchers(view, [ZOFIA])] == [("open", "hq")]
            assert [move.to for move in units.moves_above(view, [ZOFIA], {})] == [None, "hq"]


def test_the_facts_of_an_unpaired_tills_member(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        append(ledger, sale(points=100), sale(points=50, spend=30))
        with ledger.read() as view:
            facts = member_facts(view, ZOFIA)
        assert (facts.points_millipoints, facts.right_millipoints, facts.visits) == (120, 120, 2)
        assert [booked.leg.amount for booked in facts.legs] == [100, 50, -30]
        assert facts.accounts[0].moved.own == 150
