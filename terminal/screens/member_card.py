"""One card as a QR code on the screen, for the customer's phone; it can be printed as well."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Horizontal, Vertical
from textual.widgets import Static

from config.i18n import N_, _
from terminal.commands import HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.till_member_shapes import CardShown
from terminal.widgets.message_line import Tone
from terminal.widgets.qr_picture import QrPicture

PRINT = Command("print", "f4", N_("Print"), N_("Print the card on the receipt printer."))
GO_ON = Command("back", "enter,escape", N_("Go on"), N_("Back to the sale."))


class CardScreen(TillScreen[None]):
    """Large enough for a phone to read from the customer's side of the counter."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, PRINT, GO_ON)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, PRINT, GO_ON))
    HEADING = N_("The member's card")
    ABOUT = N_("Turn the screen: the customer takes a photo of the code. F4 prints it on the receipt printer.")

    def __init__(self, card: CardShown, *, new: bool = False) -> None:
        super().__init__()
        self._card = card
        self._new = new

    def compose_body(self) -> ComposeResult:
        """The code beside its number."""
        with Center(id="card-page"), Horizontal():
            yield Center(id="card-picture")
            with Vertical(id="card-words"):
                yield Static(_("Enrolled.") if self._new else _(self.HEADING), classes="heading", markup=False)
                yield Static(_grouped(self._card.code), id="card-number", markup=False)
                yield Static(
                    _("The customer may take a photo of this code; it is their card."), classes="hint", markup=False
                )

    def on_mount(self) -> None:
        """Say what to do."""
        self.tell(_("Enter goes on. F4 prints the card."), Tone.OK if self._new else Tone.INFO)
        self.do(self._draw())

    async def _draw(self) -> None:
        code = self._card.code
        text = await self.regulars.desk.read(lambda till: till.cards.qr_text(code))
        await self.query_one("#card-picture").mount(QrPicture(text))

    def action_print(self) -> None:
        """Print the card."""
        self.do(self._print())

    async def _print(self) -> None:
        code = self._card.code
        await self.regulars.desk.write(lambda till: till.cards.print(code))
        self.tell(_("The card is on its way to the printer."), Tone.OK)


def _grouped(code: str) -> str:
    """Digits in fours, so that they can be read aloud."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4)) if code.isdigit() else code
