"""Locks on a till's home: who may open it, and who alone may replace it."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from config.errors import N_, Broken
from config.paths import HomePaths

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, exclusive: bool) -> None:
        # Windows has no shared form: only whoever wants the home alone takes the byte.
        if exclusive:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int, *, exclusive: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)


class HomeLock:
    """Held while a till's file is open: shared among programs, or *exclusive* to replace the file.

    Taken at once; Broken ``home_locked`` when another program's lock is in the way.
    """

    def __init__(self, paths: HomePaths, *, exclusive: bool) -> None:
        self._descriptor: int | None = os.open(lock_file(paths), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(self._descriptor, exclusive=exclusive)
        except OSError as error:
            self.release()
            raise Broken(
                "home_locked",
                N_(
                    "Another program keeps this till's data locked."
                    " Nothing was changed. Close the other program and try again."
                ),
            ) from error

    def release(self) -> None:
        """Let go; harmless when released already."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def lock_file(paths: HomePaths) -> Path:
    """The file that carries the home's lock."""
    return paths.root / "home.lock"
