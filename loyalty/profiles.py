"""How edits of a member's profile at several places agree: the last writer of a field; a withdrawn consent wins."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from loyalty.entries import canonical_json

PROFILE_FIELDS = ("name", "phone", "email", "birthday", "language", "note", "segments")
_DIGEST_DOMAIN = b"regulars/profile/1\x00"


class Version(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Which writing of a field: by corrected time, then by the entry that tells of it."""

    at_ms: int
    till_id: str
    epoch: int
    seq: int


class Consent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member's word on one channel: *given* or withdrawn, when, and on which text.

    *over* is the withdrawal that the member has taken back by giving consent anew.
    """

    channel: str
    given: bool
    at_ms: int
    text_version: str | None = None
    version: Version | None = None
    over: Version | None = None


def newer(old: Version | None, new: Version | None) -> bool:
    """Whether a field written as *new* replaces one written as *old* (None: never written)."""
    return new is not None and (old is None or new > old)


def agreed(old: Consent | None, new: Consent) -> Consent:
    """The consent that holds of two on one channel, whichever came first; both carry a version.

    A withdrawal beats every consent that was given without knowing of it, even a later one.
    """
    if old is None:
        return new
    first, second = (old, new) if newer(old.version, new.version) else (new, old)
    if second.given and not first.given and not _knew(second, first):
        return first
    if first.given and not second.given and _knew(first, second):
        # The clock of whoever withdrew was ahead; the consent names that withdrawal, so it came after.
        return first
    return second


def digest(salt: bytes, fields: Mapping[str, str | None], consents: Sequence[Consent] = ()) -> str:
    """What an entry says of a change of profile: nothing that could be guessed back without the *salt*."""
    plain = [
        dict(fields),
        sorted([consent.channel, consent.given, consent.at_ms, consent.text_version or ""] for consent in consents),
    ]
    return hashlib.sha256(_DIGEST_DOMAIN + salt + canonical_json(plain)).hexdigest()


def _knew(consent: Consent, withdrawal: Consent) -> bool:
    return consent.over is not None and withdrawal.version is not None and consent.over >= withdrawal.version
