"""Identities as text: Crockford base 32, readable aloud, without I, L, O and U.

Source of the alphabet: Douglas Crockford, "Base 32" (https://www.crockford.com/base32.html).
"""

from typing import NamedTuple

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TILL_ID_LENGTH = 10
MEMBER_ID_LENGTH = 16
EPOCH_LENGTH = 13
EPOCH_MAX = 2**63 - 1
HQ_TILL_ID = "hq"

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


class EntryId(NamedTuple):
    """The identity of a journal's entry; a sale's and a refund's identity is its entry's."""

    till_id: str
    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.till_id}-{to_base32(self.epoch, EPOCH_LENGTH)}-{self.seq}"


def to_base32(value: int, length: int) -> str:
    """*value* (≥ 0) as exactly *length* letters, the highest first; ValueError when it does not fit."""
    if value < 0 or value >> (5 * length):
        raise ValueError("value does not fit")
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(5 * (length - 1), -1, -5))


def from_base32(text: str) -> int:
    """The value of *text*; forgives case and the look-alikes O, I, L; ValueError for other letters."""
    value = 0
    for letter in text.upper():
        if letter not in _VALUES:
            raise ValueError("not a base 32 letter")
        value = value << 5 | _VALUES[letter]
    return value


def make_id(token: bytes, length: int) -> str:
    """An identity of *length* letters from at least ⌈5 × length / 8⌉ random bytes."""
    bits = 5 * length
    if len(token) * 8 < bits:
        raise ValueError("too few random bytes")
    return to_base32(int.from_bytes(token, "big") >> (len(token) * 8 - bits), length)


def make_epoch(token: bytes) -> int:
    """An epoch's number, 1 to 2**63 − 1, from 8 random bytes."""
    return int.from_bytes(token[:8], "big") % EPOCH_MAX + 1


def parse_entry_id(text: str) -> EntryId:
    """Read what :class:`EntryId` wrote; ValueError if it is not one."""
    till_id, epoch, seq = text.strip().upper().split("-")
    if till_id == HQ_TILL_ID.upper():
        till_id = HQ_TILL_ID
    elif len(till_id) != TILL_ID_LENGTH or to_base32(from_base32(till_id), TILL_ID_LENGTH) != till_id:
        raise ValueError("not a till's identity")
    if len(epoch) != EPOCH_LENGTH or not seq.isascii() or not seq.isdigit() or len(seq) > 18:
        raise ValueError("not an entry's identity")
    number = from_base32(epoch)
    if not 1 <= number <= EPOCH_MAX or int(seq) < 1:
        raise ValueError("not an entry's identity")
    return EntryId(till_id, number, int(seq))
