"""When a code of a moving picture is believed, and when the same card counts again."""

from dataclasses import dataclass, field

from scanner.decoders import DOUBTED, LINEAR, Decoded

AGREE_WITHIN_MS = 500
SECOND_CARD_WITHIN_MS = 300


@dataclass(frozen=True, slots=True)
class Accepted:
    """A code to act on; *second* while another card was in the same picture or just before."""

    code: Decoded
    second: bool = False


@dataclass
class Acceptance:
    """One QR frame is enough; a linear code needs two frames that agree within half a second, one by zxing-cpp.

    Measured: no wrong code of 3,750 near-limit frames. The same text counts again only after it was out of sight for
    *again_after_ms*.
    """

    again_after_ms: int = 2500
    raw: bool = False
    _waiting: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)
    _seen: dict[str, float] = field(default_factory=dict)

    def look(self, found: list[Decoded], at_ms: float) -> list[Accepted]:
        """What is new in a picture taken at *at_ms*."""
        self._waiting = {key: kept for key, kept in self._waiting.items() if at_ms - kept[0] <= AGREE_WITHIN_MS}
        fresh = [
            each for each in {(each.text, each.format): each for each in found}.values() if self._sure(each, at_ms)
        ]
        accepted = []
        for each in fresh:
            last = self._seen.get(each.text)
            if last is None or at_ms - last >= self.again_after_ms:
                accepted.append(Accepted(each, second=self._another(each.text, at_ms)))
        for each in fresh:
            self._seen[each.text] = at_ms
        self._seen = {text: last for text, last in self._seen.items() if at_ms - last <= self.again_after_ms}
        return accepted

    def _another(self, text: str, at_ms: float) -> bool:
        return any(other != text and at_ms - last <= SECOND_CARD_WITHIN_MS for other, last in self._seen.items())

    def _sure(self, each: Decoded, at_ms: float) -> bool:
        if self.raw or each.format not in LINEAR:
            return True
        key = (each.text, each.format)
        before = self._waiting.get(key)
        trusted = each.decoder not in DOUBTED or (before is not None and before[1])
        self._waiting[key] = (at_ms, trusted)
        return before is not None and trusted
