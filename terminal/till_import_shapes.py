"""What is imported from other systems, and what came of it."""

from dataclasses import dataclass, field

import msgspec

from loyalty.basket import Line
from terminal.till_shapes import Params

MOST_PROBLEMS_KEPT = 1_000


class ImportedSale(msgspec.Struct, frozen=True, kw_only=True):
    """One sale of another system; *line* is the number of its first row in the file, *card* None without a member."""

    line: int
    sale_id: str
    at_ms: int
    store: str
    till: str
    card: str | None
    lines: tuple[Line, ...]


class ImportedMember(msgspec.Struct, frozen=True, kw_only=True):
    """One member of another system, as text; *consents* maps channels to the version of the text that was shown.

    *reference* is what the other system knows the member by.
    """

    line: int
    reference: str | None = None
    card: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: str | None = None
    points_millipoints: int = 0
    tier: str | None = None
    segments: str | None = None
    consents: dict[str, str] = {}


class ImportedActivity(msgspec.Struct, frozen=True, kw_only=True):
    """One act of a member that another system has noted; *at_ms* None: now."""

    line: int
    card: str
    activity: str
    at_ms: int | None = None
    reference: str | None = None


class ImportProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A row, or the sale that begins with it, that was not taken, and why."""

    line: int
    reason: str
    sale: str | None = None
    params: Params = {}


class ImportCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What an import has come to. *repeated* were there from an earlier import, *skipped* have a problem.

    *problems* holds the first :data:`MOST_PROBLEMS_KEPT`; *skipped* counts all.
    """

    read: int = 0
    imported: int = 0
    repeated: int = 0
    skipped: int = 0
    lines: int = 0
    enrolled: int = 0
    points_earned_millipoints: int = 0
    problems: tuple[ImportProblem, ...] = ()


@dataclass
class Tally:
    """Counts of an import while it runs."""

    read: int = 0
    imported: int = 0
    repeated: int = 0
    skipped: int = 0
    lines: int = 0
    enrolled: int = 0
    earned_millipoints: int = 0
    problems: list[ImportProblem] = field(default_factory=list)

    def refuse(self, row: ImportedSale | ImportedMember | ImportedActivity, reason: str, **params: object) -> None:
        """Leave *row* out, and say why."""
        self.skipped += 1
        if len(self.problems) < MOST_PROBLEMS_KEPT:
            sale = row.sale_id if isinstance(row, ImportedSale) else None
            self.problems.append(ImportProblem(line=row.line, sale=sale, reason=reason, params=params))

    def counts(self) -> ImportCounts:
        """As a value."""
        return ImportCounts(
            read=self.read,
            imported=self.imported,
            repeated=self.repeated,
            skipped=self.skipped,
            lines=self.lines,
            enrolled=self.enrolled,
            points_earned_millipoints=self.earned_millipoints,
            problems=tuple(self.problems),
        )
