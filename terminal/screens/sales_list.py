"""The latest sales, and any other by the code on its receipt or its number."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.formats import format_moment, format_money
from config.i18n import N_, _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.till_sale_shapes import SaleBrief
from terminal.widgets.pick_list import Choice, PickList

RECENT = 50
STATUS_WORDS = {
    "sold": "",
    "part_refunded": N_("partly refunded"),
    "refunded": N_("refunded"),
    "voided": N_("voided"),
}


class SalesListScreen(TillScreen[str | None]):
    """Answers with a sale: its identity, or the code or number that was typed or scanned."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, BACK))
    HEADING = N_("Which sale?")
    ABOUT = N_("Scan the code on the receipt, type its number (#152), or choose with the arrows and Enter.")

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("receipt code, or #number"), empty=_("No sale here yet."))

    def on_mount(self) -> None:
        """Show the latest sales."""
        self.do(self._load())
        self.tell(_("Scan the receipt's code, type its number, or choose with the arrows; then Enter."))

    async def _load(self) -> None:
        sales = await self.regulars.desk.read(lambda till: till.sales.recent(RECENT))
        self.query_one(PickList).show([self._choice(each) for each in sales])

    def take_scan(self, text: str) -> bool:
        """The code on a receipt."""
        self.dismiss(text)
        return True

    def _choice(self, sale: SaleBrief) -> Choice:
        language = current_language()
        left = f"{sale.short}  {format_moment(sale.at_ms, self.zone, language)}  {self.name_of(sale.cashier)}"
        status = _(STATUS_WORDS.get(sale.status, sale.status))
        right = f"{status}  {format_money(sale.to_pay_minor, self.currency, language)}"
        return Choice(sale.sale_id, left, right, sale.status in {"refunded", "voided"})

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Take the marked sale; a code or number that is not in the list is looked up all the same."""
        if event.key is not None:
            self.dismiss(event.key)
        elif event.text:
            self.dismiss(f"#{event.text}" if event.text.isdigit() else event.text)
