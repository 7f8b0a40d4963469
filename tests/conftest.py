"""For every test: whatever language one speaks, the next begins in English."""

import os
from collections.abc import Iterator

import pytest

from config.i18n import current_language, use_language


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    environment = os.environ.get("LANGUAGE")
    yield
    if current_language() != "en":
        use_language("en")
    if os.environ.get("LANGUAGE") != environment:
        os.environ.pop("LANGUAGE")
        if environment is not None:
            os.environ["LANGUAGE"] = environment
