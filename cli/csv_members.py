"""Members from CSV: one row a member; consents as ``channel=text version``, separated by semicolons."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from cli.csv_rows import NumberedRow, Row
from cli.csv_sales import Refuse
from config.errors import WrongUse
from config.formats import parse_quantity
from terminal.till_import_shapes import ImportedMember, ImportProblem

COLUMNS = ("reference", "card", "name", "phone", "email", "birthday", "points", "tier", "segments", "consents")
IMPORTED_TEXT: Final = "import"  # the version of a consent's text where the other system knew none
_BETWEEN_CONSENTS: Final = re.compile(r"[;,|\s]+")
_BETWEEN_SEGMENTS: Final = re.compile(r"\s*[;,|]\s*")


def read_members(rows: Iterable[NumberedRow], refuse: Refuse) -> Iterator[ImportedMember]:
    """The members of *rows*; *refuse* is told of each bad row."""
    for line, row, problem in rows:
        points, wrong = _points(row)
        reason = problem or wrong
        if reason is None:
            yield _member(line, row, points)
        else:
            refuse([ImportProblem(line=line, reason=reason)])


def _points(row: Row) -> tuple[int, str | None]:
    """The row's points in thousandths, and what is wrong with them."""
    try:
        points_millipoints = parse_quantity(row.get("points", "").strip() or "0")
    except WrongUse:
        return 0, "points_not_understood"
    return points_millipoints, "points_negative" if points_millipoints < 0 else None


def _member(line: int, row: Row, points_millipoints: int) -> ImportedMember:
    def text(column: str) -> str | None:
        return row.get(column, "").strip() or None

    return ImportedMember(
        line=line,
        reference=text("reference"),
        card=text("card"),
        name=text("name"),
        phone=text("phone"),
        email=text("email"),
        birthday=text("birthday"),
        points_millipoints=points_millipoints,
        tier=text("tier"),
        segments=", ".join(_BETWEEN_SEGMENTS.split(row.get("segments", "").strip())) or None,
        consents=_consents(row.get("consents", "")),
    )


def _consents(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in _BETWEEN_CONSENTS.split(text) if part)
    return {channel.lower(): version or IMPORTED_TEXT for channel, _sign, version in pairs}
