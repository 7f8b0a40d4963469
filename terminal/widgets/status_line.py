"""The first line of every screen: which shop, who, and how the till is doing."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from config.i18n import _
from terminal.widgets.text import row


class StatusLine(Static):
    """Shop, till and cashier on the left; the state of network, printer and clock on the right."""

    DEFAULT_CSS = """
    StatusLine { height: 1; background: $panel; color: $foreground; padding: 0 1; text-wrap: nowrap; }
    StatusLine.-training { background: $warning; color: $on-colour; text-style: bold; }
    StatusLine.-training:nocolor { text-style: bold reverse; }
    """

    place = reactive("")
    person = reactive("")
    state = reactive("")
    time = reactive("")
    training = reactive(False)

    def watch_training(self, training: bool) -> None:  # noqa: FBT001 - the library calls it so
        """Colour the line while nothing counts."""
        self.set_class(training, "-training")

    def render(self) -> Content:
        """The line for the width there is."""
        name = "Regulars" if not self.training else _("TRAINING · nothing counts")
        left = Content.assemble((name, "bold"), "  ", " · ".join(part for part in (self.place, self.person) if part))
        return row(left, "  ".join(part for part in (self.state, self.time) if part), self.size.width)
