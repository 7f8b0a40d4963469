"""How messages get to HQ: whoever carries them implements this; what can go wrong is told in three ways."""

from typing import Protocol

import msgspec

from config.errors import N_, Broken, Refused
from sync.exchange import Answer, Path, Request
from sync.wire import Authorised, Helloed, Page, Pair, Paired, Pushed, PushRefused, Snapshot

ANSWERS: dict[Path, type[msgspec.Struct]] = {
    Path.HELLO: Helloed,
    Path.PUSH: Pushed,
    Path.PULL: Page,
    Path.AUTHORISE: Authorised,
    Path.SNAPSHOT: Snapshot,
}
CONFLICT_ANSWER = PushRefused


class Transport(Protocol):
    """Carries one message to HQ and brings the answer."""

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:
        """The answer; Unreachable when there was none, Refused when HQ said no."""

    def pair(self, url: str, ask: Pair) -> Paired:
        """Ask to belong to the HQ at *url*."""


class Unreachable(Broken):
    """HQ did not answer, or can't just now; *retry_after_ms* is what it asked for."""

    title = N_("HQ can't be reached")

    def __init__(self, why: str, retry_after_ms: int | None = None) -> None:
        super().__init__(
            "hq_unreachable",
            N_("No answer from HQ ({why}). Everything is saved here and will be sent when HQ can be reached."),
            why=why,
        )
        self.why = why
        self.retry_after_ms = retry_after_ms


def refused_by_hq(reason: str, sentence: str) -> Refused:
    """What HQ said no to, in its own sentence."""
    return Refused(reason, sentence.replace("{", "{{").replace("}", "}}"))
