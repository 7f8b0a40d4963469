"""Small pieces of text that panes are put together from; widths are in cells."""

from textual.content import Content

Part = str | Content | tuple[str, str]

FULL, EMPTY = "━", "─"
STAMPED, BLANK_STAMP = "●", "○"
MAX_STAMPS_DRAWN = 16


def row(left: Part, right: Part, width: int) -> Content:
    """*left* and *right* at the two ends of one line; the left one is cut where there is no room."""
    right_text = Content.assemble(right)
    room = max(0, width - right_text.cell_length - 1)
    left_text = Content.assemble(left).truncate(room, ellipsis=True, pad=True)
    return Content.assemble(left_text, " " if right_text.plain else "", right_text).truncate(width)


def bar(permille: int, width: int) -> Content:
    """How far *permille* of 1000 is, *width* cells wide."""
    full = max(0, min(1000, permille)) * width // 1000
    return Content.assemble((FULL * full, "$primary"), (EMPTY * (width - full), "$rule"))


def stamps(count: int, size: int) -> Content:
    """A stamp card's places; as figures where there are too many to draw."""
    if size > MAX_STAMPS_DRAWN:
        return Content(f"{count}/{size}")
    return Content.assemble((STAMPED * min(count, size), "$accent"), (BLANK_STAMP * (size - count), "$muted"))


def stack(lines: list[Content]) -> Content:
    """*lines* one below the other."""
    return Content("\n").join(lines)
