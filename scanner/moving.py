"""Moving pictures: video files with their own time, cameras and network streams as they come."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from config.errors import N_, RegularsError
from config.scanner_settings import ScannerSettings
from scanner.cameras import open_camera, quiet_capture, sure
from scanner.frames import Frame, oriented

if TYPE_CHECKING:
    import cv2

    from scanner.frames import Gray

SILENT_AFTER_S = 3.0
STREAM_OPENS_WITHIN_MS = 8_000
STREAM_READS_WITHIN_MS = 3_000
FROZEN_AFTER_FRAMES = 150
FROZEN_AT_MOST_FRAMES = 9_600
_SAMPLE = slice(None, None, 16)


class Video:
    """A video file; looped, it begins again as if it went on."""

    silent_after_s: float | None = None
    at_own_rate: bool = True

    def __init__(self, path: str, settings: ScannerSettings, *, loop: bool) -> None:
        self._path = path
        self._settings = settings
        self.lasting = loop
        self._capture = self._opened()
        rate = self._capture.get(5)  # CAP_PROP_FPS
        self._step_ms = 1000 / (rate if 0 < rate <= 1000 else settings.fps)

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Each frame with the time at which it is to be shown."""
        number = since_start = 0
        while True:
            good, picture = self._capture.read()
            if good and picture is not None:
                yield Frame(_prepared(picture, self._settings), number * self._step_ms)
                number, since_start = number + 1, since_start + 1
            elif self.lasting and since_start:
                self._capture.release()
                self._capture, since_start = self._opened(), 0
            else:
                return

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    def _opened(self) -> "cv2.VideoCapture":
        return sure(
            quiet_capture(self._path),
            "video_unreadable",
            N_("{source} can't be read as a video. Nothing was read; check the file."),
            self._path,
        )


class Stream:
    """A network camera: RTSP, or MJPEG over HTTP. That its picture stands still is no fault; that it ends is one."""

    lasting: bool = True
    silent_after_s: float | None = SILENT_AFTER_S
    at_own_rate: bool = False

    def __init__(self, address: str, settings: ScannerSettings) -> None:
        self._settings = settings
        self._capture = sure(
            quiet_capture(address, opens_within_ms=STREAM_OPENS_WITHIN_MS, reads_within_ms=STREAM_READS_WITHIN_MS),
            "stream_lost",
            N_("The stream {source} can't be opened. Nothing was read; check its address and the network."),
            address,
        )

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Frames as they come."""
        yield from _as_they_come(self._capture, self._settings, time.monotonic())

    def close(self) -> None:
        """Let go of the connection."""
        self._capture.release()


class LocalCamera:
    """A camera of this machine."""

    lasting: bool = True
    silent_after_s: float | None = SILENT_AFTER_S
    at_own_rate: bool = False

    def __init__(
        self,
        number: int,
        settings: ScannerSettings,
        open_device: "Callable[[int, ScannerSettings], cv2.VideoCapture]" = open_camera,
    ) -> None:
        self._number = number
        self._settings = settings
        self._open_device = open_device
        self._capture = open_device(number, settings)

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Frames as they come.

        A camera that was pulled may go on giving its last frame for ever; a live one has noise, but one that is covered
        may look frozen too. So a frozen one is opened again without a word, each time after twice as many frames.
        """
        begun = time.monotonic()
        patience = FROZEN_AFTER_FRAMES
        sample, same = b"", 0
        while True:
            for frame in _as_they_come(self._capture, self._settings, begun):
                yield frame
                before, sample = sample, frame.gray[_SAMPLE, _SAMPLE].tobytes()
                same = same + 1 if sample == before else 0
                if not same:
                    patience = FROZEN_AFTER_FRAMES
                elif same % patience == 0:
                    break
            else:
                return
            patience = min(patience * 2, FROZEN_AT_MOST_FRAMES)
            self._capture.release()
            self._capture = self._open_device(self._number, self._settings)

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()


def _as_they_come(capture: "cv2.VideoCapture", settings: ScannerSettings, begun: float) -> Iterator[Frame]:
    while True:
        good, picture = capture.read()
        if not good or picture is None:
            return
        yield Frame(_prepared(picture, settings), (time.monotonic() - begun) * 1000)


def _prepared(picture: "cv2.typing.MatLike", settings: ScannerSettings) -> "Gray":
    import cv2
    import numpy as np

    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    return oriented(
        np.asarray(gray, dtype=np.uint8), rotation=settings.rotation, mirror=settings.mirror, region=settings.region
    )
