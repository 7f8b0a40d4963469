"""The Textual app around the till service: one window, one keyboard, and the screens that come and go in it."""

import asyncio
from typing import Any, ClassVar, TypeVar

import structlog
from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from config.errors import RegularsError
from config.formats import format_age, format_time
from config.i18n import _, current_language, ngettext, use_language
from config.paths import HomePaths
from config.seams import Clock, RandomSource
from config.settings import Settings
from scanner.wedge import WedgeRules
from terminal.devices import Devices
from terminal.keyboard import Keyboard
from terminal.keymap import checked
from terminal.log import open_log
from terminal.palette import TillCommands
from terminal.screens.base import TillScreen
from terminal.screens.sell import SellScreen
from terminal.screens.sell_steps import leave
from terminal.screens.set_up import SetUpScreen
from terminal.screens.sign_in import SignInScreen
from terminal.sound import Speaker
from terminal.themes import THEMES
from terminal.tidying import Tidying
from terminal.till import Till
from terminal.till_opening import open_till, open_training
from terminal.till_shapes import Session, TillFacts
from terminal.till_sync import SyncStatus
from terminal.widgets.message_line import Tone
from terminal.widgets.status_line import StatusLine
from terminal.workers import TillDesk

FACTS_EVERY_S = 5.0
CLOCK_EVERY_S = 1.0
CLOSING_KEYS = frozenset({"escape", "enter"})
CLOSING_S = 0.05

Answer = TypeVar("Answer")


class ReleaseKeys(Message):
    """Keys that waited for a screen may go on."""

    bubble = False


