"""Messages: every coding reads back, every bound holds, newer and older messages are understood."""

import zlib

import msgspec
import pytest
import zstandard

from config.errors import WrongUse
from sync.packing import MAX_MESSAGE_BYTES
from sync.wire import Hello, Page, Pull, decode, encode


@pytest.mark.parametrize("coding", ["zstd", "gzip", "identity"])
def test_a_message_reads_back(coding: str) -> None:
    message = Pull(timeline=7, cursor=8, epoch=9)
    assert decode(encode(message, coding), Pull, coding) == message


def test_fields_of_a_newer_version_are_ignored_and_missing_ones_have_defaults() -> None:
    newer = msgspec.msgpack.encode({"timeline": 1, "cursor": 2, "epoch": 3, "colour": "red"})
    assert decode(newer, Pull, "identity") == Pull(1, 2, 3)
    older = msgspec.msgpack.encode({"timeline": 1, "start": 0, "to": 0, "read_at": 0})
    assert decode(older, Page, "identity").sealed is False


@pytest.mark.parametrize(
    ("bomb", "coding"),
    [
        (zstandard.ZstdCompressor().compress(b"\x00" * (MAX_MESSAGE_BYTES * 4)), "zstd"),
        (zlib.compress(b"\x00" * (MAX_MESSAGE_BYTES * 4), wbits=31), "gzip"),
        (b"\x00" * (MAX_MESSAGE_BYTES + 1), "identity"),
    ],
    ids=["zstd", "gzip", "identity"],
)
def test_a_bomb_is_refused(bomb: bytes, coding: str) -> None:
    with pytest.raises(WrongUse) as refusal:
        decode(bomb, Pull, coding)
    assert refusal.value.reason == "message_too_large"


@pytest.mark.parametrize("data", [b"", b"\x00", b"nonsense", encode(Pull(1, 2, 3))[:-3]])
@pytest.mark.parametrize("coding", ["zstd", "gzip", "identity"])
def test_nonsense_is_refused(data: bytes, coding: str) -> None:
    with pytest.raises(WrongUse):
        decode(data, Hello, coding)


def test_an_unknown_coding_is_refused() -> None:
    with pytest.raises(WrongUse) as refusal:
        decode(b"", Pull, "br")
    assert refusal.value.reason == "coding_unknown"
