"""One shop is set up for all tests of the command line; each test gets a copy of its own."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.cli.shell import Shell


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that has just been set up, and the manager's PIN beside it."""
    folder = tmp_path_factory.mktemp("founded")
    Shell(folder / "home").set_up()
    return folder


@pytest.fixture
def shell(founded: Path, tmp_path: Path) -> Shell:
    """A till of the test's own."""
    shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
    return Shell(tmp_path / "home")
