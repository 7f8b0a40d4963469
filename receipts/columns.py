"""From blocks to rows that fit a paper of so many columns, exactly; figures never break."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from receipts.layout import Blank, Block, CodeDrawing, Logo, Pair, Rule, Words
from receipts.letters import NO_BREAK, on_screen
from receipts.template import Align, Style

COLUMNS = (32, 42, 48)
# A letter that is no space and that no text holds (on_screen drops private letters).
_HELD = "\ue000"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of text, at most as wide as the paper, without spaces at its end."""

    text: str
    style: Style = Style.NORMAL


Piece = Row | CodeDrawing | Logo


def to_rows(blocks: Iterable[Block], columns: int, letters: Callable[[str], str] = on_screen) -> Iterator[Piece]:
    """The pieces of *blocks* on a paper of *columns*; *letters* turns words into what the paper can show.

    Words are turned before they are measured: a letter may become several. A code's text follows its drawing.
    """
    for block in blocks:
        match block:
            case Words():
                yield from _words(block, columns, letters)
            case Pair():
                yield from _pair(block, columns, letters)
            case Rule():
                yield Row("-" * columns)
            case Blank():
                yield Row("")
            case CodeDrawing():
                yield block
                yield from _words(Words(block.code.text, Align.CENTER), columns, letters)
            case _:
                yield block


def cells(text: str) -> int:
    """How many columns *text* takes: wide letters take two, combining marks none."""
    return sum(_cells_of(letter) for letter in text)


def wrap(text: str, width: int) -> list[str]:
    """*text* in rows of at most *width* columns, broken at spaces; only a word wider than a row is cut."""
    rows: list[str] = []
    row = ""
    for word in text.split():
        if row and cells(row) + 1 + cells(word) <= width:
            row = f"{row} {word}"
            continue
        if row:
            rows.append(row)
        *full, row = _cut(word, width)
        rows.extend(full)
    return [*rows, row] if row else rows


def _words(block: Words, columns: int, letters: Callable[[str], str]) -> Iterator[Row]:
    width = columns - block.indent
    for paragraph in block.text.split("\n"):
        for row in _wrapped(letters(paragraph), width):
            yield Row(_open_spaces(" " * block.indent + _aligned(row, width, block.align)), block.style)


def _pair(block: Pair, columns: int, letters: Callable[[str], str]) -> Iterator[Row]:
    left, right = letters(block.left), letters(block.right)
    width = columns - block.indent
    room = width - cells(right) - 1
    beside = bool(right) and room >= columns // 2 - block.indent
    *rows, last = _wrapped(left, room if beside else width) or [""]
    shift = " " * block.indent
    texts = [shift + row for row in rows]
    if right and cells(last) <= room:
        texts.append(shift + last + " " * (width - cells(last) - cells(right)) + right)
    else:
        texts.extend([shift + last] if last else [])
        texts.extend(_aligned(row, columns, Align.RIGHT) for row in _wrapped(right, columns))
    for text in texts:
        yield Row(_open_spaces(text.rstrip()), block.style)


def _wrapped(text: str, width: int) -> list[str]:
    # str.split would break at no-break spaces too.
    return [row.replace(_HELD, NO_BREAK) for row in wrap(text.replace(NO_BREAK, _HELD), width)]


def _aligned(row: str, width: int, align: Align) -> str:
    spare = width - cells(row)
    if align is Align.LEFT:
        return row
    return " " * (spare // 2 if align is Align.CENTER else spare) + row


def _open_spaces(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def _cut(word: str, width: int) -> list[str]:
    parts, part, used = [], "", 0
    for letter in word:
        size = _cells_of(letter)
        if used + size > width and part:
            parts.append(part)
            part, used = "", 0
        part += letter
        used += size
    return [*parts, part]


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
