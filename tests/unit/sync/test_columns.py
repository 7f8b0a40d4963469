"""Batches by column: whatever the texts are, they come back byte for byte; nothing unfolds beyond its bound."""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import WrongUse
from sync.columns import Column, Columns, from_columns, to_columns

BOUND = 1 << 22
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200)
@given(st.lists(values, max_size=12))
def test_json_comes_back_exactly(documents: list[object]) -> None:
    texts = [
        json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        for each in documents
    ]
    assert from_columns(to_columns(texts), BOUND) == texts


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_anything_else_comes_back_too(texts: list[bytes]) -> None:
    assert from_columns(to_columns(texts), BOUND) == texts


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_what_does_not_fit_together_is_refused(data: bytes) -> None:
    try:
        columns = msgspec.msgpack.decode(data, type=Columns)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    with suppress(WrongUse):
        assert sum(map(len, from_columns(columns, 10_000))) <= 10_000


def test_a_shape_that_would_unfold_to_gigabytes_is_refused() -> None:
    bomb = Columns(((b"x" * 1_000_000,),), b"\x00\x00" * 10_000, (), ())
    with pytest.raises(WrongUse):
        from_columns(bomb, BOUND)


def test_a_dictionary_that_would_unfold_to_gigabytes_is_refused() -> None:
    count = 10_000
    column = Column("u", count, b'"' + b"y" * 500_000 + b'"', b"\x00" * 2 * count)
    bomb = Columns(((b"[", b"]"),), b"\x00\x00" * count, (b" 0",), (column,))
    with pytest.raises(WrongUse):
        from_columns(bomb, BOUND)
