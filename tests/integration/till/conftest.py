"""Shops for the tests of the till service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with a plain programme: a point for each 1.00, and two rewards."""
    shop = Shop(tmp_path / "home")
    yield shop
    shop.close()


@pytest.fixture
def sample_shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with the sample programme: rules, tiers, rewards, a stamp card, expiry."""
    shop = Shop(tmp_path / "home", programme=None)
    yield shop
    shop.close()
