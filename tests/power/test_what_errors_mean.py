"""What SQLite calls an error of input and output is a full disk where the disk is full."""

from pathlib import Path

import pytest

from config.errors import Broken
from ledger import sqlite


@pytest.mark.parametrize(("folder", "reason"), [("/proc", "disk_full"), ("/", "disk_failed")])
def test_an_error_in_a_folder_without_room_says_that_the_disk_is_full(folder: str, reason: str) -> None:
    error = sqlite.Error("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR"

    with pytest.raises(Broken) as broken, sqlite.errors_told(Path(folder)):
        raise error

    assert broken.value.reason == reason
