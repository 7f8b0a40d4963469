"""The till's log: a fault with its place, and nothing about anybody."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from terminal.log import open_log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_crash_is_logged_with_its_place_and_without_what_the_variables_held(tmp_path: Path) -> None:
    open_log(tmp_path / "log")

    def find(pin: str) -> None:
        raise LookupError(len(pin))

    try:
        find("4711")
    except LookupError as error:
        structlog.get_logger().error("crash", error=type(error).__name__, exc_info=error)
    (line,) = (tmp_path / "log" / "regulars.log").read_text(encoding="utf-8").splitlines()
    logged = json.loads(line)
    assert (logged["level"], logged["event"], logged["error"]) == ("error", "crash", "LookupError")
    assert logged["exception"][0]["frames"][-1]["name"] == "find"
    assert "4711" not in line


def test_a_folder_that_can_t_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    open_log(tmp_path / "log")
    structlog.get_logger().info("still here")
