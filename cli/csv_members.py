"""Members from CSV: one row a member; consents as ``channel=text version`` separated by semicolons."""

from collections.abc import Iterable, Iterator

from cli.csv_rows import NumberedRow, Row
from cli.csv_sales import Refuse
from config.errors import WrongUse
from config.formats import parse_quantity
from terminal.till_import_shapes import ImportedMember, ImportProblem

COLUMNS = ("card", "name", "phone", "email", "birthday", "points", "tier", "consents")


def read_members(rows: Iterable[NumberedRow], refuse: Refuse) -> Iterator[ImportedMember]:
    """The members of *rows*; *refuse* is told of each bad row."""
    for line, row, whole in rows:
        if not whole:
            refuse(ImportProblem(line=line, reason="row_unreadable"))
            continue
        try:
            yield _member(line, row)
        except WrongUse as error:
            refuse(ImportProblem(line=line, reason=error.reason))


def _member(line: int, row: Row) -> ImportedMember:
    def text(column: str) -> str | None:
        return row.get(column, "").strip() or None

    points = parse_quantity(text("points") or "0")
    if points < 0:
        raise WrongUse("points_negative", "")
    return ImportedMember(
        line=line,
        card=text("card"),
        name=text("name"),
        phone=text("phone"),
        email=text("email"),
        birthday=text("birthday"),
        points_millipoints=points,
        tier=text("tier"),
        consents=_consents(text("consents") or ""),
    )


def _consents(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {channel.strip(): version.strip() or "import" for channel, _sign, version in pairs}
