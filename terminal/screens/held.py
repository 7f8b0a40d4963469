"""Sales that were put aside."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.formats import format_money, format_time
from config.i18n import N_, _, current_language, ngettext
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.screens.dialogs import Confirm
from terminal.till_sale_shapes import Held
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList

DROP = Command("drop", "f8", N_("Throw away"), N_("Forget the marked sale; no points were spent on it."))


class HeldScreen(TillScreen[str | None]):
    """Answers with the identity of the held sale that was chosen."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, DROP, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, DROP, BACK))
    HEADING = N_("Held sales")
    ABOUT = N_(
        "Choose with the arrows, Enter takes the sale back on screen. It is kept until it is sold or thrown away."
    )

    def __init__(self, held: Sequence[Held]) -> None:
        super().__init__()
        self._held = tuple(held)

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("type to narrow down"), empty=_("No sale is held."))

    def on_mount(self) -> None:
        """Show the list."""
        self._show()
        self.tell(_("Choose with the arrows, then Enter. F8 throws the marked one away."))

    def _show(self) -> None:
        language = current_language()
        choices = []
        for each in self._held:
            count = ngettext("{count} line", "{count} lines", len(each.lines)).format(count=len(each.lines))
            time = format_time(each.at_ms, self.zone, language)
            left = " · ".join(part for part in (time, each.label, count, self.name_of(each.cashier)) if part)
            choices.append(Choice(each.held_id, left, format_money(each.total_minor, self.currency, language)))
        self.query_one(PickList).show(choices)

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Take it."""
        if event.key is not None:
            self.dismiss(event.key)

    def action_drop(self) -> None:
        """Throw the marked one away, after a question."""
        marked = self.query_one(PickList).marked
        if marked is not None:
            self.do(self._drop(marked.key))

    async def _drop(self, held_id: str) -> None:
        if await self.regulars.push_screen_wait(Confirm(_("Throw this held sale away?"), _("Throw away"))):
            await self.regulars.desk.write(lambda till: till.sales.drop(held_id))
            self._held = tuple(each for each in self._held if each.held_id != held_id)
            self._show()
            self.tell(_("Thrown away. No points were touched."), Tone.OK)
