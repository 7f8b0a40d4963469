"""A cashier sells: scan, amount, reward, save, take back, hold; and what the till refuses."""

import pytest

from config.settings import Settings
from config.terminal_settings import TerminalSettings
from loyalty.basket import Line
from terminal.screens.find import FindScreen
from terminal.screens.refund import RefundScreen
from terminal.screens.sign_in import SignInScreen
from terminal.screens.why import WhyScreen
from terminal.sound import Sound
from terminal.till_member_shapes import Enrolment
from terminal.till_sale_shapes import SaleRequest
from tests.integration.terminal.shop import PIN, Shop


def enrol(
    shop: Shop, name: str = "Zofia Nowak", phone: str | None = "+48601234567", points: int = 0
) -> tuple[str, str]:
    """(member id, card) of a new member with so many points."""
    with shop.till() as till:
        enrolled = till.members.enrol(Enrolment(name=name, phone=phone))
        if points:
            till.points.adjust(enrolled.member_id, points * 1000, "opening balance", manager_pin="4711")
        return enrolled.member_id, enrolled.cards[0].code


async def test_a_scan_an_amount_and_one_key_make_a_sale(shop: Shop) -> None:
    member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.until(lambda: "Zofia Nowak" in counter.text())
        counter.hands.keys("45,90")
        await counter.press("f12")
        await counter.until(lambda: "Saved" in counter.message)
        done = counter.sale.done
        assert done is not None
        assert done.to_pay_minor == 4590
    with shop.till() as till:
        sale = till.sales.show(done.sale_id)
        assert sale.member_id == member_id
        assert till.upkeep.verify().differences == ()


async def test_the_card_may_come_after_the_amount(shop: Shop) -> None:
    member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.type("45,90")
        await counter.scan(card)
        await counter.press("f12")
        assert counter.sale.done is not None
        assert counter.sale.done.member_id == member_id


