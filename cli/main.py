"""The ``regulars`` command: which verbs there are. Each is loaded when it is asked for."""

import importlib
import os
import sys
from importlib.metadata import version

import click

from cli.edge import run_command
from cli.options import with_shared_options
from cli.run import Run
from config.i18n import _

# name → (module:attribute, one line of help); help stands here so that `regulars --help` loads nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "setup": ("cli.verbs.setup:setup", "Make a till in an empty folder."),
    "demo": ("cli.verbs.demo:demo", "Open a till with a sample shop."),
    "doctor": ("cli.verbs.upkeep:doctor", "What this machine has, and what would help."),
    "pair": ("cli.sync_commands:pair", "Belong to a headquarters."),
    "sync": ("cli.sync_commands:sync", "Exchange with headquarters, or say how that stands."),
    "scan": ("cli.verbs.scan:scan", "Read codes from cameras, pictures, folders and videos."),
    "enrol": ("cli.verbs.members:enrol", "Make a new member."),
    "quote": ("cli.verbs.selling:quote", "What a basket would cost and earn."),
    "sell": ("cli.verbs.selling:sell", "Save a sale."),
    "refund": ("cli.verbs.returning:refund", "Take lines of a sale back."),
    "void": ("cli.verbs.returning:void", "Undo a sale of the open shift."),
    "adjust": ("cli.verbs.returning:adjust", "Add or take points by hand."),
    "activity": ("cli.verbs.selling:activity", "Record an act that earns points."),
    "hold": ("cli.verbs.selling:hold", "Baskets that were put aside."),
    "shift": ("cli.verbs.selling:shift", "Open or close the shift."),
    "member": ("cli.verbs.members:member", "Show, find and change members."),
    "card": ("cli.verbs.cards:card", "Link, block, replace, print and show cards."),
    "voucher": ("cli.verbs.cards:voucher", "List and void vouchers."),
    "staff": ("cli.verbs.staff:staff", "Who works here."),
    "import": ("cli.verbs.importing:import_", "Take in sales, members or activities."),
    "export": ("cli.verbs.importing:export", "Write all entries of the journal as JSON lines."),
    "programme": ("cli.verbs.programme:programme", "Check, show, activate, compare and try programmes."),
    "receipt": ("cli.verbs.papers:receipt", "Show, print again and preview receipts."),
    "printer": ("cli.verbs.papers:printer", "List, test and ask printers."),
    "report": ("cli.verbs.reports:report", "The manager's figures."),
    "verify": ("cli.verbs.upkeep:verify", "Prove the whole journal and every figure."),
    "backup": ("cli.verbs.upkeep:backup", "Copy the till's file, and check the copy."),
    "restore": ("cli.verbs.upkeep:restore", "Put a backup back, in a new life of the till."),
    "simulate": ("cli.simulate_commands:simulate", "A fleet of tills with faults, checked against the rules."),
    "hq": ("cli.hq_commands:hq", "Headquarters: one truth for all tills."),
}


class LazyGroup(click.Group):
    """The root: knows the names of all verbs, loads the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of a shop's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb, with the options that all take."""
        if cmd_name not in COMMANDS:
            return None
        module, _colon, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return with_shared_options(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without loading any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, text) for name, (_place, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("regulars"), prog_name="regulars")
@click.pass_context
def root(context: click.Context) -> None:
    """The loyalty terminal that never goes offline. Without a command it opens the till."""
    if context.invoked_subcommand is None:
        context.exit(_open_app(context.ensure_object(Run)))


with_shared_options(root)


def _open_app(run: Run) -> int:
    from cli.opening import open_app

    return open_app(run, run.home)


def main() -> None:
    """The console script."""
    sys.exit(run_command(root, sys.argv[1:], Run(os.environ)))
