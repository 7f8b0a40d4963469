"""A member's cards: show one as a QR code, link another, block or replace a lost one."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.i18n import N_, _
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.screens.dialogs import Confirm
from terminal.screens.member_card import CardScreen
from terminal.till_member_shapes import CardShown
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList

NEW = Command("new", "f2", N_("New card"), N_("Give the member one card more."))
SHOW = Command("show", "f4", N_("Show"), N_("Show the marked card as a QR code; print it."))
REPLACE = Command(
    "replace", "f6", N_("Replace"), N_("The marked card is lost: a new one takes its place, the points stay.")
)
BLOCK = Command("block", "f8", N_("Block"), N_("The marked card identifies nobody any more."))
STATUS_WORDS = {"active": "", "blocked": N_("blocked"), "replaced": N_("replaced")}


class CardsScreen(TillScreen[None]):
    """The cards, and what is done with the marked one. A scanned card is linked to the member."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, NEW, SHOW, REPLACE, BLOCK, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, NEW, SHOW, REPLACE, BLOCK, BACK))
    HEADING = N_("Cards")
    ABOUT = N_(
        "Scan a printed card to link it. F2 makes a new one, F4 shows the marked one, F6 replaces it, F8 blocks it."
    )

    def __init__(self, member_id: str) -> None:
        super().__init__()
        self._member_id = member_id
        self._cards: dict[str, CardShown] = {}

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("scan a printed card to link it"), empty=_("No card yet: F2 makes one."))

    def on_mount(self) -> None:
        """Fetch the cards."""
        self.do(self._load())
        self.tell(_("Scan a printed card to link it to this member."))

    async def _load(self) -> None:
        member_id = self._member_id
        cards = await self.regulars.desk.read(lambda till: till.cards.list(member_id))
        self._cards = {card.code: card for card in cards}
        self.query_one(PickList).show(
            [
                Choice(
                    card.code,
                    f"{card.code}  {card.format}",
                    _(STATUS_WORDS.get(card.status, card.status)),
                    card.status != "active",
                )
                for card in cards
            ]
        )

    def take_scan(self, text: str) -> bool:
        """Link it."""
        self.do(self._link(text))
        return True

    async def _link(self, text: str) -> None:
        member_id = self._member_id
        await self.regulars.desk.write(lambda till: till.cards.link(member_id, text))
        await self._load()
        self.tell(_("The card is linked."), Tone.OK)

    def action_new(self) -> None:
        """One card more."""
        self.do(self._new())

    async def _new(self) -> None:
        member_id = self._member_id
        card = await self.regulars.desk.write(lambda till: till.cards.issue(member_id))
        await self._load()
        await self.regulars.push_screen_wait(CardScreen(card, new=True))

    def action_show(self) -> None:
        """The marked card as a QR code."""
        card = self._marked()
        if card is not None:
            self.regulars.push_screen(CardScreen(card))

    def on_pick_list_entered(self) -> None:
        """Enter shows it too."""
        self.action_show()

    def action_replace(self) -> None:
        """A new card for the lost one."""
        card = self._marked()
        if card is not None:
            self.do(self._replace(card))

    async def _replace(self, card: CardShown) -> None:
        new = await self.regulars.desk.write(lambda till: till.cards.replace(card.code))
        await self._load()
        self.tell(_("The old card is blocked; here is the new one."), Tone.OK)
        await self.regulars.push_screen_wait(CardScreen(new, new=True))

    def action_block(self) -> None:
        """Block the marked card, after a question."""
        card = self._marked()
        if card is not None:
            self.do(self._block(card))

    async def _block(self, card: CardShown) -> None:
        question = _("Block this card? The points stay; another card of the member goes on working.")
        if await self.regulars.push_screen_wait(Confirm(question, _("Block"))):
            await self.regulars.desk.write(lambda till: till.cards.block(card.code))
            await self._load()
            self.tell(_("The card is blocked."), Tone.OK)

    def _marked(self) -> CardShown | None:
        marked = self.query_one(PickList).marked
        return self._cards[marked.key] if marked else None
