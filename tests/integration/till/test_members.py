"""Members at the till: enrolled, found, shown, edited, blocked, exported, forgotten."""

import json

import msgspec
import pytest

from config.errors import Refused, WrongUse
from terminal.till_member_shapes import Enrolment, ProfileEdit
from tests.builders import DAY_MS, PIN, Shop, at


@pytest.mark.parametrize(
    "enrolment",
    [
        Enrolment(name="Zofia Nowak"),
        Enrolment(phone="601 234 567"),
        Enrolment(email="Zofia@Example.com"),
        Enrolment(card="4006381333931"),
        Enrolment(),
    ],
)
def test_a_name_a_phone_an_email_a_card_or_nothing_is_enough(shop: Shop, enrolment: Enrolment) -> None:
    enrolled = shop.till.members.enrol(enrolment)
    assert len(enrolled.cards) == 1
    assert shop.till.members.show(enrolled.member_id).points_millipoints == 0


def test_what_is_typed_becomes_uniform(shop: Shop) -> None:
    member_id = shop.till.members.enrol(
        Enrolment(name="  Zofia\t Nowak ", phone="601-234-567", email=" Z.Nowak@EXAMPLE.com", birthday="05-31")
    ).member_id
    profile = shop.till.members.show(member_id).profile
    assert (profile.name, profile.phone, profile.birthday) == ("Zofia Nowak", "+48601234567", "05-31")
    assert profile.email == "Z.Nowak@example.com"


