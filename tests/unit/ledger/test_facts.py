"""What a paired till shows of a member: HQ's row and its own entries that the row does not count in (SYNC.md 12)."""

from pathlib import Path

from ledger import exchange, lives, members
from ledger.allowance import members_with_right, right_millipoints
from ledger.facts import member_facts
from ledger.legs import members_with_lots_due, members_with_points
from loyalty.entries import AccountMove, Draft, Header, UnitMove
from tests.unit.ledger.world import MARIA, ZOFIA, Body, append, earned, enrol, new_ledger, refund, sale, spent


def test_hqs_row_and_the_entries_above_it(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
            enrol(tx, MARIA)
            lives.pair(tx)
        included, _ = append(ledger, sale(points=1_000), spent(200))
        after, *_ = append(ledger, sale(points=30), sale(points=5))
        append(ledger, refund(after, points=30))
        with ledger.write() as tx:
            read = exchange.new_read(tx, {included.epoch: 2})
            exchange.put_row(tx, exchange.PulledRow(ZOFIA, (ZOFIA, MARIA), read, 9_000, 50, b"row", read_at=1))
            exchange.keep_granted(tx, 1, [(MARIA, exchange.POINTS, 700)])
            members.merge(tx, ZOFIA, MARIA)
        with ledger.read() as view:
            facts = member_facts(view, MARIA)
        assert facts.ids == (ZOFIA, MARIA)
        assert facts.pulled is not None
        assert facts.points_millipoints == 9_000 + 30 + 5 - 30
        assert [booked.leg.amount for booked in facts.legs] == [30, 5, -30]
        assert facts.visits == 1
        own = 1_000 - 200 + 30 + 5 - 30
        assert [account.right_millipoints for account in facts.accounts] == [own, 700]
        assert facts.right_millipoints == own + 700


def test_unit_moves_above_the_row(tmp_path: Path) -> None:
    use = Draft("sale_completed", Body(), Header(units=(UnitMove("limit", "reward/tea", ZOFIA, -1),)), ZOFIA)
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        first, _ = append(ledger, use, use)
        with ledger.write() as tx:
            read = exchange.new_read(tx, {first.epoch: 1})
            exchange.put_row(tx, exchange.PulledRow(ZOFIA, (ZOFIA,), read, 0, 0, b"row"))
        with ledger.read() as view:
            assert [move.change for move in member_facts(view, ZOFIA).unit_moves] == [-1]


def test_a_right_is_what_was_granted_and_earned_less_what_was_used_and_returned(tmp_path: Path) -> None:
    back = Draft("allowance_returned", Body(), Header(returned=(AccountMove(ZOFIA, 30),)), ZOFIA)
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(100), spent(20), back, earned(7, member=MARIA))
        with ledger.read() as view:
            assert right_millipoints(view, ZOFIA, 1, granted_millipoints=5) == 55
            assert right_millipoints(view, ZOFIA, 2, granted_millipoints=5) == 5
            assert members_with_right(view, 1) == ((MARIA, 7), (ZOFIA, 50))
            assert members_with_right(view, 1, after=MARIA) == ((ZOFIA, 50),)


def test_members_whose_lots_come_to_their_end(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(100, expires_ms=50), earned(7, member=MARIA, expires_ms=60), spent(7, member=MARIA))
        with ledger.read() as view:
            assert members_with_lots_due(view, 49) == ()
            assert members_with_lots_due(view, 60) == (ZOFIA,)
            assert members_with_lots_due(view, 60, since_ms=50) == ()
            assert members_with_points(view) == ((ZOFIA, 100),)
