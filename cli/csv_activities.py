"""Activities from CSV: one row an act."""

from collections.abc import Iterable, Iterator

from cli.csv_rows import NumberedRow, Row
from cli.csv_sales import Bad, Refuse, read_at
from terminal.till_import_shapes import ImportedActivity, ImportProblem

COLUMNS = ("card", "activity", "at", "reference")
NEEDED = ("card", "activity")


def read_activities(rows: Iterable[NumberedRow], refuse: Refuse) -> Iterator[ImportedActivity]:
    """The activities of *rows*; *refuse* is told of each bad row."""
    for line, row, problem in rows:
        try:
            if problem is not None:
                raise Bad(problem)
            yield _activity(line, row)
        except Bad as error:
            refuse([ImportProblem(line=line, reason=error.reason)])


def _activity(line: int, row: Row) -> ImportedActivity:
    at = row.get("at", "").strip()
    return ImportedActivity(
        line=line,
        card=row["card"].strip(),
        activity=row["activity"].strip(),
        at_ms=read_at(at) if at else None,
        reference=row.get("reference", "").strip() or None,
    )
