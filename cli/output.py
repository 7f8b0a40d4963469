"""What the command line says: one JSON document for programs, tables and sentences for people."""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from config.errors import N_, Broken, ExitCode, RegularsError
from config.i18n import _

GAP: Final = "  "
# Control letters in names or codes must not move the cursor or colour the manager's terminal.
_VISIBLE: Final = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}


class NobodyListens(Exception):
    """The reader of stdout has gone (``regulars … | head``). No OSError, which click would turn into exit code 1."""


@dataclass(frozen=True)
class Table:
    """Rows under headings; columns whose heading is in *right* hold figures."""

    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    right: frozenset[str] = frozenset()
    empty: str = N_("Nothing here yet.")


def table_text(table: Table) -> str:
    """*table* as aligned text; wide letters count two columns."""
    rows = [[visible("" if cell is None else str(cell)) for cell in row] for row in table.rows]
    if not rows:
        return _(table.empty)
    headings = [_(heading) for heading in table.headings]
    widths = [max(map(width, column)) for column in zip(headings, *rows, strict=True)]
    right = [heading in table.right for heading in table.headings]
    lines = [headings, ["─" * size for size in widths], *rows]
    return "\n".join(
        GAP.join(_padded(cell, size, right=side) for cell, size, side in zip(line, widths, right, strict=True)).rstrip()
        for line in lines
    )


def fields_text(pairs: Iterable[tuple[str, object]]) -> str:
    """Names and values below each other; pairs without a value are left out."""
    shown = [(_(name), visible(str(value))) for name, value in pairs if value not in (None, "")]
    size = max((width(name) for name, _value in shown), default=0)
    return "\n".join(f"{_padded(name, size, right=False)}{GAP}{value}" for name, value in shown)


def visible(text: str) -> str:
    """*text* without letters that steer a terminal."""
    return text.translate(_VISIBLE)


def width(text: str) -> int:
    """How many terminal columns *text* takes."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def text_of(human: str | Table | Callable[[], str]) -> str:
    """The words of an answer."""
    if isinstance(human, Table):
        return table_text(human)
    return human if isinstance(human, str) else human()


def document_text(value: object) -> str:
    """*value* (structs, mappings, plain values) as one JSON document."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)


def write_document(value: object) -> None:
    """One JSON document on stdout."""
    write_text(document_text(value))


def write_text(text: str) -> None:
    """A line or lines on stdout, delivered before anything else happens; nothing for an empty text."""
    if text:
        write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")


def write_bytes(data: bytes) -> None:
    """Bytes on stdout; Broken when they can't be delivered, :class:`NobodyListens` when nobody reads them any more."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise NobodyListens from error
    except OSError as error:
        raise Broken(
            "output_failed",
            N_("The answer can't be written ({why}). What the command did is saved; free space and ask again."),
            why=error.strerror or "",
        ) from error


def say(sentence: str) -> None:
    """A remark on stderr, where diagnostics belong."""
    sys.stderr.write(visible(sentence) + "\n")
    sys.stderr.flush()


def error_document(error: RegularsError) -> dict[str, object]:
    """An error as the document that ``--json`` prints."""
    return {
        "error": {
            "reason": error.reason,
            "title": _(error.title),
            "message": error.message(_),
            "params": {name: _plain(value) for name, value in error.params.items()},
            "exit_code": int(error.exit_code),
        }
    }


def report_error(error: RegularsError, *, as_json: bool) -> ExitCode:
    """Say *error* where the caller looks for it, and the exit code that goes with it."""
    if as_json:
        write_document(error_document(error))
    else:
        say(f"{_(error.title)}: {error.message(_)}")
    return error.exit_code


def _plain(value: object) -> object:
    try:
        return msgspec.to_builtins(value, str_keys=True)
    except (TypeError, msgspec.ValidationError):
        return str(value)


def _padded(text: str, size: int, *, right: bool) -> str:
    fill = " " * (size - width(text))
    return fill + text if right else text + fill