@pytest.mark.parametrize(
    ("enrolment", "reason"),
    [
        (Enrolment(phone="123"), "phone_wrong"),
        (Enrolment(email="not an address"), "email_wrong"),
        (Enrolment(birthday="31-05-1990"), "birthday_wrong"),
        (Enrolment(birthday="1990-02-30"), "birthday_wrong"),
        (Enrolment(birthday="2190-02-03"), "birthday_wrong"),
        (Enrolment(language="tlh"), "language_unknown"),
        (Enrolment(name="N" * 81), "name_too_long"),
        (Enrolment(consents={"telepathy": "1"}), "channel_unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nobody_is_enrolled(shop: Shop, enrolment: Enrolment, reason: str) -> None:
    before = shop.till.facts().head_seq
    with pytest.raises(WrongUse) as wrong:
        shop.till.members.enrol(enrolment)
    assert wrong.value.reason == reason
    assert shop.till.facts().head_seq == before


def test_control_characters_never_reach_a_screen(shop: Shop) -> None:
    member_id = shop.member("Zofia \x1b[31mNowak\x07")
    assert shop.till.members.show(member_id).name == "Zofia [31mNowak"


def test_the_same_phone_is_not_enrolled_twice_unless_it_is_wanted(shop: Shop) -> None:
    first = shop.member(phone="601234567")
    with pytest.raises(Refused) as refused:
        shop.member("Jan Nowak", phone="+48 601 234 567")
    assert refused.value.reason == "member_exists"
    second = shop.till.members.enrol(Enrolment(name="Jan Nowak", phone="601234567", even_if_duplicate=True))
    assert [match.member_id for match in second.duplicates] == [first]


def test_a_name_alone_only_warns(shop: Shop) -> None:
    first = shop.member("Jan Kowalski")
    second = shop.till.members.enrol(Enrolment(name="JAN KOWALSKI"))
    assert [(match.member_id, match.how) for match in second.duplicates] == [(first, "name")]


def test_half_a_phone_is_no_mistake_while_it_is_typed(shop: Shop) -> None:
    zofia = shop.member(phone="601234567")
    assert shop.till.members.duplicates(phone="601", email="zof@") == ()
    assert [match.member_id for match in shop.till.members.duplicates(phone="601234567")] == [zofia]


def test_a_card_that_leads_to_somebody_is_not_given_to_another(shop: Shop) -> None:
    shop.member(card="4006381333931")
    with pytest.raises(Refused) as refused:
        shop.member("Jan Nowak", card="4006381333931")
    assert refused.value.reason == "card_taken"
    assert shop.till.members.find("Jan").matches == ()


def test_the_journal_holds_no_word_of_a_profile(shop: Shop) -> None:
    member_id = shop.member("Zofia Nowak", phone="601234567", email="zofia@example.com", birthday="1990-05-31")
    shop.till.members.edit(member_id, ProfileEdit(note="likes oat milk"))
    exported = json.loads(shop.till.members.export(member_id))
    journal = json.dumps(exported["entries"])
    for word in ("Zofia", "601234567", "zofia@", "1990", "oat"):
        assert word not in journal
    assert len(exported["entries"]) == 2
    assert exported["member"]["profile"]["note"] == "likes oat milk"


def test_an_edit_changes_what_it_names_and_none_empties(shop: Shop) -> None:
    member_id = shop.member(phone="601234567")
    profile = shop.till.members.edit(member_id, ProfileEdit(name="Zofia Kowalska", phone=None))
    assert (profile.name, profile.phone) == ("Zofia Kowalska", None)
    assert shop.till.members.find("Kowalska").matches[0].member_id == member_id
    assert shop.till.members.find("601234567").matches == ()


def test_consent_is_dated_names_its_text_and_is_withdrawn_at_once(shop: Shop) -> None:
    member_id = shop.till.members.enrol(Enrolment(name="Zofia", consents={"email": "2026-1"})).member_id
    (given,) = shop.till.members.show(member_id).profile.consents
    assert (given.channel, given.given, given.at_ms, given.text_version) == ("email", True, shop.clock.at_ms, "2026-1")
    shop.clock.forward(minutes=5)
    (withdrawn,) = shop.till.members.consent(member_id, "email", False).consents
    assert (withdrawn.given, withdrawn.at_ms) == (False, shop.clock.at_ms)
    shop.clock.forward(minutes=5)
    (again,) = shop.till.members.consent(member_id, "email", True).consents
    assert again.given


def test_every_channel_has_a_text_to_show(shop: Shop) -> None:
    assert {each.channel for each in shop.till.members.consent_texts()} == {"email", "sms", "phone", "post"}


def test_a_blocked_member_earns_and_spends_nothing_and_everybody_sees_why(shop: Shop) -> None:
    zofia = shop.member_with(500)
    shop.till.members.block(zofia, "shared card")
    shown = shop.till.members.show(zofia)
    assert (shown.status, shown.spendable_millipoints, [why.reason for why in shown.why_not]) == (
        "blocked",
        0,
        ["blocked"],
    )
    done = shop.sell("45.90", member=zofia)
    assert (done.points_earned_millipoints, [line.reason for line in done.trace]) == (0, ["member_blocked"])
    with pytest.raises(Refused):
        shop.sell("45.90", member=zofia, rewards=["five-off"])
    assert shop.till.members.unblock(zofia).status == "active"
    assert shop.sell("45.90", member=zofia).points_earned_millipoints == 45_000


def test_an_erased_member_is_gone_but_the_sales_stay(shop: Shop) -> None:
    zofia = shop.member("Zofia Nowak", phone="601234567")
    shop.sell("45.90", member=zofia)
    receipt = shop.till.receipts.save()
    assert "Zofia Nowak" in receipt.read_text()
    card = shop.till.cards.list(zofia)[0].code
    shop.till.members.erase(zofia)
    assert shop.till.members.find("Zofia").matches == ()
    assert shop.till.members.identify("601234567", typed=True).__class__.__name__ == "NobodyFound"
    assert shop.till.members.identify(card).__class__.__name__ == "NobodyFound"
    assert not receipt.exists()
    assert shop.till.sales.last() is not None
    assert shop.till.upkeep.verify().differences == ()
    for file in shop.home.root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"Zofia" not in content, file
            assert b"601234567" not in content, file
    with pytest.raises(Refused) as refused:
        shop.till.members.edit(zofia, ProfileEdit(name="Zofia"))
    assert refused.value.reason == "member_erased"


def test_an_erased_members_sale_can_still_be_refunded(shop: Shop) -> None:
    zofia = shop.member()
    done = shop.sell("45.90", member=zofia)
    shop.till.members.erase(zofia)
    assert shop.till.refunds.void(done.sale_id).refunded_minor == 4590


def test_what_needs_a_manager_is_refused_to_a_cashier(shop: Shop) -> None:
    zofia = shop.member()
    shop.till.staff.add("Ola", "2580")
    shop.till.staff.sign_in("2580")
    for act in (
        lambda: shop.till.members.block(zofia, "why"),
        lambda: shop.till.members.unblock(zofia),
        lambda: shop.till.members.erase(zofia),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason == "manager_needed"
    assert shop.till.members.block(zofia, "why", PIN).status == "blocked"
    assert shop.till.members.history(zofia)[0].kind == "member_blocked"


def test_the_history_goes_on_page_by_page(shop: Shop) -> None:
    zofia = shop.member()
    for amount in range(1, 6):
        shop.sell(f"{amount}.00", member=zofia)
    first = shop.till.members.history(zofia, limit=4)
    rest = shop.till.members.history(zofia, limit=4, before=first[-1].position)
    assert [row.points_millipoints for row in (*first, *rest)] == [5000, 4000, 3000, 2000, 1000, 0]
    assert [row.kind for row in rest] == ["sale_completed", "member_enrolled"]


def test_a_birthday_nearby_is_said(sample_shop: Shop) -> None:
    def days(birthday: str) -> int | None:
        return sample_shop.till.members.show(sample_shop.member(None, birthday=birthday)).birthday_in_days

    assert [days("11-17"), days("1990-11-20"), days("11-14"), days("05-31")] == [0, 3, -3, None]


def test_what_is_shown_is_json(sample_shop: Shop) -> None:
    zofia = sample_shop.member(phone="601234567", birthday="1990-05-31")
    sample_shop.sell("600.00", "Coffee:3:30.00", member=zofia)
    shown = msgspec.to_builtins(sample_shop.till.members.show(zofia))
    assert {
        "member_id",
        "points_millipoints",
        "pending_millipoints",
        "spendable_millipoints",
        "debt_millipoints",
        "why_not",
        "lots",
        "tier",
        "qualifying_millipoints",
        "stamps",
        "vouchers",
        "cards",
        "history",
    } <= shown.keys()
    assert json.loads(json.dumps(shown)) == json.loads(msgspec.json.encode(shown))


def test_a_tier_given_by_hand_ends_and_can_be_taken_back(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    points = sample_shop.till.points

    def tier() -> str | None:
        shown = sample_shop.till.members.show(zofia).tier
        return None if shown is None else shown.id

    assert points.set_tier(zofia, "gold", manager_pin=PIN).until_ms == at("2027-11-17 00:00")
    assert tier() == "gold"
    sample_shop.clock.forward(days=365)
    assert tier() == "bronze"
    points.set_tier(zofia, "silver", sample_shop.clock.now_ms() + DAY_MS, manager_pin=PIN)
    assert tier() == "silver"
    assert points.set_tier(zofia, None, manager_pin=PIN).until_ms is None
    assert tier() == "bronze"
