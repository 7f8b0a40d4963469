"""Signing in, roles, lock-out, the manager's PIN, shifts, staff, training, and the first run."""

from pathlib import Path

from config.paths import HomePaths
from terminal.screens.dialogs import ManagerPin
from terminal.screens.more import MoreScreen
from terminal.screens.set_up import SetUpScreen
from terminal.screens.sign_in import SignInScreen
from terminal.sound import Sound
from terminal.till_opening import sample_programme
from terminal.widgets.pick_list import PickList, Rows
from terminal.widgets.status_line import StatusLine
from tests.integration.terminal.shop import PIN, Shop

WITH_A_MANAGER = """
[[activity]]
id = "tasting"
name = "Came to the tasting"
kind = "event"
voucher = "free-coffee"
proof = "manager"
"""


async def test_a_wrong_pin_lets_nobody_in(shop: Shop) -> None:
    async with shop.app(signed_in=False) as counter:
        await counter.until(lambda: counter.on(SignInScreen))
        await counter.settled()
        await counter.type("9999")
        assert counter.on(SignInScreen)
        assert shop.ears.heard[-1] is Sound.NOT_OK


async def test_after_wrong_pins_the_right_one_waits_too(shop: Shop) -> None:
    async with shop.app(signed_in=False) as counter:
        await counter.until(lambda: counter.on(SignInScreen))
        await counter.settled()
        for _ in range(12):
            await counter.type("9999")
        await counter.type(PIN)
        assert counter.on(SignInScreen)


async def test_a_cashier_sees_no_manager_s_commands(furnished: Shop) -> None:
    async with furnished.app(signed_in=False) as counter:
        await counter.sign_in("2580")
        await counter.press("f9")
        assert counter.on(MoreScreen)
        keys = {choice.key for choice in counter.app.screen.query_one(PickList).query_one(Rows).choices}
        assert "staff" not in keys
        assert "shift" in keys


async def test_blocking_asks_a_cashier_for_a_manager_s_pin(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app(signed_in=False) as counter:
        await counter.sign_in("2580")
        await counter.scan(card)
        await counter.press("f10", "f8")
        await counter.type("card found in the street")
        if counter.on(ManagerPin):
            await counter.type(PIN)
        await counter.settled()
        await counter.press("escape")
        await counter.until(lambda: "BLOCKED" in counter.text())


async def test_an_activity_that_needs_a_manager_asks_for_the_pin_and_shows_its_voucher(
    furnished: Shop,
) -> None:
    with furnished.till() as till:
        till.programmes.activate(sample_programme() + WITH_A_MANAGER, manager_pin=PIN)
    async with furnished.app(signed_in=False) as counter:
        await counter.sign_in("2580")
        await counter.scan(furnished.card)
        await counter.press("f10", "f7")
        await counter.type("tasting")
        await counter.until(lambda: counter.on(ManagerPin))
        await counter.type(PIN)
        await counter.until(lambda: "A free coffee" in counter.message)


async def test_a_shift_is_opened_and_closed_with_a_difference(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f9")
        await counter.type("Shift")
        await counter.type("200")
        await counter.until(lambda: "open" in counter.message)
        await counter.press("escape")
        counter.hands.keys("45,90")
        await counter.press("f12")
        await counter.press("f9")
        await counter.type("Shift")
        await counter.type("240")
        await counter.until(lambda: "245.90" in counter.text() and "5.90" in counter.text())
        await counter.type("")
        assert counter.selling
    with shop.till() as till:
        assert till.shifts.current() is None


async def test_somebody_is_added_and_signs_in(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f9")
        await counter.type("Staff")
        await counter.press("f2")
        await counter.type("Piotr")
        await counter.type("2580")
        await counter.type("")
        await counter.until(lambda: "Piotr" in counter.text())
        await counter.press("escape", "ctrl+l")
        await counter.sign_in("2580")
        assert counter.app.session is not None
        assert counter.app.session.role == "cashier"


async def test_points_are_adjusted_with_a_reason_and_a_pin(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        before = counter.sale.member
        assert before is not None
        await counter.press("f9")
        await counter.type("Adjust")
        await counter.type("100")
        await counter.type("goodwill")
        await counter.type(PIN)
        after = counter.sale.member
        assert after is not None
        assert after.points_millipoints == before.points_millipoints + 100_000
        await counter.press("f10", "f11")
        await counter.type("-50")
        await counter.type("a slip")
        await counter.type(PIN)
        await counter.until(lambda: "Adjusted" in counter.message)
        await counter.press("escape")
        last = counter.sale.member
        assert last is not None
        assert last.points_millipoints == before.points_millipoints + 50_000


async def test_an_adjustment_without_a_reason_is_refused_in_words(furnished: Shop) -> None:
    card = furnished.card
    async with furnished.app() as counter:
        await counter.scan(card)
        await counter.press("f9")
        await counter.type("Adjust")
        counter.hands.keys("100")
        await counter.press("f12")
        await counter.until(lambda: "reason is needed" in counter.message)


async def test_training_says_so_on_every_screen_and_counts_nothing(shop: Shop) -> None:
    async with shop.app(training=True) as counter:
        counter.hands.keys("45,90")
        await counter.press("f12")
        for key in ("f1", "f2", "f3", "f8", "f9"):
            await counter.press(key)
            line = counter.app.screen.query_one(StatusLine)
            assert line.training
            await counter.until(lambda: "TRAINING" in counter.text())
            await counter.press("escape")
    with shop.till() as till:
        assert till.sales.recent(5) == ()


async def test_the_first_run_sets_the_till_up(shop: Shop, tmp_path: Path) -> None:
    shop.home = HomePaths(tmp_path / "new")
    async with shop.app(signed_in=False) as counter:
        await counter.until(lambda: counter.on(SetUpScreen))
        await counter.settled()
        for text in ("", "", "", "", "", "1357", "2468"):
            await counter.type(text)
        await counter.until(lambda: "PINs differ" in counter.message)
        await counter.type("1357")
        await counter.until(lambda: counter.on(SignInScreen))
        await counter.sign_in("1357")
