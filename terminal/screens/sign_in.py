"""Signing in with a PIN; also the lock of a till that was left alone."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Vertical
from textual.widgets import Static

from config.errors import RegularsError
from config.i18n import N_, _
from terminal.commands import HELP, Command, bindings
from terminal.screens.base import OPENING_S, TillScreen
from terminal.screens.dialogs import MAX_PIN_DIGITS
from terminal.till_shapes import StaffMember
from terminal.widgets.field import Field, keeps_digits
from terminal.widgets.message_line import Tone

QUIT = Command("quit", "ctrl+q", N_("Close"), N_("Leave the program; a sale on screen is kept."))


class SignInScreen(TillScreen[None]):
    """Nothing but a PIN; the sale stays underneath."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, QUIT)
    ALL_COMMANDS: ClassVar[tuple[Command, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, QUIT))
    HEADING = N_("Sign in")
    ABOUT = N_("Type your PIN and Enter. After some wrong ones the till waits before it takes another.")

    def __init__(self) -> None:
        super().__init__()
        self._choices: tuple[StaffMember, ...] = ()
        self._pin = ""

    def compose_body(self) -> ComposeResult:
        """Shop, PIN."""
        with Center(id="sign-in"), Vertical(classes="card"):
            facts = self.regulars.facts
            yield Static(facts.store if facts else "Regulars", id="shop", markup=False)
            yield Static(facts.till if facts else "", classes="hint", markup=False)
            yield Static(_("PIN"), classes="label", markup=False)
            yield Field(
                "", password=True, max_length=MAX_PIN_DIGITS, keeps=keeps_digits(MAX_PIN_DIGITS), clears=True, id="pin"
            )
            yield Static("", id="who", markup=False)

    def on_mount(self) -> None:
        """Say what to do."""
        self.tell(_("Type your PIN, then Enter."))

    def holds_after(self, key: str) -> float:
        """Checking a PIN takes a moment: what is typed meanwhile is for the screen behind."""
        return OPENING_S if key == "enter" else super().holds_after(key)

    def take_scan(self, text: str) -> bool:
        """A card alone signs nobody in; one that comes in the blink after signing in is the sale's."""
        del text
        if self.regulars.session is not None:
            return False
        self.tell(_("The till is locked: the card was not used. Sign in, then scan it again."), Tone.NOT_OK)
        return True

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Try the PIN."""
        event.stop()
        text = event.value.strip()
        if text:
            self.do(self._choose(text) if self._choices else self._sign_in(text, None))

    async def _sign_in(self, pin: str, cashier_id: str | None) -> None:
        app = self.regulars
        try:
            session = await app.desk.write(lambda till: till.staff.sign_in(pin, cashier_id))
        except RegularsError as error:
            if error.reason != "pin_ambiguous":
                raise
            await self._ask_who(pin)
            return
        await app.signed_in(session)
        self.dismiss(None)

    async def _ask_who(self, pin: str) -> None:
        staff = await self.regulars.desk.read(lambda till: till.staff.list())
        self._pin, self._choices = pin, tuple(person for person in staff if person.active)
        names = "\n".join(f"{number}  {person.name}" for number, person in enumerate(self._choices, start=1))
        self.query_one("#who", Static).update(names)
        self.query_one("#pin", Field).password = False
        self.tell(_("Several people have this PIN. Type the number of your name."))

    async def _choose(self, text: str) -> None:
        choices, pin = self._choices, self._pin
        self._choices, self._pin = (), ""
        self.query_one("#who", Static).update("")
        self.query_one("#pin", Field).password = True
        if text.isdigit() and 1 <= int(text) <= len(choices):
            await self._sign_in(pin, choices[int(text) - 1].cashier_id)
        else:
            self.tell(_("There is no such number. Type your PIN again."), Tone.NOT_OK)

    async def action_quit(self) -> None:
        """Leave."""
        await self.regulars.action_quit()
