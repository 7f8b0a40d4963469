"""PINs: hashed slowly enough that a stolen file does not give them away, and counted when they are wrong.

argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet): about 40 ms.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from config.errors import N_, WrongUse
from config.seams import RandomSource

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
SALT_BYTES = 16
PIN_DIGITS = 6
FREE_ATTEMPTS = 5
FIRST_LOCK_MS = 30_000
LONGEST_LOCK_MS = 15 * 60_000
_PIN = re.compile(r"[0-9]{4,12}", re.ASCII)


def clean_pin(text: str) -> str:
    """The PIN in *text*, which may come from a file with a line end; WrongUse when it is not 4 to 12 digits."""
    pin = text.strip()
    if _PIN.fullmatch(pin) is None:
        raise WrongUse("pin_form", N_("A PIN has 4 to 12 digits. Nothing was changed; choose another."))
    return pin


def make_pin(random: RandomSource) -> str:
    """A PIN of six digits."""
    return f"{int.from_bytes(random.token(8), 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}}"


def hash_pin(pin: str, random: RandomSource) -> str:
    """What is kept of a PIN."""
    return str(_hasher().hash(pin, salt=random.token(SALT_BYTES)))


def pin_matches(pin: str, kept: str) -> bool:
    """Whether *kept* was made from *pin*."""
    from argon2.exceptions import VerifyMismatchError

    try:
        return bool(_hasher().verify(kept, pin))
    except VerifyMismatchError:
        return False


def lock_ms(failed_attempts: int) -> int:
    """For how long nobody may try again after so many wrong PINs: 0, then 30 s doubling up to 15 minutes."""
    beyond = failed_attempts - FREE_ATTEMPTS
    # Bounded before the shift, so that a thousand attempts don't make a thousand-bit number.
    return 0 if beyond < 0 else min(LONGEST_LOCK_MS, FIRST_LOCK_MS << min(beyond, 10))


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
