"""A box to tick: ``[✓]`` or ``[ ]``, with a text; Space changes it."""

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static


class Tick(Static, can_focus=True):
    """Ticked or not, told by a glyph; the arrows and Enter go on to the next one."""

    DEFAULT_CSS = """
    Tick { height: auto; padding: 0 1; color: $foreground; }
    Tick:focus { background: $panel; text-style: bold; }
    """

    ticked = reactive(False)

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002 - the library's name for it
        super().__init__(id=id)
        self._text = text

    def render(self) -> Content:
        """Box and text."""
        return Content.assemble("[✓] " if self.ticked else "[ ] ", self._text)

    def on_key(self, event: events.Key) -> None:
        """Space ticks; Enter and the arrows move on, so that a slip of the finger agrees to nothing."""
        if event.key == "space":
            self.ticked = not self.ticked
        elif event.key in {"enter", "down"}:
            self.screen.focus_next()
        elif event.key == "up":
            self.screen.focus_previous()
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self) -> None:
        """The mouse works too."""
        self.ticked = not self.ticked
