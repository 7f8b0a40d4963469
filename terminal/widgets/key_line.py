"""The last lines of every screen: which key does what."""

from textual.content import Content
from textual.widgets import Static

from config.i18n import _
from terminal.commands import Command, key_name

MAX_ROWS = 2


class KeyLine(Static):
    """The commands of a screen with their keys, as they are mapped now, on at most two lines."""

    DEFAULT_CSS = """
    KeyLine { height: 2; background: $panel; color: $muted; padding: 0 1; text-wrap: nowrap; }
    """

    def __init__(self, commands: tuple[Command, ...], keymap: dict[str, str]) -> None:
        super().__init__()
        self.parts = [
            Content.assemble((key_name(keys.split(",")[0]), "$foreground bold"), f" {_(command.label)}")
            for command in commands
            if command.shown and (keys := keymap.get(command.id, command.keys))
        ]

    def render(self) -> Content:
        """The keys that fit; those declared first go before others."""
        rows: list[Content] = [Content()]
        for part in self.parts:
            room = self.size.width - rows[-1].cell_length
            if rows[-1].plain and part.cell_length + 2 > room:
                if len(rows) == MAX_ROWS:
                    break
                rows.append(Content())
            rows[-1] = Content.assemble(rows[-1], "  " if rows[-1].plain else "", part)
        return Content("\n").join(rows)
