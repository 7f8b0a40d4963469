"""Shops for every test of the app: an empty one, and one with members and a past."""

import shutil
from pathlib import Path

import pytest

from config.paths import HomePaths
from tests.integration.terminal.scenes import furnish
from tests.integration.terminal.shop import Shop, make_home


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is set up once a session."""
    folder = tmp_path_factory.mktemp("empty") / "home"
    make_home(folder)
    return folder


@pytest.fixture(scope="session")
def furnished_home(empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The same with members and sales, and Zofia's card."""
    folder = tmp_path_factory.mktemp("furnished") / "home"
    shutil.copytree(empty_home, folder)
    return folder, furnish(Shop(HomePaths(folder)))


@pytest.fixture
def shop(empty_home: Path, tmp_path: Path) -> Shop:
    """A shop of its own for one test."""
    return Shop(HomePaths(Path(shutil.copytree(empty_home, tmp_path / "home"))))


@pytest.fixture
def furnished(furnished_home: tuple[Path, str], tmp_path: Path) -> Shop:
    """A shop with members and a past, for one test."""
    folder, card = furnished_home
    shop = Shop(HomePaths(Path(shutil.copytree(folder, tmp_path / "home"))))
    shop.card = card
    return shop
