"""Sounds that a cashier can tell apart without looking (ok, not ok, member): by a player, the bell, or not at all."""

import io
import math
import shutil
import struct
import subprocess
import tempfile
import wave
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Protocol

PLAYERS = ("pw-play", "paplay", "aplay", "afplay")
_RATE_HZ = 16_000
_VOLUME = 0.35
_PLAYING_LIMIT = 3  # More sounds at once help nobody.


class Sound(Enum):
    """What happened, as tones of (hertz, milliseconds) and, where there is only a bell, as a number of rings."""

    OK = ((880, 70),), 1
    MEMBER = ((660, 70), (880, 70), (1320, 110)), 2
    NOT_OK = ((220, 130), (0, 40), (180, 190)), 3

    def __init__(self, tones: tuple[tuple[int, int], ...], rings: int) -> None:
        self.tones = tones  # (frequency in Hz, 0 for silence; duration in ms), one after the other
        self.rings = rings


class Speaker(Protocol):
    """Whatever makes the sounds; never waits for one to end, never raises."""

    def play(self, sound: Sound) -> None:
        """Start *sound*."""


class Silence:
    """No sound at all."""

    def play(self, sound: Sound) -> None:
        """Nothing."""


class Bell:
    """The terminal's bell, rung a different number of times for each sound."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring

    def play(self, sound: Sound) -> None:
        """Ring for *sound*."""
        for _ in range(sound.rings):
            self._ring()


class Player:
    """An external player program, given WAV files that are made once in a temporary folder."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._folder = tempfile.TemporaryDirectory(prefix="regulars-sounds-")
        self._running: list[subprocess.Popen[bytes]] = []

    def play(self, sound: Sound) -> None:
        """Start the player on *sound*, unless enough sounds are under way."""
        self._running = [process for process in self._running if process.poll() is None]
        if len(self._running) >= _PLAYING_LIMIT:
            return
        try:
            self._running.append(
                subprocess.Popen(
                    [self._program, str(self._file(sound))],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        except OSError:
            # A till without a working sound card still sells; the same news is on the message line.
            return

    def _file(self, sound: Sound) -> Path:
        path = Path(self._folder.name, f"{sound.name.lower()}.wav")
        if not path.exists():
            path.write_bytes(wav_of(sound))
        return path


def wav_of(sound: Sound) -> bytes:
    """*sound* as a WAV file: 16 bit, mono."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        for frequency_hz, duration_ms in sound.tones:
            file.writeframes(_tone(frequency_hz, duration_ms))
    return content.getvalue()


def _tone(frequency_hz: int, duration_ms: int) -> bytes:
    count = _RATE_HZ * duration_ms // 1000
    fade = min(80, count // 4)  # Without a fade each tone begins and ends with a click.
    frames = bytearray()
    for place in range(count):
        loudness = _VOLUME * min(1.0, place / fade, (count - 1 - place) / fade)
        frames += struct.pack("<h", int(32_767 * loudness * math.sin(2 * math.pi * frequency_hz * place / _RATE_HZ)))
    return bytes(frames)


def open_speaker(choice: str, ring: Callable[[], None]) -> Speaker:
    """The speaker for the settings' *choice*: ``off``, ``bell``, or ``auto`` (a player where there is one)."""
    if choice == "off":
        return Silence()
    if choice == "auto":
        for name in PLAYERS:
            if program := shutil.which(name):
                return Player(program)
    return Bell(ring)
