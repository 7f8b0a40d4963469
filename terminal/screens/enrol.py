"""A new member on one screen: a phone, a name, or just a card; who may be the same person shows while typing."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from config.errors import RegularsError
from config.i18n import N_, _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.dialogs import Confirm
from terminal.screens.form_screen import SAVE, FormScreen
from terminal.screens.member_card import CardScreen
from terminal.till_member_shapes import ConsentText, Enrolled, Enrolment, MemberFound, MemberMatch
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row
from terminal.widgets.message_line import Tone
from terminal.widgets.tick import Tick

MIN_LETTERS = 4
PHONE_DIGITS = 12
DATE_DIGITS = 8
TAKE = Command("take", "f3", N_("Take the one found"), N_("Use the member that is there already."))


class EnrolScreen(FormScreen[str | None]):
    """Answers with the identity of the new member, or of the one who was there already."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, TAKE, SAVE, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, TAKE, SAVE, BACK))
    HEADING = N_("Enrol a new member")
    ABOUT = N_(
        "One of them is enough: a phone, a name, or a card (scan it). F12 saves. The birthday may go without the year: "
        "05-31. Tick a consent (Space) only after the customer has read or heard its text."
    )

    def __init__(self, prefilled: Enrolment | None = None) -> None:
        super().__init__()
        self._prefilled = prefilled or Enrolment()
        self._texts: tuple[ConsentText, ...] = ()
        self._duplicate: MemberMatch | None = None

    def rows(self) -> Sequence[Row]:
        """Phone first: it is what most people give."""
        known = self._prefilled
        return (
            Row("phone", _("Phone"), "601 234 567", known.phone or "", max_length=30, keeps=keeps_digits(PHONE_DIGITS)),
            Row("name", _("Name"), value=known.name or "", max_length=100),
            Row("email", _("E-mail"), value=known.email or "", max_length=200, keeps=lambda text: "@" in text),
            Row("birthday", _("Birthday"), _("05-31 or 1984-05-31"), max_length=10, keeps=keeps_digits(DATE_DIGITS)),
            Row("card", _("Card"), _("scan a card, or leave empty: one is made"), known.card or "", max_length=100),
        )

    def compose_below(self) -> ComposeResult:
        """Who may be the same person, and the consents."""
        yield Static("", id="duplicate", markup=False)
        yield VerticalScroll(id="consents", can_focus=False)

    async def on_mount(self) -> None:
        """Fetch the consents' texts."""
        self.tell(_("A phone, a name or a card is enough. F12 saves."))
        self.do(self._show_consents())

    async def _show_consents(self) -> None:
        self._texts = await self.regulars.desk.read(lambda till: till.members.consent_texts())
        await self.query_one("#consents").mount(
            *(Tick(_(each.text), id=f"consent-{place}") for place, each in enumerate(self._texts))
        )

    def take_scan(self, text: str) -> bool:
        """A card for the new member, unless it belongs to somebody."""
        self.do(self._card(text))
        return True

    async def _card(self, text: str) -> None:
        found = await self.regulars.desk.read(lambda till: till.members.identify(text, typed=False))
        if isinstance(found, MemberFound):
            name = found.member.name or found.member.number or ""
            self._duplicate = MemberMatch(member_id=found.member.member_id, name=name, phone=None)
            self._show_duplicate()
            self.tell(_("This card belongs to a member already: {name}. F3 takes them.").format(name=name), Tone.MEMBER)
            return
        self.query_one(Form).fill("card", text)
        self.tell(_("Card read. F12 saves the new member with it."), Tone.OK)

    @on(Input.Changed)
    def look(self, event: Input.Changed) -> None:
        """Look for the same person while typing."""
        event.stop()
        form = self.query_one(Form)
        phone, email, name = (form.value(each) for each in ("phone", "email", "name"))
        if max(len(phone), len(email), len(name)) >= MIN_LETTERS:
            self.do_latest(lambda: self._search(phone or None, email or None, name or None))

    @on(Input.Blurred)
    def name_in_the_first_field(self, event: Input.Blurred) -> None:
        """Who begins with the name, as customers do, has typed it where phones go: it moves."""
        event.stop()
        if event.input.id == "phone":
            self._move_name()

    def _move_name(self) -> None:
        form = self.query_one(Form)
        text = form.value("phone")
        if any(letter.isalpha() for letter in text) and not form.value("name"):
            form.fill("phone", "")
            form.fill("name", text)

    async def _search(self, phone: str | None, email: str | None, name: str | None) -> None:
        found = await self.regulars.desk.read(lambda till: till.members.duplicates(phone=phone, email=email, name=name))
        self._duplicate = found[0] if found else None
        self._show_duplicate()

    def _show_duplicate(self) -> None:
        match = self._duplicate
        text = ""
        if match is not None:
            who = " · ".join(part for part in (match.name, self.phone(match.phone), match.number) if part)
            text = _("! Perhaps here already: {who}.  F3 takes them.").format(who=who)
        self.query_one("#duplicate", Static).update(text)

    async def save(self, form: Form) -> None:
        """Enrol, and show the card."""
        self._move_name()
        request = self._request(form, even_if_duplicate=False)
        try:
            enrolled = await self._enrol(request)
        except RegularsError as error:
            if error.reason != "member_exists":
                raise
            if not await self.regulars.push_screen_wait(Confirm(error.message(_), _("Enrol all the same"))):
                return
            enrolled = await self._enrol(self._request(form, even_if_duplicate=True))
        if not request.card and enrolled.cards:
            await self.regulars.push_screen_wait(CardScreen(enrolled.cards[0], new=True))
        self.dismiss(enrolled.member_id)

    async def _enrol(self, request: Enrolment) -> Enrolled:
        return await self.regulars.desk.write(lambda till: till.members.enrol(request))

    def _request(self, form: Form, *, even_if_duplicate: bool) -> Enrolment:
        given = {
            each.channel: each.version
            for place, each in enumerate(self._texts)
            if self.query_one(f"#consent-{place}", Tick).ticked
        }
        return Enrolment(
            name=form.value("name") or None,
            phone=form.value("phone") or None,
            email=form.value("email") or None,
            birthday=form.value("birthday") or None,
            card=form.value("card") or None,
            language=current_language(),
            consents=given,
            even_if_duplicate=even_if_duplicate,
        )

    def action_take(self) -> None:
        """Use the member who is there already."""
        if self._duplicate is not None:
            self.dismiss(self._duplicate.member_id)
        else:
            self.tell(_("Nobody like this is known. F12 enrols them."))
