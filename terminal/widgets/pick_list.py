"""A list to choose from while the focus stays in the field above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from config.i18n import _
from terminal.widgets.field import Field
from terminal.widgets.text import row, stack


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: what is chosen by it, its text on the left, and a short one on the right."""

    key: str
    left: str
    right: str = ""
    dimmed: bool = False


class PickField(Field):
    """A field whose arrows move in the list."""

    STEPS: ClassVar[dict[str, int]] = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}

    class Moved(Message):
        """The list is to move by *step* rows."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def on_key(self, event: events.Key) -> None:
        """Arrows are for the list."""
        if event.key in self.STEPS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Moved(self.STEPS[event.key]))
        else:
            super().on_key(event)


class Rows(Static):
    """The rows that fit around the marked one."""

    DEFAULT_CSS = "Rows { height: 1fr; padding: 0 1; text-wrap: nowrap; }"

    choices: reactive[tuple[Choice, ...]] = reactive(())
    marked = reactive(0)
    empty = reactive("")

    def render(self) -> Content:
        """Rows, the marked one reversed."""
        if not self.choices:
            return Content.styled(self.empty, "$muted")
        height = max(1, self.size.height)
        first = max(0, min(self.marked - height // 2, len(self.choices) - height))
        return stack([self._line(place) for place in range(first, min(len(self.choices), first + height))])

    def _line(self, place: int) -> Content:
        choice = self.choices[place]
        style = "$muted" if choice.dimmed else "$foreground"
        pointer = "▸ " if place == self.marked else "  "
        text = row((pointer + choice.left, style), (choice.right, style), self.size.width)
        return text.stylize("reverse") if place == self.marked else text


class PickList(Vertical):
    """A field and rows; Enter chooses the marked row.

    Letters in the field leave the rows that hold them, unless *narrows* is off: then somebody else searches.
    """

    DEFAULT_CSS = """
    PickList { height: 1fr; }
    PickList PickField { margin: 0 1 1 1; background: $panel; }
    """

    class Entered(Message):
        """Enter, with the *text* in the field.

        Which row is marked is asked when the message is handled: by then the list has followed every letter.
        """

        def __init__(self, picks: "PickList", text: str) -> None:
            super().__init__()
            self.text = text
            self._picks = picks

        @property
        def key(self) -> str | None:
            """What is chosen by the marked row; None when the list is empty."""
            marked = self._picks.marked
            return marked.key if marked else None

    def __init__(self, hint: str, *, value: str = "", empty: str = "", narrows: bool = True) -> None:
        super().__init__()
        self._narrows = narrows
        self._all: tuple[Choice, ...] = ()
        self._hint = hint
        self._value = value
        self._empty = empty

    def compose(self) -> ComposeResult:
        """Field above, rows below."""
        yield PickField(self._hint, value=self._value)
        rows = Rows()
        rows.empty = self._empty or _("Nothing here.")
        yield rows

    @property
    def marked(self) -> Choice | None:
        """The marked row."""
        rows = self.query_one(Rows)
        return rows.choices[rows.marked] if rows.choices else None

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.query_one(Rows).choices)

    def show(self, choices: Sequence[Choice]) -> None:
        """Show *choices*; the mark stays on the row it was on, where that is still there."""
        self._all = tuple(choices)
        self._show()

    def _show(self) -> None:
        rows, before = self.query_one(Rows), self.marked
        letters = self.query_one(PickField).value.strip().casefold() if self._narrows else ""
        rows.choices = tuple(each for each in self._all if letters in each.left.casefold())
        rows.marked = next((place for place, each in enumerate(rows.choices) if before and each.key == before.key), 0)

    def on_input_changed(self) -> None:
        """Follow the letters."""
        self._show()

    def on_pick_field_moved(self, event: PickField.Moved) -> None:
        """Move the mark, and stop at the ends."""
        event.stop()
        rows = self.query_one(Rows)
        rows.marked = max(0, min(len(rows.choices) - 1, rows.marked + event.step))

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(self.Entered(self, event.value.strip()))
