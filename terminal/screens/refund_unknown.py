"""Money back for a sale of another till that this one can't look up: a manager allows it."""

from collections.abc import Sequence

from config.errors import N_, Refused
from config.formats import format_money, parse_amount
from config.i18n import _, current_language
from terminal.screens.dialogs import MAX_PIN_DIGITS
from terminal.screens.form_screen import FormScreen
from terminal.till_member_shapes import MemberFound
from terminal.till_refunds import UnknownRefund
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row
from terminal.widgets.message_line import Tone


class RefundUnknownScreen(FormScreen[None]):
    """Whose sale, how much, why, and a manager's PIN."""

    HEADING = N_("Refund of a sale made elsewhere")
    ABOUT = N_(
        "This till does not know the sale. With its receipt in hand a manager may pay back all the same: the member "
        "(phone, number or scan; may be empty), the amount, the reason, the manager's PIN."
    )

    def __init__(self, sale_id: str) -> None:
        super().__init__()
        self._sale_id = sale_id

    def rows(self) -> Sequence[Row]:
        """Member, amount, reason, PIN."""
        return (
            Row("member", _("Member"), _("phone, number, or scan the card"), max_length=100, keeps=keeps_digits(12)),
            Row("amount", _("Amount"), "45.90", max_length=16, keeps=keeps_digits(9)),
            Row("reason", _("Reason"), max_length=200),
            Row(
                "pin", _("Manager's PIN"), password=True, max_length=MAX_PIN_DIGITS, keeps=keeps_digits(MAX_PIN_DIGITS)
            ),
        )

    def on_mount(self) -> None:
        """Say what this is."""
        self.tell(_("This till does not know that sale. A manager may pay back all the same."), Tone.WARNING)

    def take_scan(self, text: str) -> bool:
        """The member's card."""
        form = self.query_one(Form)
        form.fill("member", text)
        form.go_to("amount")
        return True

    async def save(self, form: Form) -> None:
        """Pay back."""
        desk, currency = self.regulars.desk, self.currency
        text, pin = form.value("member"), form.value("pin")
        member_id = None
        if text:
            found = await desk.read(lambda till: till.members.identify(text, typed=True))
            if not isinstance(found, MemberFound):
                form.go_to("member")
                raise Refused(
                    "member_unknown", N_("No one member is known by that. Nothing was paid back; try the card.")
                )
            member_id = found.member.member_id
        request = UnknownRefund(
            sale=self._sale_id,
            member_id=member_id,
            amount_minor=parse_amount(form.value("amount"), currency),
            reason=form.value("reason"),
        )
        form.fill("pin", "")
        done = await desk.write(lambda till: till.refunds.refund_unknown(request, manager_pin=pin))
        money = format_money(done.refunded_minor, currency, current_language())
        self.dismiss(None)
        self.regulars.call_later(self.regulars.tell, _("Pay back {money}. Refund saved.").format(money=money), Tone.OK)
