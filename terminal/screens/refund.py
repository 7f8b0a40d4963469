"""Money back for a sale: whole, by line or part of a line; or the sale voided within its shift."""

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from config.errors import N_, RegularsError, WrongUse
from config.formats import format_amount, format_moment, format_money, format_points, format_quantity, parse_quantity
from config.i18n import _, current_language
from loyalty.money import MILLI
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.till_sale_shapes import RefundDone, RefundLine, RefundRequest, SaleShown, SoldLine
from terminal.widgets.field import Field
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import PickField
from terminal.widgets.text import row, stack

REFUND = Command("refund", "f12", N_("Refund"), N_("Pay back what is chosen; the points follow."))
VOID = Command("void", "f8", N_("Void"), N_("Undo the whole sale, within the shift it was made in."))
RECEIPT = Command("receipt", "f4", N_("Receipt"), N_("Show this sale's receipt; print it again."))
_PICK = re.compile(r"(?P<number>[0-9]{1,3})(?::(?P<quantity>[0-9]+(?:[.,][0-9]{1,3})?))?", re.ASCII)


class RefundScreen(TillScreen[RefundDone | None]):
    """One sale with its lines; what is chosen, and what it comes to, before anything is done."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, RECEIPT, VOID, REFUND, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, RECEIPT, VOID, REFUND, BACK))
    HEADING = N_("Refund")
    ABOUT = N_(
        "Type the number of a line and Enter to choose it, 2:1 for one piece of line 2; nothing chosen means all that "
        "is left. F12 pays back. F8 voids the sale: only within its shift, and the member is exactly as before."
    )

    def __init__(self, sale: str) -> None:
        super().__init__()
        self._asked_for = sale
        self._sale: SaleShown | None = None
        self._lines: tuple[RefundLine, ...] = ()
        self._preview: RefundDone | None = None
        self._key = ""
        self._busy = False

    def compose_body(self) -> ComposeResult:
        """Lines, what comes back, and a field."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        with VerticalScroll(id="refund-scroll", can_focus=False):
            yield Static("", id="refund-lines")
        yield Static("", id="refund-sum")
        yield PickField(_("line number, or line:quantity; empty: all"), clears=True, id="refund-field")

    def on_mount(self) -> None:
        """Fetch the sale."""
        self._key = self.regulars.random.token(16).hex()
        self.do(self._load())

    async def _load(self) -> None:
        asked_for = self._asked_for
        sale = await self.regulars.desk.read(lambda till: till.sales.show(asked_for))
        self._sale = sale
        await self._show()
        if sale.status in {"refunded", "voided"}:
            self.tell(_("This sale was given back before: nothing is left of it. Esc: back."), Tone.NOT_OK)
        else:
            self.tell(_("F12 pays back all that is left. Type a line's number to choose only that."))

    async def _show(self) -> None:
        sale = self._sale
        if sale is None:
            return
        currency, language = self.currency, current_language()
        moment = format_moment(sale.at_ms, self.zone, language)
        sold = _("Sale {sale}").format(sale=sale.short)
        heading = f"{sold} · {moment} · {self.name_of(sale.cashier)}"
        self.query_one(".heading", Static).update(Content(heading))
        area = self.query_one("#refund-lines", Static)
        chosen = {line.number: line for line in self._lines}
        width = area.size.width - 2
        rows = [_sold(line, self._goods(line), chosen.get(line.number), currency, width) for line in sale.lines]
        area.update(stack(rows))
        if sale.status not in {"refunded", "voided"}:
            request = self._request()
            self._preview = await self.regulars.desk.read(lambda till: till.refunds.preview(request))
        self.query_one("#refund-sum", Static).update(_sum(self._preview, currency))

    def on_pick_field_moved(self, event: PickField.Moved) -> None:
        """The arrows scroll a long sale."""
        event.stop()
        self.query_one("#refund-scroll", VerticalScroll).scroll_relative(y=event.step, animate=False)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Choose a line, or let it go."""
        event.stop()
        self.do(self._pick(event.value.strip()))

    async def _pick(self, text: str) -> None:
        before = self._lines
        self._lines = picked(before, text, self._sale.lines if self._sale else ())
        try:
            await self._show()
        except RegularsError:
            self._lines = before
            await self._show()
            raise

    def _goods(self, line: SoldLine) -> str:
        sell = self.regulars.sell
        return sell.name_of_goods(line.category) if sell else line.category

    def _request(self) -> RefundRequest:
        assert self._sale is not None
        return RefundRequest(sale=self._sale.sale_id, lines=self._lines, key=self._key)

    def action_refund(self) -> None:
        """Pay back."""
        if self._preview is not None and not self._busy:
            self._busy = True
            self.do(self._refund())

    async def _refund(self) -> None:
        request = self._request()
        try:
            done = await self.regulars.desk.write(lambda till: till.refunds.refund(request))
        finally:
            self._busy = False
        self._leave(done)

    def action_void(self) -> None:
        """Undo the whole sale."""
        if self._sale is not None and not self._busy:
            self._busy = True
            self.do(self._void(self._sale.sale_id))

    async def _void(self, sale_id: str) -> None:
        desk = self.regulars.desk
        try:
            done = await self.with_manager(lambda pin: desk.write(lambda till: till.refunds.void(sale_id, pin)))
        finally:
            self._busy = False
        if done is not None:
            self._leave(done)

    def _leave(self, done: RefundDone) -> None:
        self.dismiss(done)
        money = format_money(done.refunded_minor, self.currency, current_language())
        words = (
            _("Pay back {money}. The sale was voided.") if done.kind == "void" else _("Pay back {money}. Refund saved.")
        )
        self.regulars.call_later(self.regulars.tell, words.format(money=money), Tone.OK)

    def action_receipt(self) -> None:
        """Its receipt."""
        if self._sale is not None:
            from terminal.screens.receipt import ReceiptScreen

            self.regulars.push_screen(ReceiptScreen(self._sale.sale_id))


def picked(lines: tuple[RefundLine, ...], text: str, sold: tuple[SoldLine, ...]) -> tuple[RefundLine, ...]:
    """*lines* with the one that *text* names chosen or let go; WrongUse where there is no such line."""
    match = _PICK.fullmatch(text)
    if not text:
        return ()
    if match is None or not any(line.number == int(match["number"]) for line in sold):
        raise WrongUse("line_unknown", N_("There is no such line. Type a line's number, like 2, or 2:1 for one piece."))
    number = int(match["number"])
    others = tuple(line for line in lines if line.number != number)
    if match["quantity"] is None and len(others) < len(lines):
        return others
    return (
        *others,
        RefundLine(number=number, quantity_milli=parse_quantity(match["quantity"]) if match["quantity"] else None),
    )


def _sold(line: SoldLine, goods: str, chosen: RefundLine | None, currency: str, width: int) -> Content:
    language = current_language()
    times = f" ×{format_quantity(line.quantity_milli, language)}" if line.quantity_milli != MILLI else ""
    returned = _("back: {quantity}").format(quantity=format_quantity(line.refunded_quantity_milli, language))
    back = f"  ({returned})" if line.refunded_minor else ""
    mark = "✓" if chosen else " "
    part = f" → {format_quantity(chosen.quantity_milli, language)}" if chosen and chosen.quantity_milli else ""
    style = "$success bold" if chosen else "$foreground"
    left = f"{mark} {line.number:>2}  {goods}{times}{part}{back}"
    return row((left, style), (format_amount(line.paid_minor, currency, language), style), max(20, width))


def _sum(preview: RefundDone | None, currency: str) -> Content:
    if preview is None:
        return Content()
    language = current_language()
    taken = format_points(preview.points_taken_back_millipoints, language)
    given = format_points(preview.points_given_back_millipoints, language)
    return Content.assemble(
        (
            _("To pay back: {money}").format(money=format_money(preview.refunded_minor, currency, language)),
            "bold $primary",
        ),
        "\n",
        (_("Points: {taken} are taken back, {given} are given back.").format(taken=taken, given=given), "$muted"),
    )
