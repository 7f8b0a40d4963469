"""One line knows what was typed or scanned: cards of every kind, phones, names, sales, vouchers, amounts."""

import pytest

from config.errors import Refused
from scanner.codes import member_code128, voucher_qr
from scanner.rotating import rotating_identity, rotating_qr
from terminal.till_codes import own_issuer
from terminal.till_member_shapes import (
    AmountTyped,
    Enrolment,
    MemberFound,
    NobodyFound,
    NotACard,
    ProductFound,
    SaleElsewhere,
    SaleFound,
    SeveralFound,
    VoucherFound,
)
from tests.builders import Shop


def member_found(shop: Shop, text: str, *, typed: bool = True) -> MemberFound:
    found = shop.till.members.identify(text, typed=typed)
    assert isinstance(found, MemberFound), found
    return found


def test_all_three_printed_forms_of_a_card_lead_to_the_member(shop: Shop) -> None:
    zofia = shop.member()
    (card,) = shop.till.cards.list(zofia)
    with shop.till.counter.ledger.read() as view:
        issuer = own_issuer(view)
    for text in (card.code, shop.till.cards.qr_text(card.code), member_code128(issuer, card.code)):
        found = member_found(shop, text, typed=False)
        assert (found.member.member_id, found.via) == (zofia, "card")


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("601 234 567", "phone"),
        ("+48601234567", "phone"),
        ("4567", "phone"),
        ("zofia@example.com", "email"),
        ("zofia@ex", "email"),
        ("zofia n", "name"),
        ("now", "name"),
        ("łuc", "name"),
        ("LUC", "name"),
        ("nowak-łucka zof", "name"),
    ],
)
def test_one_match_is_shown_at_once(shop: Shop, text: str, via: str) -> None:
    zofia = shop.member("Zofia Nowak-Łucka", phone="601234567", email="zofia@example.com")
    shop.member("Jan Kowalski", phone="602345678")
    found = member_found(shop, text)
    assert (found.member.member_id, found.via) == (zofia, via)


def test_the_members_own_number_leads_to_them(shop: Shop) -> None:
    enrolled = shop.till.members.enrol(Enrolment(name="Zofia"))
    assert enrolled.number is not None
    assert member_found(shop, enrolled.number).member.member_id == enrolled.member_id
    assert member_found(shop, enrolled.member_id).member.member_id == enrolled.member_id


def test_several_matches_are_a_list(shop: Shop) -> None:
    people = {shop.member("Zofia Nowak"), shop.member("Jan Nowak")}
    found = shop.till.members.identify("nowak", typed=True)
    assert isinstance(found, SeveralFound)
    assert {match.member_id for match in found.matches} == people
    with pytest.raises(Refused) as refused:
        shop.till.members.member_of("nowak")
    assert refused.value.reason == "member_ambiguous"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna Maria", Enrolment(name="Anna Maria")),
        ("602 345 678", Enrolment(phone="+48602345678")),
        ("anna@example.com", Enrolment(email="anna@example.com")),
        ("CLUB-00017", Enrolment(card="CLUB-00017")),
    ],
)
def test_nobody_offers_to_enrol_with_what_was_typed(shop: Shop, text: str, expected: Enrolment) -> None:
    found = shop.till.members.identify(text, typed=True)
    assert isinstance(found, NobodyFound)
    assert found.enrol == expected
    with pytest.raises(Refused) as refused:
        shop.till.members.member_of(text)
    assert refused.value.reason == "member_unknown"


def test_a_card_of_ours_that_is_not_linked_yet_offers_to_enrol_with_it(shop: Shop) -> None:
    (card,) = shop.till.cards.batch(1)
    found = shop.till.members.identify(shop.till.cards.qr_text(card.code))
    assert isinstance(found, NobodyFound)
    assert found.enrol.card == card.code
    enrolled = shop.till.members.enrol(found.enrol)
    assert enrolled.number == card.code
    assert member_found(shop, card.code).member.member_id == enrolled.member_id


@pytest.mark.parametrize(("text", "minor"), [("45,90", 4590), ("45.9", 4590), ("7", 700), ("100000", 10_000_000)])
def test_amounts_are_amounts_when_typed(shop: Shop, text: str, minor: int) -> None:
    assert shop.till.members.identify(text, typed=True) == AmountTyped(amount_minor=minor)


