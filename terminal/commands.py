"""What a screen can do: each command is declared once and gives the key, the key line, the palette and the help."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from config.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Command:
    """One command. *id* names the action, and the binding that shops may remap; it never changes.

    *keys* are Textual's names, separated by commas; the first is the one shown. *label* and *help* are English
    sentences for gettext. *manager* commands are hidden from cashiers; the till service decides, not the screen.
    *opens*: keys typed after it wait for what it opens.
    """

    id: str
    keys: str
    label: str
    help: str
    manager: bool = False
    shown: bool = True
    opens: bool = False


HELP = Command("help", "f1", N_("Help"), N_("What this screen is for, and its keys."), opens=True)
LOCK = Command("lock", "ctrl+l", N_("Lock"), N_("Lock the till until somebody signs in."), shown=False)
BACK = Command("back", "escape", N_("Back"), N_("Leave this screen; nothing is changed."))

SELL_COMMANDS = (
    HELP,
    Command("enrol", "f2", N_("Enrol"), N_("Make a new member: a phone, a name, or just a card."), opens=True),
    Command("find", "f3", N_("Find"), N_("Look for a member by name, phone, e-mail or number."), opens=True),
    Command("rewards", "f4", N_("Rewards"), N_("Give a reward: its number, then Enter.")),
    Command("why", "f5", N_("Why?"), N_("Why each point is earned, and why a reward is refused."), opens=True),
    Command("hold", "f6", N_("Hold"), N_("Put this sale aside; with no sale on screen, take one back.")),
    Command("undo", "f7", N_("Undo"), N_("Take the last step back; after saving, the whole sale.")),
    Command("refund", "f8", N_("Refund"), N_("Give money back for a sale: receipt code or number."), opens=True),
    Command("more", "f9", N_("More"), N_("Everything else."), opens=True),
    Command("member", "f10", N_("Member"), N_("The member's points, cards, vouchers, consents."), opens=True),
    Command("payment", "f11,ctrl+t", N_("Payment"), N_("The next way to pay: cash, card, or what the shop takes.")),
    Command("finish", "f12,ctrl+s", N_("Finish"), N_("Save the sale; an amount still being typed is taken along.")),
    LOCK,
)

MORE_COMMANDS = (
    Command("receipt", "", N_("Last receipt"), N_("Show, save or print a receipt again.")),
    Command("recall", "", N_("Held sales"), N_("Take a sale back that was put aside.")),
    Command("activities", "", N_("Record an activity"), N_("Points for a review, a referral, a survey.")),
    Command("adjust", "", N_("Adjust points"), N_("Points by hand: a manager's PIN and a reason.")),
    Command("shift", "", N_("Shift"), N_("Open or close the shift; totals and differences.")),
    Command("without_member", "", N_("Without member"), N_("Take the member off this sale.")),
    Command("clear", "", N_("Clear the sale"), N_("Start again with an empty sale; Undo brings it back.")),
    Command("camera", "", N_("Camera on or off"), N_("Read cards with the camera.")),
    Command("print_jobs", "", N_("Print queue"), N_("Receipts that wait, or may have been printed.")),
    Command("headquarters", "", N_("Headquarters"), N_("Online or not, what waits to be sent, and why.")),
    Command("reports", "", N_("Reports"), N_("Today, periods, members, cashiers, exceptions."), manager=True),
    Command("staff", "", N_("Staff"), N_("Add people, change PINs."), manager=True),
    Command("theme", "", N_("Light, dark, high contrast"), N_("Change the colours of the screen.")),
    Command("sound", "", N_("Sounds on or off"), N_("Let the till be heard, or not.")),
    Command("lock", "", N_("Lock"), N_("Lock the till until somebody signs in.")),
    Command("quit", "", N_("Close Regulars"), N_("Leave the program; a sale on screen is kept.")),
)


def bindings(commands: Iterable[Command], steps: Container[str] = ()) -> list[BindingType]:
    """The bindings of *commands* that have keys; their labels stay English until the key line shows them.

    Those in *steps* are done by the screen's action ``step``, the others by an action of their own name.
    """
    return [
        Binding(
            command.keys,
            f"step('{command.id}')" if command.id in steps else command.id,
            command.label,
            tooltip=command.help,
            show=command.shown,
            id=command.id,
        )
        for command in commands
        if command.keys
    ]


def keys_of(commands: Iterable[Command], keymap: Mapping[str, str]) -> dict[str, str]:
    """The commands' ids by key, as the shop has mapped them."""
    pairs = ((key, command.id) for command in commands for key in keymap.get(command.id, command.keys).split(","))
    return {key.strip(): command_id for key, command_id in pairs if key.strip()}


def key_name(key: str) -> str:
    """A key as it is printed on the keyboard: ``F12``, ``Ctrl+L``, ``Esc``."""
    names = {"escape": N_("Esc"), "enter": N_("Enter"), "delete": N_("Del"), "space": N_("Space")}
    return "+".join(_(names[part]) if part in names else part.capitalize() for part in key.split("+"))
