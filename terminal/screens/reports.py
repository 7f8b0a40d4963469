"""The manager's reports: six of them side by side, over a day or a period, down to the entry behind a row."""

import asyncio
from datetime import date
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from config.formats import format_time
from config.i18n import N_, _, current_language
from terminal import report_drill
from terminal.commands import BACK, HELP, Command, bindings
from terminal.report_periods import Span, around, month_of
from terminal.report_text import Reader
from terminal.report_words import FIGURES, REPORTS
from terminal.screens.base import TillScreen
from terminal.till import Till
from terminal.till_report_shapes import Figure, Report, Table
from terminal.widgets.message_line import Tone
from terminal.widgets.report_lines import lay_out
from terminal.widgets.report_view import ReportView

TABS = ("day", "period", "programme", "members", "cashiers", "exceptions")
COMMANDS = (
    HELP,
    Command(
        "report_period", "f2", N_("Period"), N_("Choose the days: today, a week, a month, a year, from–to."), opens=True
    ),
    Command("report_earlier", "f3", N_("Earlier"), N_("The period before this one.")),
    Command("report_later", "f4", N_("Later"), N_("The period after this one.")),
    Command("report_again", "f5", N_("Read again"), N_("Read the figures as they are now.")),
    Command("report_export", "f6", N_("Save as file"), N_("Save this report as CSV, JSON or PDF."), opens=True),
    Command("report_next", "right", N_("Next report"), N_("The report to the right."), shown=False),
    Command("report_previous", "left", N_("Previous report"), N_("The report to the left."), shown=False),
    BACK,
)


class Tabs(Static):
    """Which reports there are, and which one this is."""

    def show(self, chosen: str) -> None:
        """Mark the *chosen* one."""
        parts = [
            Content.styled(f" {_(REPORTS[tab])} ", "reverse bold $primary" if tab == chosen else "$muted")
            for tab in TABS
        ]
        self.update(Content(" ").join(parts))


