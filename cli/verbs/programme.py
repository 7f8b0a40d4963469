"""``regulars programme``: checking, showing, activating, comparing and trying programmes."""

from pathlib import Path

import click
import msgspec

from cli.options import FILE, read_time
from cli.output import Table, table_text
from cli.programme_files import check_file, load_file
from cli.run import Run, pass_run
from config.errors import N_, ExitCode
from config.i18n import _

_SEVERITIES = {"error": N_("error"), "warning": N_("warning")}
_STATES = {"in_force": N_("in force"), "waiting": N_("waiting"), "past": N_("past")}


@click.group()
def programme() -> None:
    """The rules of the shop's loyalty programme."""


@programme.command("check")
@click.argument("file", type=FILE)
@pass_run
def check(run: Run, /, file: Path) -> int:
    """Say everything that is wrong with FILE, or doubtful, with line and column; exit 1 where something is wrong."""
    checked = check_file(file)
    problems = [
        {
            "severity": each.severity,
            "line": each.line,
            "column": each.column,
            "path": each.path,
            "reason": each.reason,
            "message": each.message(_),
        }
        for each in checked.problems
    ]
    version = None if checked.programme is None else checked.programme.version
    rows = [(_(_SEVERITIES[each.severity]), f"{each.line}:{each.column}", each.message(_)) for each in checked.problems]
    table = Table((N_("How bad"), N_("Where"), N_("What")), rows, empty=N_("No mistakes."))
    found = {"ok": not checked.errors, "version": version, "problems": problems, "left_out": checked.left_out}
    more = f"\n… {checked.left_out}" if checked.left_out else ""
    run.answer(found, lambda: table_text(table) + more)
    return ExitCode.REFUSED if checked.errors else ExitCode.DONE


@programme.command("show")
@click.argument("version", required=False)
@click.option("--all", "everything", is_flag=True, help="List every version that this till has.")
@pass_run
def show(run: Run, /, version: str | None, *, everything: bool) -> None:
    """The text of the programme in force, or of VERSION."""
    with run.till(read_only=True) as till:
        facts, listed = till.facts(), till.programmes.list()
        if everything:
            rows = [
                (each.version[:8], each.name, run.moment(each.start_ms, facts), _(_STATES[each.state]))
                for each in listed
            ]
            headings = (N_("Version"), N_("Name"), N_("Start"), N_("State"))
            run.answer({"programmes": listed}, Table(headings, rows))
            return
        current = till.programmes.current()
        chosen = version or (current.version if current else "")
        text = till.programmes.text(chosen)
    found = next(each for each in listed if each.version.startswith(chosen.lower()))
    run.answer({"programme": found, "toml": text}, text.rstrip())


@programme.command("activate")
@click.argument("file", type=FILE)
@click.option("--start", help="ISO 8601; now without it, or from the beginning where nothing was sold yet.")
@pass_run
def activate(run: Run, /, file: Path, start: str | None) -> None:
    """Put FILE in force; only at a till without headquarters."""
    text = load_file(file).text
    with run.till() as till:
        facts = till.facts()
        done = till.programmes.activate(text, read_time(start, facts), trusted=True)
    run.answer(
        done,
        _("{name} ({version}) is {state} from {start}.").format(
            name=done.name,
            version=done.version[:8],
            state=_(_STATES[done.state]),
            start=run.moment(done.start_ms, facts),
        ),
    )


@programme.command("diff")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@pass_run
def diff(run: Run, /, before: Path, after: Path) -> None:
    """What changed from the programme BEFORE to the programme AFTER; exit 0 whether or not they differ."""
    from cli.programme_changes import Wording
    from loyalty.programme.diff import diff as compared

    old, new = load_file(before), load_file(after)
    changes, wording = compared(old, new), Wording(old, new)
    rows = [wording.of(each) for each in changes]
    document = {
        "identical": not changes,
        "before": {"name": old.model.name, "version": old.version},
        "after": {"name": new.model.name, "version": new.version},
        "changes": [
            {**msgspec.to_builtins(change), "message": f"{what}: {how}"}
            for change, (what, how) in zip(changes, rows, strict=True)
        ],
    }
    run.answer(document, Table((N_("What"), N_("Change")), rows, empty=N_("They say the same.")))


@programme.command("try")
@click.argument("draft", type=FILE)
@click.option("--from", "first", help="The first business day (ISO); the journal's first without it.")
@click.option("--to", "last", help="The last business day (ISO); today without it.")
@pass_run
def try_(run: Run, /, draft: Path, first: str | None, last: str | None) -> None:
    """Play the till's real history again under DRAFT, beside the programme in force; nothing is kept."""
    from cli import tried_answer
    from cli.trying import tried

    wanted = load_file(draft)
    with run.till(read_only=True) as till:
        facts = till.facts()
        found = tried(till, wanted, first, last)
    run.answer(tried_answer.document(found), lambda: tried_answer.text(run, found, facts))
