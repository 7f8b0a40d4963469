"""HQ, two tills and a faulty proxy over TCP, killed at random: no saved sale is lost, and all agree in the end."""

import os
from pathlib import Path

import pytest

from tests.integration.processes.fleet import play

KILLS = 300 if os.environ.get("REGULARS_LONG") else 8


@pytest.mark.timeout(3600 if os.environ.get("REGULARS_LONG") else 300)
def test_processes_that_are_killed_lose_nothing_and_agree_in_the_end(tmp_path: Path) -> None:
    found = play(tmp_path, kills=KILLS, seed=1)

    assert found.violations == []
    assert (found.lost, found.corrupt) == (0, 0)
    assert found.saved > 0
    assert sum(found.kills.values()) == KILLS
