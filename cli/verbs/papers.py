"""``regulars receipt|printer``: paper."""

import sys
from pathlib import Path

import click

from cli.options import FILE
from cli.output import Table, write_bytes
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.i18n import _

_FORMATS = click.Choice(["text", "escpos", "png", "pdf"])


@click.group()
def receipt() -> None:
    """Show, print again and preview receipts."""


@receipt.command("show")
@click.argument("sale", required=False)
@click.option("--format", "form", type=_FORMATS, default="text", help="What kind of receipt.")
@click.option("--columns", type=click.Choice(["32", "42", "48"]), default="42", help="How wide the text is.")
@click.option("--to", type=FILE, help="A file; stdout without it.")
@pass_run
def show(run: Run, /, sale: str | None, form: str, columns: str, to: Path | None) -> None:
    """The receipt of SALE (or of a refund); the last one's without it."""
    from cli.receipt_files import drawn
    from receipts.rendering import render_text
    from receipts.template import load_template

    with run.till(read_only=True) as till:
        data = till.receipts.show(sale)
    if form == "text":
        text = render_text(data, load_template(run.settings.printer.template), int(columns))
        if to is None:
            run.answer({"receipt": data, "text": text}, text)
            return
        content = text.encode("utf-8")
    else:
        content = drawn(data, form, run.settings.printer)
    _deliver(run, content, to)


@receipt.command("reprint")
@click.argument("sale", required=False)
@pass_run
def reprint(run: Run, /, sale: str | None) -> None:
    """Print the receipt of SALE (or the last one) again; it says COPY."""
    from receipts.spool_lock import spool_lock
    from receipts.spooler import drain, make_spooler

    with run.till() as till:
        job = till.receipts.reprint(sale)
        with spool_lock(run.books.spool_lock):
            steps = drain(make_spooler(till.printing.queue, run.settings.printer, run.clock))
    states = [str(step.did) for step in steps]
    run.answer({"job_id": job, "steps": states}, _("Job {job}: {states}").format(job=job, states=", ".join(states)))


@receipt.command("preview")
@click.option("--template", type=FILE, help="A layout of your own; the settings' without it.")
@click.option("--columns", type=click.Choice(["32", "42", "48"]), default="42", help="How wide the paper is.")
@pass_run
def preview(run: Run, /, template: Path | None, columns: str) -> None:
    """A sample receipt in the layout of the settings, or of a template that is checked first."""
    from receipts.rendering import render_text
    from receipts.sample import sample_receipt
    from receipts.template import load_template

    layout = load_template(template or run.settings.printer.template)
    text = render_text(sample_receipt(run.language), layout, int(columns))
    run.answer({"columns": int(columns), "text": text}, text)


@click.group()
def printer() -> None:
    """The receipt printer."""


@printer.command("list")
@pass_run
def list_(run: Run, /) -> None:
    """Printers that this machine knows of, as the settings name them. Network printers have to be named by hand."""
    from receipts.discovery import discover

    found = [{"kind": str(each.kind), "key": each.key, "address": each.address} for each in discover()]
    rows = [(each["kind"], f"{each['key']} = {each['address']}") for each in found]
    empty = N_('No printer was found. A network printer is set by kind = "network" and its host.')
    run.answer({"printers": found}, Table((N_("Kind"), N_("In the settings")), rows, empty=empty))


@printer.command("status")
@pass_run
def status(run: Run, /) -> None:
    """How the printer of the settings is, and which receipts wait."""
    from ledger.store import has_ledger
    from receipts.printers import STATE_SENTENCES, open_printer

    state = open_printer(run.settings.printer).status().state
    waiting = []
    if has_ledger(run.books):
        with run.till(read_only=True) as till:
            waiting = list(till.printing.waiting())
    sentence = _(STATE_SENTENCES[state])
    run.answer({"state": str(state), "message": sentence, "waiting": waiting}, sentence)


@printer.command("test")
@pass_run
def test(run: Run, /) -> None:
    """Print a page with the letters of every language, a ruler and a code of each kind."""
    from receipts.printers import open_printer
    from receipts.trial import trial_page

    opened = open_printer(run.settings.printer)
    opened.send(trial_page(opened.profile, at_ms=run.clock.now_ms(), zone="UTC", language=run.language))
    run.answer({"printed": True}, _("The trial page is printed: look at its letters and codes."))


def _deliver(run: Run, content: bytes, to: Path | None) -> None:
    if to is not None:
        to.write_bytes(content)
        run.answer({"file": str(to), "bytes": len(content)}, _("Written to {file}.").format(file=to))
        return
    if run.asked.json or sys.stdout.isatty():
        raise WrongUse("receipt_needs_file", N_("This is no text. Say --to FILE, or send stdout to a file."))
    run.answered = True
    write_bytes(content)