class RegularsApp(App[int]):
    """The till on the screen."""

    TITLE = "Regulars"
    # All at once: a screen that brought its own would have every style read anew when it first opens.
    CSS_PATH = ["app.tcss", "screens/reports.tcss"]  # noqa: RUF012 - the library's form
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {TillCommands}  # noqa: RUF012 - the library's form
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        home: HomePaths,
        settings: Settings,
        clock: Clock,
        random: RandomSource,
        *,
        training: bool = False,
        speaker: Speaker | None = None,
        tidying: Tidying | None = None,
    ) -> None:
        super().__init__()
        self.home = home
        self.settings = settings
        self.clock = clock
        self.random = random
        self.training = training
        self.devices = Devices(self, speaker)
        self.session: Session | None = None
        self.facts: TillFacts | None = None
        self.with_hq: SyncStatus | None = None
        self.names: dict[str, str] = {}
        self.logger = structlog.get_logger()
        rules = settings.terminal
        self.keyboard = Keyboard(
            self,
            WedgeRules(rules.scan_gap_ms, rules.scan_min_length, rules.scan_prefix, rules.scan_suffix),
            self.take_scan,
        )
        self._hold_timer: Timer | None = None
        self._desk: TillDesk | None = None
        self._last_key_ms = clock.monotonic_ms()
        self._tidying = tidying
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[rules.theme].name
        self.shop_keys = checked(rules.keymap)
        self.set_keymap(self.shop_keys.keymap)

    @property
    def desk(self) -> TillDesk:
        """The till's threads; only asked for once the till is open."""
        assert self._desk is not None, "the till is not open"
        return self._desk

    @property
    def sell(self) -> SellScreen | None:
        """The sell screen, once the till is open."""
        return next((screen for screen in self.screen_stack if isinstance(screen, SellScreen)), None)

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(FACTS_EVERY_S, self._poll)
        self.set_interval(CLOCK_EVERY_S, self._tick)
        self.open()

    def open(self) -> None:
        """Open the till, or set it up where there is none."""
        self.run_worker(self._open(), group="open", exit_on_error=False)

    async def _open(self) -> None:
        try:
            await self._open_desk()
        except RegularsError as error:
            if error.reason == "not_set_up":
                await self.push_screen(SetUpScreen())
            else:
                self.exit(int(error.exit_code), message=f"{_(error.title)}: {error.message(_)}")
        except Exception as error:
            self.report_crash(error)
            self.exit(3, message=_("Regulars can't open this till. Nothing was changed; run: regulars doctor"))

    async def _open_desk(self) -> None:
        """Open the till in its own threads and show the sell screen, locked."""
        open_one = open_training if self.training else open_till

        def writer() -> Till:
            return open_one(self.home, self.settings, clock=self.clock, random=self.random)

        def reader() -> Till:
            return open_one(self.home, self.settings, clock=self.clock, random=self.random, read_only=True)

        desk = TillDesk(writer, reader)
        await desk.open()
        self._desk = desk
        await self._read_state()
        await self.push_screen(SellScreen())
        await self.push_screen(SignInScreen())
        if self._tidying is not None:
            self._tidying.begin()
        self.devices.start()

    async def on_event(self, event: events.Event) -> None:
        """Let the wedge gate see every key first."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._key(event)
        else:
            await super().on_event(event)

    async def _key(self, event: events.Key) -> None:
        self._last_key_ms = self.clock.monotonic_ms()
        if self.keyboard.holding:
            self.keyboard.keep(event)
        elif self.keyboard.passes(event):
            screen = self.screen
            await super().on_event(event)
            if isinstance(screen, TillScreen) and (longest_s := screen.holds_after(event.key)):
                self.keyboard.hold()
                if self._hold_timer is not None:
                    # That of an earlier key: it must not let these keys go before their screen is there.
                    self._hold_timer.stop()
                self._hold_timer = self.set_timer(longest_s, self.release_keys)

    def release_keys(self, holds: int | None = None) -> None:
        """The screen that was to open is there, or will not come: its keys may go on.

        *holds*: how often keys had been held when that screen came; keys that are held since wait for another one.
        """
        if self.keyboard.holding and holds in {None, self.keyboard.holds}:
            self.post_message(ReleaseKeys())

    async def on_release_keys(self) -> None:
        """Hand the keys that waited to whoever has the focus now, before any newer one."""
        waiting = self.keyboard.release()
        for place, event in enumerate(waiting, 1):
            await self.on_event(event)
            if event.key in CLOSING_KEYS and place < len(waiting) and not self.keyboard.holding:
                # What it closes takes a moment to go; the keys behind it are not for that.
                self.keyboard.hold()
                self.set_timer(CLOSING_S, self.release_keys)

    def take_scan(self, text: str) -> None:
        """Give a scanned code to the screen that wants it; views that only show something make way."""
        self._last_key_ms = self.clock.monotonic_ms()
        while not isinstance(self.screen, SellScreen):
            screen = self.screen
            if isinstance(screen, TillScreen) and screen.take_scan(text):
                return
            if not (isinstance(screen, CommandPalette) or (isinstance(screen, TillScreen) and screen.CLOSES_ON_SCAN)):
                break
            screen.dismiss(None)
        if self.sell is None:
            return
        if self.screen is not self.sell:
            self.tell(_("Card read. It is taken to the sale behind this."), Tone.OK)
        self.sell.scanned(text)

    def tell(self, text: str, tone: Tone) -> None:
        """Say something on whichever screen is shown."""
        if isinstance(self.screen, TillScreen):
            self.screen.tell(text, tone)
        elif tone.sound:
            self.devices.speaker.play(tone.sound)

    def report_crash(self, error: BaseException) -> None:
        """A fault inside the program: shown, logged, and the till goes on."""
        self.logger.error("crash", error=type(error).__name__, exc_info=error)
        self.tell(
            _(
                "Something inside failed ({what}). What was saved is safe. Try again; if it stays, restart Regulars."
            ).format(what=type(error).__name__),
            Tone.NOT_OK,
        )

    async def signed_in(self, session: Session) -> None:
        """*session* works at the till from now on."""
        self.session = session
        await self.desk.act_as(session.cashier_id)
        await self.read_names()
        self.devices.follow_lock(locked=False)
        self.refresh_bindings()
        self._refresh_all()

    async def read_names(self) -> None:
        """Who is who, for lists that name a cashier."""
        staff = await self.desk.read(lambda till: till.staff.list())
        self.names = {person.cashier_id: person.name for person in staff}

    def lock(self) -> None:
        """Ask for a PIN before anything else; the sale stays where it is."""
        if self._desk is None or isinstance(self.screen, SignInScreen) or self.sell is None:
            return
        self.session = None
        self.devices.follow_lock(locked=True)
        self.run_worker(self.desk.write(lambda till: till.staff.lock()), group="lock", exit_on_error=False)
        self.push_screen(SignInScreen())

    def refresh_status(self, screen: TillScreen[Any]) -> None:
        """Write the status line of *screen* anew."""
        facts = self.facts
        for line in screen.query(StatusLine):
            line.training = self.training
            line.person = self.session.name if self.session else ""
            line.place = f"{facts.store} · {facts.till}" if facts else ""
            line.state = self._state()
            line.time = format_time(self.clock.now_ms(), facts.zone if facts else "UTC", current_language())

    def _state(self) -> str:
        """How the network and the printer are doing, short enough for the end of a line."""
        parts = []
        if self.with_hq is not None and self.with_hq.paired:
            parts.append(_hq_state(self.with_hq, self.clock.now_ms()))
        if self.facts is not None and self.facts.print_queue:
            count = self.facts.print_queue
            parts.append(ngettext("! {count} not printed", "! {count} not printed", count).format(count=count))
        return "  ".join(parts)

    async def _read_state(self) -> None:
        self.facts = await self.desk.read(lambda till: till.facts())
        self.with_hq = await self.desk.read(lambda till: till.sync.status(_))

    async def _poll(self) -> None:
        if self._desk is None:
            return
        try:
            await self._read_state()
        except RegularsError as error:
            self.logger.warning("facts", reason=error.reason)
        self._refresh_all()

    def _tick(self) -> None:
        now_ms, limit_s = self.clock.monotonic_ms(), self.settings.terminal.lock_after_s
        if limit_s and self.session is not None and now_ms - self._last_key_ms >= limit_s * 1000:
            self.lock()
        if self._tidying is not None:
            self._tidying.look(self._last_key_ms, now_ms)
        self._refresh_all()

    def _refresh_all(self) -> None:
        if isinstance(self.screen, TillScreen):
            self.refresh_status(self.screen)

    def next_theme(self) -> None:
        """The next of our looks."""
        names = [theme.name for theme in THEMES.values()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that died of something it did not catch is told and logged."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.report_crash(event.worker.error)

    def action_command_palette(self) -> None:
        """All commands, with a hint in the user's language."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("a few letters of what to do"), id="--command-palette"))

    async def action_quit(self) -> None:
        """Leave, after everything that was asked for is done; the sale on screen is kept."""
        sell = self.sell
        if sell is None:
            self.exit(0)
        else:
            sell.queue(lambda: leave(sell))

    async def on_unmount(self) -> None:
        """Finish what is being written, then let go of the till."""
        await self.devices.stop()
        if self._desk is not None:
            await asyncio.to_thread(self._desk.close)


def _hq_state(status: SyncStatus, now_ms: int) -> str:
    if not status.online:
        words = _("○ offline")
        if status.queue and status.oldest_ms is not None:
            age = format_age(now_ms - status.oldest_ms, current_language())
            words = _("○ offline · {count} to send, {age}").format(count=status.queue, age=age)
    elif status.queue:
        words = ngettext("● HQ · {count} to send", "● HQ · {count} to send", status.queue).format(count=status.queue)
    else:
        words = _("● with HQ")
    return words if status.frozen is None else f"{words}  " + _("! points locked")


def run(
    home: HomePaths,
    settings: Settings,
    clock: Clock,
    random: RandomSource,
    *,
    training: bool = False,
    language: str | None = None,
) -> int:
    """Open the till on this terminal and return the exit code; *language* None takes that of the settings."""
    use_language(language or settings.language)
    open_log(home.log_dir)
    app = RegularsApp(home, settings, clock, random, training=training, tidying=Tidying())
    return app.run() or 0
