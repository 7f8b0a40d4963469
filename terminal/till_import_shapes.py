"""What is imported from other systems, and what came of it."""

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
    """One member of another system, as text; *consents* maps channels to the version of the text that was shown."""

    line: int
    card: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: str | None = None
    points_millipoints: int = 0
    tier: str | None = None
    consents: dict[str, str] = {}


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
