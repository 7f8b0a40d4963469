"""Enrolling, finding and everything on a member's screens."""

import json

from terminal.screens.enrol import EnrolScreen
from terminal.screens.member import MemberScreen
from terminal.screens.member_card import CardScreen
from terminal.screens.member_cards import CardsScreen
from terminal.till_member_shapes import Enrolment
from terminal.widgets.form import Form
from terminal.widgets.tick import Tick
from tests.integration.terminal.shop import PIN, Shop


async def test_a_phone_and_a_name_make_a_member_with_a_card_on_the_screen(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f2")
        await counter.type("603333444")
        counter.hands.keys("Ewa Lis")
        await counter.press("f12")
        assert counter.on(CardScreen)
        await counter.until(lambda: "█" in counter.text())
        await counter.press("enter")
        assert counter.selling
        await counter.until(lambda: "Ewa Lis" in counter.text())


async def test_a_name_typed_where_phones_go_is_the_name(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f2")
        counter.hands.keys("Ewa Lis")
        await counter.press("f12")
        await counter.until(lambda: counter.on(CardScreen))
        await counter.press("enter", "f2")
        await counter.type("Jan Lis")
        assert counter.app.screen.query_one(Form).value("phone") == ""
        await counter.press("f12")
        await counter.until(lambda: counter.on(CardScreen))
    with shop.till() as till:
        assert sorted(match.name or "" for match in till.members.find("lis").matches) == ["Ewa Lis", "Jan Lis"]


async def test_a_scanned_card_alone_makes_an_anonymous_member(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f2")
        await counter.scan("5901234123457")
        assert counter.on(EnrolScreen)
        assert counter.app.screen.query_one(Form).value("card") == "5901234123457"
        await counter.press("f12")
        assert counter.selling
        await counter.press("f9")
        await counter.type("Without")
        await counter.scan("5901234123457")
        assert counter.sale.draft.member is not None


async def test_the_same_phone_is_warned_of_while_typing_and_taken_with_one_key(furnished: Shop) -> None:
    async with furnished.app() as counter:
        await counter.press("f2")
        counter.hands.keys("601234567")
        await counter.settled()
        await counter.until(lambda: "Zofia Nowak" in counter.text())
        await counter.press("f3")
        assert counter.selling
        await counter.until(lambda: "Zofia Nowak" in counter.text())


async def test_a_consent_is_dated_with_the_text_that_was_shown(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f2")
        await counter.type("603333444")
        tick = counter.app.screen.query(Tick).first()
        tick.focus()
        await counter.press("space")
        await counter.press("f12", "enter")
        member = counter.sale.draft.member
        assert member is not None
        assert [each.given for each in member.profile.consents] == [True]


async def test_an_empty_form_and_a_wrong_phone_are_refused_in_words(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f2")
        await counter.type("123")
        await counter.press("f12")
        assert counter.on(EnrolScreen)
        await counter.until(lambda: "Nothing was" in counter.message)


async def test_a_member_is_found_by_a_part_of_the_name(furnished: Shop) -> None:
    async with furnished.app() as counter:
        await counter.press("f3")
        await counter.type("wisn")
        await counter.until(lambda: "Jan Wiśniewski" in counter.text())
        assert counter.selling


async def test_a_profile_is_edited_exported_and_erased(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        await counter.press("f10", "f2")
        form = counter.app.screen.query_one(Form)
        form.fill("name", "Zofia Nowak-Lis")
        await counter.press("f12")
        assert counter.on(MemberScreen)
        await counter.until(lambda: "Nowak-Lis" in counter.text())
        await counter.press("f9")
        exported = list((furnished.home.root / "exports").glob("*.json"))
        assert "Nowak-Lis" in json.dumps(json.loads(exported[0].read_bytes()), ensure_ascii=False)
        await counter.press("f10")
        await counter.press("enter")
        # Enter on the focused Cancel erases nobody.
        await counter.until(lambda: "Nowak-Lis" in counter.text())
        await counter.press("f10", "right", "enter")
        await counter.until(lambda: "Nowak-Lis" not in counter.text())


async def test_a_scan_never_presses_a_dialog_s_button(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        await counter.press("f10", "f10", "right")
        await counter.scan(card)
        assert counter.app.screen.focused is not None
        assert counter.app.screen.focused.id == "yes"
        await counter.press("escape")
        await counter.until(lambda: "Zofia Nowak" in counter.text())


async def test_a_lost_card_is_replaced_and_the_old_one_blocked(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        await counter.press("f10", "f4")
        assert counter.on(CardsScreen)
        await counter.press("f6")
        assert counter.on(CardScreen)
        await counter.press("enter", "escape", "escape")
        await counter.press("f9")
        await counter.type("Without")
        await counter.scan(card)
        assert counter.sale.draft.member is None


async def test_a_printed_card_is_linked_by_scanning_it(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        await counter.press("f10", "f4")
        await counter.scan("5901234123457")
        await counter.until(lambda: "5901234123457" in counter.text())


async def test_a_consent_is_withdrawn_with_one_key(shop: Shop) -> None:
    with shop.till() as till:
        channel = till.members.consent_texts()[0]
        enrolled = till.members.enrol(Enrolment(name="Ewa", consents={channel.channel: channel.version}))
    async with shop.app() as counter:
        await counter.scan(enrolled.cards[0].code)
        await counter.press("f10", "f6", "enter")
        await counter.until(lambda: "withdrawn" in counter.message)
    with shop.till() as till:
        assert [each.given for each in till.members.show(enrolled.member_id).profile.consents] == [False]


async def test_a_blocked_member_earns_nothing_and_the_cashier_is_told(furnished: Shop) -> None:
    card = furnished.card
    with furnished.till() as till:
        member_id = till.members.member_of(card)
        till.members.block(member_id, "card found in the street", PIN)
    async with furnished.app() as counter:
        await counter.scan(card)
        assert "blocked" in counter.message.lower()
        counter.hands.keys("45,90")
        await counter.press("f12")
    with furnished.till() as till:
        last = till.sales.recent(1)
        assert not last or last[0].points_earned_millipoints == 0 or last[0].total_minor != 4590


async def test_an_activity_is_recorded_from_the_member_s_screen_too(furnished: Shop) -> None:
    async with furnished.app() as counter:
        await counter.scan(furnished.card)
        before = counter.sale.member
        assert before is not None
        await counter.press("f10", "f7")
        await counter.type("friend")
        await counter.until(lambda: "+100 points" in counter.message)
        await counter.press("escape")
        after = counter.sale.member
        assert after is not None
        assert after.points_millipoints == before.points_millipoints + 100_000


async def test_an_activity_is_recorded(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        await counter.press("f9")
        await counter.type("Record")
        await counter.type("friend")
        await counter.until(lambda: "+100 points" in counter.message)
