"""Finds what a screen does not show whole: words that end in an ellipsis, lines that don't fit, keys left out."""

import re
from collections.abc import Iterator

from textual.containers import ScrollableContainer
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from terminal.widgets.key_line import KeyLine

ANY = Size(0, 0)
"""The size of what is around a text does not change how long it is."""
CUT_WORD = re.compile(r"\S*[^\W\d_]…(?=\s|$|[│|])")


def cut_texts(screen: Screen[object], shown: str) -> list[str]:
    """What of *screen* a reader misses; *shown* is its text as it stands there, row by row."""
    return [*_words(shown), *(problem for widget in _visible(screen) for problem in _problems(widget))]


def _words(shown: str) -> Iterator[str]:
    for line in shown.splitlines():
        for word in CUT_WORD.findall(line):
            yield f"{word} in: {line.strip()}"


def _visible(screen: Screen[object]) -> Iterator[Widget]:
    return (widget for widget in screen.query(Widget) if widget.is_on_screen and widget.visible and widget.region.area)


def _problems(widget: Widget) -> Iterator[str]:
    if isinstance(widget, KeyLine):
        yield from _missing_keys(widget)
    elif isinstance(widget, Input):
        if not widget.value and Content(str(widget.placeholder)).cell_length > widget.content_size.width:
            yield f"{widget}: {widget.placeholder}"
    elif isinstance(widget, Static | Button):
        yield from _overflow(widget)


def _missing_keys(line: KeyLine) -> Iterator[str]:
    """Keys that found no room on the key line."""
    shown = line.render().plain
    yield from (f"{line}: {part.plain}" for part in line.parts if part.plain not in shown)


def _overflow(widget: Static | Button) -> Iterator[str]:
    """Text that needs more lines or columns than *widget* has; what scrolls has room enough."""
    if any(isinstance(above, ScrollableContainer) for above in widget.ancestors):
        return
    width, height = widget.content_size
    if widget.styles.text_wrap == "nowrap":
        if widget.get_content_width(ANY, ANY) > width:
            yield f"{widget} {width} wide: {widget.render()}"
    elif widget.get_content_height(ANY, ANY, width) > height:
        yield f"{widget} {width}×{height}: {widget.render()}"
