"""Drives a running app as a keyboard and a wedge scanner do: events with the times at which the driver read them."""

from textual import events
from textual._time import get_time
from textual.app import App
from textual.keys import _character_to_key

SLOW_MS = 180.0
SCANNER_MS = 12.0


class Typist:
    """Feeds key events to the driver, each stamped with its own arrival time on one running clock."""

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._at_s = get_time()

    def keys(self, text: str, *, gap_ms: float = SLOW_MS, enter: bool = False) -> None:
        """A person types *text*."""
        for letter in text:
            self._key(_character_to_key(letter), letter, gap_ms)
        if enter:
            self._key("enter", "\r", gap_ms)

    def scan(self, code: str, *, gap_ms: float = SCANNER_MS, pause_ms: float = SLOW_MS) -> None:
        """A wedge scanner types *code* and ends with Enter, *pause_ms* after the key before it."""
        for place, letter in enumerate(code):
            self._key(_character_to_key(letter), letter, gap_ms if place else pause_ms)
        self._key("enter", "\r", gap_ms)

    def press(self, key: str, gap_ms: float = SLOW_MS) -> None:
        """A key without a letter."""
        self._key(key, None, gap_ms)

    def _key(self, key: str, character: str | None, gap_ms: float) -> None:
        self._at_s += gap_ms / 1000
        event = events.Key(key, character)
        event.time = self._at_s
        event.set_sender(self._app)
        driver = self._app._driver
        assert driver is not None
        driver.send_message(event)
