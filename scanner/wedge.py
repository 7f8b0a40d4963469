"""The keyboard-wedge gate: tells a scanner's burst of keys from a person's typing by the gaps between them.

A wedge scanner types 7 to 50 ms a key and ends with Enter. Nobody holds back a key to find out: each one is echoed at
once, and what a burst has echoed is withdrawn when its last key shows that it was a scan.
"""

from dataclasses import dataclass
from enum import Enum

HICCUP_FACTOR = 4  # A machine may read a scanner's keys late: a burst under way survives a gap this many times longer.
UNDER_WAY_KEYS = 4
PREFIXED_GAP_MS = 500  # After the scanner's own prefix the gaps say nothing; this only bounds a scan that never ends.
MAX_SCAN_LENGTH = 4096  # The longest QR code holds 4,296 letters, ours below 100.
_GROUP_SEPARATOR = "\x1d"  # GS1 codes separate their fields with it.


@dataclass(frozen=True)
class WedgeRules:
    """What makes a burst: times in milliseconds, lengths in keys; *suffix* is the name of the key that ends it."""

    gap_ms: int = 60
    min_length: int = 6
    prefix: str = ""
    suffix: str = "enter"


class Step(Enum):
    """What a key turned out to be."""

    START = "the first key of what may become a scan"
    MORE = "one key more of it"
    SCAN = "the key that ends a scan: its text is complete"
    OTHER = "no part of any scan"


class WedgeGate:
    """Follows the keys, one call each, and knows when they were a scan."""

    def __init__(self, rules: WedgeRules) -> None:
        self._rules = rules
        self._letters: list[str] = []
        self._last_ms = 0.0

    def feed(self, key: str, character: str | None, at_ms: float) -> tuple[Step, str]:
        """Judge one key that arrived at *at_ms* (any monotonic clock); the text is empty but for ``Step.SCAN``."""
        in_time = self._in_time(at_ms)
        if key == self._rules.suffix or (self._rules.suffix == "enter" and key == "ctrl+j"):
            text = "".join(self._letters) if in_time else ""
            self._letters.clear()
            return self._judge(text)
        if character is None or not self._may_hold(character):
            self._letters.clear()
            return Step.OTHER, ""
        if not in_time or len(self._letters) >= MAX_SCAN_LENGTH:
            self._letters.clear()
        self._letters.append(character)
        self._last_ms = at_ms
        return (Step.START if len(self._letters) == 1 else Step.MORE), ""

    def _in_time(self, at_ms: float) -> bool:
        return bool(self._letters) and at_ms - self._last_ms <= self._longest_gap_ms()

    def _longest_gap_ms(self) -> int:
        prefix = self._rules.prefix
        if prefix and "".join(self._letters[: len(prefix)]) == prefix:
            return PREFIXED_GAP_MS
        return self._rules.gap_ms * (HICCUP_FACTOR if len(self._letters) >= UNDER_WAY_KEYS else 1)

    def _may_hold(self, character: str) -> bool:
        return character.isprintable() or character == _GROUP_SEPARATOR or character in self._rules.prefix

    def _judge(self, text: str) -> tuple[Step, str]:
        prefix = self._rules.prefix
        if prefix:
            content = text.removeprefix(prefix)
            return (Step.SCAN, content) if text.startswith(prefix) and content else (Step.OTHER, "")
        held_key = len(set(text)) == 1  # A key that is held down repeats every 30 ms.
        if len(text) < self._rules.min_length or held_key:
            return Step.OTHER, ""
        return Step.SCAN, text


def looks_like_code(text: str) -> bool:
    """Whether a burst that landed in a text field reads like a card's code: ASCII, no blank, some digit in it.

    A machine that stalls hands over slowly typed keys all at once; a name or an address that came so is still typing.
    """
    return text.isascii() and " " not in text and any(letter.isdigit() for letter in text)
