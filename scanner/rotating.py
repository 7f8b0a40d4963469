"""The member QR of a phone's screen, which changes every 30 seconds: a picture of it is useless soon after.

It carries a pseudonym of the card number and a one-time password of RFC 6238 (HMAC-SHA-256, 8 digits, 30 s). The phone
is given the pseudonym and a secret of its own card; a till computes both from the issuer's key, so it checks offline
and stores nothing but the last step it has accepted. The pseudonym does not tell the number: whoever photographs the
screen can't print the card from it.
"""

import hmac
from dataclasses import dataclass, field
from typing import Literal

from config.errors import N_, Refused
from loyalty.ids import from_base32, to_base32
from scanner.issuer import Issuer, derived_key, permute, place_of_number, unpermute, with_ean_check

STEP_MS = 30_000
STEPS_AROUND = 1
OTP_DIGITS = 8
PSEUDONYM_LETTERS = 7

_SECRET_BYTES = 32
_PSEUDONYM = "rotating"


@dataclass(frozen=True)
class RotatingIdentity:
    """What a phone needs to show the QR of one card: the *issuer*'s code, a *pseudonym* and the card's *secret*."""

    issuer: str
    pseudonym: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class RotatingCard:
    """A rotating QR as it was read: the card number (*code*) it stands for, and its one-time password, unchecked."""

    code: str
    issuer: str
    otp: str


def rotating_identity(issuer: Issuer, number: str) -> RotatingIdentity:
    """What the phone of the card *number* (13 digits of this issuer) is given."""
    if place_of_number(issuer, number) is None:
        raise ValueError("not a number of this issuer")
    pseudonym = to_base32(int(permute(issuer, _PSEUDONYM, int(number[2:-1]))), PSEUDONYM_LETTERS)
    return RotatingIdentity(issuer.code, pseudonym, _secret(issuer, number))


def number_of_pseudonym(issuer: Issuer, pseudonym: str) -> str | None:
    """The card number behind *pseudonym*, or None when this issuer never gave it out."""
    value = from_base32(pseudonym)
    if value >= 10**10:
        return None
    number = with_ean_check(f"{issuer.prefix}{unpermute(issuer, _PSEUDONYM, f'{value:010d}'):010d}")
    return number if place_of_number(issuer, number) else None


def rotating_qr(identity: RotatingIdentity, at_ms: int) -> str:
    """The text that the phone shows at *at_ms*."""
    return f"RG1:T:{identity.issuer}:{identity.pseudonym}:{totp(identity.secret, at_ms // STEP_MS)}"


def check_rotating(issuer: Issuer, card: RotatingCard, at_ms: int, last_step: int | None) -> int:
    """The step of *card*'s password, to be stored as the card's last one.

    Refused: ``rotating_code_replayed`` when the step is not later than *last_step*, ``rotating_code_expired`` when the
    password is none of the current step's or its neighbours'.
    """
    now = at_ms // STEP_MS
    secret = _secret(issuer, card.code)
    for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if hmac.compare_digest(totp(secret, step), card.otp):
            if last_step is not None and step <= last_step:
                raise Refused(
                    "rotating_code_replayed",
                    N_("This code was used already. Nothing was changed; wait until the phone shows the next one."),
                )
            return step
    raise Refused(
        "rotating_code_expired",
        N_("This code is no longer valid. Nothing was changed; scan the code that the phone shows now."),
    )


def totp(secret: bytes, step: int, digits: int = OTP_DIGITS, digest: Literal["sha1", "sha256"] = "sha256") -> str:
    """The one-time password of *step* (RFC 6238 with the truncation of RFC 4226 section 5.3)."""
    mac = hmac.digest(secret, max(step, 0).to_bytes(8, "big"), digest)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def _secret(issuer: Issuer, number: str) -> bytes:
    return derived_key(issuer, "rotating/secret", number.encode("ascii"), _SECRET_BYTES)
