"""Camera, printer, loudspeaker and the line to HQ: what their threads report is put on the screen in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from config.errors import RegularsError
from config.i18n import _
from terminal.camera import Camera, CameraNews, CardRead, SourceNews
from terminal.hq_link import HqLink
from terminal.printing import PrintingThread
from terminal.sound import Silence, Sound, Speaker, open_speaker
from terminal.widgets.camera_preview import CameraPreview
from terminal.widgets.message_line import Tone
from terminal.words import say

if TYPE_CHECKING:
    from terminal.app import RegularsApp


class Devices:
    """None of them can stop a sale: a device that fails is a word on the screen."""

    def __init__(self, app: RegularsApp, speaker: Speaker | None = None) -> None:
        self._app = app
        self._camera = Camera(app.settings.scanner, app.clock, self._from_camera)
        self._camera_wanted = bool(app.settings.scanner.source)
        self._printing: PrintingThread | None = None
        self.hq: HqLink | None = None
        self.speaker = speaker or open_speaker(app.settings.terminal.sound, app.bell)

    def start(self) -> None:
        """Start printing and talking to HQ where the settings ask for it, once the till is open."""
        app = self._app
        if app.settings.sync.enabled and not app.training:
            self.hq = HqLink(app.home, app.settings, app.clock, app.random, self._from_hq)
            self.hq.start()
        if app.settings.printer.prints:
            home = app.home.training if app.training else app.home
            self._printing = PrintingThread(home, app.settings, app.clock, self._from_printer)
            self._printing.start()

    def follow_lock(self, *, locked: bool) -> None:
        """A locked till looks at nobody; the camera comes back with the one who signs in."""
        if locked:
            self._camera.stop()
        elif self._camera_wanted and self._camera.scanner is None:
            self._camera.start(self._source)
        self._show_camera()

    async def stop(self) -> None:
        """Let go of all of them."""
        self._camera.stop()
        for worker in (self._printing, self.hq):
            if worker is not None:
                await asyncio.to_thread(worker.stop)

    def wake_printing(self) -> None:
        """A receipt may have been queued."""
        if self._printing is not None:
            self._printing.wake()

    def toggle_camera(self) -> None:
        """The camera on or off."""
        self._camera_wanted = self._camera.scanner is None
        if self._camera_wanted:
            self._camera.start(self._source)
            self._app.tell(_("The camera is on: hold a card before it."), Tone.INFO)
        else:
            self._camera.stop()
            self._app.tell(_("The camera is off."), Tone.INFO)
        self._show_camera()

    @property
    def _source(self) -> str:
        return self._app.settings.scanner.source or "auto"

    def _show_camera(self) -> None:
        if self._app.sell is not None:
            self._app.sell.query_one(CameraPreview).follow(self._camera.scanner)

    def toggle_sound(self) -> bool:
        """Sounds on or off until the program ends; tells which."""
        silent = isinstance(self.speaker, Silence)
        self.speaker = open_speaker("auto" if silent else "off", self._app.bell)
        self.speaker.play(Sound.OK)
        return silent

    def _from_camera(self, news: CameraNews) -> None:
        # Called from the scanner's threads: posting a message is all that is safe there.
        self._app.call_later(self._hear_camera, news)

    def _from_printer(self, reason: str) -> None:
        self._app.call_later(self._hear_printer, reason)

    def _from_hq(self, error: Exception) -> None:
        self._app.call_later(self._hear_hq, error)

    def _hear_camera(self, news: CameraNews) -> None:
        match news:
            case CardRead(text=text, alone=True):
                self._app.take_scan(text)
            case CardRead():
                self._app.tell(_("Two cards at once. Show one of them alone."), Tone.WARNING)
            case SourceNews(state=state, reason=reason):
                words, up = say(reason, {}, _) if reason else "", state == "ok"
                if self._app.sell is not None:
                    self._app.sell.query_one(CameraPreview).problem = "" if up else words
                if words:
                    self._app.tell(words, Tone.INFO if up else Tone.WARNING)

    def _hear_printer(self, reason: str) -> None:
        words = say(reason, {}, _)
        self._app.tell(_("Not printed: {why}. The sale is saved; F9, Print queue.").format(why=words), Tone.WARNING)

    def _hear_hq(self, error: Exception) -> None:
        if isinstance(error, RegularsError):
            # Not paired, or another program of this till talks to HQ: nobody has to do anything.
            self._app.logger.info("hq", reason=error.reason)
        else:
            self._app.report_crash(error)
