"""``regulars verify|backup|restore|doctor``: looking after the till."""

import sys
from pathlib import Path

import click

from cli.options import FILE, read_pin
from cli.output import Table, fields_text, say, table_text
from cli.run import Run, pass_run
from config.errors import N_, ExitCode
from config.i18n import _


@click.command()
@pass_run
def verify(run: Run, /) -> int:
    """Walk the journal, check every hash, work out every derived figure again; exit 3 where something differs."""
    with run.till(read_only=True) as till, click.progressbar(length=1, label=_("Verifying"), file=sys.stderr) as bar:

        def progress(done: int, whole: int) -> None:
            bar.length = max(1, whole)
            bar.update(done - bar.pos)

        found = till.upkeep.verify(progress)
    rows = [
        (each.reason, ", ".join(f"{key}={value}" for key, value in each.params.items())) for each in found.differences
    ]
    summary = _("{entries} entries, head {seq} {hash}").format(
        entries=found.entries, seq=found.head.seq, hash=found.head.hash[:12]
    )
    table = Table((N_("Difference"), N_("Where")), rows, empty=N_("No difference."))
    run.answer(found, lambda: f"{summary}\n{table_text(table)}")
    return ExitCode.BROKEN if found.differences else ExitCode.DONE


@click.command()
@click.argument("file", type=FILE, required=False)
@pass_run
def backup(run: Run, /, file: Path | None) -> None:
    """Copy the till's file to FILE and check the copy; without FILE into the home's backups."""
    with run.till(read_only=True) as till:
        done = till.upkeep.backup(file)
    run.answer(done, _("{entries} entries in {file}, checked.").format(entries=done.entries, file=done.file))


@click.command()
@click.argument("file", type=FILE)
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN; needed where a till is set up.")
@pass_run
def restore(run: Run, /, file: Path, pin_file: Path | None) -> None:
    """Put the backup FILE back, in a new life of the till; what was there is kept aside."""
    from terminal.till_opening import restore as put_back

    done = put_back(run.books, file, clock=run.clock, random=run.random, manager_pin=read_pin(pin_file))
    run.answer(
        done,
        lambda: fields_text(
            [
                (N_("New life"), done.epoch),
                (N_("Goes on after"), f"{done.parent_epoch} #{done.parent_seq}"),
                (N_("Forgotten again"), done.erasures_replayed),
                (N_("What was there"), done.kept_aside),
            ]
        ),
    )


@click.command()
@pass_run
def doctor(run: Run, /) -> None:
    """What this machine has, what is missing, and what each missing part would add."""
    from cli.diagnosis import machine_facts
    from ledger.store import has_ledger

    facts = machine_facts(run.settings)
    if has_ledger(run.books):
        with run.till(read_only=True) as till:
            facts += till.upkeep.doctor()
    else:
        say(_("No till is set up in this folder yet."))
    rows = [("✓" if fact.ok else "!", fact.id, fact.value) for fact in facts]
    run.answer({"facts": facts}, Table(("", N_("Part"), N_("What it is")), rows))
