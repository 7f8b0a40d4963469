"""Look for a member: results while typing."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from config.i18n import N_, _
from terminal.screens.base import TillScreen
from terminal.state_words import MEMBERS, state
from terminal.till_member_shapes import MemberMatch
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList

MIN_LETTERS = 2


class FindScreen(TillScreen[str | None]):
    """Answers with the identity of the member who was chosen."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    HEADING = N_("Find a member")
    ABOUT = N_(
        "Type the beginning of any part of the name, the last four or more digits of the phone, or the beginning of "
        "the e-mail. Arrows choose, Enter takes."
    )

    def __init__(self, matches: Sequence[MemberMatch] = (), text: str = "") -> None:
        super().__init__()
        self._matches = tuple(matches)
        self._text = text
        self._shown_for = text

    def compose_body(self) -> ComposeResult:
        """Heading, field and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(
            _("name, phone, e-mail or number"),
            value=self._text,
            empty=_("Nobody yet: type at least two letters."),
            narrows=False,
        )

    def on_mount(self) -> None:
        """Show the members that were found already."""
        if self._matches:
            self.query_one(PickList).show([self._choice(match) for match in self._matches])
            self.tell(_("Several members match. Choose with the arrows, then Enter."))
        else:
            self.tell(_("Type a part of the name, the end of the phone, or the e-mail."))
            if len(self._text) >= MIN_LETTERS:
                self.do_latest(lambda: self._search(self._text))

    @on(Input.Changed)
    def look(self, event: Input.Changed) -> None:
        """Search for what stands in the field now; an older search's answer is dropped."""
        event.stop()
        text = event.value.strip()
        if len(text) >= MIN_LETTERS:
            self.do_latest(lambda: self._search(text))

    async def _search(self, text: str) -> None:
        found = await self.regulars.desk.read(lambda till: till.members.find(text))
        self.query_one(PickList).show([self._choice(match) for match in found.matches])
        self._shown_for = text
        if not found.matches:
            self.tell(_("Nobody is found by that. Try fewer letters, or Esc and F2 to enrol."), Tone.INFO)
        elif found.more:
            self.tell(_("There are more: type another letter."))
        else:
            self.tell(_("Choose with the arrows, then Enter."))

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Take the marked member; where the list has yet to follow the letters, only an only one."""
        if event.key is not None and event.text == self._shown_for:
            self.dismiss(event.key)
        elif len(event.text) >= MIN_LETTERS:
            self.do_latest(lambda: self._take_only(event.text))

    async def _take_only(self, text: str) -> None:
        await self._search(text)
        picks = self.query_one(PickList)
        if picks.count == 1 and picks.marked is not None:
            self.dismiss(picks.marked.key)

    def _choice(self, match: MemberMatch) -> Choice:
        contact = " · ".join(part for part in (self.phone(match.phone), match.number) if part)
        name = match.name or _("without a name")
        return Choice(
            match.member_id,
            f"{name}  {contact}",
            "" if match.status == "active" else state(MEMBERS, match.status),
            match.status != "active",
        )
