"""Which days a report is about."""

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from config.errors import RegularsError
from config.i18n import N_, _, current_language
from terminal.report_periods import PRESETS, Span, parse_period
from terminal.report_text import Reader
from terminal.screens.base import TillScreen
from terminal.widgets.pick_list import Choice, PickList


class PeriodScreen(TillScreen[Span | None]):
    """Answers with the days that were chosen or typed."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    HEADING = N_("Which days?")
    ABOUT = N_("Choose with the arrows and Enter, or type days: 2026-11, 2026-11-17, or 2026-11-01 2026-11-17.")

    def __init__(self, today: date) -> None:
        super().__init__()
        self._spans = {name: made(today) for name, (_title, made) in PRESETS.items()}

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("or type days, such as 2026-11 or 2026-11-01 2026-11-17"), empty=_("Enter takes these days."))

    def on_mount(self) -> None:
        """All presets."""
        reader = Reader(current_language(), self.currency, self.zone)
        choices = [
            Choice(name, _(PRESETS[name][0]), reader.days(span.first.isoformat(), span.last.isoformat()))
            for name, span in self._spans.items()
        ]
        self.query_one(PickList).show(choices)
        self.tell(_(self.ABOUT))

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """A preset, or typed days."""
        if event.key is not None and not event.text[:1].isdigit():
            self.dismiss(self._spans[event.key])
            return
        try:
            self.dismiss(parse_period(event.text))
        except RegularsError as error:
            self.tell_error(error)
