"""Garbage is looked for while nobody types: a full look holds everything up for some 40 ms, and at first for 150 ms."""

import gc

QUIET_MS = 2_000
YOUNG_AND_OLD = (2_000, 20)
RARELY = 500
"""A full look comes by itself only after so many of the small ones: where a till is never left alone for a moment."""


class Tidying:
    """Takes over from the interpreter once everything is loaded."""

    def __init__(self) -> None:
        self._tidy_since_ms: int | None = None

    def begin(self) -> None:
        """What is loaded by now stays, and is never looked through again."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*YOUNG_AND_OLD, RARELY)

    def look(self, last_key_ms: int, now_ms: int) -> bool:
        """Look through what came since, once after each time somebody typed; tells whether it did."""
        if now_ms - last_key_ms < QUIET_MS or self._tidy_since_ms == last_key_ms:
            return False
        self._tidy_since_ms = last_key_ms
        gc.collect()
        return True
