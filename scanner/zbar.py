"""zbar in a process of its own: it has aborted whole programs, and must never take the till with it."""

import json
import os
import select
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from scanner.decoders import MAX_TEXT, Decoded, as_upca, has_zbar

if TYPE_CHECKING:
    from scanner.frames import Gray

ANSWER_TIMEOUT_S = 2.0
REST_S = 0.15  # Between two pictures of a moving one: zbar takes 40 ms for 1280 × 720.
MAX_STARTS = 5
MAX_ANSWER = 1 << 20
_HEAD = struct.Struct("<II")
_NAMES = {"QRCODE": "QR", "CODE128": "Code128", "EAN13": "EAN13", "UPCA": "UPCA", "CODE39": "Code39", "I25": "ITF"}


class Zbar:
    """A decoder whose work is done by a child; a child that dies or hangs is replaced, at most MAX_STARTS times."""

    name = "zbar"

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def read(self, gray: "Gray", formats: Sequence[str], *, thorough: bool = False) -> list[Decoded]:
        """See :class:`scanner.decoders.Decoder`."""
        del thorough
        wanted = [name for name in _NAMES.values() if name in formats]
        child = self._running()
        if child is None or not wanted:
            return []
        try:
            answer = self._ask(child, gray, wanted)
        except (OSError, ValueError):
            self.close()
            return []
        return [
            Decoded(
                *as_upca(each["text"], each["format"], formats),
                self.name,
                tuple(map(tuple, each["quad"])),  # type: ignore[arg-type]
            )
            for each in answer
            if len(each["text"]) <= MAX_TEXT
        ]

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            child.wait()

    def _running(self) -> "subprocess.Popen[bytes] | None":
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        if self._starts >= MAX_STARTS:
            return None
        self._starts += 1
        self._child = subprocess.Popen(
            [sys.executable, "-m", "scanner.zbar"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._child

    def _ask(self, child: "subprocess.Popen[bytes]", gray: "Gray", wanted: Sequence[str]) -> list[dict[str, str]]:
        assert child.stdin is not None
        assert child.stdout is not None
        height, width = gray.shape[:2]
        names = json.dumps(wanted).encode()
        child.stdin.write(_HEAD.pack(width, height) + struct.pack("<I", len(names)) + names + gray.tobytes())
        child.stdin.flush()
        size = struct.unpack("<I", _read_exactly(child.stdout.fileno(), 4))[0]
        if size > MAX_ANSWER:
            raise ValueError("answer too large")
        found: list[dict[str, str]] = json.loads(_read_exactly(child.stdout.fileno(), size))
        return found


class Beside:
    """zbar for moving pictures: asked without waiting, on a thread of its own and now and then only.

    Its answers come some frames late, which is in time to second what zxing-cpp saw. Where libzbar is missing, it says
    nothing at all.
    """

    name = Zbar.name

    def __init__(self) -> None:
        self._zbar = Zbar() if has_zbar() else None
        self._lock = threading.Condition()
        self._question: tuple[Gray, Sequence[str]] | None = None
        self._answer: list[Decoded] = []
        self._closed = False
        if self._zbar is not None:
            threading.Thread(target=self._work, args=(self._zbar,), name="regulars-zbar", daemon=True).start()

    def read(self, gray: "Gray", formats: Sequence[str], *, thorough: bool = False) -> list[Decoded]:
        """What was read in a picture handed over before; *gray* is the next one, where zbar has nothing to do."""
        del thorough
        with self._lock:
            found, self._answer = self._answer, []
            if self._question is None and self._zbar is not None:
                self._question = (gray, formats)
                self._lock.notify_all()
            return found

    def close(self) -> None:
        """End the thread and the child."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()

    def _work(self, zbar: Zbar) -> None:
        with closing(zbar):
            while True:
                with self._lock:
                    self._lock.wait_for(lambda: self._question is not None or self._closed)
                    question = self._question
                    if self._closed or question is None:
                        return
                found = zbar.read(*question)
                with self._lock:
                    self._answer = found
                    self._lock.wait_for(lambda: self._closed, timeout=REST_S)
                    self._question = None


def _read_exactly(file: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        ready, _, _ = select.select([file], [], [], ANSWER_TIMEOUT_S)
        if not ready:
            raise OSError("no answer in time")
        part = os.read(file, size - len(data))
        if not part:
            raise OSError("the child is gone")
        data += part
    return data


def _serve() -> None:
    """The child: pictures on stdin, answers on stdout, until stdin ends."""
    import numpy as np
    from pyzbar import pyzbar

    kinds = {name: getattr(pyzbar.ZBarSymbol, symbol) for symbol, name in _NAMES.items()}
    while head := sys.stdin.buffer.read(_HEAD.size):
        width, height = _HEAD.unpack(head)
        names = json.loads(sys.stdin.buffer.read(struct.unpack("<I", sys.stdin.buffer.read(4))[0]))
        gray = np.frombuffer(sys.stdin.buffer.read(width * height), np.uint8).reshape(height, width)
        # All symbols passed together raise: only those that are asked for.
        found = pyzbar.decode(gray, symbols=[kinds[name] for name in names])
        answer = [
            {"text": text, "format": _NAMES[code.type], "quad": _corners(code.rect)}
            for code in found
            if code.type in _NAMES and (text := _ascii(code.data)) is not None
        ]
        encoded = json.dumps(answer).encode()
        sys.stdout.buffer.write(struct.pack("<I", len(encoded)) + encoded)
        sys.stdout.buffer.flush()


def _ascii(data: bytes) -> str | None:
    # zbar guesses charsets wrongly; what our cards say is ASCII.
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        return None


def _corners(rect: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    left, top, width, height = rect
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


if __name__ == "__main__":
    _serve()
