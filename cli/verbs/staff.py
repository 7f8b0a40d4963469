"""``regulars staff``: who works here."""

from pathlib import Path

import click

from cli.options import FILE, read_pin
from cli.output import Table
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.i18n import _
from terminal.state_words import ROLES, state

_PIN = click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
_NEW_PIN = click.option("--new-pin-file", type=FILE, required=True, help="A file with the person's new PIN.")


@click.group()
def staff() -> None:
    """Cashiers and managers."""


@staff.command("list")
@pass_run
def list_(run: Run, /) -> None:
    """Who works here now."""
    with run.till(read_only=True) as till:
        found = till.staff.list()
    rows = [(each.cashier_id, each.name, state(ROLES, each.role), each.member_id) for each in found]
    run.answer({"staff": found}, Table((N_("No."), N_("Name"), N_("Role"), N_("Member")), rows))


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["cashier", "manager"]), default="cashier", help="What the person may do.")
@_NEW_PIN
@_PIN
@pass_run
def add(run: Run, /, name: str, role: str, new_pin_file: Path, pin_file: Path | None) -> None:
    """A new cashier or manager; needs a manager's PIN."""
    with run.till() as till:
        done = till.staff.add(name, _new_pin(new_pin_file), role, read_pin(pin_file))
    run.answer(done, _("{name} can sign in ({id}).").format(name=done.name, id=done.cashier_id))


@staff.command("pin")
@click.argument("cashier")
@_NEW_PIN
@_PIN
@pass_run
def pin(run: Run, /, cashier: str, new_pin_file: Path, pin_file: Path | None) -> None:
    """Give CASHIER (an id or a name) a new PIN; needs a manager's PIN."""
    with run.till() as till:
        done = till.staff.set_pin(cashier, _new_pin(new_pin_file), read_pin(pin_file))
    run.answer(done, _("{id} has a new PIN.").format(id=done.name))


@staff.command("link")
@click.argument("cashier")
@click.argument("member", required=False)
@_PIN
@pass_run
def link(run: Run, /, cashier: str, member: str | None, pin_file: Path | None) -> None:
    """Say that CASHIER is MEMBER, so that earning on strangers' sales shows; without MEMBER, that it is nobody."""
    with run.till() as till:
        who = None if member is None else till.members.member_of(member)
        done = till.staff.link_member(cashier, who, read_pin(pin_file))
    run.answer(done, _("{name}: {member}").format(name=done.name, member=done.member_id or "–"))


@staff.command("remove")
@click.argument("cashier")
@_PIN
@pass_run
def remove(run: Run, /, cashier: str, pin_file: Path | None) -> None:
    """CASHIER (an id or a name) no longer works here; what they did stays in the journal."""
    with run.till() as till:
        done = till.staff.remove(cashier, read_pin(pin_file))
    run.answer(done, _("{id} can't sign in any more.").format(id=done.name))


def _new_pin(file: Path) -> str:
    new = read_pin(file)
    if not new:
        raise WrongUse("pin_form", N_("A PIN has 4 to 12 digits. Nothing was changed; choose another."))
    return new
