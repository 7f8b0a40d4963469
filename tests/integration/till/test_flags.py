"""Fraud flags are raised, shown to the manager, and stop nobody."""

from pathlib import Path

from ledger import journal
from loyalty.bodies import FlagRaised, decode_body
from loyalty.entries import Kind
from terminal.till_import_shapes import ImportedSale
from terminal.till_member_shapes import Enrolment
from terminal.till_sale_shapes import RefundRequest
from tests.builders import DAY_MS, MINUTE_MS, NOW_MS, PIN, PLAIN_PROGRAMME, Shop, lines


def raised(shop: Shop) -> list[str]:
    with shop.till.counter.ledger.read() as view:
        entries = [found.entry for found in journal.recent(view, (Kind.FLAG_RAISED,), limit=50)]
    bodies = [decode_body(entry.kind, entry.body) for entry in reversed(entries)]
    return [body.flag for body in bodies if isinstance(body, FlagRaised)]


def test_many_sales_a_day_on_one_card_are_flagged_once(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    sold = [sample_shop.sell("5.00", member=zofia).flags for _ in range(9)]
    assert "many_sales" not in [flag for flags in sold[:6] for flag in flags]
    assert raised(sample_shop).count("many_sales") == 1


def test_a_cashier_whose_own_card_earns_is_flagged(sample_shop: Shop) -> None:
    mine = sample_shop.member()
    sample_shop.till.staff.link_member(sample_shop.made.manager_id, mine)
    assert sample_shop.sell("5.00", member=mine).flags == ("cashier_own_card",)


def test_many_enrolments_with_one_phone_are_flagged(sample_shop: Shop) -> None:
    for name in ("A", "B", "C"):
        person = Enrolment(name=name, phone="601234567", even_if_duplicate=True)
        sample_shop.till.members.enrol(person)
    assert raised(sample_shop) == ["many_enrolments"]


def test_a_large_adjustment_and_a_refund_after_redemption_are_flagged(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    sample_shop.till.points.adjust(zofia, 1_000_000, "goodwill", PIN)
    assert raised(sample_shop) == ["large_adjustment"]
    jan = sample_shop.member("Jan")
    done = sample_shop.sell("200.00", member=jan)
    sample_shop.sell("45.90", member=jan, rewards=["five-off"])
    sample_shop.till.refunds.refund(RefundRequest(sale=done.sale_id))
    assert raised(sample_shop)[-1] == "refund_after_redemption"


def test_a_programme_without_flags_raises_none(shop: Shop) -> None:
    zofia = shop.member()
    for _ in range(10):
        assert shop.sell("5.00", member=zofia).flags == ()
    assert raised(shop) == []


def test_a_card_in_two_stores_minutes_apart_is_flagged_in_what_is_imported(sample_shop: Shop) -> None:
    zofia = sample_shop.member(card="H1")
    minutes = {"east": 0, "west": 7, "north": 60}
    sales = [
        ImportedSale(
            line=number + 2,
            sale_id=str(number),
            at_ms=NOW_MS - DAY_MS + after * MINUTE_MS,
            store=store,
            till="1",
            card="H1",
            lines=lines("5.00"),
        )
        for number, (store, after) in enumerate(minutes.items())
    ]
    assert sample_shop.till.imports.sales(sales).imported == 3
    assert raised(sample_shop) == ["two_stores"]
    assert sample_shop.till.reports.exceptions("2026-11-16", "2026-11-16").figures[0].value == 1
    assert sample_shop.till.members.show(zofia).points_millipoints == 65_000


def test_who_imports_sales_has_not_rung_them_up(sample_shop: Shop) -> None:
    mine = sample_shop.member(card="H1")
    sample_shop.till.staff.link_member(sample_shop.made.manager_id, mine)
    sale = ImportedSale(line=2, sale_id="1", at_ms=NOW_MS, store="a", till="1", card="H1", lines=lines("5.00"))
    assert sample_shop.till.imports.sales([sale]).imported == 1
    assert raised(sample_shop) == []


def test_an_expression_that_fails_at_the_till_stops_no_sale_and_is_told_once_a_day(tmp_path: Path) -> None:
    failing = '\n[[rule]]\nid = "odd"\nbonus = 7\nwhen = "total_minor / (hour - 11) > 0"\n'
    shop = Shop(tmp_path / "home", PLAIN_PROGRAMME + failing)
    zofia = shop.member()
    done = shop.sell("5.00", member=zofia)
    assert (done.points_earned_millipoints, done.flags) == (5_000, ("expression_failed",))
    assert shop.sell("5.00", member=zofia).flags == ()
    assert raised(shop) == ["expression_failed"]
    shop.clock.forward(minutes=60)
    assert shop.sell("5.00", member=zofia).points_earned_millipoints == 12_000
    shop.clock.forward(days=1, minutes=-60)
    assert shop.sell("5.00", member=zofia).flags == ("expression_failed",)
    shop.close()
