"""A till that loses its power keeps every sale it has called saved. The long form: ``scripts/prove cuts``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = ROOT / "tests" / ".cache"
COMMAND = [sys.executable, "-m", "tests.power.cuts"]
CUTS = 10_000 if os.environ.get("REGULARS_LONG") else 200

pytest.importorskip("pysqlite3", reason="the storage layer is loaded into pysqlite3, which has no wheel here")
pytest.importorskip("ziglang", reason="the storage layer is compiled with zig, which has no wheel here")


@pytest.mark.timeout(7200 if os.environ.get("REGULARS_LONG") else 600)
def test_no_power_cut_takes_a_saved_sale_while_a_careless_till_loses_some() -> None:
    done = subprocess.run(
        [*COMMAND, "--cuts", str(CUTS), "--seed", "7", "--json", "--library-folder", str(LIBRARIES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["runs"] == CUTS
    assert figures["cut"] > CUTS * 0.9
    assert figures["saved"] > CUTS
    assert figures["lost"] == 0
    assert figures["corrupt"] == 0
    assert figures["control_lost"] > 0
