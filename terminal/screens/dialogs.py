"""Small questions over a screen: a confirmation that starts at Cancel, a manager's PIN, one line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from config.i18n import N_, _
from terminal.widgets.field import Field, keeps_digits

if TYPE_CHECKING:
    from terminal.app import RegularsApp

Answer = TypeVar("Answer")

MAX_PIN_DIGITS = 12


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """Takes the keys that waited for it."""

    def on_screen_resume(self) -> None:
        """The dialog is there: keys typed since it was asked for are meant for it."""
        self.call_after_refresh(cast("RegularsApp", self.app).release_keys)


class Confirm(Dialog[bool]):
    """A question whose *yes* destroys something: the focus is on Cancel, and Escape cancels."""

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", N_("Cancel"), id="confirm.cancel"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question and two buttons, Cancel first."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            with Horizontal():
                yield Button(_("Cancel"), id="cancel", compact=True)
                yield Button(self._yes, id="yes", variant="error", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")

    def action_cancel(self) -> None:
        """No."""
        self.dismiss(False)


class AskLine(Dialog[str | None]):
    """Asks for one line of text; None when called off."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", N_("Cancel"), id="ask.cancel")]

    def __init__(self, question: str, *, hint: str = "", value: str = "", secret: bool = False) -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._value = value
        self._secret = secret

    def compose(self) -> ComposeResult:
        """Question and field."""
        keeps = keeps_digits(MAX_PIN_DIGITS) if self._secret else None
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Field(self._hint, value=self._value, password=self._secret, keeps=keeps)
            yield Static(_("Enter: go on · Esc: cancel"), classes="hint", markup=False)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter; an empty line is asked for again."""
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Called off."""
        self.dismiss(None)


class ManagerPin(AskLine):
    """Asks for a manager's PIN."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or _("A manager is needed for this. Manager's PIN:"), secret=True)
