"""A receipt on the screen; it can be saved as a file and printed again."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from config.i18n import N_, _
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.widgets.message_line import Tone

PRINT = Command("print", "f4", N_("Print again"), N_("Print a copy; it says COPY."))
SAVE_FILE = Command("save_file", "f6", N_("Save as file"), N_("Keep the receipt as a text file in the till's folder."))


class ReceiptScreen(TillScreen[None]):
    """The receipt as it is printed."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    AUTO_FOCUS = "#paper"
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, PRINT, SAVE_FILE, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, PRINT, SAVE_FILE, BACK))
    HEADING = N_("Receipt")
    ABOUT = N_("The receipt as it is printed. F4 prints a copy, F6 saves it as a file. Arrows scroll.")

    def __init__(self, sale: str | None = None) -> None:
        super().__init__()
        self._sale = sale

    def compose_body(self) -> ComposeResult:
        """The paper."""
        with VerticalScroll(id="paper"):
            yield Static("", id="paper-text", markup=False)

    def on_mount(self) -> None:
        """Fetch it."""
        self.do(self._load())

    async def _load(self) -> None:
        desk = self.regulars.desk
        if self._sale is None:
            last = await desk.read(lambda till: till.sales.last())
            if last is None:
                self.tell(_("There is no receipt yet: finish a sale first. Esc: back."), Tone.NOT_OK)
                return
            self._sale = last.sale_id
        sale = self._sale
        text = await desk.read(lambda till: till.receipts.text(sale))
        self.query_one("#paper-text", Static).update(text)
        self.tell(_("F4 prints a copy, F6 saves it as a file. Esc: back."))

    def action_print(self) -> None:
        """Print a copy."""
        if self._sale is not None:
            self.do(self._print(self._sale))

    async def _print(self, sale: str) -> None:
        await self.regulars.desk.write(lambda till: till.receipts.reprint(sale))
        self.tell(_("A copy is on its way to the printer."), Tone.OK)

    def action_save_file(self) -> None:
        """Save it."""
        if self._sale is not None:
            self.do(self._save(self._sale))

    async def _save(self, sale: str) -> None:
        path = await self.regulars.desk.read(lambda till: till.receipts.save(sale))
        self.tell(_("Saved as {file}.").format(file=path), Tone.OK)
