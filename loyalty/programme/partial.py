"""What is right in a programme that has mistakes, so that all of it can be checked at once."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from loyalty.programme.model import ProgrammeFile
from loyalty.programme.problems import Finding

_Numbers = dict[str, list[int]]
# What stands in for a value that is wrong or missing where its row makes no sense without, and no check compares it.
_STAND_INS: Mapping[str, object] = {
    "name": "-",
    "points": 1,
    "per": 1,
    "points_per_item": 1,
    "bonus": 1,
    "multiply": 1,
    "amount": 1,
    "percent": 1,
    "price": 1,
    "worth": 1,
    "size": 1,
}


class Rest(NamedTuple):
    """The part of a programme that is right, if anything can be made of it.

    *numbers* tells where each row of its arrays stood in the file; *errors* are those of whole rows, which show only
    once their single values are right.
    """

    model: ProgrammeFile | None
    numbers: _Numbers
    errors: Sequence[ErrorDetails] = ()

    def in_file(self, finding: Finding) -> Finding:
        """*finding* with the numbers of rows as they are in the file."""
        table, *further = finding.path or ("",)
        rows = self.numbers.get(str(table))
        if rows is None or not further or not isinstance(further[0], int):
            return finding
        return msgspec.structs.replace(finding, path=(table, rows[further[0]], *further[1:]))


def is_of_row(error: ErrorDetails) -> bool:
    """Whether *error* is about a row as a whole, not about one of its values."""
    return error["type"] == "value_error" and isinstance(error["input"], dict)


def rest_of(data: dict[str, Any], errors: Sequence[ErrorDetails]) -> Rest:
    """*data* but for the values that *errors* are about, or their rows."""
    rest = copy.deepcopy(data)
    numbers = {table: list(range(len(rows))) for table, rows in rest.items() if isinstance(rows, list)}
    for error in errors:
        _drop_value(rest, error)
    try:
        return Rest(ProgrammeFile.model_validate(rest), numbers)
    except ValidationError as wrong:
        still = wrong.errors(include_url=False)
    known = {error["loc"] for error in errors}
    fresh = [error for error in still if is_of_row(error) and error["loc"] not in known]
    _drop_rows(rest, numbers, still)
    try:
        return Rest(ProgrammeFile.model_validate(rest), numbers, fresh)
    except ValidationError:
        return Rest(None, numbers, fresh)


def _drop_value(data: dict[str, Any], error: ErrorDetails) -> None:
    """Take out, or put a stand-in for, the innermost value of a table that *error* is about."""
    node: Any = data
    found: tuple[dict[str, Any], str] | None = None
    for part in error["loc"]:
        if isinstance(node, dict) and part in node:
            found = (node, str(part))
            node = node[part]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
    key = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "missing":
        if isinstance(node, dict) and key in _STAND_INS:
            node[key] = _STAND_INS[key]
    elif found is not None and found[1] == key in _STAND_INS:
        found[0][key] = _STAND_INS[key]
    elif found is not None and (found[1] == key or not isinstance(node, dict)):
        table, wrong = found
        table.pop(wrong, None)
        if wrong == "voucher":
            table.setdefault("points", 1)  # an activity gives either; it was not the row that was wrong


def _drop_rows(data: dict[str, Any], numbers: _Numbers, errors: Sequence[ErrorDetails]) -> None:
    """Take out the rows of arrays, and the tables, that *errors* are about."""
    wrong = {error["loc"][:2] for error in errors}
    for table in {loc[0] for loc in wrong if loc}:
        rows = data.get(str(table))
        if not isinstance(rows, list):
            data.pop(str(table), None)
            continue
        kept = [place for place in range(len(rows)) if (table, place) not in wrong]
        data[str(table)] = [rows[place] for place in kept]
        numbers[str(table)] = [numbers[str(table)][place] for place in kept]
