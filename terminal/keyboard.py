"""Between the keyboard and the focus: passes typing on at once, takes scans out of it again.

The app hands every key that comes from the driver to :meth:`Keyboard.passes` before anything else sees it.
"""

from collections.abc import Callable

from textual import events
from textual.app import App
from textual.widget import Widget

from scanner.wedge import Step, WedgeGate, WedgeRules
from terminal.widgets.field import Field

MAX_HELD_KEYS = 10_000


class Keyboard:
    """The gate's hands: echoes, withdraws, and reports whole scans to *on_scan*, in the order they came."""

    def __init__(self, app: App[int], rules: WedgeRules, on_scan: Callable[[str], None]) -> None:
        self._app = app
        self._gate = WedgeGate(rules)
        self._on_scan = on_scan
        self._started_in: Widget | None = None
        self._held: list[events.Key] | None = None
        self.holds = 0

    @property
    def holding(self) -> bool:
        """Whether keys wait for a screen that is about to open."""
        return self._held is not None

    def hold(self) -> None:
        """From now on keys belong to what is about to open; they wait for :meth:`release`. Counted by *holds*."""
        if self._held is None:
            self._held = []
            self.holds += 1

    def keep(self, event: events.Key) -> None:
        """One key that waits; beyond the bound it is dropped: nobody types that much in a blink."""
        if self._held is not None and len(self._held) < MAX_HELD_KEYS:
            self._held.append(event)

    def release(self) -> list[events.Key]:
        """The keys that waited, in order; nothing is held any more."""
        held, self._held = self._held or [], None
        return held

    def passes(self, event: events.Key) -> bool:
        """Whether *event* goes on to the focus; False for the key that ends a scan.

        The driver's thread stamps the time, so that keys that waited for a stalled loop keep their gaps.
        """
        step, text = self._gate.feed(event.key, event.character, event.time * 1000)
        if step is Step.START:
            self._started_in = self._app.focused
            # Queued behind the keys that this widget has yet to handle, and before the one that follows.
            if isinstance(self._started_in, Field):
                self._started_in.call_later(self._started_in.note_burst)
        if step is not Step.SCAN:
            return True
        field = self._started_in
        if isinstance(field, Field):
            if field is self._app.focused and field.keeps_burst(text):
                return True
            field.call_later(field.withdraw_burst)
        self._on_scan(text)
        return False
