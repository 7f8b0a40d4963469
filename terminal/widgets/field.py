"""A line to type into that knows what to do when a scanner types into it."""

from collections.abc import Callable

from textual import events
from textual.widgets import Input

from scanner.wedge import looks_like_code


class Field(Input):
    """An input whose Enter is handled in its own queue, in order with its letters, and whose scans are withdrawn.

    *keeps* says which fast texts are typing here all the same (a PIN, a phone number); it is asked besides the rule
    that a text which doesn't look like a code is typing. *clears*: Enter leaves the field empty.
    """

    def __init__(
        self,
        placeholder: str = "",
        *,
        value: str = "",
        password: bool = False,
        max_length: int = 200,
        keeps: Callable[[str], bool] | None = None,
        clears: bool = False,
        id: str | None = None,  # noqa: A002 - the library's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            password=password,
            max_length=max_length,
            compact=True,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False  # A calm screen: the cursor stands where the eye left it.
        self._keeps = keeps
        self._clears = clears
        self._before = (value, len(value))

    def on_key(self, event: events.Key) -> None:
        """Enter submits at once: bubbling to the app first would let later keys into the same value."""
        if event.key in {"enter", "ctrl+j"}:
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted(self, self.take() if self._clears else self.value))

    def take(self) -> str:
        """What stands here; the field is empty afterwards.

        Only from the field's own queue: elsewhere the keys typed meanwhile would be taken along or lost.
        """
        text = self.value
        self.clear()
        return text

    def note_burst(self) -> None:
        """Remember the content as it is now: the next keys may be a scan."""
        self._before = (self.value, self.cursor_position)

    def withdraw_burst(self) -> None:
        """Go back to what was remembered."""
        self.value, self.cursor_position = self._before

    def keeps_burst(self, text: str) -> bool:
        """Whether *text*, though it came as fast as a scan, is what one types here."""
        return not looks_like_code(text) or (self._keeps is not None and self._keeps(text))


def keeps_digits(longest: int) -> Callable[[str], bool]:
    """A rule for fields of figures: up to *longest* digits, with the signs of phone numbers, are typing."""

    def keeps(text: str) -> bool:
        digits = text.translate(str.maketrans("", "", "+-() .,"))
        return digits.isdigit() and len(digits) <= longest

    return keeps
