"""Receipts that wait for the printer, and those of which nobody knows whether they were printed."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from config.formats import format_time
from config.i18n import N_, _, current_language
from terminal.commands import BACK, HELP, Command, bindings
from terminal.screens.base import TillScreen
from terminal.widgets.message_line import Tone
from terminal.widgets.pick_list import Choice, PickList

PRINTED = Command("printed", "f4", N_("It was printed"), N_("The marked receipt came out: forget the job."))
AGAIN = Command("again", "f6", N_("Print again"), N_("The marked receipt did not come out: print it, as a copy."))
STATE_WORDS = {
    "queued": N_("waits"),
    "sending": N_("is printing"),
    "may_have_printed": N_("may have been printed: look, then F4 or F6"),
    "failed": N_("failed: F6 tries again"),
}


class PrintJobsScreen(TillScreen[None]):
    """The queue; a job that may have been printed waits for an answer."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = (HELP, PRINTED, AGAIN, BACK)
    BINDINGS: ClassVar[list[BindingType]] = bindings((HELP, PRINTED, AGAIN, BACK))
    HEADING = N_("Print queue")
    ABOUT = N_(
        "Where the till can't know whether a receipt came out, look at the printer and say so: F4 yes, F6 print again."
    )

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("arrows move"), empty=_("Nothing waits for the printer."))

    def on_mount(self) -> None:
        """Fetch the queue."""
        self.do(self._load())
        self.tell(_("F4: it came out. F6: print it again."))

    async def _load(self) -> None:
        jobs = await self.regulars.desk.read(lambda till: till.printing.waiting())
        self.query_one(PickList).show(
            [
                Choice(
                    str(job.job_id),
                    f"{format_time(job.created_ms, self.zone, current_language())}  {job.title}",
                    _(STATE_WORDS.get(job.state, job.state)),
                )
                for job in jobs
            ]
        )

    def action_printed(self) -> None:
        """It came out."""
        self._answer(printed=True)

    def action_again(self) -> None:
        """It did not."""
        self._answer(printed=False)

    def _answer(self, *, printed: bool) -> None:
        marked = self.query_one(PickList).marked
        if marked is not None:
            self.do(self._send(int(marked.key), printed=printed))

    async def _send(self, job_id: int, *, printed: bool) -> None:
        await self.regulars.desk.write(lambda till: till.printing.answer(job_id, printed))
        await self._load()
        self.tell(_("Done."), Tone.OK)
