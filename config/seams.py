"""The seams that are always passed in: the clock and the source of randomness."""

import secrets
import time
from functools import cache
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Where times come from."""

    def now_ms(self) -> int:
        """Wall clock: UTC milliseconds since 1970. May jump."""

    def monotonic_ms(self) -> int:
        """Milliseconds since some start; never goes back within one boot."""

    def boot_id(self) -> str:
        """What tells one run of the machine from the next (1 to 36 characters)."""


class RandomSource(Protocol):
    """Where identities and keys come from."""

    def token(self, size: int) -> bytes:
        """*size* unpredictable bytes."""


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def boot_id(self) -> str:
        return _machine_boot_id()


class SystemRandom:
    """The operating system's randomness."""

    def token(self, size: int) -> bytes:
        return secrets.token_bytes(size)


@cache
def _machine_boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        # Elsewhere than on Linux one run of the program stands for one boot: coarser, never wrong.
        return secrets.token_hex(16)
