"""The people who work at this till."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.errors import N_, WrongUse
from config.i18n import _
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.screens.dialogs import MAX_PIN_DIGITS, AskLine, Confirm
from terminal.screens.form_screen import FormScreen
from terminal.state_words import ROLES, state
from terminal.till_shapes import StaffMember
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList

ADD = Command("add", "f2", N_("Add"), N_("A new cashier or manager."))
NEW_PIN = Command("new_pin", "f4", N_("New PIN"), N_("Give the marked person a new PIN."))
REMOVE = Command("remove", "f8", N_("Remove"), N_("The marked person can't sign in any more."))


class StaffScreen(TillScreen[None]):
    """The list, and what a manager does with it."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, ADD, NEW_PIN, REMOVE, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, ADD, NEW_PIN, REMOVE, BACK))
    HEADING = N_("Staff")
    ABOUT = N_("F2 adds somebody, F4 gives the marked person a new PIN, F8 removes them. A manager's PIN may be asked.")

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("type to narrow down"))

    def on_mount(self) -> None:
        """Fetch the people."""
        self.do(self._load())
        self.tell(_("F2 adds somebody; F4 and F8 are for the marked person."))

    async def _load(self) -> None:
        people = await self.regulars.desk.read(lambda till: till.staff.list())
        await self.regulars.read_names()
        self.query_one(PickList).show(
            [Choice(each.cashier_id, each.name, state(ROLES, each.role), not each.active) for each in people]
        )

    def action_add(self) -> None:
        """Somebody new."""
        self.do(self._add())

    async def _add(self) -> None:
        added = await self.regulars.push_screen_wait(AddStaffScreen())
        if added is not None:
            await self._load()
            self.tell(_("{name} can sign in now.").format(name=added.name), Tone.OK)

    def action_new_pin(self) -> None:
        """A new PIN for the marked person."""
        marked = self.query_one(PickList).marked
        if marked is not None:
            self.do(self._new_pin(marked))

    async def _new_pin(self, marked: Choice) -> None:
        new_pin = await self.regulars.push_screen_wait(
            AskLine(_("New PIN for {name}:").format(name=marked.left), secret=True)
        )
        if new_pin is None:
            return
        desk = self.regulars.desk
        await self.with_manager(lambda pin: desk.write(lambda till: till.staff.set_pin(marked.key, new_pin, pin)))
        self.tell(_("The PIN was changed."), Tone.OK)

    def action_remove(self) -> None:
        """Remove the marked person, after a question."""
        marked = self.query_one(PickList).marked
        if marked is not None:
            self.do(self._remove(marked))

    async def _remove(self, marked: Choice) -> None:
        if not await self.regulars.push_screen_wait(
            Confirm(_("Remove {name}? What they did stays in the journal.").format(name=marked.left), _("Remove"))
        ):
            return
        desk = self.regulars.desk
        await self.with_manager(lambda pin: desk.write(lambda till: till.staff.remove(marked.key, pin)))
        await self._load()
        self.tell(_("{name} can't sign in any more.").format(name=marked.left), Tone.OK)


class AddStaffScreen(FormScreen[StaffMember | None]):
    """Name, PIN and role of somebody new."""

    HEADING = N_("Add somebody")
    ABOUT = N_("Name, PIN, and c for cashier or m for manager. F12 saves.")

    def rows(self) -> Sequence[Row]:
        """Name, PIN, role."""
        pin = keeps_digits(MAX_PIN_DIGITS)
        return (
            Row("name", _("Name"), max_length=60),
            Row("pin", _("PIN"), _("4 to 12 digits"), password=True, max_length=MAX_PIN_DIGITS, keeps=pin),
            Row("role", _("Role"), _("cashier or manager"), value=_("cashier"), max_length=20),
        )

    async def save(self, form: Form) -> None:
        """Add them."""
        asked = form.value("role").casefold()
        role = next((role for role, word in ROLES.items() if asked and _(word).casefold().startswith(asked)), None)
        if role is None:
            form.go_to("role")
            raise WrongUse("role_unknown", N_("The role is cashier or manager. Nothing was kept."))
        name, new_pin, desk = form.value("name"), form.value("pin"), self.regulars.desk
        added = await self.with_manager(
            lambda pin: desk.write(lambda till: till.staff.add(name, new_pin, role=role, manager_pin=pin))
        )
        if added is not None:
            self.dismiss(added)
