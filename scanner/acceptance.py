"""When a code of a moving picture is believed, and when the same card counts again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.codes import NotACard, parse
from scanner.decoders import DOUBTED, LINEAR, UNCHECKED, Decoded

AGREE_WITHIN_MS = 500
FRAMES = 2
FRAMES_OF_UNCHECKED = 3
SECOND_CARD_WITHIN_MS = 300


@dataclass(frozen=True, slots=True)
class Accepted:
    """A code to act on; *second*: not while there is another card in sight, and this is the time to say so."""

    code: Decoded
    second: bool = False


@dataclass(slots=True)
class _Sighting:
    """A text in sight: when it was last, whether it was acted on, and whether it was told to be one of two."""

    last_ms: float
    acted: bool = False
    told: bool = False


@dataclass(slots=True)
class _Waiting:
    """A linear code that needs more frames: those in which it was read, and whether by one that may decide."""

    frames_ms: list[float]
    trusted: bool


@dataclass
class Acceptance:
    """One QR frame is enough; a linear code needs two frames that agree within half a second, one by zxing-cpp.

    One without check digits needs three. Measured: no wrong code of 3,750 near-limit frames. The same text counts
    again only after it was out of sight for *again_after_ms*; of two cards in sight at once none counts.
    """

    again_after_ms: int = 2500
    raw: bool = False
    _waiting: dict[tuple[str, str], _Waiting] = field(default_factory=dict)
    _seen: dict[str, _Sighting] = field(default_factory=dict)

    def look(self, found: Sequence[Decoded], at_ms: float, *, agreed: bool = False) -> list[Accepted]:
        """What is new in a picture taken at *at_ms*; *agreed*: what was found there is sure already."""
        self._forget(at_ms)
        every = {(each.text, each.format): each for each in found}.values()
        sure = [each for each in every if self._sure(each, at_ms) or agreed]
        for each in sure:
            self._seen.setdefault(each.text, _Sighting(at_ms)).last_ms = at_ms
        return [accepted for each in sure if (accepted := self._news(each, at_ms)) is not None]

    def _news(self, code: Decoded, at_ms: float) -> Accepted | None:
        sighting = self._seen[code.text]
        if sighting.acted:
            return None
        if self._another(code.text, at_ms):
            told, sighting.told = sighting.told, True
            return None if told else Accepted(code, second=True)
        sighting.acted = True
        return Accepted(code)

    def _another(self, text: str, at_ms: float) -> bool:
        """Whether there is another card in sight; a poster's web address beside the card is none."""
        if self.raw or _is_no_card(text):
            return False
        return any(
            other != text and at_ms - sighting.last_ms <= SECOND_CARD_WITHIN_MS and not _is_no_card(other)
            for other, sighting in self._seen.items()
        )

    def _sure(self, each: Decoded, at_ms: float) -> bool:
        if self.raw or each.format not in LINEAR:
            return True
        waiting = self._waiting.setdefault((each.text, each.format), _Waiting([], trusted=False))
        waiting.frames_ms.append(at_ms)
        waiting.trusted = waiting.trusted or each.decoder not in DOUBTED
        needed = FRAMES_OF_UNCHECKED if each.format in UNCHECKED else FRAMES
        return waiting.trusted and len(waiting.frames_ms) >= needed

    def _forget(self, at_ms: float) -> None:
        for waiting in self._waiting.values():
            waiting.frames_ms = [each for each in waiting.frames_ms if at_ms - each <= AGREE_WITHIN_MS]
        self._waiting = {key: waiting for key, waiting in self._waiting.items() if waiting.frames_ms}
        self._seen = {
            text: sighting for text, sighting in self._seen.items() if at_ms - sighting.last_ms < self.again_after_ms
        }


def _is_no_card(text: str) -> bool:
    return isinstance(parse(text), NotACard)
