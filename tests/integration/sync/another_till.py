"""A till written from docs/sync.md and docs/wire.md alone: it imports nothing of Regulars."""

import base64
import hashlib
import json
import secrets
import struct
import time
import urllib.error
import urllib.request
import zlib
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MESSAGE = "application/vnd.regulars+msgpack"
Fields = dict[str, Any]


class Answered(Exception):
    """HQ said no: the status, and what it told."""

    def __init__(self, status: int, told: Fields) -> None:
        super().__init__(f"{status}: {told}")
        self.status, self.told = status, told


class AnotherTill:
    """One till with one life, which can pair, say hello, push a sale and pull."""

    def __init__(self, hq: str) -> None:
        self.hq = hq
        self.key = Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.till_id = _random_id(10)
        self.epoch = secrets.randbelow(2**63 - 1) + 1
        self.fingerprint = hashlib.sha256(self.public_key).digest()
        genesis = _json([self.till_id, self.epoch, self.fingerprint.hex(), None])
        self.head = hashlib.sha256(b"regulars/genesis/1\0" + genesis).digest()
        self.texts: list[bytes] = []
        self.timeline = self.cursor = 0
        self.nonce = ""

    # -- the journal

    def write(self, kind: str, member: str | None, header: Fields, body: Fields) -> None:
        """One more entry."""
        now_ms = time.time_ns() // 1_000_000
        place = [self.till_id, self.epoch, len(self.texts) + 1]
        text = _json([*place, kind, now_ms, "boot", 0, None, member, header, body])
        self.head = hashlib.sha256(b"regulars/entry/1\0" + self.head + text).digest()
        self.texts.append(text)

    # -- the messages

    def pair(self, code: str) -> Fields:
        """Belong to HQ."""
        asked = {"code": code, "till_id": self.till_id, "public_key": self.public_key, "epoch": self.epoch}
        answer = self.post("/v1/pair", {**asked, "lives": [self.life()], "name": "Another till"})
        self.timeline = answer["timeline"]
        return answer

    def hello(self) -> Fields:
        """Say where this till stands."""
        place = {"epoch": self.epoch, "last_seq": len(self.texts), "head": self.head, "timeline": self.timeline}
        return self.post("/v1/hello", {**place, "clock_ms": 0, "lives": [self.life()]})

    def push(self) -> Fields:
        """Send the whole journal: each text as a shape of its own."""
        genesis = _json([self.till_id, self.epoch, self.fingerprint.hex(), None])
        columns = [
            [[text] for text in self.texts],
            struct.pack(f"<{len(self.texts)}H", *range(len(self.texts))),
            [],
            [],
        ]
        signed = _json([self.till_id, self.epoch, len(self.texts), self.head.hex()])
        batch = {"timeline": self.timeline, "epoch": self.epoch, "first_seq": 1, "entries": columns, "head": self.head}
        before = hashlib.sha256(b"regulars/genesis/1\0" + genesis).digest()
        signature = self.key.sign(b"regulars/head/1\0" + signed)
        return self.post("/v1/push", {**batch, "prev_hash": before, "signature": signature})

    def pull(self) -> Fields:
        """One page of what has changed."""
        page = self.post("/v1/pull", {"timeline": self.timeline, "cursor": self.cursor, "epoch": self.epoch})
        self.cursor = page["to"]
        return page

    def life(self) -> Fields:
        """How far this till's only life has got."""
        place = {"epoch": self.epoch, "last_seq": len(self.texts), "head": self.head}
        return {**place, "fingerprint": self.fingerprint}

    # -- carriage

    def post(self, path: str, message: Fields) -> Fields:
        """Send a message, signed; Answered when HQ says no."""
        if not self.nonce:
            self._call(urllib.request.Request(f"{self.hq}/v1/nonce"))
        body = _gzip(msgspec.msgpack.encode(message))
        headers = {"Content-Type": MESSAGE, "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
        request = urllib.request.Request(f"{self.hq}{path}", body, headers, method="POST")
        for name, value in self._signature(f"{self.hq}{path}", body).items():
            request.add_header(name, value)
        return dict(msgspec.msgpack.decode(self._call(request)))

    def _signature(self, url: str, body: bytes) -> dict[str, str]:
        """RFC 9421 by hand."""
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        covered = '("@method" "@target-uri" "content-digest")'
        parameters = f'{covered};created={int(time.time())};keyid="{self.till_id}";alg="ed25519"'
        parameters += f';nonce="{self.nonce}";tag="regulars"'
        lines = ['"@method": POST', f'"@target-uri": {url}', f'"content-digest": {digest}']
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        signature = base64.b64encode(self.key.sign(base.encode())).decode()
        return {"Content-Digest": digest, "Signature-Input": f"sig={parameters}", "Signature": f"sig=:{signature}:"}

    def _call(self, request: urllib.request.Request) -> bytes:
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                self.nonce = response.headers["Regulars-Nonce"]
                body: bytes = response.read()
                return zlib.decompress(body, 31) if response.headers["Content-Encoding"] == "gzip" else body
        except urllib.error.HTTPError as error:
            self.nonce = error.headers.get("Regulars-Nonce", "")
            raise Answered(error.code, json.loads(error.read())) from error


def new_member() -> str:
    """A member's identity."""
    return _random_id(16)


def _random_id(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _gzip(plain: bytes) -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
    return compressor.compress(plain) + compressor.flush()
