"""The first run: a shop, a till, a manager with a PIN."""

import asyncio
from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.widgets import Static

from config.errors import N_, WrongUse
from config.i18n import _, current_language
from config.settings import keep_language
from terminal.screens.dialogs import MAX_PIN_DIGITS
from terminal.screens.form_screen import FormScreen
from terminal.till_opening import set_up
from terminal.till_shapes import SetUp
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row

PLACES: Final = {"ro": SetUp(currency="RON", zone="Europe/Bucharest")}
"""What stands in the form where a language tells the country; the others begin as the command line does."""


class SetUpScreen(FormScreen[None]):
    """Asks for what only the shop knows; everything has a default but the PIN."""

    HEADING = N_("Welcome. Let's set up this till.")
    ABOUT = N_(
        "Type the shop's name, the till's name, the currency (PLN, EUR, RON) and the time zone (Europe/Warsaw), and "
        "the manager's name and PIN. Enter goes to the next field; F12 saves. The till starts with a sample programme."
    )

    def rows(self) -> Sequence[Row]:
        """Shop, till, currency, zone, manager, PIN twice."""
        usual = PLACES.get(current_language(), SetUp())
        pin = keeps_digits(MAX_PIN_DIGITS)
        return (
            Row("store", _("Shop"), value=usual.store, max_length=60),
            Row("till", _("Till"), value=usual.till, max_length=40),
            Row("currency", _("Currency"), "PLN, EUR, RON…", value=usual.currency, max_length=3),
            Row("zone", _("Time zone"), "Europe/Warsaw", value=usual.zone, max_length=40),
            Row("manager", _("Manager's name"), value=usual.manager, max_length=60),
            Row("pin", _("Manager's PIN"), _("4 to 12 digits"), password=True, max_length=MAX_PIN_DIGITS, keeps=pin),
            Row("again", _("PIN once more"), password=True, max_length=MAX_PIN_DIGITS, keeps=pin),
        )

    def compose_below(self) -> ComposeResult:
        """What happens next."""
        yield Static(
            _("A shop with a sample programme is made on this computer. Nothing is sent anywhere."),
            classes="hint",
            markup=False,
        )

    def on_mount(self) -> None:
        """Say what to do."""
        self.tell(_("Enter goes to the next field, F12 saves. Esc closes Regulars."))

    async def save(self, form: Form) -> None:
        """Make the till and open it."""
        app = self.regulars
        if form.value("pin") != form.value("again"):
            form.fill("again", "")
            form.go_to("again")
            raise WrongUse("pins_differ", N_("The two PINs differ. Nothing was kept; type the PIN once more."))
        request = SetUp(
            store=form.value("store"),
            till=form.value("till"),
            currency=form.value("currency").upper(),
            zone=form.value("zone"),
            manager=form.value("manager"),
            pin=form.value("pin"),
        )
        await asyncio.to_thread(set_up, app.home, request, clock=app.clock, random=app.random)
        self._keep_language()
        self.dismiss(None)
        app.open()

    def _keep_language(self) -> None:
        """The till goes on in the language of this screen, whichever way that was chosen."""
        app, language = self.regulars, current_language()
        if language != app.settings.language:
            keep_language(app.home.settings_file, language)
            app.settings = app.settings.model_copy(update={"language": language})

    def action_back(self) -> None:
        """Without a till there is nothing to go back to."""
        self.regulars.exit(0)
