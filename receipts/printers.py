"""A printer: how it is, in plain words; a job sent and confirmed; the drawer.

The status bytes are those of Epson's ESC/POS reference ("DLE EOT", "GS r"). DLE EOT is answered at once, whatever the
printer is doing; GS r waits in line behind the job, so its answer says that the job is through.
"""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from config.errors import N_, Broken
from config.printer_settings import PrinterKind, PrinterSettings
from receipts.links import Link, NothingSent, open_link
from receipts.profiles import Profile, profile_of

MAX_JOB_S: Final = 120.0
ASK_PRINTER: Final = 1
ASK_OFFLINE_CAUSE: Final = 2
ASK_PAPER: Final = 4
_ASK: Final = b"\x10\x04"
_TELL_WHEN_THROUGH: Final = b"\x1dr\x01"


class PrinterState(StrEnum):
    """How a printer is."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    NONE = "none"


STATE_SENTENCES: Final = {
    PrinterState.READY: N_("The printer is ready."),
    PrinterState.PAPER_LOW: N_("The paper is nearly used up. Have a new roll at hand."),
    PrinterState.PAPER_OUT: N_(
        "The printer is out of paper. Put in a new roll; waiting receipts then print by themselves."
    ),
    PrinterState.COVER_OPEN: N_("The printer's cover is open. Close it; waiting receipts then print by themselves."),
    PrinterState.ERROR: N_("The printer reports an error. Check for jammed paper, then switch it off and on."),
    PrinterState.OFFLINE: N_(
        "The printer does not answer. Check that it is on and its cable is in; receipts wait for it."
    ),
    PrinterState.UNKNOWN: N_("This printer tells nothing about itself."),
    PrinterState.NONE: N_("No printer is set up."),
}
CAN_PRINT: Final = (PrinterState.READY, PrinterState.PAPER_LOW, PrinterState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """How a printer is, and whether its drawer is open (None: nobody knows)."""

    state: PrinterState
    drawer_open: bool | None = None


class PrintFailed(Broken):
    """A job did not come out whole; *may_have_printed*: some of it may be on paper."""

    title = N_("Not printed")

    def __init__(self, state: PrinterState, *, may_have_printed: bool) -> None:
        super().__init__(f"printer_{state.value}", STATE_SENTENCES[state])
        self.state = state
        self.may_have_printed = may_have_printed


def open_printer(settings: PrinterSettings) -> "Printer":
    """The printer of *settings*; nothing is opened before it is used. WrongUse when the settings make no sense."""
    profile = profile_of(settings)
    return Printer(settings, profile, lambda: open_link(settings, answers=profile.status))


class Printer:
    """A printer that is opened anew for each job: those that hang up never come back by themselves."""

    def __init__(self, settings: PrinterSettings, profile: Profile, link: Callable[[], Link]) -> None:
        self.profile = profile
        self._settings = settings
        self._link = link

    def status(self) -> PrinterStatus:
        """How the printer is now; one that can't be reached is offline. Broken when a library for it is missing."""
        if self._settings.kind is PrinterKind.NONE:
            return PrinterStatus(PrinterState.NONE)
        try:
            with closing(self._link()) as link:
                return self._look(link)
        except OSError:
            return PrinterStatus(PrinterState.OFFLINE)

    def send(self, job: bytes) -> None:
        """Print *job* and wait until it is through; PrintFailed says what went wrong and what may be on paper."""
        with closing(self._reached()) as link:
            self._check_that_it_can(link)
            try:
                link.write(job)
                if self.profile.status:
                    self._wait_until_through(link)
                else:
                    link.finish()
            except NothingSent as error:
                raise PrintFailed(PrinterState.OFFLINE, may_have_printed=False) from error
            except OSError as error:
                raise PrintFailed(PrinterState.OFFLINE, may_have_printed=True) from error

    def open_drawer(self) -> None:
        """Open the drawer now, or PrintFailed: an order that waits would open it when nobody looks."""
        from receipts.thermal import drawer_commands

        with closing(self._reached()) as link:
            self._check_that_it_can(link)
            try:
                link.write(drawer_commands())
                link.finish()
            except OSError as error:
                raise PrintFailed(PrinterState.OFFLINE, may_have_printed=False) from error

    def _reached(self) -> Link:
        if self._settings.kind is PrinterKind.NONE:
            raise PrintFailed(PrinterState.NONE, may_have_printed=False)
        try:
            return self._link()
        except OSError as error:
            raise PrintFailed(PrinterState.OFFLINE, may_have_printed=False) from error

    def _check_that_it_can(self, link: Link) -> None:
        try:
            state = self._look(link).state
        except OSError as error:
            raise PrintFailed(PrinterState.OFFLINE, may_have_printed=False) from error
        if state not in CAN_PRINT:
            raise PrintFailed(state, may_have_printed=False)

    def _look(self, link: Link) -> PrinterStatus:
        if not self.profile.status:
            return PrinterStatus(PrinterState.UNKNOWN)
        answers = _Answers(link, self._settings.timeout_s)
        printer = answers.ask(ASK_PRINTER)
        if printer is None:
            return PrinterStatus(PrinterState.OFFLINE)
        high = bool(printer & _PIN_3_HIGH)
        drawer_open = high == (self._settings.drawer_open_level == "high")
        return PrinterStatus(_state(printer, answers.ask(ASK_OFFLINE_CAUSE), answers.ask(ASK_PAPER)), drawer_open)

    def _wait_until_through(self, link: Link) -> None:
        answers = _Answers(link, self._settings.timeout_s)
        link.write(_TELL_WHEN_THROUGH)
        end = time.monotonic() + MAX_JOB_S
        while not answers.wait_until_through():
            # Silent: still printing, or stopped? The printer says so at once when asked.
            printer = answers.ask(ASK_PRINTER)
            if answers.through:
                return
            if printer is None or time.monotonic() > end:
                raise PrintFailed(PrinterState.OFFLINE, may_have_printed=True)
            state = _state(printer, answers.ask(ASK_OFFLINE_CAUSE), answers.ask(ASK_PAPER))
            if state not in CAN_PRINT and not answers.through:
                raise PrintFailed(state, may_have_printed=True)


