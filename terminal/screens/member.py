"""A member in full: points by lot, tier, stamps, latest history; and the ways to what can be changed."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from config.errors import N_
from config.formats import format_date, format_points
from config.i18n import _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.screens.dialogs import AskLine, Confirm
from terminal.screens.member_history import happened
from terminal.state_words import CHANNELS
from terminal.till_member_shapes import LotShown, MemberShown
from terminal.widgets.lines import Lines
from terminal.widgets.member_pane import member_lines
from terminal.widgets.message_line import Tone
from terminal.widgets.text import row
from terminal.words import say

MEMBER_COMMANDS = (
    HELP,
    Command("edit", "f2", N_("Edit"), N_("Name, phone, e-mail, birthday.")),
    Command("history", "f3", N_("History"), N_("Every sale, refund and change.")),
    Command("cards", "f4", N_("Cards"), N_("Show, link, block, replace a card.")),
    Command("vouchers", "f5", N_("Vouchers"), N_("The member's vouchers; void one.")),
    Command("consents", "f6", N_("Consents"), N_("What the member agreed to; change it with one key.")),
    Command("activities", "f7", N_("Activity"), N_("Points for a review, a referral, a survey.")),
    Command(
        "block", "f8", N_("Block"), N_("Block the member, or let them go on: nothing is earned or spent while blocked.")
    ),
    Command("export", "f9", N_("Export"), N_("Everything that is held on the member, as a file.")),
    Command("erase", "f10", N_("Erase"), N_("Forget the personal data for ever; the accounts stay without a name.")),
    Command("adjust", "f11", N_("Adjust"), N_("Points by hand: a manager's PIN and a reason.")),
    BACK,
)

LATEST = 20


class MemberScreen(TillScreen[None]):
    """What the till knows about one member."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    AUTO_FOCUS = "#member-body"
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = MEMBER_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(MEMBER_COMMANDS)
    HEADING = N_("Member")
    ABOUT = N_(
        "All about one member. The F-keys lead to what can be changed; arrows scroll; Esc goes back to the sale."
    )

    def __init__(self, member: MemberShown) -> None:
        super().__init__()
        self._member = member

    @property
    def member_id(self) -> str:
        """Whom the screen is about."""
        return self._member.member_id

    def compose_body(self) -> ComposeResult:
        """Two columns of text."""
        with VerticalScroll(id="member-body"), Horizontal(id="member-columns"):
            yield Lines(self._person, id="member-left")
            yield Lines(self._latest, id="member-right")

    def on_mount(self) -> None:
        """How to leave."""
        self.tell(_("Esc goes back to the sale."))

    async def reload(self) -> None:
        """Read the member again."""
        member_id = self.member_id
        self._member = await self.regulars.desk.read(lambda till: till.members.show(member_id))
        for lines in self.query(Lines):
            lines.refresh(layout=True)

    def _person(self, width: int) -> list[Content]:
        member, zone = self._member, self.zone
        profile = _profile(member, self.phone(member.profile.phone))
        return [*member_lines(member, zone, width), Content(), *profile, Content(), *_lots(member, zone, width)]

    def _latest(self, width: int) -> list[Content]:
        rows = [happened(each, self.zone, self.currency, width) for each in self._member.history[:LATEST]]
        return [Content.styled(_("Latest"), "$accent bold"), *rows]

    def action_edit(self) -> None:
        """The profile."""
        from terminal.screens.member_edit import EditScreen

        self.do(self._through(EditScreen(self._member)))

    def action_history(self) -> None:
        """All that happened."""
        from terminal.screens.member_history import HistoryScreen

        self.do(self._through(HistoryScreen(self._member)))

    def action_cards(self) -> None:
        """The cards."""
        from terminal.screens.member_cards import CardsScreen

        self.do(self._through(CardsScreen(self.member_id)))

    def action_vouchers(self) -> None:
        """The vouchers."""
        from terminal.screens.member_vouchers import VouchersScreen

        self.do(self._through(VouchersScreen(self.member_id)))

    def action_consents(self) -> None:
        """The consents."""
        from terminal.screens.member_consents import ConsentsScreen

        self.do(self._through(ConsentsScreen(self.member_id)))

    def action_activities(self) -> None:
        """Points for what is no purchase."""
        self.do(self._activities())

    async def _activities(self) -> None:
        from terminal.screens.activities import ActivitiesScreen, recorded_words

        recorded = await self.regulars.push_screen_wait(ActivitiesScreen(self._member))
        if recorded is not None:
            await self.reload()
            self.tell(recorded_words(recorded), Tone.OK)

    def action_adjust(self) -> None:
        """Points by hand."""
        self.do(self._adjust())

    async def _adjust(self) -> None:
        from terminal.screens.adjust import AdjustScreen, adjusted_words

        adjusted = await self.regulars.push_screen_wait(AdjustScreen(self._member))
        if adjusted is not None:
            await self.reload()
            self.tell(adjusted_words(adjusted), Tone.OK)

    async def _through(self, screen: TillScreen[None]) -> None:
        await self.regulars.push_screen_wait(screen)
        await self.reload()

    def action_block(self) -> None:
        """Block, or let go on."""
        self.do(self._block() if self._member.status == "active" else self._unblock())

    async def _block(self) -> None:
        reason = await self.regulars.push_screen_wait(
            AskLine(_("Why is this member blocked? It stays in the journal."))
        )
        if reason is None:
            return
        desk, member_id = self.regulars.desk, self.member_id
        await self.with_manager(lambda pin: desk.write(lambda till: till.members.block(member_id, reason, pin)))
        await self.reload()
        self.tell(_("Checked. {status}").format(status=self._status()), Tone.OK)

    async def _unblock(self) -> None:
        desk, member_id = self.regulars.desk, self.member_id
        await self.with_manager(lambda pin: desk.write(lambda till: till.members.unblock(member_id, pin)))
        await self.reload()
        self.tell(_("Checked. {status}").format(status=self._status()), Tone.OK)

    def _status(self) -> str:
        if self._member.status == "blocked":
            return _("The member is blocked: nothing is earned or spent.")
        return _("The member is not blocked.")

    def action_export(self) -> None:
        """Everything held on the member, as a file."""
        self.do(self._export())

    async def _export(self) -> None:
        member_id = self.member_id
        document = await self.regulars.desk.read(lambda till: till.members.export(member_id))
        path = self.regulars.home.root / "exports" / f"member-{member_id}.json"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(document)
        path.chmod(0o600)
        self.tell(
            _("Saved as {file}. It holds personal data: hand it to the member, then delete it.").format(file=path),
            Tone.OK,
        )

    def action_erase(self) -> None:
        """Forget the personal data, after a question."""
        self.do(self._erase())

    async def _erase(self) -> None:
        question = _("Erase name, phone, e-mail, birthday and consents for ever? The points are lost to the member.")
        if not await self.regulars.push_screen_wait(Confirm(question, _("Erase for ever"))):
            return
        desk, member_id = self.regulars.desk, self.member_id
        erased = await self.with_manager(lambda pin: desk.write(lambda till: till.members.erase(member_id, pin)))
        if erased is not None:
            await self.reload()
            self.tell(_("Erased. What is left has no name."), Tone.OK)


