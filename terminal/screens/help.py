"""The help for the screen one is on: what it is for, and its keys."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from config.i18n import N_, _
from terminal.commands import key_name
from terminal.screens.base import TillScreen


class HelpScreen(TillScreen[None]):
    """Shown over any screen by F1."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    AUTO_FOCUS = "#help"
    HEADING = N_("Help")
    ABOUT = N_("This is the help. Esc goes back to where you were.")

    def __init__(self, about: TillScreen[Any]) -> None:
        super().__init__()
        self._about = about

    def compose_body(self) -> ComposeResult:
        """What the screen is for, then its keys."""
        yield Static(f"{_(self.HEADING)}: {_(self._about.HEADING)}", classes="heading", markup=False)
        with VerticalScroll(id="help"):
            yield Static(_(self._about.ABOUT), markup=False)
            yield Static(Content("\n").join(self._keys()), id="help-keys")

    def _keys(self) -> list[Content]:
        keymap = self.regulars.shop_keys.keymap
        lines = []
        for command in self._about.COMMANDS_HERE:
            keys = keymap.get(command.id, command.keys).split(",")[0]
            if keys:
                lines.append(
                    Content.assemble(
                        (f"{key_name(keys):<8}", "$primary bold"), f"{_(command.label)}: ", (_(command.help), "$muted")
                    )
                )
        lines.append(
            Content.assemble((f"{key_name('ctrl+p'):<8}", "$primary bold"), _("All commands, found by a few letters"))
        )
        return lines

    def on_mount(self) -> None:
        """How to leave."""
        self.tell(_("Esc goes back. A scan goes straight to the sale."))

    def action_help(self) -> None:
        """F1 again leaves."""
        self.dismiss(None)
