"""Text that is laid out anew for whatever width there is, and drawn with the screen's first picture."""

from collections.abc import Callable

from textual.content import Content
from textual.widget import Widget

from terminal.widgets.text import stack

NARROWEST = 20


class Lines(Widget):
    """As many lines as *make* makes of a width in cells."""

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, make: Callable[[int], list[Content]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._make = make

    def on_resize(self) -> None:
        """Another width."""
        self.refresh(layout=True)

    def render(self) -> Content:
        """The lines for this width."""
        return stack(self._make(max(NARROWEST, self.content_size.width)))
