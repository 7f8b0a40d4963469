"""Where pictures come from: cameras, streams, video files, pictures, folders, behind one interface."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from config.errors import N_, Broken, RegularsError
from config.scanner_settings import ScannerSettings
from scanner.cameras import camera_number, open_camera
from scanner.frames import oriented, read_picture

if TYPE_CHECKING:
    import cv2

    from scanner.frames import Gray

MAX_FOLDER = 10_000
WATCH_EVERY_S = 0.5
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".mjpg", ".mjpeg"})
STREAMS = ("rtsp://", "rtsps://", "http://", "https://")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: when it was taken (ms since the source was opened), and whether it stands alone."""

    gray: "Gray"
    at_ms: float
    still: bool = False
    name: str = ""


class Source(Protocol):
    """Gives pictures until it ends or is closed."""

    lasting: bool

    def frames(self) -> Iterator[Frame | RegularsError]:
        """The pictures in order; an error stands for a picture that can't be read."""

    def close(self) -> None:
        """Let go of the device or file."""


def open_source(text: str, settings: ScannerSettings, *, loop: bool = False, watch: bool = False) -> Source:
    """The source that *text* names. Broken ``camera_missing``, ``stream_lost``, ``source_missing``."""
    if text.startswith(STREAMS):
        return Moving(text, settings, "stream_lost")
    path = Path(text)
    if path.is_dir():
        return Folder(path, watch=watch)
    if path.is_file():
        return Moving(str(path), settings, "video_unreadable", loop=loop) if _is_video(path) else Still(path)
    number = camera_number(text)
    if number is None:
        raise Broken(
            "source_missing",
            N_("{source} is no file, folder, camera or stream. Nothing was read; check its name."),
            source=text[:200],
        )
    return Moving(number, settings, "camera_missing")


class Still:
    """One picture."""

    lasting = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def frames(self) -> Iterator[Frame | RegularsError]:
        """The picture."""
        yield _picture(self._path)

    def close(self) -> None:
        """Nothing is held."""


class Folder:
    """The pictures of a folder by name; watched, also those that appear later."""

    def __init__(self, path: Path, *, watch: bool) -> None:
        self._path = path
        self.lasting = watch
        self._closed = False

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Each picture once."""
        seen: set[Path] = set()
        while not self._closed:
            for path in sorted(self._path.iterdir())[:MAX_FOLDER]:
                if path.suffix.lower() in PICTURES and path not in seen and path.is_file():
                    seen.add(path)
                    yield _picture(path)
            if not self.lasting:
                return
            time.sleep(WATCH_EVERY_S)

    def close(self) -> None:
        """Stop watching."""
        self._closed = True


class Moving:
    """A camera, a stream or a video file."""

    def __init__(self, target: int | str, settings: ScannerSettings, reason: str, *, loop: bool = False) -> None:
        self._target = target
        self._settings = settings
        self._reason = reason
        self._loop = loop
        self.is_file = reason == "video_unreadable"
        self.lasting = loop or not self.is_file
        self._capture = self._opened()
        self.fps = self._capture.get(5) if self.is_file else float(settings.fps)

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Frames as they come; a file's with their own times, again from the start where it is looped."""
        begun = time.monotonic()
        number, rounds = 0, 0.0
        while True:
            good, picture = self._capture.read()
            if not good or picture is None:
                if not (self._loop and self.is_file and number):
                    return
                rounds += number * self._step_ms()
                number = 0
                self._capture.release()
                self._capture = self._opened()
                continue
            at_ms = rounds + number * self._step_ms() if self.is_file else (time.monotonic() - begun) * 1000
            number += 1
            yield Frame(self._prepared(picture), at_ms)

    def close(self) -> None:
        """Let go of the device or file."""
        self._capture.release()

    def _step_ms(self) -> float:
        return 1000 / self.fps if self.fps > 0 else 1000 / self._settings.fps

    def _opened(self) -> "cv2.VideoCapture":
        capture = open_camera(self._target, self._settings)
        if not capture.isOpened():
            capture.release()
            raise Broken(self._reason, _SENTENCES[self._reason], source=str(self._target)[:200])
        return capture

    def _prepared(self, picture: "cv2.typing.MatLike") -> "Gray":
        import cv2
        import numpy as np

        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
        settings = self._settings
        return oriented(
            np.asarray(gray, dtype=np.uint8),
            rotation=settings.rotation,
            mirror=settings.mirror,
            region=settings.region,
        )


_SENTENCES = {
    "camera_missing": N_("The camera {source} can't be opened. Nothing was read; plug it in, or see `scan --list`."),
    "stream_lost": N_("The stream {source} can't be opened. Nothing was read; check its address and the network."),
    "video_unreadable": N_("{source} can't be read as a video. Nothing was read; check the file."),
}


def _is_video(path: Path) -> bool:
    if path.suffix.lower() in PICTURES:
        return False
    if path.suffix.lower() in VIDEOS:
        return True
    with path.open("rb") as file:
        head = file.read(12)
    is_riff_video = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return head[4:8] == b"ftyp" or head[:4] == b"\x1a\x45\xdf\xa3" or is_riff_video


def _picture(path: Path) -> Frame | RegularsError:
    try:
        return Frame(read_picture(path), 0.0, still=True, name=path.name)
    except RegularsError as error:
        return error
