"""What a member has agreed to, per channel; one key changes it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from config.formats import format_date
from config.i18n import N_, _, current_language
from terminal.screens.base import TillScreen
from terminal.state_words import CHANNELS, state
from terminal.till_member_shapes import ConsentShown, ConsentText
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList
from terminal.widgets.text import stack


class ConsentsScreen(TillScreen[None]):
    """The channels with their texts; Enter gives or withdraws."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    HEADING = N_("Consents")
    ABOUT = N_("Enter gives or withdraws the marked consent. Read the text to the customer before giving one.")

    def __init__(self, member_id: str) -> None:
        super().__init__()
        self._member_id = member_id
        self._texts: tuple[ConsentText, ...] = ()
        self._given: dict[str, ConsentShown] = {}

    def compose_body(self) -> ComposeResult:
        """Heading, list, and below it every text whole, to be read to the customer."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("Enter gives or withdraws"), empty=_("This shop asks for no consents."))
        yield Static(id="consent-texts", classes="hint")

    def on_mount(self) -> None:
        """Fetch them."""
        self.do(self._load())
        self.tell(_("Enter gives or withdraws the marked consent."))

    async def _load(self) -> None:
        member_id, desk = self._member_id, self.regulars.desk
        self._texts = await desk.read(lambda till: till.members.consent_texts())
        member = await desk.read(lambda till: till.members.show(member_id))
        self._given = {each.channel: each for each in member.profile.consents}
        self.query_one(PickList).show(
            [Choice(each.channel, self._left(each.channel), self._since(each.channel)) for each in self._texts]
        )
        texts = [Content.assemble((f"{_channel(each.channel)}: ", "bold"), _(each.text)) for each in self._texts]
        self.query_one("#consent-texts", Static).update(stack(texts))

    def _left(self, channel: str) -> str:
        given = self._given.get(channel)
        return f"{'✓' if given and given.given else '·'} {_channel(channel)}"

    def _since(self, channel: str) -> str:
        given = self._given.get(channel)
        return format_date(given.at_ms, self.zone, current_language()) if given else ""

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Change the marked one."""
        if event.key is not None:
            self.do(self._change(event.key))

    async def _change(self, channel: str) -> None:
        before = self._given.get(channel)
        give = not (before and before.given)
        version = next(each.version for each in self._texts if each.channel == channel)
        member_id = self._member_id
        await self.regulars.desk.write(lambda till: till.members.consent(member_id, channel, give, version))
        await self._load()
        self.tell(_("Consent given and dated.") if give else _("Consent withdrawn and dated."), Tone.OK)


def _channel(channel: str) -> str:
    return state(CHANNELS, channel)
