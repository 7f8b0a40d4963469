"""When garbage is looked for."""

import gc
from collections.abc import Iterator

import pytest

from terminal.tidying import QUIET_MS, Tidying


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


class Ring:
    """Holds on to itself."""

    def __init__(self, gone: list[str]) -> None:
        self.me = self
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append("gone")


def test_garbage_goes_once_nobody_types_and_each_pause_is_used_once() -> None:
    tidying, gone = Tidying(), list[str]()
    tidying.begin()
    gc.disable()
    try:
        Ring(gone)
        assert not tidying.look(last_key_ms=1000, now_ms=1000 + QUIET_MS - 1)
        assert gone == []
        assert tidying.look(last_key_ms=1000, now_ms=1000 + QUIET_MS)
        assert gone == ["gone"]
        assert not tidying.look(last_key_ms=1000, now_ms=99_000)
        assert tidying.look(last_key_ms=100_000, now_ms=100_000 + QUIET_MS)
    finally:
        gc.enable()
