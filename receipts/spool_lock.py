"""One process prints: whoever holds the lock file. The lock goes with the process, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import N_, Refused


@contextmanager
def spool_lock(path: Path) -> Iterator[None]:
    """Hold the lock *path* while the block runs; Refused("printing_elsewhere") when another process holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                "printing_elsewhere",
                N_("Another Regulars on this till is printing already. Nothing is lost: it prints this receipt too."),
            ) from error
        yield
    finally:
        os.close(file)
