"""HQ's log holds nothing of what was sent, whatever fails."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hq.logs import log_to


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "hq.log"
    log_to(file)
    yield file
    structlog.reset_defaults()


def test_a_failure_in_a_library_is_told_by_its_kind_and_place_alone(log: Path) -> None:
    try:
        raise KeyError("+48 600 123 456")
    except KeyError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    told = json.loads(log.read_text("utf-8"))
    assert (told["failure"], told["level"]) == ("KeyError", "error")
    assert any("test_a_failure" in place for place in told["at"])
    assert "600" not in log.read_text("utf-8")


def test_our_own_lines_are_json_with_their_time(log: Path) -> None:
    structlog.get_logger("hq").bind().info("refused", path="/v1/push", reason="nonce_stale")
    told = json.loads(log.read_text("utf-8").splitlines()[-1])
    assert (told["event"], told["reason"], told["level"]) == ("refused", "nonce_stale", "info")
    assert told["timestamp"]
