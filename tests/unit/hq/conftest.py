"""Databases of these tests lie in memory where there is such a file system: what is tested is rules, not disks."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.hq.world import NewWorld, World

_MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-", dir=_MEMORY if _MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_world(tmp_path: Path) -> NewWorld:
    """Makes a world whose HQ keeps its database in a file."""
    return lambda **wishes: World(tmp_path / "hq.db", **wishes)
