"""The one place where the till speaks: what happened and what to do now; it never pops up and never blocks."""

from enum import Enum

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from terminal.sound import Sound


class Tone(Enum):
    """How a message sounds and looks: a glyph with the colour, so that colour is never alone."""

    INFO = ("›", None)
    OK = ("✓", Sound.OK)
    MEMBER = ("★", Sound.MEMBER)
    NOT_OK = ("✗", Sound.NOT_OK)
    WARNING = ("!", Sound.NOT_OK)

    def __init__(self, glyph: str, sound: Sound | None) -> None:
        self.glyph = glyph
        self.sound = sound


class MessageLine(Static):
    """The latest message, up to two lines of it; it stays until the next."""

    DEFAULT_CSS = """
    MessageLine { height: 2; padding: 0 1; color: $foreground; }
    MessageLine.-info { color: $muted; }
    MessageLine.-ok { color: $success; text-style: bold; }
    MessageLine.-member { color: $accent; text-style: bold; }
    MessageLine.-warning { color: $warning; text-style: bold; }
    MessageLine.-not_ok { color: $error; text-style: bold; }
    """

    message: reactive[tuple[str, Tone]] = reactive(("", Tone.INFO))

    def watch_message(self, message: tuple[str, Tone]) -> None:
        """Take on the message's colour."""
        for tone in Tone:
            self.set_class(tone is message[1], f"-{tone.name.lower()}")

    def render(self) -> Content:
        """Glyph and words."""
        text, tone = self.message
        return Content.assemble(f"{tone.glyph} ", text) if text else Content()
