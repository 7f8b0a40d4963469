"""The camera beside the sale: a card before it is a scan, and a lost source is a word while the sale goes on."""

from pathlib import Path

import numpy as np

from config.scanner_settings import ScannerSettings
from config.settings import Settings
from config.terminal_settings import TerminalSettings
from tests.integration.scanner.network_camera import NetworkCamera
from tests.integration.terminal.shop import Shop
from tests.unit.scanner import drawn

COUNTER = np.full((480, 640), 150, np.uint8)


def seen_by(shop: Shop, source: str) -> None:
    """Let the till of *shop* look at *source*."""
    shop.settings = Settings(terminal=TerminalSettings(sound="off"), scanner=ScannerSettings(source=source))


def picture_of(text: str, path: Path) -> str:
    """A picture of a card, as a camera would see it."""
    import segno

    segno.make_qr(text, error="q").save(str(path), scale=8, border=6)
    return str(path)


async def test_a_card_before_the_camera_fills_the_member_pane(furnished: Shop, tmp_path: Path) -> None:
    with furnished.till() as till:
        text = till.cards.qr_text(furnished.card)
    source = picture_of(text, tmp_path / "card.png")
    furnished.settings = Settings(
        terminal=TerminalSettings(sound="off"), scanner=ScannerSettings(source=source, width=640, height=480)
    )
    async with furnished.app() as counter:
        await counter.until(lambda: counter.sale.draft.member is not None)
        await counter.until(lambda: "Zofia Nowak" in counter.text())


async def test_a_camera_that_is_not_there_is_said_and_the_sale_goes_on(shop: Shop, tmp_path: Path) -> None:
    missing = str(tmp_path / "unplugged.mp4")
    shop.settings = Settings(terminal=TerminalSettings(sound="off"), scanner=ScannerSettings(source=missing))
    async with shop.app() as counter:
        counter.hands.keys("45,90")
        await counter.press("f12")
        assert counter.sale.done is not None


async def test_a_looped_video_fills_the_member_pane_and_shows_its_picture(furnished: Shop, tmp_path: Path) -> None:
    with furnished.till() as till:
        card = drawn.placed(drawn.qr(till.cards.qr_text(furnished.card)), width=640, height=480)
    seen_by(furnished, str(drawn.video(tmp_path / "counter.avi", [*[COUNTER] * 5, *[card] * 5])))
    async with furnished.app(size=(120, 40)) as counter:
        await counter.until(lambda: counter.sale.draft.member is not None)
        await counter.until(lambda: "Zofia Nowak" in counter.text() and "▀" in counter.text())


async def test_a_camera_pulled_in_mid_sale_is_said_and_comes_back_and_the_basket_is_kept(furnished: Shop) -> None:
    with furnished.till() as till:
        card = drawn.placed(drawn.qr(till.cards.qr_text(furnished.card)), width=640, height=480)
    shown = COUNTER
    with NetworkCamera(lambda number: drawn.noisy(shown, 3, seed=number)) as camera:
        seen_by(furnished, camera.address)
        async with furnished.app(size=(120, 40)) as counter:
            await counter.until(lambda: "▀" in counter.text())
            await counter.type("45,90")
            camera.pull()
            await counter.until(lambda: "camera" in counter.message and "The sale goes on" in counter.message)
            assert counter.sale.draft.lines
            shown = card
            camera.plug_in()
            await counter.until(lambda: counter.sale.draft.member is not None)
            assert [line.amount_minor for line in counter.sale.draft.lines] == [4590]
            await counter.press("f12")
            assert counter.sale.done is not None
