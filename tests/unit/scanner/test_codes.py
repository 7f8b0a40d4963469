"""Every text that is printed parses back; every text that comes to the till means something."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from loyalty.ids import EPOCH_MAX, EntryId, make_id
from scanner.codes import (
    ForeignCard,
    Meaning,
    MemberCard,
    NotACard,
    Product,
    Refusal,
    Sale,
    Voucher,
    lookup_code,
    member_code128,
    member_ean13,
    member_qr,
    parse,
    sale_qr,
    voucher_code,
    voucher_qr,
)
from scanner.issuer import Issuer, issue_number, with_ean_check

ISSUER = Issuer(b"0123456789abcdef0123456789abcdef")
OTHER = Issuer(b"another key of another issuer...", "29")
NUMBER = issue_number(ISSUER, 12, 345)
CARD = MemberCard(NUMBER, ISSUER.code, 12, 345)
ENTRY = EntryId("K7Q2M9XAB3", 123456789, 152)


def test_all_three_forms_of_a_card_mean_the_same_number() -> None:
    for text in (member_qr(ISSUER, NUMBER), member_ean13(NUMBER), member_code128(ISSUER, NUMBER)):
        assert parse(text, [OTHER, ISSUER]) == CARD
        assert lookup_code(parse(text, [ISSUER])) == NUMBER


def test_the_member_qr_stays_a_small_symbol_at_level_q() -> None:
    assert segno.make_qr(member_qr(ISSUER, NUMBER), error="q", boost_error=False).version == 2
    assert segno.make_qr(voucher_qr(ISSUER, voucher_code(ISSUER, ENTRY, 0)), error="q", boost_error=False).version == 2
    assert int(segno.make_qr(sale_qr(ENTRY), error="q", boost_error=False).version) <= 3


def test_a_card_number_counts_only_from_symbols_that_we_print() -> None:
    assert parse(NUMBER, [ISSUER], "EAN13") == CARD
    assert parse(NUMBER, [ISSUER], "Code39") == ForeignCard(NUMBER)


@pytest.mark.parametrize("place", range(27))
def test_any_letter_changed_in_a_member_qr_is_told(place: int) -> None:
    text = member_qr(ISSUER, NUMBER)
    for letter in "07AKZ:":
        if letter != text[place]:
            meaning = parse(text[:place] + letter + text[place + 1 :], [ISSUER, OTHER])
            assert not isinstance(meaning, MemberCard), meaning


def test_another_issuers_card_and_a_newer_code_have_their_own_words() -> None:
    assert parse(member_qr(OTHER, issue_number(OTHER, 1, 1)), [ISSUER]) == Refusal("code_of_other_issuer")
    assert parse("RG2:M:WHATEVER", [ISSUER]) == Refusal("code_too_new")
    assert parse("RG1:Z:WHATEVER", [ISSUER]) == Refusal("code_too_new")
    assert parse("RG1:M:", [ISSUER]) == Refusal("code_damaged")


def test_a_number_with_our_prefix_that_we_never_gave_out_is_a_foreign_card() -> None:
    old = with_ean_check("210000000001")
    assert parse(old, [ISSUER]) == ForeignCard(old)


def test_the_forms_of_a_keyboard_scanner_are_understood() -> None:
    assert parse(member_qr(ISSUER, NUMBER).lower() + "\r\n", [ISSUER]) == CARD
    assert parse("]E0" + NUMBER, [ISSUER]) == CARD
    russian = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM:", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬЖ")
    assert parse(member_qr(ISSUER, NUMBER).translate(russian), [ISSUER]) == CARD


@given(st.binary(min_size=8, max_size=8), st.integers(1, EPOCH_MAX), st.integers(1, 10**12))
def test_sale_codes_give_the_entry_back(token: bytes, epoch: int, seq: int) -> None:
    entry = EntryId(make_id(token, 10), epoch, seq)
    assert parse(sale_qr(entry)) == Sale(entry)
    assert parse(str(entry).lower()) == Sale(entry)


def test_a_sale_code_with_a_slip_of_the_hand_is_told() -> None:
    text = sale_qr(ENTRY)
    assert parse(text.replace("152", "153")) == Refusal("code_damaged")
    assert parse("RG1:S:K7Q2M9XAB3-152:AA") == Refusal("code_damaged")


def test_voucher_codes_are_the_same_each_time_and_parse_in_every_form() -> None:
    code = voucher_code(ISSUER, ENTRY, 0)
    assert code == voucher_code(ISSUER, ENTRY, 0)
    assert code != voucher_code(ISSUER, ENTRY, 1)
    for text in (code, code.lower(), f"{code[:4]}-{code[4:8]}-{code[8:]}", voucher_qr(ISSUER, code)):
        assert parse(text, [OTHER, ISSUER]) == Voucher(code)
    assert parse(voucher_qr(ISSUER, code[:-1] + ("A" if code[-1] != "A" else "B")), [ISSUER]) == Refusal("code_damaged")
    assert parse(code, [OTHER]) == ForeignCard(code)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("4006381333931", Product("4006381333931", "04006381333931")),
        ("012345678905", Product("0012345678905", "00012345678905")),
        ("0012345678905", Product("0012345678905", "00012345678905")),
        ("96385074", Product("96385074", "00000096385074")),
        ("2912345678908", ForeignCard("2912345678908")),
        ("CARD-1001", ForeignCard("CARD-1001")),
        ("2375", ForeignCard("2375")),
        ("9" * 64, ForeignCard("9" * 64)),
        ("https://id.gs1.org/01/09506000134352/10/A", Product("9506000134352", "09506000134352")),
        ("https://shop.example/8018/735005385000000011", ForeignCard("8018735005385000000011")),
        ("]C18018735005385000000011", ForeignCard("8018735005385000000011")),
        ("8018735005385000000011", ForeignCard("8018735005385000000011")),
        ("]d201095060001343521722010110ABC\x1d", Product("9506000134352", "09506000134352")),
        ("(01)09506000134352(10)A", Product("9506000134352", "09506000134352")),
        ("(8018)735005385000000011", ForeignCard("8018735005385000000011")),
        ("(12) no such thing", ForeignCard("(12) no such thing")),
        ("https://id.gs1.org/01/09506000134353", NotACard("web_address")),
        ("https://example.com/menu", NotACard("web_address")),
        ("https://[broken", NotACard("web_address")),
        ("WWW.EXAMPLE.COM", NotACard("web_address")),
        ("BEGIN:VCARD\nVERSION:3.0\nN:X\nEND:VCARD", NotACard("contact")),
        ("MECARD:N:X;;", NotACard("contact")),
        ("WIFI:T:WPA;S:net;P:secret;;", NotACard("wifi")),
        ("BCD\n002\n1\nSCT\n\nSomebody", NotACard("payment")),
        ("|PL|12345678901234567890123456|000100|Shop|Invoice|||", NotACard("payment")),
        ("ST00012|Name=X|PersonalAcc=1", NotACard("payment")),
        ("00020101021126PIX", NotACard("payment")),
        ("bitcoin:abc", NotACard("payment")),
        ("SPD*1.0*ACC:CZ5855000000001265098001*AM:450.00*CC:CZK", NotACard("payment")),
        ("SPC\r\n0200\r\n1\r\nCH4431999123000889012", NotACard("payment")),
        ("upi://pay?pa=shop@bank&pn=Shop", NotACard("payment")),
        ("lnbc2500u1pvjluez", NotACard("payment")),
        ("LPA:1$rsp.example.com$QR", NotACard("key_uri")),
        ("MT:Y.K9042C00KA0648G00", NotACard("key_uri")),
        ("shop.example/promo", NotACard("web_address")),
        ("javascript:alert(1)", NotACard("web_address")),
        ("\ufeff2375\u200b", ForeignCard("2375")),
        ("zofia@example.com", ForeignCard("zofia@example.com")),
        ("mailto:a@example.com", NotACard("email")),
        ("SMSTO:1:x", NotACard("message")),
        ("tel:+48600", NotACard("telephone")),
        ("geo:1,2", NotACard("location")),
        ("BEGIN:VEVENT\n", NotACard("event")),
        ("otpauth://totp/x", NotACard("key_uri")),
        ("M1NOWAK/ZOFIA         EABC123 WAWOTPLO 0600", NotACard("ticket")),
        ("HC1:6BF", NotACard("certificate")),
        ("two\nlines", NotACard("plain_text")),
        ("x" * 65, NotACard("plain_text")),
        ("\x00\x01", NotACard("binary")),
        ("", NotACard("empty")),
        (" \r\n", NotACard("empty")),
        ("x" * 5000, NotACard("too_long")),
    ],
)
def test_what_comes_to_the_till_has_a_meaning(text: str, meaning: Meaning) -> None:
    assert parse(text, [ISSUER]) == meaning


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    parse(text, [ISSUER])
    parse("RG1:" + text, [ISSUER])
    parse("https://" + text, [ISSUER])
    parse("]C1" + text, [ISSUER])


@given(st.text(alphabet="0123456789ABCDEF:-", max_size=40), st.sampled_from("MTVS"))
def test_no_text_of_our_look_is_believed_without_its_check(text: str, kind: str) -> None:
    assert isinstance(parse(f"RG1:{kind}:{text}", [ISSUER]), Refusal)


def test_building_a_qr_of_a_number_that_is_not_ours_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not a number"):
        member_qr(OTHER, NUMBER)


def test_a_meaning_that_is_no_card_has_a_reason_and_nothing_to_look_up() -> None:
    meaning = parse("https://example.com")
    assert isinstance(meaning, NotACard)
    assert meaning.reason == "not_a_card_web_address"
    assert lookup_code(meaning) is None
