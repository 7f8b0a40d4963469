"""What every screen of the till has: status on top, a message line and the keys below, and one way to do work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.screen import Screen

from config.errors import RegularsError
from config.i18n import _
from terminal.commands import BACK, HELP, Command, bindings, keys_of
from terminal.till_person import grouped_phone
from terminal.widgets.key_line import KeyLine
from terminal.widgets.message_line import MessageLine, Tone
from terminal.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.worker import WorkType

    from terminal.app import RegularsApp

OPENING_S = 3.0

Result = TypeVar("Result")
Answer = TypeVar("Answer")


class TillScreen(Screen[Result], Generic[Result]):
    """A screen with the till's frame. Subclasses give ``COMMANDS``, ``HEADING``, ``ABOUT`` and ``compose_body``."""

    AUTO_FOCUS = "Field"
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, BACK)
    ALL_COMMANDS: ClassVar[tuple[Command, ...]] = ()
    CLOSES_ON_SCAN: ClassVar[bool] = False
    FOCUS_TAKES_KEYS: ClassVar[bool] = True
    HEADING: ClassVar[str] = ""
    ABOUT: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, BACK))

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-huge")]  # noqa: RUF012 - the library's form
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-high")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        yield StatusLine()
        with Vertical(id="body"):
            yield from self.compose_body()
        yield MessageLine()
        yield KeyLine(self.COMMANDS_HERE, self.regulars.shop_keys.keymap)

    def compose_body(self) -> ComposeResult:
        """What is between the status line and the message line."""
        yield from ()

    @property
    def regulars(self) -> RegularsApp:
        """The app, by its own type."""
        return cast("RegularsApp", self.app)

    def on_screen_resume(self) -> None:
        """Show the till's state as it is now, and take the keys that waited for this screen."""
        self.regulars.refresh_status(self)
        self.call_after_refresh(self.regulars.release_keys, self.regulars.keyboard.holds)

    def tell(self, text: str, tone: Tone = Tone.INFO) -> None:
        """Say *text* on the message line, with its sound; once this screen has gone, on the one that is there now."""
        if not self.is_attached:
            self.regulars.tell(text, tone)
            return
        self.query_one(MessageLine).message = (text, tone)
        if tone.sound:
            self.regulars.devices.speaker.play(tone.sound)

    def tell_error(self, error: RegularsError) -> None:
        """Say what went wrong, in the user's language."""
        self.tell(error.message(_), Tone.NOT_OK)

    def holds_after(self, key: str) -> float:
        """How many seconds at most the keys after *key* wait for what is yet to open or to get the focus."""
        keymap = self.regulars.shop_keys.keymap
        opening = keys_of([command for command in self.COMMANDS_HERE if command.opens], keymap)
        return OPENING_S if key in opening else 0.0

    def on_descendant_focus(self) -> None:
        """The focus has moved: the keys that waited for that go on."""
        if self.FOCUS_TAKES_KEYS:
            self.regulars.release_keys()

    def take_scan(self, text: str) -> bool:
        """Use the scanned *text* here; False leaves it to the sell screen."""
        del text
        return False

    @property
    def currency(self) -> str:
        """The shop's currency."""
        facts = self.regulars.facts
        return facts.currency if facts else "EUR"

    @property
    def zone(self) -> str:
        """The shop's time zone."""
        facts = self.regulars.facts
        return facts.zone if facts else "UTC"

    def phone(self, text: str | None) -> str:
        """A member's phone as it is written here; nothing where there is none."""
        facts = self.regulars.facts
        return grouped_phone(text, facts.country if facts else "") if text else ""

    def name_of(self, cashier_id: str | None) -> str:
        """A cashier's name; their id where they have gone."""
        return self.regulars.names.get(cashier_id or "", cashier_id or "")

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run *work* beside the screen; whatever it raises is told and never stops the till."""

        async def run() -> None:
            await self._guarded(work)
            self.regulars.release_keys()

        self.run_worker(run(), group="work", exit_on_error=False)

    def do_latest(self, act: Callable[[], Awaitable[None]]) -> None:
        """Like :meth:`do`, but only the latest of several counts: for searching while typing."""

        async def run() -> None:
            await self._guarded(act())

        self.run_worker(cast("WorkType[None]", run), group="latest", exclusive=True, exit_on_error=False)

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except RegularsError as error:
            self.tell_error(error)
        except Exception as error:
            # A screen that was left while something was still being read for it has no widgets to show it in.
            left = self not in self.regulars.screen_stack or not self.regulars.is_running
            if not (left and isinstance(error, NoMatches)):
                self.regulars.report_crash(error)

    async def with_manager(self, act: Callable[[str | None], Awaitable[Answer]]) -> Answer | None:
        """Do *act* as the one signed in, and again with a manager's PIN where one is needed; None: called off."""
        try:
            return await act(None)
        except RegularsError as error:
            if error.reason != "manager_needed":
                raise
        from terminal.screens.dialogs import ManagerPin

        pin = await self.regulars.push_screen_wait(ManagerPin())
        return None if pin is None else await act(pin)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape leads back only from screens that say so."""
        del parameters
        return action != "back" or any(command.id == "back" for command in self.COMMANDS_HERE)

    async def run_command(self, command_id: str) -> None:
        """Do a command of the palette."""
        await self.run_action(command_id)

    def action_back(self) -> None:
        """Leave without a result."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Open the help for this screen."""
        from terminal.screens.help import HelpScreen

        self.regulars.push_screen(HelpScreen(self))
