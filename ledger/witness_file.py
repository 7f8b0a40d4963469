"""The small file outside the database that holds the journal's head."""

import os
import zlib
from contextlib import suppress
from pathlib import Path

_SIZE = 128


class WitnessFile:
    """Written in place, kept open: one short line with a check sum. Never synced: lagging behind is harmless."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None
        self._head: tuple[int, int, bytes] | None = None

    def saw(self, epoch: int, seq: int, digest: bytes) -> None:
        """The head will be this once the transaction is committed."""
        self._head = (epoch, seq, digest)

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._head = None

    def write(self) -> None:
        """Write down the head that was seen last."""
        if self._head is None:
            return
        # The entry is saved by now: a disk that is full must not make it look otherwise.
        with suppress(OSError):
            if self._descriptor is None:
                self._descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.pwrite(self._descriptor, _line(*self._head), 0)
        self._head = None

    def close(self) -> None:
        """Let the file go; harmless when closed already."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_line(file: Path) -> tuple[int, int, bytes] | None:
    """(epoch, seq, hash) as written down; None when there is nothing that can be trusted."""
    try:
        epoch, seq, digest, check = file.read_text(encoding="ascii").split()
        if f"{zlib.crc32(f'{epoch} {seq} {digest}'.encode()):08x}" != check:
            return None
        return int(epoch), int(seq), bytes.fromhex(digest)
    except (OSError, ValueError):
        return None


def _line(epoch: int, seq: int, digest: bytes) -> bytes:
    content = f"{epoch} {seq} {digest.hex()}"
    return (f"{content} {zlib.crc32(content.encode()):08x}".ljust(_SIZE - 1) + "\n").encode()
