"""Who gave out a card: the issuer's secret key, and the card numbers that only this key can make.

A card number is an EAN-13 of the restricted circulation (prefixes 20 to 29, GS1 General Specifications 2.1.11): two
digits of prefix, ten digits, one check digit. The ten digits are a keyed permutation of (block, serial), so that tills
which hold different blocks never give out one number twice, even offline, and nobody can guess the next number from
the last. The permutation's domain is a hundred times larger than what is ever given out: of a hundred misread or
invented numbers ninety-nine are told at once.
"""

import hmac
from dataclasses import dataclass, field
from typing import NamedTuple

from loyalty.ids import to_base32

BLOCKS = 100_000
BLOCK_SIZE = 1_000
NUMBER_LENGTH = 13
CODE128_LENGTH = 16
MIN_KEY_BYTES = 16

_HALF = 100_000  # The permutation works on two halves of five digits.
_ROUNDS = 10
_CODE128_CHECK_DIGITS = CODE128_LENGTH - NUMBER_LENGTH + 1  # It stands in the place of the EAN's own check digit.
_CODE_LETTERS = 4


class Place(NamedTuple):
    """Where a card number comes from: the *serial*-th (0 to 999) of block *block* (0 to 99,999)."""

    block: int
    serial: int


@dataclass(frozen=True)
class Issuer:
    """An issuer of cards: its secret *key* (at least 16 bytes) and the two digits its EAN-13 numbers begin with."""

    key: bytes = field(repr=False)
    prefix: str = "21"

    def __post_init__(self) -> None:
        if len(self.key) < MIN_KEY_BYTES:
            raise ValueError("an issuer's key has at least 16 bytes")
        if len(self.prefix) != 2 or self.prefix[0] != "2" or not self.prefix.isascii() or not self.prefix.isdigit():
            raise ValueError("a card number's prefix is 20 to 29")

    @property
    def code(self) -> str:
        """Four letters that name the issuer in public."""
        return check_letters(self, "issuer", b"", _CODE_LETTERS)


def issue_number(issuer: Issuer, block: int, serial: int) -> str:
    """The card number, 13 digits, of one place in the issuer's sequence; ValueError outside the blocks."""
    if not (0 <= block < BLOCKS and 0 <= serial < BLOCK_SIZE):
        raise ValueError("no such place")
    return with_ean_check(issuer.prefix + permute(issuer, "number", block * BLOCK_SIZE + serial))


def place_of_number(issuer: Issuer, number: str) -> Place | None:
    """Where *number* comes from, or None when this issuer can't have given it out."""
    if not is_gtin(number) or len(number) != NUMBER_LENGTH or not number.startswith(issuer.prefix):
        return None
    value = unpermute(issuer, "number", number[2:-1])
    return Place(*divmod(value, BLOCK_SIZE)) if value < BLOCKS * BLOCK_SIZE else None


def code128_form(issuer: Issuer, number: str) -> str:
    """The text of *number* for a Code 128: 16 digits, the last four a check that only the issuer can make."""
    body = number[:-1]
    return body + _code128_check(issuer, body)


def number_of_code128(issuer: Issuer, text: str) -> str | None:
    """The card number in a Code 128 text, or None when it is not one of this issuer's."""
    if len(text) != CODE128_LENGTH or not text.isascii() or not text.isdigit():
        return None
    body = text[:-_CODE128_CHECK_DIGITS]
    if not hmac.compare_digest(_code128_check(issuer, body), text[-_CODE128_CHECK_DIGITS:]):
        return None
    number = with_ean_check(body)
    return number if place_of_number(issuer, number) else None


def check_letters(issuer: Issuer, purpose: str, message: bytes, count: int) -> str:
    """*count* base 32 letters that only the holder of the key can make for *message*."""
    bits = int.from_bytes(_mac(issuer, purpose, message), "big")
    return to_base32(bits >> (256 - 5 * count), count)


def derived_key(issuer: Issuer, purpose: str, message: bytes, size: int) -> bytes:
    """*size* (≤ 32) secret bytes for one purpose, which don't tell the issuer's key."""
    return _mac(issuer, purpose, message)[:size]


def permute(issuer: Issuer, purpose: str, value: int) -> str:
    """*value* (below 10**10) as ten digits, by a Feistel permutation of the issuer's and of *purpose*."""
    left, right = divmod(value, _HALF)
    for number in range(_ROUNDS):
        left, right = right, (left + _round(issuer, purpose, number, right)) % _HALF
    return f"{left:05d}{right:05d}"


def unpermute(issuer: Issuer, purpose: str, digits: str) -> int:
    """What :func:`permute` was given to make *digits*."""
    left, right = divmod(int(digits), _HALF)
    for number in reversed(range(_ROUNDS)):
        left, right = (right - _round(issuer, purpose, number, left)) % _HALF, left
    return left * _HALF + right


def with_ean_check(digits: str) -> str:
    """*digits* with the check digit of GTIN, EAN and GSRN behind them (GS1 General Specifications 7.9)."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return digits + str(-weighted % 10)


def is_gtin(text: str) -> bool:
    """Whether *text* is all digits and ends with the right GS1 check digit."""
    return len(text) > 1 and text.isascii() and text.isdigit() and with_ean_check(text[:-1]) == text


def _code128_check(issuer: Issuer, body: str) -> str:
    bits = int.from_bytes(_mac(issuer, "code128", body.encode("ascii"))[:8], "big")
    return f"{bits % 10**_CODE128_CHECK_DIGITS:0{_CODE128_CHECK_DIGITS}d}"


def _round(issuer: Issuer, purpose: str, number: int, half: int) -> int:
    return int.from_bytes(_mac(issuer, f"{purpose}/{number}", half.to_bytes(3, "big"))[:8], "big")


def _mac(issuer: Issuer, purpose: str, message: bytes) -> bytes:
    return hmac.digest(issuer.key, f"regulars/card/1/{purpose}\x00".encode("ascii") + message, "sha256")
