"""Random days with lost, late and repeated messages and disasters: every promise is kept, and all agree in the end."""

import os
from pathlib import Path

import pytest

from tests.unit.hq.chaos import FAMILIES, Chaos

SEEDS = 400 if os.environ.get("REGULARS_LONG") else 1
MIXED = [["clone", "merge", "suspense", "restore"], ["hq_restore", "restore", "merge", "suspense", "replace"]]


@pytest.mark.parametrize("families", [*([name] for name in FAMILIES), *MIXED], ids="+".join)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_run_keeps_every_promise(tmp_path: Path, seed: int, families: list[str]) -> None:
    Chaos(tmp_path / "hq.db", seed, floor=seed % 2, page_rows=(1, 3, 500)[seed % 3]).run(80, families)
