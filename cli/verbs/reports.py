"""``regulars report``: the manager's figures."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.run import Run, pass_run
from config.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.till import Till
    from terminal.till_report_shapes import Report

_FIRST = click.option("--from", "first", help="The first business day (ISO); today without it.")
_LAST = click.option("--to", "last", help="The last business day (ISO); today without it.")
_SAVE = click.option("--save", type=click.Choice(["csv", "json", "pdf"]), help="Also save it in the home's reports.")


@click.group()
def report() -> None:
    """The manager's figures, each with its numerator, denominator and period."""


@report.command("day")
@click.option("--date", "day", help="The business day (ISO); today without it.")
@_SAVE
@pass_run
def day(run: Run, /, day: str | None, save: str | None) -> None:
    """One business day."""
    _answer(run, save, lambda till: till.reports.day(day))


@report.command("period")
@_FIRST
@_LAST
@_SAVE
@pass_run
def period(run: Run, /, first: str | None, last: str | None, save: str | None) -> None:
    """A period, beside the one before."""
    _answer(run, save, lambda till: till.reports.period(*_span(till, first, last)))


@report.command("programme")
@_FIRST
@_LAST
@_SAVE
@pass_run
def programme(run: Run, /, first: str | None, last: str | None, save: str | None) -> None:
    """What the programme gave, and what it cost."""
    _answer(run, save, lambda till: till.reports.programme(*_span(till, first, last)))


@report.command("members")
@_FIRST
@_LAST
@_SAVE
@pass_run
def members(run: Run, /, first: str | None, last: str | None, save: str | None) -> None:
    """Who the members are, and what they bring."""
    _answer(run, save, lambda till: till.reports.members(first, last))


@report.command("cashiers")
@_FIRST
@_LAST
@_SAVE
@pass_run
def cashiers(run: Run, /, first: str | None, last: str | None, save: str | None) -> None:
    """Who did how much."""
    _answer(run, save, lambda till: till.reports.cashiers(*_span(till, first, last)))


@report.command("exceptions")
@_FIRST
@_LAST
@_SAVE
@pass_run
def exceptions(run: Run, /, first: str | None, last: str | None, save: str | None) -> None:
    """What should be looked at: flags, refunds, adjustments, overrides."""
    _answer(run, save, lambda till: till.reports.exceptions(*_span(till, first, last)))


def _span(till: "Till", first: str | None, last: str | None) -> tuple[str, str]:
    today = till.facts().today
    return first or last or today, last or today


def _answer(run: Run, save: str | None, make: "Callable[[Till], Report]") -> None:
    from cli.report_text import report_text
    from terminal.report_files import save as save_report
    from terminal.report_text import Reader

    with run.till(read_only=True) as till:
        made = make(till)
    reader = Reader(run.language, made.currency, made.zone)
    saved = "" if save is None else str(save_report(made, run.books.reports_dir, save, reader))

    def words() -> str:
        told = report_text(made, run.language)
        if not saved:
            return told
        return "\n\n".join((told, _("Saved as {file}").format(file=Path(saved).name)))

    run.answer(made, words)
