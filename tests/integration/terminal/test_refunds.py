"""Money back: whole, by line, voided, refused; receipts on the screen."""

from loyalty.basket import Line
from terminal.screens.receipt import ReceiptScreen
from terminal.screens.refund import RefundScreen
from terminal.till_sale_shapes import SaleDone, SaleRequest
from tests.integration.terminal.shop import NOW_MS, Shop


def sell(shop: Shop, at_ms: int = NOW_MS) -> SaleDone:
    """Bread and two coffees."""
    shop.clock.at_ms = at_ms
    with shop.till() as till:
        done = till.sales.sell(SaleRequest(lines=(Line("Bread", 1000), Line("Coffee", 1800, 2000))))
    shop.clock.at_ms = NOW_MS
    return done


async def test_a_whole_sale_goes_back_from_the_list(shop: Shop) -> None:
    done = sell(shop)
    async with shop.app() as counter:
        await counter.press("f8", "enter")
        assert counter.on(RefundScreen)
        await counter.press("f12")
        await counter.until(lambda: "28.00" in counter.message)
    with shop.till() as till:
        assert till.sales.show(done.sale_id).status == "refunded"


async def test_one_piece_of_a_line_goes_back(shop: Shop) -> None:
    done = sell(shop)
    async with shop.app() as counter:
        await counter.press("f8", "enter")
        await counter.type("2:1")
        await counter.press("f12")
        await counter.until(lambda: "9.00" in counter.message)
    with shop.till() as till:
        shown = till.sales.show(done.sale_id)
        assert shown.status == "part_refunded"
        assert shown.refunded_minor == 900


async def test_after_a_refund_the_member_beside_the_saved_sale_is_shown_as_they_are_now(furnished: Shop) -> None:
    async with furnished.app() as counter:
        await counter.scan(furnished.card)
        assert counter.sale.member is not None
        before = counter.sale.member.points_millipoints
        await counter.type("45,90")
        await counter.press("f12")
        assert counter.sale.member.points_millipoints > before
        await counter.press("f8", "enter", "f12")
        await counter.until(lambda: "Refund saved" in counter.message)
        assert counter.sale.done is not None
        assert counter.sale.member.points_millipoints == before


async def test_the_arrows_bring_every_line_of_a_long_sale_into_sight(shop: Shop) -> None:
    with shop.till() as till:
        till.sales.sell(SaleRequest(lines=tuple(Line(f"Shelf {number}", 100) for number in range(1, 41))))
    async with shop.app() as counter:
        await counter.press("f8", "enter")
        await counter.until(lambda: "Shelf 9" in counter.text())
        assert "Shelf 40" not in counter.text()
        await counter.press(*["pagedown"] * 5)
        await counter.until(lambda: "Shelf 40" in counter.text())
        await counter.type("40")
        await counter.press("f12")
        await counter.until(lambda: "1.00. Refund saved" in counter.message)


async def test_a_receipt_s_code_opens_the_sale_wherever_it_is_scanned(shop: Shop) -> None:
    done = sell(shop)
    async with shop.app() as counter:
        await counter.scan(done.code)
        assert counter.on(RefundScreen)
        await counter.press("escape", "f8")
        await counter.scan(done.code)
        assert counter.on(RefundScreen)


async def test_a_sale_is_voided_and_not_twice(shop: Shop) -> None:
    done = sell(shop)
    async with shop.app() as counter:
        await counter.type(done.short)
        await counter.press("f8")
        await counter.until(lambda: "voided" in counter.message)
        await counter.type(done.short)
        await counter.until(lambda: "given back before" in counter.message)
        await counter.press("f12")
        assert counter.on(RefundScreen)
    with shop.till() as till:
        assert till.sales.show(done.sale_id).status == "voided"


async def test_a_line_that_is_not_there_is_refused_in_words(shop: Shop) -> None:
    sell(shop)
    async with shop.app() as counter:
        await counter.press("f8", "enter")
        await counter.type("7")
        await counter.until(lambda: "no such line" in counter.message)
        await counter.type("2:5")
        assert counter.on(RefundScreen)
        await counter.press("f12")
        await counter.until(lambda: "28.00" in counter.message)


async def test_a_sale_nobody_knows_is_said(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f8")
        await counter.type("#999")
        assert counter.message


async def test_the_receipt_is_shown_and_saved(shop: Shop) -> None:
    sell(shop)
    async with shop.app() as counter:
        await counter.press("f9")
        await counter.type("Last receipt")
        assert counter.on(ReceiptScreen)
        await counter.until(lambda: "Bread" in counter.text())
        await counter.press("f6")
        await counter.until(lambda: "Saved as" in counter.message)
        assert list(shop.home.receipts_dir.iterdir())
