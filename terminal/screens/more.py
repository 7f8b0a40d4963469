"""The menu of everything that has no key of its own."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from config.i18n import N_, _
from terminal.commands import MORE_COMMANDS
from terminal.screens.base import TillScreen
from terminal.widgets.pick_list import Choice, PickList


class MoreScreen(TillScreen[str | None]):
    """Answers with the chosen command's id; cashiers don't see what only managers may do."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    HEADING = N_("More")
    ABOUT = N_("Choose with the arrows, or type a part of the name; Enter does it.")

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(
            _("type to narrow down"),
            empty=_("Nothing by that name. Some things are for managers: Ctrl+L, then a manager's PIN."),
        )

    def on_mount(self) -> None:
        """All that the one who is signed in may do."""
        session = self.regulars.session
        manager = session is not None and session.role == "manager"
        self.query_one(PickList).show(
            [
                Choice(command.id, f"{_(command.label):<26} {_(command.help)}")
                for command in MORE_COMMANDS
                if manager or not command.manager
            ]
        )
        self.tell(_("Choose with the arrows, then Enter."))

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Do it."""
        if event.key is not None:
            self.dismiss(event.key)
