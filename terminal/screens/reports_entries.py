"""The entries behind a row of a report, the newest first."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.i18n import N_, _, current_language, ngettext
from ledger.report_entries import MAX_SHOWN
from terminal.commands import BACK, HELP, Command, bindings
from terminal.report_drill import Entries
from terminal.report_periods import Span
from terminal.report_text import Reader
from terminal.screens.base import TillScreen
from terminal.widgets.report_lines import lay_out
from terminal.widgets.report_view import ReportView


class EntriesScreen(TillScreen[None]):
    """A list; Enter opens an entry."""

    AUTO_FOCUS = "ReportView"
    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, BACK))
    HEADING = N_("Entries")
    ABOUT = N_("What is behind the row, the newest first. Enter opens an entry.")

    def __init__(self, span: Span, asked: Entries) -> None:
        super().__init__()
        self._span = span
        self._asked = asked

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(self._asked.title, classes="heading", markup=False)
        yield ReportView()

    def on_mount(self) -> None:
        """Read them."""
        self.do_latest(self._fetch)

    async def _fetch(self) -> None:
        first, last, chosen = self._span.first.isoformat(), self._span.last.isoformat(), self._asked.chosen
        report = await self.regulars.desk.read_aside(lambda till: till.reports.entries(first, last, chosen))
        view = self.query_one(ReportView)
        reader = Reader(current_language(), self.currency, self.zone)
        view.show(await asyncio.to_thread(lay_out, report, reader, view.room))
        count = len(report.tables[0].rows)
        words = ngettext("{count} entry. Enter opens it.", "{count} entries. Enter opens one.", count)
        more = _("The newest {count}. Enter opens one.")
        self.tell((more if count == MAX_SHOWN else words).format(count=count))

    def on_report_view_opened(self, message: ReportView.Opened) -> None:
        """The entry."""
        message.stop()
        if isinstance(message.what, tuple):
            from terminal.screens.reports_entry import EntryScreen

            table, place = message.what
            self.regulars.push_screen(EntryScreen(table.entries[place]))
