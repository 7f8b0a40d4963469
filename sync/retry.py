"""When to try again: full jitter, from one second up to one minute; what HQ asks for is honoured.

Source of full jitter: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
"""

from typing import Final

from config.seams import RandomSource

BASE_MS: Final = 1_000
CAP_MS: Final = 60_000
SPREAD_MS: Final = 5_000
MAX_RETRY_AFTER_MS: Final = 600_000
_DOUBLINGS = 16


class Retry:
    """Counts failures in a row and says how long to wait."""

    def __init__(self, random: RandomSource) -> None:
        self._random = random
        self.failures = 0

    def failed(self, retry_after_ms: int | None = None) -> int:
        """How many milliseconds to wait after one more failure; at least *retry_after_ms*, if HQ said so."""
        ceiling = min(CAP_MS, BASE_MS << min(self.failures, _DOUBLINGS))
        self.failures += 1
        asked = 0 if retry_after_ms is None else min(retry_after_ms, MAX_RETRY_AFTER_MS)
        return asked + self._below(ceiling)

    def succeeded(self) -> int:
        """How many milliseconds to wait before going on: after an outage tills come back spread over five seconds."""
        back = self.failures > 0
        self.failures = 0
        return self._below(SPREAD_MS) if back else 0

    def _below(self, bound_ms: int) -> int:
        return int.from_bytes(self._random.token(4), "big") % (bound_ms + 1)
