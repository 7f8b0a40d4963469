"""A member's vouchers."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.formats import format_date
from config.i18n import N_, _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.screens.dialogs import AskLine
from terminal.till_shapes import VoucherShown
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList

VOID = Command("void", "f8", N_("Void"), N_("The marked voucher can't be used any more."))
STATUS_WORDS = {"open": "", "used": N_("used"), "void": N_("void"), "expired": N_("expired")}


class VouchersScreen(TillScreen[None]):
    """The vouchers, the marked one can be voided."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, VOID, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, VOID, BACK))
    HEADING = N_("Vouchers")
    ABOUT = N_("To use a voucher, scan it on the sell screen. F8 voids the marked one: a reason and perhaps a manager.")

    def __init__(self, member_id: str) -> None:
        super().__init__()
        self._member_id = member_id

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("arrows move"), empty=_("No voucher yet."))

    def on_mount(self) -> None:
        """Fetch them."""
        self.do(self._load())
        self.tell(_("To use a voucher: F4 on the sell screen and its reward, or scan the voucher."))

    async def _load(self) -> None:
        member_id = self._member_id
        vouchers = await self.regulars.desk.read(lambda till: till.vouchers.list(member_id))
        self.query_one(PickList).show([_choice(each, self.zone) for each in vouchers])

    def action_void(self) -> None:
        """Void the marked one."""
        marked = self.query_one(PickList).marked
        if marked is not None:
            self.do(self._void(marked.key))

    async def _void(self, code: str) -> None:
        reason = await self.regulars.push_screen_wait(
            AskLine(_("Why is this voucher voided? It stays in the journal."))
        )
        if reason is None:
            return
        desk = self.regulars.desk
        await self.with_manager(lambda pin: desk.write(lambda till: till.vouchers.void(code, reason, pin)))
        await self._load()
        self.tell(_("Done; the list shows how it stands."), Tone.OK)


def _choice(voucher: VoucherShown, zone: str) -> Choice:
    until = ""
    if voucher.expires_ms is not None:
        until = _("until {day}").format(day=format_date(voucher.expires_ms - 1, zone, current_language()))
    status = _(STATUS_WORDS.get(voucher.status, voucher.status))
    return Choice(
        voucher.code, f"{voucher.name}  {voucher.code}", f"{status}  {until}".strip(), voucher.status != "open"
    )
