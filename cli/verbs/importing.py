"""``regulars import|export``: taking in another system's past, and giving all of ours out."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from cli.csv_activities import COLUMNS as ACTIVITY_COLUMNS
from cli.csv_activities import NEEDED as ACTIVITY_NEEDED
from cli.csv_activities import read_activities
from cli.csv_members import COLUMNS as MEMBER_COLUMNS
from cli.csv_members import read_members
from cli.csv_problems import Problems, reason_text
from cli.csv_rows import CsvFile
from cli.csv_sales import COLUMNS as SALE_COLUMNS
from cli.csv_sales import read_sales, scattered_sales
from cli.options import FILE, read_pin
from cli.output import Table, fields_text, table_text, write_bytes
from cli.run import Run, pass_run
from config.errors import N_, ExitCode
from config.i18n import _
from terminal.till_import_shapes import ImportCounts, ImportProblem

MAX_SHOWN = 20


@click.group("import")
def import_() -> None:
    """Take in sales, members or activities of another system."""


@import_.command("sales")
@click.argument("file", type=FILE)
@click.option("--enrol-unknown", is_flag=True, help="Enrol unknown cards without a name.")
@pass_run
def sales(run: Run, /, file: Path, *, enrol_unknown: bool) -> int:
    """Sales from FILE (columns sale_id,at,store,till,card,category,sku,quantity,amount); each is kept once."""
    problems = Problems()
    with CsvFile(file, SALE_COLUMNS) as source, run.till() as till:
        currency = till.facts().currency
        # The whole file is looked at first: one that is no text, or a torn sale, must not be noticed half-way.
        with _progress(source, _("Checking")) as tell:
            scattered = scattered_sales(source.rows(tell))
        with _progress(source, _("Importing")) as tell:
            read = read_sales(source.rows(tell), currency, problems.refuse, scattered)
            counts = till.imports.sales(read, enrol_unknown=enrol_unknown)
    return _answer(run, problems.joined(counts))


@import_.command("members")
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only say what would be wrong; keep nothing.")
@pass_run
def members(run: Run, /, file: Path, *, check: bool) -> int:
    """Members from FILE, each once (columns reference,card,name,phone,email,birthday,points,tier,segments,consents)."""
    problems = Problems()
    with CsvFile(file, MEMBER_COLUMNS, needed=()) as source, run.till() as till:
        for _row in source.rows():
            pass  # a file that is no text is noticed before anything is kept
        with _progress(source, _("Importing")) as tell:
            counts = till.imports.members(read_members(source.rows(tell), problems.refuse), check_only=check)
    return _answer(run, problems.joined(counts))


@import_.command("activities")
@click.argument("file", type=FILE)
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN, for activities that ask for one.")
@pass_run
def activities(run: Run, /, file: Path, *, pin_file: Path | None) -> int:
    """Acts other than purchases from FILE (columns card,activity,at,reference); each row counts once."""
    problems = Problems()
    with CsvFile(file, ACTIVITY_COLUMNS, needed=ACTIVITY_NEEDED) as source, run.till() as till:
        for _row in source.rows():
            pass  # a file that is no text is noticed before anything is kept
        with _progress(source, _("Importing")) as tell:
            read = read_activities(source.rows(tell), problems.refuse)
            counts = till.imports.activities(read, manager_pin=read_pin(pin_file))
    return _answer(run, problems.joined(counts))


@contextmanager
def _progress(source: CsvFile, label: str) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=max(1, source.size), label=label, file=sys.stderr) as bar:
        yield lambda position: bar.update(position - bar.pos)


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
    for problem, shown in zip(counts.problems, document["problems"], strict=True):
        shown["message"] = reason_text(problem)
    run.answer(document, lambda: _words(run, counts))
    return ExitCode.REFUSED if counts.skipped else ExitCode.DONE


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
    rows = [(each.line, each.sale, reason_text(each)) for each in problems[:MAX_SHOWN]]
    table = table_text(Table((N_("Line"), N_("Sale"), N_("Why it was left out")), rows))
    more = len(problems) - MAX_SHOWN
    return [table if more <= 0 else f"{table}\n… {more}"]
