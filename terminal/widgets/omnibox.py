"""The one line with the focus: a scan, an amount, a phone, an e-mail, a name, a receipt code."""

import re
from collections.abc import Container, Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from terminal.widgets.field import Field

_AMOUNT = re.compile(r"[0-9]{1,9}[.,][0-9]{1,3}", re.ASCII)


class OmniField(Field):
    """The field of the omnibox; arrows and Delete belong to the sale while it is empty."""

    class LineKey(Message):
        """An arrow or Delete, for the lines of the sale."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Left(Message):
        """Escape: whatever was being asked is called off."""

    class CommandKey(Message):
        """The key of a command, with what stood in the field where the command takes that along.

        It goes the same way as Enter does: on its way to the app's bindings the next Enter would overtake it.
        """

        def __init__(self, command_id: str, text: str) -> None:
            super().__init__()
            self.command_id = command_id
            self.text = text

    def __init__(self, hint: str, commands: Mapping[str, str], takes_text: Container[str]) -> None:
        super().__init__(hint, keeps=_is_amount, clears=True, id="omni")
        self._commands = commands
        self._takes_text = takes_text

    def on_key(self, event: events.Key) -> None:
        """Hand on the keys that are not for typing, in order with those that are."""
        if event.key in {"up", "down"} or (event.key == "delete" and not self.value):
            event.stop()
            event.prevent_default()
            self.post_message(self.LineKey(event.key))
        elif event.key == "escape":
            event.stop()
            event.prevent_default()
            self.clear()
            self.post_message(self.Left())
        elif event.key in self._commands:
            event.stop()
            event.prevent_default()
            command_id = self._commands[event.key]
            text = self.take().strip() if command_id in self._takes_text else ""
            self.post_message(self.CommandKey(command_id, text))
        else:
            super().on_key(event)


class Omnibox(Horizontal):
    """A prompt and the field. *commands* are ids by key; those in *takes_text* take along what was typed."""

    DEFAULT_CSS = """
    Omnibox { height: 1; padding: 0 1; }
    Omnibox #prompt { width: auto; color: $primary; text-style: bold; padding: 0 1 0 0; }
    Omnibox OmniField { width: 1fr; background: $background; }
    """

    def __init__(self, hint: str, commands: Mapping[str, str], takes_text: Container[str]) -> None:
        super().__init__()
        self._hint = hint
        self._commands = commands
        self._takes_text = takes_text

    def compose(self) -> ComposeResult:
        """Prompt and field."""
        yield Static("›", id="prompt")
        yield OmniField(self._hint, self._commands, self._takes_text)

    @property
    def field(self) -> OmniField:
        """The field itself."""
        return self.query_one(OmniField)

    def ask(self, prompt: str, hint: str) -> None:
        """Ask for something else than usual."""
        self.query_one("#prompt", Static).update(prompt)
        self.field.placeholder = hint

    def rest(self) -> None:
        """Ask for anything, as usual."""
        self.ask("›", self._hint)


def _is_amount(text: str) -> bool:
    return _AMOUNT.fullmatch(text) is not None
