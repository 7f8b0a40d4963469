"""Real tills over the ledger, against a real HQ."""

from pathlib import Path

import pytest

from config.errors import Refused
from ledger.facts import member_facts
from loyalty.basket import Line
from loyalty.programme.load import load_programme
from terminal.till_sale_shapes import RewardChoice, SaleRequest
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


def test_points_earned_here_are_spent_there_once_hq_is_asked(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    here, there = shop.till("T1"), shop.till("T2")
    member = enrol(here, "Adam", "+48601234568")
    for _ in range(30):
        sell(here, member, 50_000)
    shop.sync(here, there)
    offer = next(
        each
        for each in there.sales.quote(SaleRequest(lines=(Line("groceries", 5000),), member_id=member)).offers
        if each.cost_millipoints
    )
    assert not offer.possible  # the points are the first till's to spend
    assert not shop.desk(there).authorise(member, offer.cost_millipoints)
    shop.sync(here)  # it hears what is wanted, and gives it back
    assert shop.desk(there).authorise(member, offer.cost_millipoints)
    sold = sell(there, member, 5000, RewardChoice(reward=offer.reward))
    assert sold.points_spent_millipoints == offer.cost_millipoints
    shop.sync(there, here)
    shown = shop.office.member(member)
    assert (shown.debt_millipoints, shown.balance_millipoints) == (0, sold.balance_millipoints)
    with here.counter.ledger.read() as view:
        assert member_facts(view, member).points_millipoints == sold.balance_millipoints
    assert not shop.office.verify().differences
    assert not [each.reason for each in shop.office.exceptions()]
    here.close()
    there.close()


def test_sales_from_before_pairing_count_and_every_quote_comes_out_the_same(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    till = shop.till("T1", paired=False)
    member = enrol(till, "Ewa")
    before = sell(till, member, 20_000)
    shop.desk(till).pair("https://hq.test", shop.office.add_till("S1", "T1"))
    after = sell(till, member, 10_000)
    shop.sync(till)
    assert (before.balance_millipoints or 0) < (after.balance_millipoints or 0)
    assert shop.office.member(member).balance_millipoints == after.balance_millipoints
    while shop.office.work_behind():
        pass
    assert not [each.reason for each in shop.office.exceptions()]
    assert sum(each.sales for each in shop.office.day_totals()) == 2
    assert not shop.office.verify().differences
    till.close()


def test_a_revoked_till_still_sends_what_it_has(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    till = shop.till("T1")
    member = enrol(till, "Jan")
    shop.sync(till)
    shop.office.revoke(till.facts().till_id)
    sell(till, member, 10_000)
    with pytest.raises(Refused) as refusal:
        shop.sync(till)
    assert refusal.value.reason == "till_revoked"
    status = shop.desk(till).status()
    assert (status.queue, status.frozen, status.online) == (0, "till_revoked", False)
    assert "till_revoked" in [each.reason for each in shop.office.exceptions()]
    assert not shop.office.verify().differences
    till.close()


def test_an_erased_member_is_gone_after_the_next_sync(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    here, there = shop.till("T1"), shop.till("T2")
    member = enrol(here, "Olga", "+48601234569")
    shop.sync(here, there)
    assert there.members.find("Olga").matches
    shop.office.erase(member)
    assert {each.erasures_pending for each in shop.office.tills()} == {1}
    shop.sync(here, there)
    shop.sync(here, there)  # the next pull tells HQ that the page was applied
    assert not there.members.find("Olga").matches
    assert not here.members.find("Olga").matches
    assert {each.erasures_pending for each in shop.office.tills()} == {0}
    here.close()
    there.close()


def test_a_programme_comes_signed_and_waits_for_its_start(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    till = shop.till("T1")
    text = till.programmes.text(till.programmes.current().version).replace("\n", "\n# published\n", 1)  # type: ignore[union-attr]
    loaded = load_programme(text)
    start_ms = shop.clock.at + 3_600_000
    shop.office.publish(loaded.model.name, loaded.version, text, start_ms)
    shop.sync(till)
    assert till.programmes.list()[0].start_ms == start_ms
    assert till.programmes.current().start_ms != start_ms  # type: ignore[union-attr]
    shop.clock.at = start_ms
    assert till.programmes.current().start_ms == start_ms  # type: ignore[union-attr]
    till.close()


def test_a_day_report_shows_what_the_stores_other_tills_did(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    here, there = shop.till("T1"), shop.till("T2")
    member = enrol(here, "Olga")
    sell(here, member, 2_500)
    sell(here, None, 1_000)
    sell(there, None, 700)
    shop.sync(here, there)
    while shop.office.work_behind():
        pass
    shop.sync(here, there)
    tables = {table.id: table for table in there.reports.day().tables}
    earned = there.members.show(member).points_millipoints
    assert tables["other_tills"].rows == ((here.facts().till_id, 2, 3_500, 0, earned, 0),)
    assert sum(row.to_pay_minor for row in there.reports.day().by_hour) == 700, "its own figures stay its own"
    here.close()
    there.close()
