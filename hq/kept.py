"""What must survive a restore of HQ's backup: whom HQ has forgotten, and which tills it no longer trusts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import msgspec

ERASED: Final = "erased"
REVOKED: Final = "revoked"
TRUSTED_AGAIN: Final = "trusted_again"


class Keeper(Protocol):
    """Remembers (kind, key) outside the database."""

    def add(self, kind: str, key: str) -> None:
        """Remember it; once it returns it is on disk."""

    def read(self) -> Iterator[tuple[str, str]]:
        """Everything remembered."""


class KeptFile:
    """A file beside the database, one JSON line each; not part of any backup of the database."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, kind: str, key: str) -> None:
        """Append and flush to disk."""
        line = msgspec.json.encode([kind, key]) + b"\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> Iterator[tuple[str, str]]:
        """Every whole line; a torn last one is left out."""
        if not self._path.exists():
            return
        for line in self._path.read_bytes().split(b"\n")[:-1]:
            kind, key = msgspec.json.decode(line, type=tuple[str, str])
            yield kind, key


class KeptInMemory:
    """The same without a disk, for simulations."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str]] = []

    def add(self, kind: str, key: str) -> None:
        """Remember it."""
        self._kept.append((kind, key))

    def read(self) -> Iterator[tuple[str, str]]:
        """Everything remembered."""
        yield from self._kept
