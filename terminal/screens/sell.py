"""The sell screen: member and rewards on the left, the sale on the right, one line to type into below."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from config.errors import N_, RegularsError
from config.i18n import _
from terminal.commands import MORE_COMMANDS, SELL_COMMANDS, Command, bindings, keys_of
from terminal.sale import SaleInProgress
from terminal.screens import sell_intake, sell_more, sell_steps
from terminal.screens.base import TillScreen
from terminal.till_member_shapes import Enrolment
from terminal.till_person import load_phones
from terminal.till_sale_shapes import CategoryShown
from terminal.tour import TourFacts
from terminal.widgets.camera_preview import CameraPreview
from terminal.widgets.member_pane import MemberPane
from terminal.widgets.message_line import Tone
from terminal.widgets.omnibox import Omnibox, OmniField
from terminal.widgets.rewards_pane import RewardsPane
from terminal.widgets.sale_pane import SalePane, SaleView
from terminal.widgets.tour_line import TourLine

MAX_WAITING_ACTS = 1000

STEPS: dict[str, Callable[["SellScreen"], Awaitable[None]]] = {
    "enrol": sell_steps.enrol,
    "find": sell_steps.find,
    "rewards": sell_steps.open_rewards,
    "why": sell_steps.why,
    "hold": sell_steps.hold_or_recall,
    "recall": sell_steps.recall,
    "undo": sell_steps.undo,
    "refund": sell_steps.refund,
    "payment": sell_steps.pay_otherwise,
    "more": sell_more.more,
    "member": sell_steps.member,
    "without_member": sell_steps.without_member,
    "clear": sell_steps.clear,
    "receipt": sell_more.receipt,
    "activities": sell_more.activities,
    "adjust": sell_more.adjust,
    "shift": sell_more.shift,
    "reports": sell_more.reports,
    "staff": sell_more.staff,
    "print_jobs": sell_more.print_jobs,
    "headquarters": sell_more.headquarters,
}
"""What the commands do, one at a time, in the order in which they were asked for."""

TEXT_STEPS: dict[str, Callable[["SellScreen", str], Awaitable[None]]] = {
    "enrol": sell_steps.enrol,
    "find": sell_steps.find,
}
"""Those that begin with what was just typed."""

Act = Callable[[], Awaitable[None]]


class SellScreen(TillScreen[None]):
    """Everything of a sale is a state of this one screen. What comes in is done one by one, in the order it came."""

    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = SELL_COMMANDS
    ALL_COMMANDS: ClassVar[tuple[Command, ...]] = SELL_COMMANDS + MORE_COMMANDS
    FOCUS_TAKES_KEYS: ClassVar[bool] = False  # keys that wait here wait for what their command opens
    BINDINGS: ClassVar[list[BindingType]] = bindings(SELL_COMMANDS, steps=STEPS)
    HEADING = N_("Selling")
    ABOUT = N_(
        "Scan a card at any time, type amounts, press F12. An amount may name a category and a quantity: "
        "18 coffee, 2x9 coffee. A phone, a name or an e-mail finds a member; a receipt's code opens its sale."
    )

    def __init__(self) -> None:
        super().__init__()
        self._acts: asyncio.Queue[Act] = asyncio.Queue(MAX_WAITING_ACTS)
        self._acting = False
        self._last_step = ""
        self.choosing_reward = False
        self.marked: int | None = None
        self.categories: tuple[CategoryShown, ...] = ()
        self.to_enrol: Enrolment | None = None
        self._sale: SaleInProgress | None = None

    @property
    def sale(self) -> SaleInProgress:
        """The sale in progress."""
        if self._sale is None:
            usual = next(iter(self.regulars.settings.terminal.payment_methods), None)
            self._sale = SaleInProgress(self.regulars.desk, lambda: self.regulars.random.token(16).hex(), usual)
        return self._sale

    def compose_body(self) -> ComposeResult:
        """Panes and omnibox."""
        yield TourLine(on=self.regulars.training)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield MemberPane()
                yield CameraPreview()
                yield RewardsPane()
            yield SalePane()
        keys = keys_of(SELL_COMMANDS, self.regulars.shop_keys.keymap)
        yield Omnibox(_("scan a card, or type an amount, phone or name"), keys, {"finish", *TEXT_STEPS})

    def on_mount(self) -> None:
        """Start working off what comes in; first of all what was on screen when the program last stopped."""
        self.queue(lambda: sell_steps.begin(self))
        self.run_worker(self._work_off(), group="acts", exit_on_error=False)
        country = self.regulars.facts.country if self.regulars.facts else ""
        self.do(self.regulars.desk.read(lambda _till: load_phones(country)))
        self.show_sale()

    def queue(self, act: Act) -> None:
        """Do *act* after everything that waits already."""
        try:
            self._acts.put_nowait(act)
        except asyncio.QueueFull:
            self.tell(_("Too much at once: this was not taken. Wait a moment and do it again."), Tone.NOT_OK)

    async def _work_off(self) -> None:
        while True:
            act = await self._acts.get()
            self._acting = True
            await self._guarded(act())
            await self._guarded(self._after_act())
            self._acting = False

    async def _after_act(self) -> None:
        self.show_sale()
        self.query_one(TourLine).look(self._tour_facts())
        await self.sale.keep()

    @property
    def idle(self) -> bool:
        """Whether everything that came in is done."""
        return self._acts.empty() and not self._acting

    def _tour_facts(self) -> TourFacts:
        sale = self.sale
        return TourFacts(
            has_member=sale.member is not None,
            lines=len(sale.draft.lines),
            explained=self._last_step == "why",
            saved=sale.done is not None,
            taken_back=self._last_step == "undo" and bool(sale.draft.lines),
            held=sale.draft.held_id is not None,
        )

    def scanned(self, text: str) -> None:
        """A scan, at any time."""
        self.queue(lambda: sell_intake.take(self, text, typed=False))

    @on(OmniField.Submitted)
    def typed(self, event: OmniField.Submitted) -> None:
        """Enter in the omnibox."""
        event.stop()
        text = event.value.strip()
        self.queue(lambda: sell_steps.typed(self, text))

    @on(OmniField.CommandKey)
    async def command_key(self, event: OmniField.CommandKey) -> None:
        """A command's key, in order with what was typed before it."""
        text = event.text
        if event.command_id == "finish":
            self.queue(lambda: sell_steps.finish(self, text))
        elif event.command_id in STEPS:
            self.queue(lambda: self._step(event.command_id, text))
        else:
            await self.run_command(event.command_id)

    async def _step(self, name: str, text: str = "") -> None:
        self._last_step = name
        try:
            await (TEXT_STEPS[name](self, text) if name in TEXT_STEPS else STEPS[name](self))
        finally:
            # Opened or refused: either way the keys that waited for it have somewhere to go.
            self.regulars.release_keys()

    @on(OmniField.Left)
    def called_off(self) -> None:
        """Escape leaves whatever was being asked."""
        self.marked = None
        self.choose(on=False)
        self.tell(_("Scan a card or type an amount."))
        self.show_sale()

    @on(OmniField.LineKey)
    def line_key(self, event: OmniField.LineKey) -> None:
        """Arrows mark a line, Delete takes it out; while a reward is being chosen, arrows mark a reward."""
        if self.choosing_reward and event.key != "delete":
            self.query_one(RewardsPane).move(-1 if event.key == "up" else 1)
            return
        last = len(self.sale.draft.lines) - 1
        if last < 0:
            return
        if event.key == "delete":
            self.queue(lambda: sell_steps.take_out(self))
            return
        step = -1 if event.key == "up" else 1
        self.marked = last if self.marked is None else max(0, min(last, self.marked + step))
        self.tell(_("Del takes the marked line out, Esc leaves it."))
        self.show_sale()

    def choose(self, *, on: bool) -> None:
        """Await a reward's number in the omnibox, or no longer."""
        if on == self.choosing_reward:
            return
        self.choosing_reward = on
        self.query_one("#left").set_class(on, "-choosing")
        self.query_one(RewardsPane).choosing = on
        box = self.query_one(Omnibox)
        if on:
            box.ask(_("Reward ›"), _("its number or the arrows, then Enter; Esc: back"))
        else:
            box.rest()

    def show_sale(self) -> None:
        """Bring the panes up to date with the sale."""
        if not self.is_mounted or self._sale is None:
            return
        sale, draft = self.sale, self.sale.draft
        pane = self.query_one(MemberPane)
        pane.zone = self.zone
        pane.member = sale.member
        rewards = self.query_one(RewardsPane)
        rewards.currency = self.currency
        rewards.offers = sale.offers
        applied = {each.reward for each in sale.quote.discounts} if sale.quote else set()
        rewards.chosen = applied.union(choice.reward for choice in draft.rewards)
        rewards.spendable_millipoints = (sale.quote.spendable_before_millipoints if sale.quote else None) or 0
        lines = tuple((self.name_of_goods(line.category), line) for line in sale.lines)
        self.query_one(SalePane).view = SaleView(
            self.currency, lines, sale.quote, self.marked, sale.done, payment_method=sale.payment_method
        )

    def name_of_goods(self, category: str) -> str:
        """What a category is called at the counter."""
        usual = {self.regulars.settings.terminal.amount_category: _("Goods")}
        return (usual | {each.id: each.name for each in self.categories}).get(category, category)

    def tell_error(self, error: RegularsError) -> None:
        """Say it; what was being asked stays on screen."""
        super().tell_error(error)
        self.regulars.logger.info("refused", reason=error.reason)

    def action_finish(self) -> None:
        """Save: from the menu or the palette, where nothing is being typed."""
        self.queue(lambda: sell_steps.finish(self, ""))

    def action_step(self, name: str) -> None:
        """One of the steps that are done in their turn."""
        self.queue(lambda: self._step(name))

    async def run_command(self, command_id: str) -> None:
        """Do a command of the menu or the palette."""
        if command_id in STEPS:
            self.action_step(command_id)
        else:
            await self.run_action(command_id)

    def action_lock(self) -> None:
        """Lock the till."""
        self.regulars.lock()

    def action_theme(self) -> None:
        """The next colours."""
        self.regulars.next_theme()

    def action_sound(self) -> None:
        """Sounds on or off."""
        self.tell(_("Sounds are on.") if self.regulars.devices.toggle_sound() else _("Sounds are off."), Tone.OK)

    def action_camera(self) -> None:
        """The camera on or off."""
        self.regulars.devices.toggle_camera()

    async def action_quit(self) -> None:
        """Leave; the sale on screen is kept."""
        await self.regulars.action_quit()
