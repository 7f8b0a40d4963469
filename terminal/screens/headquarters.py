"""How the till stands with HQ: online or not, what waits to be sent, and the last error in plain words."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from config.formats import format_moment
from config.i18n import N_, _, current_language, ngettext
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.till_sync import SyncStatus
from terminal.widgets.text import stack
from terminal.words import say

TRY_NOW = Command("try_now", "f4", N_("Try now"), N_("Talk to headquarters at once, without waiting for the next try."))
LOOK_EVERY_S = 1.0


class HeadquartersScreen(TillScreen[None]):
    """Looked at anew every second, while it is open."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, TRY_NOW, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, TRY_NOW, BACK))
    HEADING = N_("Headquarters")
    ABOUT = N_(
        "The till sells without headquarters, for as long as need be: everything is saved here, and sent as soon as "
        "there is a network. Points that were earned elsewhere can be spent when headquarters can be asked."
    )

    def compose_body(self) -> ComposeResult:
        """Heading and lines."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield Static("", id="hq-lines")

    def on_mount(self) -> None:
        """Look now and every second."""
        self.do(self._look())
        self.set_interval(LOOK_EVERY_S, lambda: self.do_latest(self._look))
        self.tell(_("F4 tries at once. Selling never waits for headquarters."))

    def action_try_now(self) -> None:
        """Talk now."""
        if self.regulars.devices.hq is None:
            self.tell(_("This till does not talk to headquarters: training, or switched off in its settings."))
            return
        self.regulars.devices.hq.try_now()
        self.tell(_("Asked. Look at the lines above."))

    async def _look(self) -> None:
        status = await self.regulars.desk.read(lambda till: till.sync.status(_))
        self.query_one("#hq-lines", Static).update(stack(_lines(status, self.zone)))


def _lines(status: SyncStatus, zone: str) -> list[Content]:
    if not status.paired:
        return [
            Content(_("This till works alone: it belongs to no headquarters.")),
            Content(_("To pair it, have a code made there: regulars hq till add")),
            Content(_("Then, here: regulars pair URL CODE")),
        ]
    language = current_language()

    def moment(at_ms: int) -> str:
        return format_moment(at_ms, zone, language)

    if status.online:
        lines = [Content.assemble(("● ", "$success"), _("Online"), "   ", status.url)]
    else:
        lines = [Content.assemble(("○ ", "$warning"), _("Offline"), "   ", status.url)]
        if status.offline_since_ms is not None:
            lines.append(Content(_("Offline since {moment}.").format(moment=moment(status.offline_since_ms))))
    if status.last_ok_ms is not None:
        lines.append(Content(_("Last answer: {moment}.").format(moment=moment(status.last_ok_ms))))
    lines.append(_queue(status, moment(status.oldest_ms) if status.oldest_ms is not None else ""))
    if status.frozen is not None:
        lines.append(Content.assemble(("! ", "$warning"), say(status.frozen, {}, _)))
    if status.error_sentence and not status.online:
        lines.append(Content.assemble(("! ", "$warning"), status.error_sentence))
    return lines


def _queue(status: SyncStatus, oldest: str) -> Content:
    if not status.queue:
        return Content(_("Everything is sent."))
    words = ngettext("{count} entry waits to be sent.", "{count} entries wait to be sent.", status.queue)
    since = _("The oldest is of {moment}.").format(moment=oldest)
    return Content(f"{words.format(count=status.queue)} {since}")
