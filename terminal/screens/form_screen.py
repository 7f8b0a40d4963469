"""A screen that is one form: F12 or Enter in the last field saves, Escape leaves without a trace."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.i18n import N_, _
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import OPENING_S, TillScreen
from terminal.widgets.field import Field
from terminal.widgets.form import Form, Row

Result = TypeVar("Result")

MOVING_S = 0.3

SAVE = Command("save", "f12,ctrl+s", N_("Save"), N_("Keep what stands in the form."), opens=True)


class FormScreen(TillScreen[Result], Generic[Result]):
    """Subclasses give the rows and what saving means; saving twice at once is not possible."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, SAVE, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, SAVE, BACK))

    def __init__(self) -> None:
        super().__init__()
        self._saving = False

    def rows(self) -> Sequence[Row]:
        """The fields."""
        raise NotImplementedError

    async def save(self, form: Form) -> None:
        """Do what the form is for, and leave."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        """Heading, form, and what a subclass adds below."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield Form(self.rows())
        yield from self.compose_below()

    def compose_below(self) -> ComposeResult:
        """What stands below the form."""
        yield from ()

    def holds_after(self, key: str) -> float:
        """Saving takes a moment: what is typed or scanned meanwhile is for what comes next, or for the next field."""
        if key in {"enter", "tab", "shift+tab"}:
            fields = list(self.query(Field))
            return OPENING_S if key == "enter" and fields and self.focused is fields[-1] else MOVING_S
        return super().holds_after(key)

    def on_form_done(self) -> None:
        """Enter in the last field."""
        self.action_save()

    def action_save(self) -> None:
        """Save, once."""
        if not self._saving:
            self._saving = True
            self.do(self._save_once())

    async def _save_once(self) -> None:
        try:
            await self.save(self.query_one(Form))
        finally:
            self._saving = False
