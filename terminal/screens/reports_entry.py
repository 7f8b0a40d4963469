"""One entry of the journal, as it was written."""

import json
from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from config.formats import format_moment, format_points
from config.i18n import N_, _, current_language
from loyalty.entries import POINTS, QUALIFYING
from terminal.commands import BACK, HELP, Command, bindings
from terminal.kind_words import KINDS
from terminal.screens.base import TillScreen
from terminal.till_report_shapes import EntryShown, LegShown
from terminal.widgets.text import stack

COMMANDS = (
    HELP,
    Command("report_receipt", "f3", N_("Receipt"), N_("The receipt of this sale or refund."), opens=True),
    BACK,
)
LABEL_WIDTH = 12
MAX_BODY_LINES = 2_000
HASH_SHOWN = 16


class EntryScreen(TillScreen[None]):
    """Who, when, what it moved, and the whole body below."""

    AUTO_FOCUS = "#report-entry"
    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS)
    HEADING = N_("Entry")
    ABOUT = N_("An entry is never changed: what was wrong is put right by another one. Below is all that it says.")

    def __init__(self, entry_id: str) -> None:
        super().__init__()
        self._entry_id = entry_id
        self._entry: EntryShown | None = None

    def compose_body(self) -> ComposeResult:
        """Heading and text."""
        yield Static(id="report-entry-heading", classes="heading", markup=False)
        with VerticalScroll(id="report-entry"):
            yield Static(id="report-entry-text", markup=False)

    def on_mount(self) -> None:
        """Read it."""
        self.do(self._fetch())

    def action_report_receipt(self) -> None:
        """The receipt, where there is one."""
        from terminal.screens.receipt import ReceiptScreen

        if self._entry is not None and self._entry.is_sale:
            self.regulars.push_screen(ReceiptScreen(self._entry.entry_id))
        else:
            self.tell(_("Only sales and refunds have a receipt."))

    async def _fetch(self) -> None:
        entry = await self.regulars.desk.read_aside(lambda till: till.reports.entry(self._entry_id))
        self._entry = entry
        self.query_one("#report-entry-heading", Static).update(f"{entry.short}  {_(KINDS.get(entry.kind, entry.kind))}")
        self.query_one("#report-entry-text", Static).update(stack(list(_lines(entry, self.zone))))
        self.tell(_("Up and down to read on. F3: its receipt. Esc: back."))


def _lines(entry: EntryShown, zone: str) -> Iterator[Content]:
    language = current_language()
    yield _line(_("When"), format_moment(entry.at_ms, zone, language))
    yield _line(_("Cashier"), entry.cashier or entry.cashier_id or "–")
    yield _line(_("Member"), entry.member_id or "–")
    yield _line(_("Number"), entry.entry_id)
    yield _line(_("Proof"), f"{entry.hash[:HASH_SHOWN]}…")
    for leg in entry.legs:
        yield _line(_("Moved"), _moved(leg, language))
    yield Content()
    for text in json.dumps(entry.body, ensure_ascii=False, indent=2).splitlines()[:MAX_BODY_LINES]:
        yield Content.styled(text, "$muted")


def _line(label: str, text: str) -> Content:
    return Content.assemble((f"{label:<{LABEL_WIDTH}}", "$muted"), " ", text)


def _moved(leg: LegShown, language: str) -> str:
    amount = format_points(leg.amount, language) if leg.currency in (POINTS, QUALIFYING) else str(leg.amount)
    sign = "+" if leg.amount > 0 else ""
    return f"{sign}{amount} {leg.currency} · {leg.against}"