class _Answers:
    """What a printer says, told apart by the fixed bits of its bytes: other bytes may come in between."""

    def __init__(self, link: Link, timeout_s: float) -> None:
        self.through = False
        self._link = link
        self._timeout_s = timeout_s
        self._status: int | None = None

    def ask(self, what: int) -> int | None:
        """The answer to DLE EOT *what*, or None when there is none in time."""
        self._status = None
        self._link.write(_ASK + bytes([what]))
        self._listen(lambda: self._status is not None)
        return self._status

    def wait_until_through(self) -> bool:
        """Has GS r been answered, within the timeout?"""
        self._listen(lambda: self.through)
        return self.through

    def _listen(self, heard: Callable[[], bool]) -> None:
        end = time.monotonic() + self._timeout_s
        while not heard() and (left := end - time.monotonic()) > 0:
            for byte in self._link.read(left):
                if byte & 0x93 == 0x12:
                    self._status = byte
                elif byte & 0x90 == 0x00:
                    self.through = True


_PIN_3_HIGH: Final = 0x04
_OFFLINE: Final = 0x08
_COVER_OPEN: Final = 0x04
_STOPPED_BY_PAPER_END: Final = 0x20
_ERROR: Final = 0x40
_PAPER_NEAR_END: Final = 0x0C
_PAPER_OUT: Final = 0x60


def _state(printer: int, cause: int | None, paper: int | None) -> PrinterState:
    cause, paper = cause or 0, paper or 0
    if cause & _COVER_OPEN:
        return PrinterState.COVER_OPEN
    if cause & _STOPPED_BY_PAPER_END or paper & _PAPER_OUT:
        return PrinterState.PAPER_OUT
    if cause & _ERROR:
        return PrinterState.ERROR
    if printer & _OFFLINE:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if paper & _PAPER_NEAR_END else PrinterState.READY
