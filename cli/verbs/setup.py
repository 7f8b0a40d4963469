"""``regulars setup``: a till in an empty folder."""

import sys
from pathlib import Path

import click
import msgspec

from cli.options import FILE, read_pin
from cli.output import fields_text
from cli.programme_files import load_file
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.i18n import _
from config.settings import keep_language


@click.command()
@click.option("--defaults", is_flag=True, help="Ask nothing; print the PIN that is made.")
@click.option("--store", help="The store's name.")
@click.option("--till", help="The till's name.")
@click.option("--currency", help="ISO 4217, such as PLN.")
@click.option("--zone", help="The store's time zone, such as Europe/Warsaw.")
@click.option("--manager", help="The first manager's name.")
@click.option("--pin-file", type=FILE, help="A file that holds the manager's PIN.")
@click.option("--programme", "programme_file", type=FILE, help="The first programme; the sample without it.")
@pass_run
def setup(
    run: Run, /, *, defaults: bool, pin_file: Path | None, programme_file: Path | None, **names: str | None
) -> None:
    """Make a till in an empty folder: store, till, currency, time zone, first manager."""
    from terminal.till_opening import set_up
    from terminal.till_shapes import SetUp

    asks = not defaults and not run.asked.json and sys.stdin.isatty()
    given = {name: value for name, value in names.items() if value is not None}
    usual = {field: getattr(SetUp(), field) for field in names}
    wanted = {field: given.get(field) or (_ask(field, usual[field]) if asks else usual[field]) for field in names}
    pin = read_pin(pin_file)
    if pin is None and asks:
        pin = click.prompt(_("The manager's PIN (empty: one is made)"), default="", hide_input=True, err=True) or None
    if pin is None and not asks and not defaults and not given:
        raise WrongUse(
            "setup_needs_answers",
            N_("Nothing was set up. Say --defaults, or name the store, till, currency, zone and manager."),
        )
    programme = None if programme_file is None else load_file(programme_file).text
    done = set_up(
        run.home,
        msgspec.structs.replace(SetUp(pin=pin, programme=programme), **wanted),
        clock=run.clock,
        random=run.random,
    )
    if run.language != run.settings.language:
        keep_language(run.home.settings_file, run.language)
    run.answer(
        done,
        lambda: fields_text(
            [
                (N_("Store"), done.store),
                (N_("Till"), f"{done.till} ({done.till_id})"),
                (N_("Currency"), done.currency),
                (N_("Time zone"), done.zone),
                (N_("Programme"), done.programme),
                (N_("Manager"), done.manager),
                (N_("PIN (shown once; write it down)"), done.pin),
            ]
        ),
    )


def _ask(field: str, usual: str) -> str:
    questions = {
        "store": _("The store's name"),
        "till": _("The till's name"),
        "currency": _("The currency (ISO 4217)"),
        "zone": _("The time zone"),
        "manager": _("The first manager's name"),
    }
    return str(click.prompt(questions[field], default=usual, err=True))
