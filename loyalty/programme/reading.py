"""From the bytes of a programme file to its data: lines that are no TOML are taken out, the rest is read."""

import re
import tomllib
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from config.errors import N_
from loyalty.programme.problems import Places, Problem

MAX_PROGRAMME_BYTES = 1 << 20
MAX_SYNTAX_PROBLEMS = 20
MAX_DEPTH = 8  # a programme needs four: file, table, row, value
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_LONG_NUMBER = re.compile(r"\d[\d_]{1000,}")
_BRACKETS = re.compile(r"[\[{]")
_BYTE_ORDER_MARK = "\ufeff"


class Read(NamedTuple):
    """What could be read: its data, where everything stands, and what could not be read."""

    data: dict[str, Any]
    where: Places
    problems: tuple[Problem, ...]


class _NotToml(Exception):
    """The place of the first thing that is no TOML."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def decoded(raw: bytes) -> str | Problem:
    """*raw* as text, or where it stops being UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(raw) > MAX_PROGRAMME_BYTES:
            return raw[: error.start].decode("utf-8")  # cut off in the middle of a letter: too large, but text
        before = raw[: error.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        return Problem("error", line, column, "", "not_utf8", N_("This is not UTF-8 text: save the file as UTF-8."))


def read_text(text: str) -> Read:
    """The data of *text*, without the lines that are no TOML."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if len(text) > MAX_PROGRAMME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_PROGRAMME_BYTES:
        sentence = N_("The file is larger than 1 MiB; a programme is not.")
        return Read({}, Places(""), (Problem("error", 1, 1, "", "too_large", sentence),))
    lines = text.replace("\r\n", "\n").split("\n")
    problems: list[Problem] = []
    while len(problems) < MAX_SYNTAX_PROBLEMS:
        readable = "\n".join(lines)
        try:
            data = _parsed(readable, lines)
            return Read(_shallow(data), Places(readable), tuple(problems))
        except _NotToml as wrong:
            problems.append(wrong.problem)
            if not lines[wrong.problem.line - 1]:
                break
            lines[wrong.problem.line - 1] = ""
    return Read({}, Places(""), tuple(problems))


def _parsed(text: str, lines: list[str]) -> dict[str, Any]:
    try:
        data = tomllib.loads(text, parse_float=_number)
        Places(text)
    except tomllib.TOMLDecodeError as error:
        place = _AT.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (len(lines), 1)
        why = str(error).partition(" (at ")[0]
        sentence = N_("This is not TOML: {why}.")
        raise _NotToml(Problem("error", line, column, "", "not_toml", sentence, {"why": why})) from error
    except ValueError as error:  # a whole number longer than Python reads
        raise _NotToml(_longest(lines)) from error
    except RecursionError as error:
        raise _NotToml(_deepest(lines)) from error
    return data


def _number(text: str) -> Decimal | str:
    """A number with its decimals; as it is written where it is beyond all numbers, for the model to refuse."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _longest(lines: list[str]) -> Problem:
    """The place of a number that is too long to be one."""
    for number, line in enumerate(lines, start=1):
        found = _LONG_NUMBER.search(line)
        if found is not None:
            return Problem("error", number, found.start() + 1, "", "number_too_long", N_("This number is too long."))
    raise AssertionError("only a number of thousands of digits can't be read")


def _deepest(lines: list[str]) -> Problem:
    """The place of the line that opens the most brackets."""
    opened = [len(_BRACKETS.findall(line)) for line in lines]
    number = opened.index(max(opened))
    column = next((found.start() + 1 for found in _BRACKETS.finditer(lines[number])), 1)
    return Problem("error", number + 1, column, "", "too_deep", N_("Brackets are nested too deep here."))


def _shallow(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - TOML holds anything
    """*value* cut off where no programme goes: what is around that is a mistake anyhow, and is named."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: _shallow(part, depth + 1) for key, part in value.items()}
    return [_shallow(part, depth + 1) for part in value] if isinstance(value, list) else value
