"""Where each key of a TOML text stands: line and column, for error messages.

The text has been read by :mod:`tomllib` before, so it is well formed and this reader needs to know only what separates
one value from the next. Paths are made of keys and of numbers of array elements, as pydantic makes them.
"""

from bisect import bisect_right
from typing import NamedTuple

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """A place in the text, counted from 1."""

    line: int
    column: int


def places(text: str) -> dict[Path, Place]:
    """The place of every table, key and array element in *text*, which must be well-formed TOML."""
    return _Reader(text).read()


class _Reader:
    """Walks the text once, and notes where each path begins."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.found: dict[Path, Place] = {}
        self.array_lengths: dict[Path, int] = {}
        self.line_starts = [0, *(at + 1 for at, letter in enumerate(self.text) if letter == "\n")]

    def read(self) -> dict[Path, Place]:
        table: Path = ()
        while self._skip(" \t\r\n"):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _header(self) -> Path:
        start = self.at
        is_array = self.text.startswith("[[", start)
        self.at += 2 if is_array else 1
        path: Path = ()
        *parents, last = self._keys()
        for key in parents:
            path = (*path, key)
            if path in self.array_lengths:
                path = (*path, self.array_lengths[path] - 1)
        path = (*path, last)
        if is_array:
            index = self.array_lengths.get(path, 0)
            self.array_lengths[path] = index + 1
            self._note(path, start)
            path = (*path, index)
        self._note(path, start)
        self.at += 2 if is_array else 1
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self.at += 1  # the equals sign
        self._value(path)

    def _keys(self) -> list[str]:
        """The dotted key at the reader's place; the reader stops before what ends it."""
        keys: list[str] = []
        while True:
            self._skip(" \t")
            keys.append(self._key())
            self._skip(" \t")
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _key(self) -> str:
        if self.text[self.at] in "\"'":
            start = self.at
            self._string()
            return self.text[start + 1 : self.at - 1]
        start = self.at
        while self.text[self.at].isalnum() or self.text[self.at] in "_-":
            self.at += 1
        return self.text[start : self.at]

    def _value(self, path: Path) -> None:
        self._skip(" \t")
        first = self.text[self.at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\n#":
                self.at += 1

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self._skip(" \t\r\n,") and self.text[self.at] != "]":
            self._note((*path, index), self.at)
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self._skip(" \t\r\n,") and self.text[self.at] != "}":
            self._pair(path)
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        end = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(end)
        while not self.text.startswith(end, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(end)
        while len(end) == 3 and self.text.startswith(quote, self.at):
            self.at += 1  # up to two quotes may stand before the closing three

    def _skip(self, letters: str) -> bool:
        """Go past *letters* and comments; False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in letters:
                self.at += 1
            else:
                return True
        return False

    def _note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, self._place(at))

    def _place(self, at: int) -> Place:
        line = bisect_right(self.line_starts, at)
        return Place(line, at - self.line_starts[line - 1] + 1)
