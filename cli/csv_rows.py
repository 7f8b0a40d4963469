"""CSV files of other systems, read strictly: named columns, bounded fields, and the line of whatever is wrong.

Each line of the file is one row: no column of ours needs a line break, and so a stray quote spoils its own line alone.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from config.errors import N_, Broken, WrongUse

MAX_FIELD: Final = 4096
MAX_LINE_BYTES: Final = 1 << 16
TELL_EVERY_ROWS: Final = 1000
_BOM: Final = b"\xef\xbb\xbf"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
Row = dict[str, str]


class NumberedRow(NamedTuple):
    """A row with the number of its line (the header is line 1).

    One with a *problem* (a reason code) can't be taken; *row* holds the fields that could be told apart.
    """

    line: int
    row: Row
    problem: str | None = None


class CsvFile:
    """An open CSV file with known *columns*, of which *needed* (all, unless told) must be there."""

    def __init__(self, path: Path, columns: Sequence[str], *, needed: Sequence[str] | None = None) -> None:
        self._columns = columns
        self._needed = columns if needed is None else needed
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise Broken(
                "file_unreadable",
                N_("{file} can't be read ({why}). Nothing was imported; check its name."),
                file=str(path),
                why=error.strerror or "",
            ) from error
        self.size = path.stat().st_size

    def __enter__(self) -> "CsvFile":
        return self

    def __exit__(self, *_error: object) -> None:
        self._raw.close()

    def rows(self, tell: Callable[[int], object] | None = None) -> Iterator[NumberedRow]:
        """The rows from the first one on; *tell* hears now and then how many bytes were read.

        WrongUse ``csv_columns``, ``csv_not_text`` when the file as a whole makes no sense.
        """
        self._raw.seek(0)
        lines = self._lines()
        header = self._header(next(lines, ("", True))[0])
        for line, (text, whole) in enumerate(lines, start=2):
            if tell is not None and line % TELL_EVERY_ROWS == 0:
                tell(self._raw.tell())
            if text.strip():
                yield _row(line, text, header, whole=whole)
        if tell is not None:
            tell(self._raw.tell())

    def _header(self, text: str) -> list[str]:
        header = [name.strip().lower() for name in _fields(text) or []]
        missing = [name for name in self._needed if name not in header]
        unknown = [name for name in header if name not in self._columns]
        if not header or missing or unknown or len(set(header)) != len(header):
            raise WrongUse(
                "csv_columns",
                N_("The first line must name the columns {columns}. Nothing was imported; correct it."),
                columns=",".join(self._columns),
                missing=missing,
                unknown=[name[:MAX_FIELD] for name in unknown[:20]],
            )
        return header

    def _lines(self) -> Iterator[tuple[str, bool]]:
        """The lines without their ends, and whether they are whole: of one that is too long, only its beginning."""
        for number in count(1):
            raw = self._raw.readline(MAX_LINE_BYTES)
            if not raw:
                return
            part = raw
            while len(part) == MAX_LINE_BYTES and not part.endswith(b"\n"):
                part = self._raw.readline(MAX_LINE_BYTES)
            yield _text(raw.removeprefix(_BOM) if number == 1 else raw, number), part is raw


def _text(raw: bytes, number: int) -> str:
    try:
        return raw.decode("utf-8", "replace" if len(raw) == MAX_LINE_BYTES else "strict").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise WrongUse(
            "csv_not_text",
            N_("Line {line} is not UTF-8 text. Nothing was imported; save the file as UTF-8."),
            line=number,
        ) from error


def _fields(text: str) -> list[str] | None:
    if '"' not in text:
        return text.split(",")  # what the reader makes of it too, in a tenth of the time
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return None


def _row(line: int, text: str, header: Sequence[str], *, whole: bool) -> NumberedRow:
    fields = _fields(text) if whole else None
    problem = _problem(text, fields, len(header))
    return NumberedRow(line, dict(zip(header, fields or text.split(","), strict=False)), problem)


def _problem(text: str, fields: list[str] | None, columns: int) -> str | None:
    if fields is None or len(fields) != columns:
        return "row_unreadable"
    if len(text) > MAX_FIELD and any(len(field) > MAX_FIELD for field in fields):
        return "field_too_long"
    return "row_control_letters" if _CONTROL.search(text) else None