def _profile(member: MemberShown, phone: str) -> list[Content]:
    profile = member.profile
    agreed = [_(CHANNELS.get(each.channel, each.channel)) for each in profile.consents if each.given]
    rows = [
        (_("Number"), member.number),
        (_("Phone"), phone),
        (_("E-mail"), profile.email),
        (_("Birthday"), profile.birthday),
        (_("Segments"), profile.segments),
        (_("Cards"), str(len(member.cards))),
        (_("Visits"), str(member.visits)),
        (_("Agreed to"), ", ".join(agreed) or _("nothing")),
    ]
    width = max(len(label) for label, _value in rows) + 1
    lines = [Content.styled(_("Profile"), "$accent bold")]
    return lines + [Content.assemble((f"{label:<{width}}", "$muted"), value) for label, value in rows if value]


def _lots(member: MemberShown, zone: str, width: int) -> list[Content]:
    lines = [Content.styled(_("Points, by when they were earned"), "$accent bold")]
    lines += [_lot(lot, zone, width) for lot in member.lots]
    lines += [Content.assemble(("! ", "$warning"), say(why.reason, why.params, _)) for why in member.why_not]
    return lines


def _lot(lot: LotShown, zone: str, width: int) -> Content:
    language = current_language()
    points = format_points(lot.amount_millipoints, language)
    until = _("for ever") if lot.expires_ms is None else f"→ {format_date(lot.expires_ms - 1, zone, language)}"
    earned = format_date(lot.earned_ms, zone, language) if lot.earned_ms is not None else ""
    return row(f"{points:>7}  {earned}", (until, "$muted"), width)
