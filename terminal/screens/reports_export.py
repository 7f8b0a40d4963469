"""A report as a file in the home's ``reports`` folder."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from config.i18n import N_, _, current_language
from terminal.report_files import FORMS, save
from terminal.report_text import Reader
from terminal.screens.base import TillScreen
from terminal.till_report_shapes import Report
from terminal.widgets.pick_list import Choice, PickList


class ExportScreen(TillScreen[str | None]):
    """Answers with a sentence about the file that was written."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    HEADING = N_("Save as which file?")
    ABOUT = N_("The file goes into the folder reports, in the till's own folder; nothing else is changed.")

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("arrows move, Enter saves"))

    def on_mount(self) -> None:
        """The forms."""
        self.query_one(PickList).show([Choice(form, f"{form.upper():<6} {_(words)}") for form, words in FORMS.items()])
        self.tell(_(self.ABOUT))

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Write it."""
        if event.key is not None:
            self.do(self._save(event.key))

    async def _save(self, form: str) -> None:
        reader = Reader(current_language(), self._report.currency, self._report.zone)
        folder = self.regulars.home.reports_dir
        file = await asyncio.to_thread(save, self._report, folder, form, reader)
        self.dismiss(_("Saved: {file}").format(file=file))
