"""One time for the whole fleet, and what each machine's own clock makes of it."""

from dataclasses import dataclass

from config.seams import Clock

BEGINNING_MS = 1_760_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@dataclass
class WorldClock:
    """The true time; it moves only when it is told to."""

    at_ms: int = BEGINNING_MS

    def pass_ms(self, span_ms: int) -> None:
        """Let *span_ms* go by."""
        self.at_ms += span_ms


@dataclass
class MachineClock(Clock):
    """A machine's clock: wrong by *skew_ms*; its monotonic time begins anew with every boot."""

    world: WorldClock
    name: str
    skew_ms: int = 0
    boots: int = 0
    booted_ms: int = 0

    def boot(self) -> None:
        """The machine was switched off and on."""
        self.boots += 1
        self.booted_ms = self.world.at_ms

    def now_ms(self) -> int:
        return self.world.at_ms + self.skew_ms

    def monotonic_ms(self) -> int:
        return self.world.at_ms - self.booted_ms

    def boot_id(self) -> str:
        return f"{self.name}-{self.boots}"
