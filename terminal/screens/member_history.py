"""What happened to a member, the latest first; further pages come as one scrolls."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from config.formats import format_amount, format_date, format_moment, format_points
from config.i18n import N_, _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.kind_words import KINDS
from terminal.screens.base import TillScreen
from terminal.till_member_shapes import HistoryRow, MemberShown
from terminal.widgets.pick_list import Choice, PickList
from terminal.widgets.text import row

PAGE = 200
OLDER = Command("older", "f3", N_("Older"), N_("Fetch what happened before."))


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
        choices = []
        for each in self._rows:
            when = format_moment(each.at_ms, self.zone, current_language())
            choices.append(Choice(each.sale_id or "", *_parts(each, when, self.currency)))
        self.query_one(PickList).show(choices)

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """The receipt of a sale."""
        if event.key:
            from terminal.screens.receipt import ReceiptScreen

            self.regulars.push_screen(ReceiptScreen(event.key))


def happened(each: HistoryRow, zone: str, currency: str, width: int) -> Content:
    """One short line of history."""
    left, right = _parts(each, format_date(each.at_ms, zone, current_language()), currency)
    return row(left, (right, "$primary"), width)


def _parts(each: HistoryRow, when: str, currency: str) -> tuple[str, str]:
    language = current_language()
    amount = format_amount(each.amount_minor, currency, language) if each.amount_minor is not None else ""
    left = "  ".join(
        part
        for part in (
            when,
            _(KINDS.get(each.kind, each.kind)),
            amount,
            each.reason,
        )
        if part
    )
    sign = "+" if each.points_millipoints > 0 else ""
    return left, f"{sign}{format_points(each.points_millipoints, language)}" if each.points_millipoints else ""
