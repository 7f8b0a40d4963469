"""Real tills over the ledger, against a real HQ."""

from pathlib import Path

from ledger.facts import member_facts
from tests.integration.sync.shop import Shop, enrol, sell


def test_a_sale_at_one_till_is_shown_at_the_other(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    here, there = shop.till("T1"), shop.till("T2")
    member = enrol(here, "Zofia", "+48601234567")
    sold = sell(here, member, 10000)
    assert sold.points_earned_millipoints > 0
    shop.sync(here, there)
    with there.counter.ledger.read() as view:
        assert member_facts(view, member).points_millipoints == sold.balance_millipoints
    with here.counter.ledger.read() as view:
        assert member_facts(view, member).points_millipoints == sold.balance_millipoints
    assert there.members.find("Zofia").matches[0].member_id == member
    shown = shop.office.member(member)
    assert shown.balance_millipoints == sold.balance_millipoints
    assert not shop.office.verify().differences
    assert not shop.office.invariants()
    here.close()
    there.close()
