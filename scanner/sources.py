"""Where pictures come from: cameras, streams, video files, pictures, folders, behind one interface."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from config.errors import N_, Broken, RegularsError
from config.scanner_settings import ScannerSettings
from scanner.cameras import MAX_SHOWN, camera_number
from scanner.frames import Frame
from scanner.moving import LocalCamera, Stream, Video
from scanner.pictures import read_pages

MAX_FOLDER = 10_000
WATCH_EVERY_S = 0.5
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".avif"})
VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".mjpg", ".mjpeg"})
STREAMS = ("rtsp://", "rtsps://", "http://", "https://")
_PICTURE_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"mif1"})

Stamp = tuple[int, int]


class Source(Protocol):
    """Gives pictures until it ends or is closed; both by one thread.

    *lasting*: it has no end of its own. *silent_after_s*: longer without a picture is a fault; None: it never is.
    *at_own_rate*: frames come as fast as they are asked for, and say when they are to be shown.
    """

    lasting: bool
    silent_after_s: float | None
    at_own_rate: bool

    def frames(self) -> Iterator[Frame | RegularsError]:
        """The pictures in order; an error stands for a picture that can't be read."""

    def close(self) -> None:
        """Let go of the device or file."""


def open_source(text: str, settings: ScannerSettings, *, loop: bool = False, watch: bool = False) -> Source:
    """The source that *text* names.

    Broken ``camera_missing``, ``stream_lost``, ``video_unreadable``, ``source_missing``; OSError.
    """
    if text.startswith(STREAMS):
        return Stream(text, settings)
    path = Path(text)
    if path.is_dir():
        return Folder(path, watch=watch)
    if path.is_file():
        return Video(str(path), settings, loop=loop) if _is_video(path) else Still(path)
    number = camera_number(text)
    if number is None:
        raise Broken(
            "source_missing",
            N_("{source} is no file, folder, camera or stream. Nothing was read; check its name."),
            source=text[:MAX_SHOWN],
        )
    return LocalCamera(number, settings)


class Still:
    """A picture file; of one with several pages, each page."""

    lasting: bool = False
    silent_after_s: float | None = None
    at_own_rate: bool = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def frames(self) -> Iterator[Frame | RegularsError]:
        """The pages."""
        yield from _pages(self._path)

    def close(self) -> None:
        """Nothing is held."""


class Folder:
    """The pictures of a folder by name; watched, also those that appear or change later."""

    silent_after_s: float | None = None
    at_own_rate: bool = False

    def __init__(self, path: Path, *, watch: bool) -> None:
        self._path = path
        self.lasting = watch

    def frames(self) -> Iterator[Frame | RegularsError]:
        """Each picture once, and in a watched folder again when it was written anew."""
        read: dict[Path, Stamp] = {}
        seen: dict[Path, Stamp] = {}
        while True:
            before, seen = seen, _stamps(self._path)
            for path, stamp in seen.items():
                # What is still being written changes from one look to the next.
                finished = not self.lasting or before.get(path) == stamp
                if finished and read.get(path) != stamp:
                    read[path] = stamp
                    yield from _pages(path, name=path.name)
            if not self.lasting:
                return
            time.sleep(WATCH_EVERY_S)

    def close(self) -> None:
        """Nothing is held."""


def unreadable(error: OSError) -> Broken:
    """The error of a source that the system can't read."""
    return Broken(
        "source_unreadable",
        N_("{source} can't be read ({why}). Nothing was lost; check it."),
        source=str(error.filename or "")[:MAX_SHOWN],
        why=error.strerror or "",
    )


def _stamps(folder: Path) -> dict[Path, Stamp]:
    """The pictures in *folder* in order, each with its size and the time it was written."""
    stamps = {}
    for path in sorted(folder.iterdir())[:MAX_FOLDER]:
        if path.suffix.lower() in PICTURES and path.is_file():
            facts = path.stat()
            stamps[path] = (facts.st_size, facts.st_mtime_ns)
    return stamps


def _is_video(path: Path) -> bool:
    if path.suffix.lower() in PICTURES:
        return False
    if path.suffix.lower() in VIDEOS:
        return True
    with path.open("rb") as file:
        head = file.read(12)
    is_mp4 = head[4:8] == b"ftyp" and head[8:12] not in _PICTURE_BRANDS
    is_riff_video = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return is_mp4 or head[:4] == b"\x1a\x45\xdf\xa3" or is_riff_video


def _pages(path: Path, name: str = "") -> Iterator[Frame | RegularsError]:
    try:
        for gray in read_pages(path):
            yield Frame(gray, 0.0, still=True, name=name)
    except RegularsError as error:
        yield error
