"""The tour's line, in training mode only."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from config.i18n import _
from terminal.tour import STEPS, Tour, TourFacts


class TourLine(Static):
    """One line that says what to try next."""

    DEFAULT_CSS = """
    TourLine { display: none; height: auto; max-height: 2; padding: 0 1; color: $on-colour; background: $accent; }
    TourLine.-on { display: block; }
    """

    text = reactive("", layout=True)

    def __init__(self, *, on: bool) -> None:
        super().__init__(classes="-on" if on else "")
        self._tour = Tour()
        self._on = on

    def on_mount(self) -> None:
        """The first step."""
        self._show()

    def look(self, facts: TourFacts) -> None:
        """Go on when the step was done."""
        if self._on:
            self._tour.look(facts)
            self._show()

    def _show(self) -> None:
        step = self._tour.text
        if step is None:
            self.text = _("That was the tour. F1 helps on every screen; nothing here counted.")
        else:
            self.text = f"{self._tour.number}/{len(STEPS)}  {_(step)}"

    def render(self) -> Content:
        """The step."""
        return Content(self.text)
