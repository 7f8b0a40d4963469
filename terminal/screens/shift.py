"""Open a shift with what is in the drawer, close it with what was counted; totals and the difference."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from config.formats import format_moment, format_money, format_points, parse_amount
from config.i18n import N_, _, current_language
from terminal.screens.form_screen import FormScreen
from terminal.till_shapes import ShiftClosed, TillFacts
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row
from terminal.widgets.message_line import Tone
from terminal.words import payment_word


class ShiftScreen(FormScreen[None]):
    """One amount: the drawer at the start, or the drawer at the end."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    _finished = False
    HEADING = N_("Shift")
    ABOUT = N_(
        "Type the money in the drawer and Enter. Opening: what is in it now. Closing: what was counted; the till says "
        "what it expected and the difference. A sale without a shift opens one by itself."
    )

    def rows(self) -> Sequence[Row]:
        """The money in the drawer."""
        return (
            Row("money", _("In the drawer"), _("amount; empty: not counted"), max_length=16, keeps=keeps_digits(10)),
        )

    def compose_below(self) -> ComposeResult:
        """The totals."""
        yield Static("", id="shift-state")

    def on_mount(self) -> None:
        """How it stands."""
        self.do(self._state())

    async def _facts(self) -> TillFacts:
        facts = await self.regulars.desk.read(lambda till: till.facts())
        self.regulars.facts = facts
        return facts

    async def _state(self) -> None:
        facts = await self._facts()
        if facts.shift is None:
            self.tell(_("No shift is open. Type what is in the drawer, then Enter opens one."))
            return
        since = format_moment(facts.shift.opened_ms, facts.zone, current_language())
        self.query_one("#shift-state", Static).update(Content(_("Open since {moment}.").format(moment=since)))
        self.tell(_("Count the drawer, type the amount, then Enter closes the shift."))

    async def save(self, form: Form) -> None:
        """Open or close; one more Enter leaves, so that nobody opens the next shift by mistake."""
        if self._finished:
            self.dismiss(None)
            return
        facts = await self._facts()
        text = form.value("money")
        amount_minor = parse_amount(text, facts.currency) if text else None
        if facts.shift is None:
            await self.regulars.desk.write(lambda till: till.shifts.open(amount_minor or 0))
            self.tell(_("The shift is open. Esc: back to selling."), Tone.OK)
            await self._facts()
        else:
            closed = await self.regulars.desk.write(lambda till: till.shifts.close(amount_minor))
            self.query_one("#shift-state", Static).update(Content("\n").join(totals(closed, facts.currency)))
            self.tell(_("The shift is closed. Esc: back."), Tone.OK)
        self._finished = True
        form.fill("money", "")


def totals(closed: ShiftClosed, currency: str) -> list[Content]:
    """The closed shift, line by line."""
    language = current_language()

    def money(minor: int) -> str:
        return format_money(minor, currency, language)

    counted, difference = closed.counted_minor, closed.difference_minor
    drawer = [
        (_("Drawer at the start"), money(closed.float_minor), ""),
        (_("Expected in the drawer"), money(closed.expected_minor), ""),
    ]
    if counted is not None and difference is not None:
        style = "$success bold" if difference == 0 else "$warning bold"
        drawer += [(_("Counted"), money(counted), ""), (_("Difference"), money(difference), style)]
    sold = [
        (_("Sales"), str(closed.sales), ""),
        (_("Refunds"), f"{closed.refunds}  ({money(closed.refunded_minor)})", ""),
        (_("Voids"), str(closed.voids), ""),
        (_("Turnover"), money(closed.turnover_minor), ""),
        (_("To pay, after rewards"), money(closed.to_pay_minor), ""),
        (_("Points earned"), format_points(closed.points_earned_millipoints, language), ""),
        (_("Points spent"), format_points(closed.points_spent_millipoints, language), ""),
        (_("Members enrolled"), str(closed.members_enrolled), ""),
    ]
    paid = [(_paid_by(method), money(minor), "") for method, minor in sorted(closed.paid_minor.items()) if method]
    # The drawer first: in a small window the end may be out of sight.
    rows = [*drawer, *sold, *paid]
    return [Content.assemble((f"{label:<28}", "$muted"), (value, style)) for label, value, style in rows]


def _paid_by(method: str) -> str:
    return _("Paid by: {method}").format(method=payment_word(method, _))