class ReportsScreen(TillScreen[None]):
    """Left and right choose the report, up and down what is looked at, Enter what is behind it."""

    AUTO_FOCUS = "ReportView"
    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS)
    HEADING = N_("Reports")
    ABOUT = N_(
        "Left and right: the other reports. Up and down: what a figure means, and what is behind a row. "
        "Enter opens it. Each figure is explained in docs/manager.md."
    )

    def __init__(self) -> None:
        super().__init__()
        self._tab = TABS[0]
        self._today = self._day = date.min
        self._span = Span(date.min, date.min)
        self.shown: Report | None = None

    def compose_body(self) -> ComposeResult:
        """Reports to choose from, the period, the report."""
        yield Tabs(id="report-tabs")
        yield Static(id="report-period", markup=False)
        yield ReportView()

    def on_mount(self) -> None:
        """Today, and this month for the others."""
        facts = self.regulars.facts
        assert facts is not None, "reports need an open till"
        self._today = self._day = date.fromisoformat(facts.today)
        self._span = month_of(self._today, self._today)
        self.tell(_("Left and right: other reports. Up and down: what a figure means. Enter: what is behind a row."))
        self._read()

    @property
    def reader(self) -> Reader:
        """How this shop reads figures."""
        return Reader(current_language(), self.currency, self.zone)

    @property
    def span(self) -> Span:
        """The days that the report on the screen is about."""
        return Span(self._day, self._day) if self._tab == "day" else self._span

    def show_day(self, day: date) -> None:
        """The report of one day."""
        self._tab, self._day = "day", day
        self._read()

    def show_span(self, span: Span) -> None:
        """The report on the screen over other days; more than one day are a period."""
        if self._tab == "day" and span.first != span.last:
            self._tab = "period"
        if self._tab == "day":
            self._day = span.first
        else:
            self._span = span
        self._read()

    def action_report_next(self) -> None:
        """The report to the right."""
        self._turn(1)

    def action_report_previous(self) -> None:
        """The report to the left."""
        self._turn(-1)

    def action_report_earlier(self) -> None:
        """The period before."""
        self.show_span(around(self.span, -1, self._today))

    def action_report_later(self) -> None:
        """The period after."""
        self.show_span(around(self.span, 1, self._today))

    def action_report_again(self) -> None:
        """As it is now, at the same place."""
        self._read(keep_place=True)

    def action_report_period(self) -> None:
        """Choose the days."""
        from terminal.screens.reports_period import PeriodScreen

        def chosen(span: Span | None) -> None:
            if span is not None:
                self.show_span(span)

        self.regulars.push_screen(PeriodScreen(self._today), chosen)

    def action_report_export(self) -> None:
        """Save what is on the screen."""
        from terminal.screens.reports_export import ExportScreen

        if self.shown is not None:
            self.regulars.push_screen(ExportScreen(self.shown), self._saved)

    def on_report_view_marked(self, message: ReportView.Marked) -> None:
        """Say what a figure means."""
        message.stop()
        if isinstance(message.what, Figure):
            self.tell(self._meaning(message.what))

    def on_report_view_opened(self, message: ReportView.Opened) -> None:
        """Go to what is behind it."""
        message.stop()
        if isinstance(message.what, tuple):
            self._open(*message.what)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the report out anew."""
        if self.shown is not None:
            self.do_latest(lambda: self._lay_out(keep_place=True))

    def _turn(self, step: int) -> None:
        self._tab = TABS[(TABS.index(self._tab) + step) % len(TABS)]
        self._read()

    def _read(self, *, keep_place: bool = False) -> None:
        self.query_one(Tabs).show(self._tab)
        self.query_one("#report-period", Static).update(self.reader.days(*self._days()))
        self.do_latest(lambda: self._fetch(keep_place=keep_place))

    async def _fetch(self, *, keep_place: bool) -> None:
        tab, (first, last) = self._tab, self._days()
        self.shown = await self.regulars.desk.read_aside(lambda till: _report(till, tab, first, last))
        await self._lay_out(keep_place=keep_place)
        self.query_one("#report-period", Static).update(self._heading(self.shown))

    async def _lay_out(self, *, keep_place: bool) -> None:
        report, view = self.shown, self.query_one(ReportView)
        if report is not None:
            view.show(await asyncio.to_thread(lay_out, report, self.reader, view.room), keep_place=keep_place)

    def _days(self) -> tuple[str, str]:
        return self.span.first.isoformat(), self.span.last.isoformat()

    def _heading(self, report: Report) -> str:
        reader = self.reader
        parts = [reader.period(report)]
        if report.before is not None:
            parts.append(_("compared with {days}").format(days=reader.days(report.before.first, report.before.last)))
        parts.append(_("read at {time}").format(time=format_time(report.made_ms, report.zone, reader.language)))
        return " · ".join(parts)

    def _meaning(self, figure: Figure) -> str:
        words, parts = FIGURES[figure.id], self.reader.parts(figure)
        return f"{_(words.title)}: {_(words.meaning)}" + (f" ({parts})" if parts else "")

    def _open(self, table: Table, place: int) -> None:
        title = self.reader.cells(table)[place][0]
        match report_drill.target(table, place, title):
            case report_drill.Day(day=day):
                self.show_day(date.fromisoformat(day))
            case report_drill.Entry(entry_id=entry_id):
                from terminal.screens.reports_entry import EntryScreen

                self.regulars.push_screen(EntryScreen(entry_id))
            case report_drill.Entries() as chosen:
                from terminal.screens.reports_entries import EntriesScreen

                self.regulars.push_screen(EntriesScreen(self.span, chosen))
            case None:
                self.tell(_("There is nothing more behind this row."))

    def _saved(self, message: str | None) -> None:
        if message:
            self.tell(message, Tone.OK)


def _report(till: Till, tab: str, first: str, last: str) -> Report:
    """The report *tab* of those days."""
    if tab == "day":
        return till.reports.day(first)
    made = {
        "period": till.reports.period,
        "programme": till.reports.programme,
        "members": till.reports.members,
        "cashiers": till.reports.cashiers,
        "exceptions": till.reports.exceptions,
    }
    return made[tab](first, last)
