"""What goes wrong in other loyalty systems, played at one till without a network; tills together are in simulation."""

from terminal.till_import_shapes import ImportedSale
from terminal.till_member_shapes import Enrolment, MemberFound
from terminal.till_sale_shapes import RefundRequest
from tests.builders import NOW_MS, Shop, lines


def test_square_loyalty_is_never_switched_off_offline(sample_shop: Shop) -> None:
    """No till in these tests has a network; Loyverse can't enrol or refund offline, Lightspeed can't redeem."""
    zofia = sample_shop.member(phone="601234567")
    sample_shop.sell("300.00", member=zofia)
    found = sample_shop.till.members.identify("601234567", typed=True)
    assert isinstance(found, MemberFound)
    done = sample_shop.sell("50.00", member=zofia, rewards=["five-off"])
    assert done.to_pay_minor == 4500
    assert sample_shop.till.refunds.refund(RefundRequest(sale=done.sale_id)).points_given_back_millipoints == 250_000


def test_odoo_108240_what_is_spent_offline_is_gone_after_a_restart(shop: Shop) -> None:
    zofia = shop.member_with(300)
    shop.sell("45.90", member=zofia, rewards=["pay:200"])
    shop.reopen()
    assert shop.points(zofia) == 300 - 200 + 43
    assert shop.till.upkeep.verify().differences == ()


def test_odoo_171706_a_further_card_does_not_kill_the_first(shop: Shop) -> None:
    zofia = shop.member_with(100)
    (first,) = shop.till.cards.list(zofia)
    second = shop.till.cards.issue(zofia)
    for card in (first, second):
        found = shop.till.members.identify(card.code)
        assert isinstance(found, MemberFound)
        assert found.member.points_millipoints == 100_000


def test_oca_185_what_comes_twice_counts_once(shop: Shop) -> None:
    sale = ImportedSale(
        line=2, sale_id="17", at_ms=NOW_MS - 1, store="367", till="1", card="CLUB-1", lines=lines("45.90")
    )
    first = shop.till.imports.sales([sale], enrol_unknown=True)
    second = shop.till.imports.sales([sale], enrol_unknown=True)
    assert (first.imported, second.imported, second.repeated) == (1, 0, 1)
    assert shop.points(shop.till.members.member_of("CLUB-1")) == 45


def test_erpnext_59050_points_do_not_live_for_ever(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    sample_shop.sell("600.00", member=zofia)
    sample_shop.clock.forward(days=400)
    offers = sample_shop.till.sales.quote(sample_shop.request("50.00", member=zofia)).offers
    five_off = next(offer for offer in offers if offer.reward == "five-off")
    assert (five_off.possible, [why.reason for why in five_off.why]) == (False, ["too_few_points"])


def test_a_customer_without_a_name_is_completed_later(shop: Shop) -> None:
    enrolled = shop.till.members.enrol(Enrolment())
    shop.sell("45.90", member=enrolled.member_id)
    shop.member("Jan Nowak")
    assert shop.points(enrolled.member_id) == 45
