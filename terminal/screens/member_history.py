"""What happened to a member, the latest first; further pages come as one scrolls."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from config.formats import format_moment, format_money, format_points
from config.i18n import N_, _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.till_member_shapes import HistoryRow, MemberShown
from terminal.widgets.pick_list import Choice, PickList
from terminal.widgets.text import row

PAGE = 200
OLDER = Command("older", "f3", N_("Older"), N_("Fetch what happened before."))

KIND_WORDS = {
    "member_enrolled": N_("Enrolled"),
    "member_blocked": N_("Blocked"),
    "member_unblocked": N_("Unblocked"),
    "member_erased": N_("Erased"),
    "members_merged": N_("Merged"),
    "profile_changed": N_("Profile changed"),
    "card_linked": N_("Card linked"),
    "card_blocked": N_("Card blocked"),
    "card_replaced": N_("Card replaced"),
    "sale_completed": N_("Sale"),
    "sale_refunded": N_("Refund"),
    "sale_voided": N_("Void"),
    "sale_imported": N_("Imported sale"),
    "points_adjusted": N_("Adjusted"),
    "points_imported": N_("Imported points"),
    "points_expired": N_("Expired"),
    "expiry_reversed": N_("Expiry reversed"),
    "tier_changed": N_("Tier changed"),
    "activity_recorded": N_("Activity"),
    "voucher_issued": N_("Voucher"),
    "voucher_voided": N_("Voucher voided"),
    "override_granted": N_("Manager's override"),
    "flag_raised": N_("Flag"),
}


class HistoryScreen(TillScreen[None]):
    """A list; Enter on a sale opens its receipt."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, OLDER, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, OLDER, BACK))
    HEADING = N_("History")
    ABOUT = N_("The latest first. F3 fetches older ones. Enter on a sale shows its receipt.")

    def __init__(self, member: MemberShown) -> None:
        super().__init__()
        self._member_id = member.member_id
        self._rows: tuple[HistoryRow, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("arrows move, F3: older"), empty=_("Nothing happened yet."))

    def on_mount(self) -> None:
        """The first page."""
        self.do(self._fetch())
        self.tell(_("Arrows move, Enter on a sale shows its receipt, F3 fetches older ones."))

    def action_older(self) -> None:
        """The next page."""
        self.do(self._fetch())

    async def _fetch(self) -> None:
        member_id, before = self._member_id, self._rows[-1].position if self._rows else None
        page = await self.regulars.desk.read(lambda till: till.members.history(member_id, PAGE, before))
        if not page and self._rows:
            self.tell(_("That is all: there is nothing older."))
        self._rows += tuple(page)
        choices = [Choice(each.sale_id or "", *_parts(each, self.zone, self.currency)) for each in self._rows]
        self.query_one(PickList).show(choices)

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """The receipt of a sale."""
        if event.key:
            from terminal.screens.receipt import ReceiptScreen

            self.regulars.push_screen(ReceiptScreen(event.key))


def happened(each: HistoryRow, zone: str, currency: str, width: int) -> Content:
    """One line of history."""
    left, right = _parts(each, zone, currency)
    return row(left, (right, "$primary"), width)


def _parts(each: HistoryRow, zone: str, currency: str) -> tuple[str, str]:
    language = current_language()
    amount = format_money(each.amount_minor, currency, language) if each.amount_minor is not None else ""
    left = "  ".join(
        part
        for part in (
            format_moment(each.at_ms, zone, language),
            _(KIND_WORDS.get(each.kind, each.kind)),
            amount,
            each.reason,
        )
        if part
    )
    sign = "+" if each.points_millipoints > 0 else ""
    return left, f"{sign}{format_points(each.points_millipoints, language)}" if each.points_millipoints else ""