def test_four_digits_are_the_end_of_a_phone_before_they_are_money(shop: Shop) -> None:
    zofia = shop.member(phone="601234567")
    assert member_found(shop, "4567").member.member_id == zofia
    assert shop.till.members.identify("4568", typed=True) == AmountTyped(amount_minor=456_800)


def test_an_articles_number_is_an_article_unless_it_is_linked_as_a_card(shop: Shop) -> None:
    assert shop.till.members.identify("4006381333931") == ProductFound(sku="4006381333931")
    zofia = shop.member(card="4006381333931")
    assert member_found(shop, "4006381333931", typed=False).member.member_id == zofia


def test_a_receipts_code_finds_the_sale(shop: Shop) -> None:
    done = shop.sell("45.90")
    for text in (done.code, done.short, done.sale_id):
        found = shop.till.members.identify(text, typed=True)
        assert isinstance(found, SaleFound)
        assert found.sale.sale_id == done.sale_id


def test_a_receipt_of_another_till_is_known_as_one(shop: Shop) -> None:
    found = shop.till.members.identify("K7Q2M9XAB3-0ABCDEFGHJKMN-152", typed=True)
    assert found == SaleElsewhere(sale_id="K7Q2M9XAB3-0ABCDEFGHJKMN-152")


def test_a_vouchers_code_finds_voucher_and_member(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    (voucher,) = sample_shop.sell("Coffee:9:90.00", member=zofia).vouchers_won
    with sample_shop.till.counter.ledger.read() as view:
        scanned = voucher_qr(own_issuer(view), voucher.code)
    for text in (voucher.code, scanned, f"{voucher.code[:4]}-{voucher.code[4:8]}-{voucher.code[8:]}".lower()):
        found = sample_shop.till.members.identify(text, typed=True)
        assert isinstance(found, VoucherFound)
        assert found.member is not None
        assert (found.voucher.status, found.member.member_id) == ("open", zofia)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://example.com/menu", "not_a_card_web_address"),
        ("WIFI:S:cafe;T:WPA;P:secret;;", "not_a_card_wifi"),
        ("", "not_a_card_empty"),
        ("RG1:M:AAAA:0000000:00000000", "code_of_other_issuer"),
        ("RG9:X:whatever", "code_too_new"),
    ],
)
def test_what_is_no_card_says_what_it_is(shop: Shop, text: str, reason: str) -> None:
    assert shop.till.members.identify(text) == NotACard(reason=reason)


def test_a_code_on_a_phone_works_once(shop: Shop) -> None:
    zofia = shop.member()
    (card,) = shop.till.cards.list(zofia)
    with shop.till.counter.ledger.read() as view:
        phone = rotating_identity(own_issuer(view), card.code)
    shown = rotating_qr(phone, shop.clock.at_ms)
    assert member_found(shop, shown, typed=False).via == "rotating"
    assert shop.till.members.identify(shown) == NotACard(reason="rotating_code_replayed")
    shop.clock.forward(minutes=2)
    assert shop.till.members.identify(shown) == NotACard(reason="rotating_code_expired")
    assert member_found(shop, rotating_qr(phone, shop.clock.at_ms), typed=False).member.member_id == zofia


def test_a_lost_card_is_blocked_and_replaced_and_the_points_stay(shop: Shop) -> None:
    zofia = shop.member_with(120)
    (old,) = shop.till.cards.list(zofia)
    shop.till.cards.block(old.code)
    assert shop.till.members.identify(old.code) == NotACard(reason="card_blocked")
    new = shop.till.cards.replace(old.code)
    assert shop.till.members.identify(old.code) == NotACard(reason="card_replaced")
    assert member_found(shop, new.code, typed=False).member.points_millipoints == 120_000
    assert [card.status for card in shop.till.cards.list(zofia)] == ["replaced", "active"]
    with pytest.raises(Refused) as refused:
        shop.till.members.member_of(old.code)
    assert refused.value.reason == "card_replaced"


def test_a_printed_card_is_linked_and_no_payment_code_is(shop: Shop) -> None:
    zofia = shop.member()
    linked = shop.till.cards.link(zofia, "CLUB-00017")
    assert (linked.code, linked.kind) == ("CLUB-00017", "foreign")
    assert member_found(shop, "CLUB-00017", typed=False).member.member_id == zofia
    with pytest.raises(Refused) as refused:
        shop.till.cards.link(zofia, "payto://iban/DE89")
    assert refused.value.reason == "not_a_card_payment"
