"""CSV files of other systems, read strictly: named columns, bounded fields, and the line of whatever is wrong."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from config.errors import N_, Broken, WrongUse

MAX_FIELD = 4096
Row = dict[str, str]


class NumberedRow(NamedTuple):
    """A row with the number of the line on which it begins (the header is line 1).

    One that is not *whole* has too few or too many fields; *row* holds those that could be told apart, perhaps none.
    """

    line: int
    row: Row
    whole: bool = True


class CsvFile:
    """An open CSV file with known *columns*; :attr:`position` says how many bytes were read."""

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

    @property
    def position(self) -> int:
        """How many bytes were read so far."""
        return self._raw.tell()

    def rows(self) -> Iterator[NumberedRow]:
        """The rows in order; WrongUse ``csv_columns``, ``csv_not_text`` when the file as a whole makes no sense."""
        csv.field_size_limit(MAX_FIELD)
        text = io.TextIOWrapper(self._raw, encoding="utf-8-sig", newline="")
        reader = csv.reader(text, strict=True)
        try:
            header = [name.strip().lower() for name in next(reader, [])]
            self._check(header)
            yield from self._numbered(reader, header)
        except UnicodeDecodeError as error:
            raise WrongUse(
                "csv_not_text",
                N_("The file is not UTF-8 text (near line {line}). What was imported before that line is kept."),
                line=reader.line_num + 1,
            ) from error
        finally:
            # The wrapper must not close the file behind the back of :attr:`position`.
            text.detach()

    def _check(self, header: list[str]) -> None:
        missing = [name for name in self._needed if name not in header]
        unknown = [name for name in header if name not in self._columns]
        if missing or unknown or len(set(header)) != len(header):
            raise WrongUse(
                "csv_columns",
                N_("The first line must name the columns {columns}. Nothing was imported; correct it."),
                columns=",".join(self._columns),
                missing=missing,
                unknown=unknown[:20],
            )

    def _numbered(self, reader: Any, header: list[str]) -> Iterator[NumberedRow]:
        while True:
            line = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield NumberedRow(line, {}, whole=False)
                continue
            if not fields:
                continue
            yield NumberedRow(line, dict(zip(header, fields, strict=False)), whole=len(fields) == len(header))


def counted(rows: Iterator[NumberedRow], file: CsvFile, tell: Callable[[int], object]) -> Iterator[NumberedRow]:
    """*rows*, telling now and then how far the file was read."""
    for number, row in enumerate(rows):
        if number % 1000 == 0:
            tell(file.position)
        yield row
    tell(file.size)
