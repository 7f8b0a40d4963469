"""The cameras of this machine, and opening what gives moving pictures, quietly."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import N_, Broken
from config.scanner_settings import ScannerSettings

if TYPE_CHECKING:
    import cv2

MAX_CAMERAS = 64
MAX_SHOWN = 200  # Letters of a source that an error message repeats.
_FFMPEG_QUIET = "-8"
_NUMBER = re.compile(r"video(\d+)$")
_SYSTEM = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as the system names it."""

    index: int
    name: str
    path: str


def list_cameras(system: Path = _SYSTEM) -> tuple[Camera, ...]:
    """The cameras that the system knows, by number; nothing is opened."""
    found = []
    for entry in system.glob("video*") if system.is_dir() else ():
        number = _NUMBER.search(entry.name)
        if number is not None:
            found.append(Camera(int(number[1]), _name(entry), f"/dev/{entry.name}"))
    return tuple(sorted(found, key=lambda camera: camera.index)[:MAX_CAMERAS])


def camera_number(text: str) -> int | None:
    """The number of the camera that *text* means: a number, ``auto``, /dev/videoN, or (a part of) its name."""
    wanted = text.strip()
    if wanted.isascii() and wanted.isdigit():
        return int(wanted)
    cameras = list_cameras()
    if wanted == "auto":
        return cameras[0].index if cameras else 0
    for camera in cameras:
        if wanted == camera.path or wanted.casefold() in camera.name.casefold():
            return camera.index
    match = _NUMBER.search(wanted)
    return int(match[1]) if match and wanted.startswith("/dev/") else None


def open_camera(number: int, settings: ScannerSettings) -> "cv2.VideoCapture":
    """The camera *number*, set up the way that gives most frames. Broken ``camera_missing``."""
    import cv2

    capture = sure(
        quiet_capture(number),
        "camera_missing",
        N_("The camera {source} can't be opened. Nothing was read; plug it in, or see `scan --list`."),
        str(number),
    )
    if settings.mjpg:
        # First the format, then size and rate: uncompressed, many cameras give ten frames a second at 720p.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    capture.set(cv2.CAP_PROP_FPS, settings.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if settings.exposure is not None:
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, 1)
        capture.set(cv2.CAP_PROP_EXPOSURE, settings.exposure)
    return capture


def quiet_capture(target: int | str, *, opens_within_ms: int = 0, reads_within_ms: int = 0) -> "cv2.VideoCapture":
    """OpenCV's reader of a camera, file or address; ask ``isOpened()`` whether it is there. Times 0: the library's own.

    It keeps silent: what the libraries below write to the terminal would land in the middle of the till's screen.
    """
    import cv2

    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _FFMPEG_QUIET)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    if isinstance(target, int):
        return cv2.VideoCapture(target, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)
    # FFmpeg alone: OpenCV's other readers can't be silenced, and take a name with a % for a series of files.
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, opens_within_ms] if opens_within_ms else []
    limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, reads_within_ms] if reads_within_ms else []
    return cv2.VideoCapture(target, cv2.CAP_FFMPEG, limits)


def sure(capture: "cv2.VideoCapture", reason: str, sentence: str, source: str) -> "cv2.VideoCapture":
    """*capture* where it is open, else Broken with *reason* and *sentence*."""
    if capture.isOpened():
        return capture
    capture.release()
    raise Broken(reason, sentence, source=source[:MAX_SHOWN])


def _name(entry: Path) -> str:
    try:
        return (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return entry.name
