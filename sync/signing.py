"""Signatures: each request by the till's key (RFC 9421), the journal's head, HQ's certificates and programmes.

A request is fresh because it carries a nonce that HQ has given out: no clock of a till takes part, for a till's clock
may be days off.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from config.errors import N_, Refused
from loyalty.entries import canonical_json
from sync.wire import SignedProgramme

COMPONENTS: Final = ("@method", "@target-uri", "content-digest")
TAG: Final = "regulars"
_ROTATION_DOMAIN = b"regulars/rotation/1\x00"
_HEAD_DOMAIN = b"regulars/head/1\x00"
_CERTIFICATE_DOMAIN = b"regulars/certificate/1\x00"
_PROGRAMME_DOMAIN = b"regulars/programme/1\x00"


@dataclass(slots=True)
class SignedRequest:
    """What is signed of an HTTP request; *headers* is changed in place by :func:`sign_request`."""

    method: str
    url: str
    headers: dict[str, str]


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, find: Callable[[str], Ed25519PublicKey | None], private: Ed25519PrivateKey | None) -> None:
        self._find, self._private = find, private

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 - a till has one key
        assert self._private is not None
        return self._private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        key = self._find(key_id)
        if key is None:
            raise HTTPMessageSignaturesException("unknown key")
        return key


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """A till's clock proves nothing: HQ's nonce does."""


def sign_request(request: SignedRequest, key: Ed25519PrivateKey, till_id: str, nonce: str, body: bytes) -> None:
    """Put Content-Digest, Signature-Input and Signature of *body* into the request's headers."""
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_OneKey(lambda _: None, key))
    signer.sign(request, key_id=till_id, nonce=nonce, tag=TAG, covered_component_ids=COMPONENTS[:2], body=body)


def verify_request(
    request: SignedRequest, body: bytes, find_key: Callable[[str], Ed25519PublicKey | None]
) -> tuple[str, str]:
    """(till id, nonce) of a request that its till has signed; Refused("signature_wrong") otherwise."""
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=_OneKey(find_key, None))
    try:
        results = verifier.verify(request, max_age=None, expect_tag=TAG, require_components=COMPONENTS, body=body)
    except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError) as error:
        raise signature_wrong() from error
    parameters = results[0].parameters
    return str(parameters["keyid"]), str(parameters.get("nonce", ""))


def signature_wrong() -> Refused:
    """A signature that does not fit what was sent."""
    return Refused("signature_wrong", N_("The request's signature does not fit. Nothing was changed."))


def sign_head(key: Ed25519PrivateKey, till_id: str, epoch: int, seq: int, head: bytes) -> bytes:
    """The till's word that its journal stands at *head*."""
    return key.sign(_HEAD_DOMAIN + canonical_json([till_id, epoch, seq, head.hex()]))


def head_is_signed(key: Ed25519PublicKey, signature: bytes, till_id: str, epoch: int, seq: int, head: bytes) -> bool:
    """Whether *signature* is that word."""
    return _fits(key, signature, _HEAD_DOMAIN + canonical_json([till_id, epoch, seq, head.hex()]))


def certificate_bytes(till_id: str, public_key: bytes, facts: Mapping[str, object]) -> bytes:
    """What HQ certifies about a till, as canonical JSON."""
    return canonical_json({**facts, "till_id": till_id, "public_key": public_key.hex()})


def sign_certificate(key: Ed25519PrivateKey, certificate: bytes) -> bytes:
    """HQ's signature on a certificate."""
    return key.sign(_CERTIFICATE_DOMAIN + certificate)


def certificate_is_signed(key: Ed25519PublicKey, signature: bytes, certificate: bytes) -> bool:
    """Whether HQ has signed *certificate*."""
    return _fits(key, signature, _CERTIFICATE_DOMAIN + certificate)


def sign_rotation(old: Ed25519PrivateKey, till_id: str, public_key: bytes) -> bytes:
    """The till's word, with its old key, that *public_key* is its key from now on."""
    return old.sign(_ROTATION_DOMAIN + canonical_json([till_id, public_key.hex()]))


def is_rotation(old: Ed25519PublicKey, signature: bytes, till_id: str, public_key: bytes) -> bool:
    """Whether *signature* is that word."""
    return _fits(old, signature, _ROTATION_DOMAIN + canonical_json([till_id, public_key.hex()]))


def sign_programme(key: Ed25519PrivateKey, programme: SignedProgramme) -> SignedProgramme:
    """*programme* with HQ's signature."""
    return msgspec.structs.replace(programme, signature=key.sign(_programme_bytes(programme)))


def programme_is_signed(key: Ed25519PublicKey, programme: SignedProgramme) -> bool:
    """Whether HQ has signed exactly this text, version and start."""
    return _fits(key, programme.signature, _programme_bytes(programme))


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(public_key: bytes) -> bytes:
    """What names a key in a journal's genesis: SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key).digest()


def _programme_bytes(programme: SignedProgramme) -> bytes:
    content = [programme.programme_id, programme.version, programme.start_ms, programme.text]
    return _PROGRAMME_DOMAIN + canonical_json(content)


def _fits(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except WrongSignature:
        return False
    return True
