"""``regulars import|export``: taking in another system's past, and giving all of ours out."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from cli.csv_members import COLUMNS as MEMBER_COLUMNS
from cli.csv_members import read_members
from cli.csv_rows import CsvFile, counted
from cli.csv_sales import COLUMNS as SALE_COLUMNS
from cli.csv_sales import read_sales
from cli.options import FILE
from cli.output import Table, fields_text, table_text, write_bytes
from cli.run import Run, pass_run
from config.errors import N_, ExitCode
from config.i18n import _
from terminal.till_import_shapes import MOST_PROBLEMS_KEPT, ImportCounts, ImportProblem

MAX_SHOWN = 20
REASONS = {
    "row_unreadable": N_("the row does not have the columns of the first line"),
    "rows_disagree": N_("the rows of one sale have different times or cards"),
    "rows_not_adjacent": N_("rows of this sale stand elsewhere in the file too"),
    "time_wrong": N_("the time is not ISO 8601"),
    "time_without_offset": N_("the time has no offset, such as +02:00"),
    "time_absurd": N_("there is no such time"),
    "amount_not_understood": N_("the amount is no amount of money"),
    "amount_negative": N_("the amount is negative"),
    "quantity_not_understood": N_("the quantity is no number"),
    "quantity_negative": N_("the quantity is negative"),
    "category_missing": N_("the category is missing"),
    "card_unknown": N_("no member has this card; --enrol-unknown enrols it"),
    "card_ambiguous": N_("several members have this card"),
    "card_out_of_range": N_("the card's code is too long"),
    "import_field_out_of_range": N_("store, till or sale_id is empty or too long"),
    "no_programme": N_("no programme was in force at that time"),
    "points_negative": N_("the points are negative"),
}


class _Problems:
    """What was wrong with rows before the service saw them."""

    def __init__(self) -> None:
        self.kept: list[ImportProblem] = []
        self.count = 0
        self._sales: set[str | None] = set()

    def refuse(self, problem: ImportProblem) -> None:
        """Note one bad row."""
        self.count += problem.sale is None or problem.sale not in self._sales
        self._sales.add(problem.sale)
        if len(self.kept) < MOST_PROBLEMS_KEPT:
            self.kept.append(problem)

    def joined(self, counts: ImportCounts) -> ImportCounts:
        """The service's counts with these problems among its own, in the file's order."""
        problems = sorted((*self.kept, *counts.problems), key=lambda problem: problem.line)
        return msgspec.structs.replace(
            counts,
            read=counts.read + self.count,
            skipped=counts.skipped + self.count,
            problems=tuple(problems[:MOST_PROBLEMS_KEPT]),
        )


@click.group("import")
def import_() -> None:
    """Take in sales or members of another system."""


@import_.command("sales")
@click.argument("file", type=FILE)
@click.option("--enrol-unknown", is_flag=True, help="Enrol unknown cards without a name.")
@pass_run
def sales(run: Run, /, file: Path, *, enrol_unknown: bool) -> int:
    """Sales from FILE (columns sale_id,at,store,till,card,category,sku,quantity,amount); each is kept once."""
    problems = _Problems()
    with CsvFile(file, SALE_COLUMNS) as source, run.till() as till:
        currency = till.facts().currency
        with click.progressbar(length=max(1, source.size), label=_("Importing"), file=sys.stderr) as bar:
            rows = counted(source.rows(), source, lambda position: bar.update(position - bar.pos))
            counts = till.imports.sales(read_sales(rows, currency, problems.refuse), enrol_unknown=enrol_unknown)
    return _answer(run, problems.joined(counts))


@import_.command("members")
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only say what would be wrong; keep nothing.")
@pass_run
def members(run: Run, /, file: Path, *, check: bool) -> int:
    """Members from FILE (columns card,name,phone,email,birthday,points,tier,consents)."""
    problems = _Problems()
    with (
        CsvFile(file, MEMBER_COLUMNS, needed=()) as source,
        run.till() as till,
        click.progressbar(length=max(1, source.size), label=_("Importing"), file=sys.stderr) as bar,
    ):
        rows = counted(source.rows(), source, lambda position: bar.update(position - bar.pos))
        counts = till.imports.members(read_members(rows, problems.refuse), check_only=check)
    return _answer(run, problems.joined(counts))


@click.command()
@click.option("--to", type=FILE, help="A file; stdout without it.")
@pass_run
def export(run: Run, /, to: Path | None) -> None:
    """Every entry of the journal, in order, as JSON lines; no names, phones or e-mails are in it."""
    from cli.journal_lines import journal_lines

    run.answered = to is None
    with run.till(read_only=True) as till:
        if to is None:
            for line in journal_lines(till.counter.ledger):
                write_bytes(line)
            return
        written = 0
        with to.open("wb") as file:
            for line in journal_lines(till.counter.ledger):
                file.write(line)
                written += 1
    run.answer({"file": str(to), "entries": written}, _("{count} entries in {file}.").format(count=written, file=to))


def _answer(run: Run, counts: ImportCounts) -> int:
    document = msgspec.to_builtins(counts)
    for problem in document["problems"]:
        problem["message"] = reason_text(problem["reason"])
    run.answer(document, lambda: _words(run, counts))
    return ExitCode.REFUSED if counts.skipped else ExitCode.DONE


def reason_text(reason: str) -> str:
    """Why a row was not taken, in words."""
    return _(REASONS[reason]) if reason in REASONS else reason.replace("_", " ")


def _words(run: Run, counts: ImportCounts) -> str:
    summary = fields_text(
        [
            (N_("Read"), counts.read),
            (N_("Imported"), counts.imported),
            (N_("There already"), counts.repeated),
            (N_("Left out"), counts.skipped),
            (N_("Members enrolled"), counts.enrolled),
            (N_("Points earned"), run.points(counts.points_earned_millipoints)),
        ]
    )
    return "\n\n".join([summary, *_problem_table(counts.problems)])


def _problem_table(problems: Sequence[ImportProblem]) -> list[str]:
    if not problems:
        return []
    rows = [(each.line, each.sale, reason_text(each.reason)) for each in problems[:MAX_SHOWN]]
    table = table_text(Table((N_("Line"), N_("Sale"), N_("Why it was left out")), rows))
    more = len(problems) - MAX_SHOWN
    return [table if more <= 0 else f"{table}\n… {more}"]
