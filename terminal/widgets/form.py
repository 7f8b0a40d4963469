"""A form: labelled fields one below the other; Enter goes to the next one, and from the last one saves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from terminal.widgets.field import Field


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a form: *keeps* as in :class:`terminal.widgets.field.Field`."""

    id: str
    label: str
    hint: str = ""
    value: str = ""
    password: bool = False
    max_length: int = 200
    keeps: Callable[[str], bool] | None = None


class Form(VerticalScroll, can_focus=False):
    """The rows of a form."""

    DEFAULT_CSS = """
    Form { height: auto; padding: 0 1; }
    Form Horizontal { height: 1; margin: 0 0 1 0; }
    Form .label { width: 22; color: $muted; padding: 0 1 0 0; }
    Form Field { width: 1fr; background: $panel; }
    Form Field:focus { background: $panel; text-style: none; }
    """

    class Done(Message):
        """Enter in the last field."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self._form_rows = tuple(rows)

    def compose(self) -> ComposeResult:
        """Labels and fields."""
        for each in self._form_rows:
            with Horizontal():
                yield Static(each.label, classes="label", markup=False)
                yield Field(
                    each.hint,
                    value=each.value,
                    password=each.password,
                    max_length=each.max_length,
                    keeps=each.keeps,
                    id=each.id,
                )

    def value(self, name: str) -> str:
        """What stands in the field *name*, without blanks around it."""
        return self.query_one(f"#{name}", Field).value.strip()

    def fill(self, name: str, text: str) -> None:
        """Write *text* into the field *name*."""
        self.query_one(f"#{name}", Field).value = text

    def go_to(self, name: str) -> None:
        """Put the focus into the field *name*."""
        self.query_one(f"#{name}", Field).focus()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter: on to the next field, or done."""
        event.stop()
        fields = list(self.query(Field))
        place = fields.index(event.input) if isinstance(event.input, Field) else len(fields) - 1
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.post_message(self.Done())
