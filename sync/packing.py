"""The coding of messages: zstd at its fastest, gzip where there is none, and never more unfolded than is bearable."""

import zlib
from typing import Final

import zstandard

from config.errors import N_, WrongUse

MAX_COMPRESSED_BYTES: Final = 4 << 20
MAX_MESSAGE_BYTES: Final = 16 << 20
CODINGS: Final = ("zstd", "gzip", "identity")


def deflate(plain: bytes, coding: str) -> bytes:
    """*plain* in the coding ``zstd`` or ``gzip``; as it is for any other."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=1).compress(plain)
    if coding == "gzip":
        compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
        return compressor.compress(plain) + compressor.flush()
    return plain


def inflate(data: bytes, coding: str) -> bytes:
    """*data* without its compression, never unfolding more than :data:`MAX_MESSAGE_BYTES`; WrongUse if it would."""
    if len(data) > MAX_COMPRESSED_BYTES and coding != "identity":
        raise too_large()
    plain = _unpacked(data, coding)
    if len(plain) > MAX_MESSAGE_BYTES:
        raise too_large()
    return plain


def _unpacked(data: bytes, coding: str) -> bytes:
    try:
        if coding == "zstd":
            with zstandard.ZstdDecompressor(max_window_size=1 << 23).stream_reader(data) as reader:
                return reader.read(MAX_MESSAGE_BYTES + 1)
        if coding == "gzip":
            inflater = zlib.decompressobj(31)
            plain = inflater.decompress(data, MAX_MESSAGE_BYTES + 1)
            if len(plain) <= MAX_MESSAGE_BYTES and not inflater.eof:
                raise unreadable()
            return plain
    except (zstandard.ZstdError, zlib.error) as error:
        raise unreadable() from error
    if coding == "identity":
        return data
    raise coding_unknown()


def coding_unknown() -> WrongUse:
    """A compression that HQ does not undo."""
    return WrongUse("coding_unknown", N_("Content-Encoding must be zstd, gzip or identity. Nothing was changed."))


def too_large() -> WrongUse:
    """What is sent, or would unfold, is beyond every bound."""
    return WrongUse(
        "message_too_large",
        N_("The message is larger than {most} bytes. Nothing was changed; send it in pieces."),
        most=MAX_MESSAGE_BYTES,
    )


def unreadable() -> WrongUse:
    """Not what it says it is."""
    return WrongUse("message_unreadable", N_("The message can't be read. Nothing was changed."))
