"""A laid-out report on the screen: the lines that fit, and a mark that moves over what can be looked into."""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from terminal.till_report_shapes import Figure, Table
from terminal.widgets.report_lines import Item, Page
from terminal.widgets.text import stack

WHEEL_LINES = 3
TRACK, THUMB = "│", "┃"


class ReportView(Widget, can_focus=True):
    """Draws only what is in sight, however long the report is. ``Opened`` tells of Enter on what is marked."""

    DEFAULT_CSS = "ReportView { height: 1fr; padding: 0 0 0 1; }"
    STEPS: ClassVar[dict[str, int]] = {"up": -1, "down": 1}
    PAGES: ClassVar[dict[str, int]] = {"pageup": -1, "pagedown": 1}

    page: reactive[Page] = reactive(Page, init=False)
    marked = reactive(0, init=False)
    top = reactive(0)

    class Marked(Message):
        """The mark stands on *what* now."""

        def __init__(self, what: Figure | tuple[Table, int]) -> None:
            super().__init__()
            self.what = what

    class Opened(Marked):
        """Enter on *what*."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[tuple[int, int], Content] = {}

    @property
    def room(self) -> int:
        """How many cells a line may have."""
        return max(20, self.content_size.width - 2)

    @property
    def item(self) -> Item | None:
        """What is marked."""
        items = self.page.items
        return items[self.marked] if self.marked < len(items) else None

    def show(self, page: Page, *, keep_place: bool = False) -> None:
        """Show *page* from its top, or as near as can be to where the one before stood."""
        self._kept.clear()
        marked, top = (self.marked, self.top) if keep_place else (0, 0)
        self.page = page
        self.marked = min(marked, max(0, len(page.items) - 1))
        self.top = min(top, self._last_top())

    def watch_marked(self) -> None:
        """Bring the mark into sight and tell of it."""
        if self.item is not None:
            self.post_message(self.Marked(self.item.what))

    def render(self) -> Content:
        """The lines in sight, the marked place reversed, and at the right how far down this is."""
        height = max(1, self.content_size.height)
        thumb = self._thumb(height)
        drawn = []
        for row in range(min(height, len(self.page.lines) - self.top)):
            line = self._padded(self.top + row)
            if self.item is not None and self.item.line == self.top + row:
                line = line.stylize("reverse", self.item.start, self.item.end)
            if thumb is None:
                drawn.append(line)
            else:
                side = (THUMB, "$primary") if row in thumb else (TRACK, "$rule")
                drawn.append(Content.assemble(line, " ", side))
        return stack(drawn)

    def _padded(self, place: int) -> Content:
        """A line as wide as there is room; made once, since every step of the mark draws it again."""
        room = self.room
        if (place, room) not in self._kept:
            self._kept[place, room] = self.page.lines[place].truncate(room, pad=True)
        return self._kept[place, room]

    def on_key(self, event: events.Key) -> None:
        """Arrows move the mark, page keys a screenful; Enter opens."""
        if event.key in self.STEPS:
            self._step(self.STEPS[event.key])
        elif event.key in self.PAGES:
            self._turn(self.PAGES[event.key])
        elif event.key in ("home", "end"):
            self._go(0 if event.key == "home" else len(self.page.items) - 1)
            self.top = 0 if event.key == "home" else self._last_top()
        elif event.key == "enter" and self.item is not None:
            self.post_message(self.Opened(self.item.what))
        else:
            return
        event.stop()
        event.prevent_default()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Down, the mark stays."""
        event.stop()
        self.top = min(self._last_top(), self.top + WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Up, the mark stays."""
        event.stop()
        self.top = max(0, self.top - WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        """Mark what is clicked; a second click opens it."""
        line, column = self.top + event.y, event.x - 1
        for place, item in enumerate(self.page.items):
            if item.line == line and item.start <= column < item.end:
                if place == self.marked:
                    self.post_message(self.Opened(item.what))
                self._go(place)

    def _step(self, step: int) -> None:
        """The next thing to mark; where it is out of sight, what lies between is shown first."""
        place = self.marked + step
        if not 0 <= place < len(self.page.items):
            self.top = 0 if step < 0 else self._last_top()
            return
        line, height = self.page.items[place].line, max(1, self.content_size.height)
        beyond = line - self.top - height + 1 if step > 0 else self.top - line
        if beyond >= height:
            self.top = max(0, min(self._last_top(), self.top + step * (height - 1)))
        else:
            self._go(place)

    def _turn(self, pages: int) -> None:
        """A screenful on; the mark goes with it."""
        height = max(1, self.content_size.height)
        self.top = max(0, min(self._last_top(), self.top + pages * (height - 1)))
        inside = [place for place, item in enumerate(self.page.items) if self.top <= item.line < self.top + height]
        if inside:
            self.marked = inside[0] if pages > 0 else inside[-1]

    def _go(self, place: int) -> None:
        if 0 <= place < len(self.page.items):
            self.marked = place
            line, height = self.page.items[place].line, max(1, self.content_size.height)
            if place == 0:
                self.top = 0
            elif line < self.top:
                self.top = line
            elif line >= self.top + height:
                self.top = min(self._last_top(), line - height + 1)

    def _last_top(self) -> int:
        return max(0, len(self.page.lines) - max(1, self.content_size.height))

    def _thumb(self, height: int) -> range | None:
        total = len(self.page.lines)
        if total <= height:
            return None
        size = max(1, height * height // total)
        start = (height - size) * self.top // max(1, total - height)
        return range(start, start + size)
