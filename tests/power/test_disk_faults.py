"""A disk that is full or fails in mid-write: a clear sentence, nothing half done, and the next sale goes through."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytest.importorskip("pysqlite3", reason="the storage layer is loaded into pysqlite3, which has no wheel here")
pytest.importorskip("ziglang", reason="the storage layer is compiled with zig, which has no wheel here")

STATEMENTS = """
import sys
from pathlib import Path
from config.errors import Broken
from tests.power.selling import _basket, _till, founded_shop
from tests.power.storage import FULL_DISK, WRITE_ERROR, Storage, compiled

storage = Storage(compiled(Path(sys.argv[1])))
home = founded_shop(Path(sys.argv[2]))
code = FULL_DISK if sys.argv[3] == "full" else WRITE_ERROR
refused = 0
with _till(home) as till:
    member = till.members.find("Member").matches[0].member_id
    for place in range(1, 40):
        before = till.members.show(member).points_millipoints
        storage.fail(place, count=1, code=code)
        try:
            till.sales.sell(_basket(1000, member))
            earned = till.members.show(member).points_millipoints > before
        except Broken as error:
            refused += 1
            assert error.reason in ("disk_full", "disk_failed"), error.reason
            assert "Nothing" in str(error) or "saved" in str(error)
            storage.fail(-1, count=0, code=0)
            assert till.members.show(member).points_millipoints == before
            till.sales.sell(_basket(1000, member))
        storage.fail(-1, count=0, code=0)
    assert till.upkeep.verify().differences == ()
print(refused)
"""


@pytest.mark.parametrize("fault", ["full", "error"])
def test_a_failing_write_leaves_nothing_half_done(tmp_path: Path, fault: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STATEMENTS, str(ROOT / "tests" / ".cache"), str(tmp_path / "shop"), fault],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5