async def test_a_card_scanned_while_an_amount_is_typed_leaves_the_amount(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        counter.hands.keys("45,9")
        counter.hands.scan(card)
        counter.hands.keys("0")
        await counter.press("f12")
        done = counter.sale.done
        assert done is not None
        assert done.to_pay_minor == 4590
        assert done.member_id is not None


async def test_a_reward_takes_three_keys(shop: Shop) -> None:
    _member_id, card = enrol(shop, points=500)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("45,90")
        number = next(place for place, offer in enumerate(counter.sale.offers, 1) if offer.reward == "five-off")
        counter.hands.press("f4")
        await counter.type(str(number))
        quote = counter.sale.quote
        assert quote is not None
        assert quote.to_pay_minor == 4090
        await counter.press("f4")
        await counter.type(str(number))
        assert counter.sale.quote is not None
        assert counter.sale.quote.to_pay_minor == 4590


async def test_a_reward_is_chosen_with_the_arrows_too(shop: Shop) -> None:
    _member_id, card = enrol(shop, points=500)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("45,90")
        await counter.press("f4", "down", "down", "up")
        # Why the marked one can't be had.
        await counter.until(lambda: "only" in counter.text() or "nothing of" in counter.text())
        await counter.press("up")
        await counter.until(lambda: "Takes 5.00 off" in counter.text())
        await counter.press("enter")
        assert [each.reward for each in counter.sale.draft.rewards] == ["five-off"]


async def test_each_of_many_rewards_comes_into_sight_in_a_small_window(shop: Shop) -> None:
    with shop.till() as till:
        gift = '[[reward]]\nid = "r{0}"\nname = "Reward {0}"\nkind = "gift"\npoints = 1\n'
        programme = 'name = "Many"\n[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n' + "".join(
            gift.format(number) for number in range(1, 31)
        )
        till.programmes.activate(programme, manager_pin=PIN)
    _member_id, card = enrol(shop, points=500)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("45,90")
        assert "Reward 30" not in counter.text()
        await counter.press("f4")
        for _row in range(29):
            counter.hands.press("down")
        await counter.settled()
        await counter.until(lambda: "30 · Reward 30" in counter.text())
        await counter.press("enter")
        assert [each.reward for each in counter.sale.draft.rewards] == ["r30"]


async def test_what_the_sale_wins_is_said_before_it_is_saved(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("10x12 coffee")
        await counter.until(lambda: "Wins a voucher: A free coffee" in counter.text())
        await counter.type("900")
        await counter.until(lambda: "Reaches Gold" in counter.text())


async def test_the_shop_s_own_keys_work_and_mistakes_among_them_are_said(shop: Shop) -> None:
    keymap = {"finish": "f5", "why": "f8", "refund": "ctrl+r", "hold": "f9"}
    shop.settings = Settings(terminal=TerminalSettings(sound="off", keymap=keymap))
    async with shop.app() as counter:
        await counter.until(lambda: "F9 would do hold, more at once" in counter.message)
        await counter.type("45,90")
        await counter.press("f6")
        assert counter.sale.draft.is_empty
        await counter.press("f6", "f8")
        assert counter.on(WhyScreen)
        await counter.press("escape", "f5")
        assert counter.sale.done is not None
        await counter.until(lambda: "F5 Finish" in counter.text())


async def test_a_refused_reward_says_why_and_changes_nothing(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("45,90")
        await counter.press("f4")
        await counter.type("1")
        assert counter.sale.draft.rewards == ()
        assert shop.ears.heard[-1] is Sound.NOT_OK


async def test_rewards_without_a_member_are_refused_in_words(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f4")
        await counter.until(lambda: "Scan a card first" in counter.message)


async def test_one_key_says_how_it_is_paid(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.type("45,90")
        await counter.until(lambda: "cash" in counter.text())
        await counter.press("f11")
        await counter.until(lambda: "Paid by: card" in counter.message)
        await counter.press("f12")
        await counter.until(lambda: "card" in counter.text())
        await counter.type("1,00")
        assert counter.sale.draft.payment_method == "cash"
    with shop.till() as till:
        closed = till.shifts.close()
        assert (closed.paid_minor, closed.expected_minor) == ({"card": 4_590}, 0)


async def test_a_shop_that_does_not_ask_how_it_is_paid_says_so(shop: Shop) -> None:
    shop.settings = Settings(terminal=TerminalSettings(sound="off", payment_methods=()))
    async with shop.app() as counter:
        await counter.type("45,90")
        await counter.press("f11")
        await counter.until(lambda: "does not ask" in counter.message)
        await counter.press("f12")
    with shop.till() as till:
        assert till.shifts.close().paid_minor == {"": 4_590}


async def test_undo_takes_each_step_back_and_then_the_saved_sale(shop: Shop) -> None:
    member_id, card = enrol(shop)
    with shop.till() as till:
        before = till.members.show(member_id).points_millipoints
    async with shop.app() as counter:
        sale = counter.sale
        await counter.scan(card)
        await counter.type("45,90")
        await counter.type("18 cof")
        await counter.press("f7")
        assert sale.draft.total_minor == 4590
        await counter.press("f12", "f7")
        assert sale.done is None
        assert sale.draft.total_minor == 4590
        await counter.until(lambda: "taken back" in counter.message)
    with shop.till() as till:
        assert till.members.show(member_id).points_millipoints == before


async def test_nothing_to_save_and_nothing_to_undo_are_said(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f12")
        await counter.until(lambda: "nothing to save" in counter.message)
        await counter.press("f7")
        await counter.until(lambda: "nothing to take back" in counter.message)


async def test_a_sale_is_held_and_taken_back(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("45,90")
        await counter.press("f6")
        assert counter.sale.draft.is_empty
        await counter.press("f6")
        assert counter.sale.draft.lines == (Line("general", 4590),)
        assert counter.sale.draft.member is not None
        await counter.press("f12")
    with shop.till() as till:
        assert till.sales.held() == ()


async def test_a_phone_finds_a_member_and_a_name_of_several_asks(shop: Shop) -> None:
    enrol(shop)
    enrol(shop, "Zofia Kowalska", "+48602111222")
    async with shop.app() as counter:
        await counter.type("601234567")
        await counter.until(lambda: "Zofia Nowak" in counter.text())
        await counter.type("Zofia")
        assert counter.on(FindScreen)
        await counter.press("escape")
        assert counter.selling


async def test_nobody_is_found_and_f2_enrols_them_with_what_was_typed(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.type("601234567")
        await counter.until(lambda: "F2" in counter.message)
        await counter.press("f2")
        await counter.until(lambda: "601" in counter.text())


@pytest.mark.parametrize("text", ["1,2,3", "45.9.0", "-5", "9" * 25, "4..5"])
async def test_what_is_no_amount_is_not_taken_for_a_name(shop: Shop, text: str) -> None:
    async with shop.app() as counter:
        await counter.type(text)
        await counter.until(lambda: "neither an amount nor a member" in counter.message)
        assert counter.sale.draft.is_empty
        await counter.type("601.234.567")
        await counter.until(lambda: "F2 enrols them" in counter.message)


async def test_a_receipts_number_opens_the_sale(shop: Shop) -> None:
    with shop.till() as till:
        done = till.sales.sell(SaleRequest(lines=(Line("general", 1000),)))
    async with shop.app() as counter:
        await counter.type(done.short)
        assert counter.on(RefundScreen)


async def test_why_explains_and_a_scan_closes_it(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.type("45,90")
        await counter.press("f5")
        assert counter.on(WhyScreen)
        await counter.scan(card)
        assert counter.selling
        await counter.until(lambda: "Zofia Nowak" in counter.text())


async def test_lines_are_marked_with_arrows_and_taken_out(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.type("10")
        await counter.type("20 coffee")
        await counter.press("up", "up", "delete")
        assert counter.sale.draft.lines == (Line("Coffee", 2000),)


async def test_f4_and_the_number_typed_without_a_pause_choose_the_reward(shop: Shop) -> None:
    _member_id, card = enrol(shop, points=500)
    async with shop.app() as counter:
        counter.hands.scan(card)
        counter.hands.keys("45,90", gap_ms=70, enter=True)
        counter.hands.press("f4", gap_ms=70)
        counter.hands.keys("1", gap_ms=70, enter=True)
        counter.hands.press("f12", gap_ms=70)
        await counter.settled()
        done = counter.sale.done
        assert done is not None
        assert [each.reward for each in done.discounts] == ["five-off"]


async def test_keys_typed_while_a_screen_opens_belong_to_it(shop: Shop) -> None:
    async with shop.app() as counter:
        counter.hands.press("f2", gap_ms=70)
        counter.hands.keys("601234567", gap_ms=70, enter=True)
        counter.hands.keys("Zofia Nowak", gap_ms=70)
        counter.hands.press("f12", gap_ms=70)
        await counter.settled()
        await counter.press("escape")
    with shop.till() as till:
        assert [match.name for match in till.members.find("zofia").matches] == ["Zofia Nowak"]


async def test_the_sale_on_screen_is_there_after_a_crash(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.scan(card)
        await counter.type("45,90")
    async with shop.app() as counter:
        assert counter.sale.draft.total_minor == 4590
        await counter.until(lambda: "Zofia Nowak" in counter.text())


async def test_a_fault_in_the_program_shows_and_the_sale_goes_on(shop: Shop) -> None:
    async with shop.app() as counter:
        sell = counter.app.sell
        assert sell is not None
        await counter.type("45,90")

        async def fault() -> None:
            raise ZeroDivisionError

        sell.queue(fault)
        await counter.settled()
        await counter.until(lambda: "Something inside failed" in counter.message)
        await counter.press("f12")
        assert sell.sale.done is not None


def voucher_of(shop: Shop, member_id: str) -> str:
    """The code of a voucher that ten coffees have won."""
    with shop.till() as till:
        done = till.sales.sell(SaleRequest(lines=(Line("Coffee", 9_000, 10_000),), member_id=member_id))
        return done.vouchers_won[0].code


async def test_a_voucher_may_be_scanned_before_its_goods(shop: Shop) -> None:
    member_id, _card = enrol(shop)
    code = voucher_of(shop, member_id)
    async with shop.app() as counter:
        await counter.scan(code)
        await counter.until(lambda: "waits for the goods" in counter.message)
        await counter.type("4,50 bread")
        assert counter.sale.draft.waiting_vouchers == (code,)
        await counter.type("9 coffee")
        quote = counter.sale.quote
        assert quote is not None
        assert (counter.sale.draft.vouchers, quote.to_pay_minor) == ((code,), 450)
        await counter.until(lambda: "✓ A free coffee" in counter.text())
        await counter.press("up", "delete")
        assert counter.sale.draft.waiting_vouchers == (code,)
        await counter.press("f12")
        await counter.until(lambda: "The voucher was not used" in counter.message)
    with shop.till() as till:
        assert [each.status for each in till.vouchers.list(member_id)] == ["open"]


async def test_a_voucher_is_let_go_like_any_reward_and_waits_through_a_restart(shop: Shop) -> None:
    member_id, _card = enrol(shop)
    code = voucher_of(shop, member_id)
    async with shop.app() as counter:
        await counter.scan(code)
    async with shop.app() as counter:
        assert counter.sale.draft.all_vouchers == (code,)
        await counter.type("9 coffee")
        assert counter.sale.draft.vouchers == (code,)
        number = next(place for place, offer in enumerate(counter.sale.offers, 1) if offer.reward == "free-coffee")
        await counter.press("f4")
        await counter.type(str(number))
        assert not counter.sale.draft.all_vouchers


async def test_what_comes_too_late_for_a_screen_that_was_left_is_no_fault(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f3")
        left = counter.app.screen
        assert isinstance(left, FindScreen)
        await counter.press("escape")
        before = counter.message

        async def late() -> None:
            left.query_one("#gone")

        await left._guarded(late())
        assert counter.message == before


async def test_a_locked_till_takes_no_card_and_keeps_the_sale(shop: Shop) -> None:
    _member_id, card = enrol(shop)
    async with shop.app() as counter:
        await counter.type("45,90")
        await counter.press("ctrl+l")
        assert counter.on(SignInScreen)
        await counter.scan(card)
        await counter.until(lambda: "locked" in counter.message)
        await counter.type("4711")
        assert counter.selling
        assert counter.sale.draft.total_minor == 4590
        assert counter.sale.draft.member is None


async def test_the_till_locks_itself_after_a_while(shop: Shop) -> None:
    async with shop.app() as counter:
        shop.clock.at_ms += 301_000
        counter.app._tick()
        await counter.settled()
        assert counter.on(SignInScreen)
