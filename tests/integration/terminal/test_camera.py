"""The camera beside the sale: a card before it is a scan, and a lost source is a word while the sale goes on."""

from pathlib import Path

from config.scanner_settings import ScannerSettings
from config.settings import Settings
from config.terminal_settings import TerminalSettings
from tests.integration.terminal.shop import Shop


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
