"""The cameras of this machine, and opening one the way that gives most frames."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.scanner_settings import ScannerSettings

if TYPE_CHECKING:
    import cv2

MAX_CAMERAS = 64
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


def open_camera(target: int | str, settings: ScannerSettings) -> "cv2.VideoCapture":
    """A camera by number, or a stream by address; ask ``isOpened()`` whether it is there."""
    import cv2

    capture = cv2.VideoCapture(target)
    if isinstance(target, int) and capture.isOpened():
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


def _name(entry: Path) -> str:
    try:
        return (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return entry.name
