"""Randomness that gives the same run for the same seed: one stream for what happens, one for identities and keys."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from config.seams import RandomSource

T = TypeVar("T")


class SeededRandom(RandomSource):
    """Identities, keys and nonces of a simulated world; never used outside of one."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation must repeat itself

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)


class Chance:
    """What happens, and when."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation must repeat itself

    def happens(self, permille: int) -> bool:
        """Whether something that happens *permille* times in a thousand happens now."""
        return self._random.randrange(1000) < permille

    def between(self, low: int, high: int) -> int:
        """A whole number from *low* to *high*, both included."""
        return self._random.randint(low, high)

    def one_of(self, things: Sequence[T]) -> T:
        """One of *things*."""
        return things[self._random.randrange(len(things))]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """All of *things* in another order."""
        return self._random.sample(list(things), len(things))
