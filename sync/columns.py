"""Many similar JSON texts as columns, so that a batch of entries compresses to a few dozen bytes each.

A text is cut into a *shape* (everything but its values) and its values: whole numbers and strings that are not keys.
Texts of one shape are laid side by side; each value position is named by the key before it, and all values under one
name form a column. Numbers travel as little-endian planes of eight bytes, so that the many zero bytes lie together;
strings as a dictionary with indices, or end to end. Every text comes back byte for byte, whatever it holds.
"""

import re
from collections import defaultdict
from functools import lru_cache
from itertools import chain
from typing import Final

import msgspec
import numpy as np

from config.errors import N_, WrongUse

MAX_TEXT_BYTES: Final = 1 << 20
MAX_TEXTS: Final = 10_000
_TOKEN = re.compile(
    rb'((?:[^"0-9-]|-(?![1-9])|"(?:[^"\\]|\\.)*"(?=:))*)("(?:[^"\\]|\\.)*"|0|-?[1-9][0-9]{0,17}|)',
    re.DOTALL,
)
_LAST_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)":[^"]*\Z', re.DOTALL)
_DICTIONARY_GAIN = 2
_PIECE_WEIGHT = 8
# The same few shapes come in every batch: what their values are called is remembered, if they are small.
_KEPT_SHAPES = 1024
_KEPT_SHAPE_BYTES = 8 << 10


class Column(msgspec.Struct, frozen=True, array_like=True):
    """All values under one name.

    *kind* is ``i`` numbers, ``d`` numbers as differences, ``s`` strings, ``u`` unique strings with *index*.
    """

    kind: str
    count: int
    data: bytes
    index: bytes = b""


class Columns(msgspec.Struct, frozen=True, array_like=True):
    """A batch: *shapes* (pieces around the values), *order* (the shape of each text), one column per value name."""

    shapes: tuple[tuple[bytes, ...], ...]
    order: bytes
    names: tuple[bytes, ...]
    columns: tuple[Column, ...]


def to_columns(texts: list[bytes]) -> Columns:
    """*texts* (at most :data:`MAX_TEXTS`) by column; :func:`from_columns` gives them back exactly."""
    if len(texts) > MAX_TEXTS:
        raise ValueError("too many texts")
    by_shape: dict[tuple[bytes, ...], int] = {}
    values: list[list[list[bytes]]] = []
    order = []
    for text in texts:
        shape, found = _cut(text)
        number = by_shape.setdefault(shape, len(by_shape))
        if number == len(values):
            values.append([])
        values[number].append(found)
        order.append(number)
    gathered: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for shape, rows in zip(by_shape, values, strict=True):
        for name, column in zip(_names(shape), zip(*rows, strict=True), strict=True):
            gathered[name].extend(column)
    return Columns(
        shapes=tuple(by_shape),
        order=np.array(order, "<u2").tobytes(),
        names=tuple(gathered),
        columns=tuple(_pack(column) for column in gathered.values()),
    )


def from_columns(columns: Columns, max_bytes: int) -> list[bytes]:
    """The texts of *columns*; WrongUse when they don't fit together or are larger than *max_bytes* together."""
    try:
        return _join(columns, max_bytes)
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        raise _malformed() from error


def _join(columns: Columns, max_bytes: int) -> list[bytes]:
    order = np.frombuffer(columns.order, "<u2")
    if len(order) > MAX_TEXTS:
        raise ValueError("too many texts")
    counts = np.bincount(order, minlength=len(columns.shapes)).tolist()
    if len(counts) > len(columns.shapes):
        raise ValueError("unknown shape")
    _refuse_bombs(columns, counts, max_bytes)
    pools = {name: _unpack(column, max_bytes) for name, column in zip(columns.names, columns.columns, strict=True)}
    taken = dict.fromkeys(pools, 0)
    texts_of_shape = []
    room = max_bytes
    for shape, count in zip(columns.shapes, counts, strict=True):
        parts: list[list[bytes]] = []
        for piece, name in zip(shape[:-1], _names(shape), strict=True):
            start = taken[name]
            taken[name] = start + count
            values = pools[name][start : start + count]
            if len(values) != count:
                raise ValueError("a column is too short")
            parts += [[piece] * count, values]
        parts.append([shape[-1]] * count)
        texts = [b"".join(row) for row in zip(*parts, strict=True)]
        room -= sum(map(len, texts))
        if room < 0:
            raise ValueError("too large")
        texts_of_shape.append(iter(texts))
    if any(taken[name] != len(pool) for name, pool in pools.items()):
        raise ValueError("values left over")
    return [next(texts_of_shape[number]) for number in order.tolist()]


def _refuse_bombs(columns: Columns, counts: list[int], max_bytes: int) -> None:
    """Bound what the shapes alone would unfold to, before anything is unfolded."""
    weights = (sum(map(len, shape)) + _PIECE_WEIGHT * len(shape) for shape in columns.shapes)
    unfolded = sum(count * weight for weight, count in zip(weights, counts, strict=True))
    if unfolded > max_bytes or any(not shape for shape in columns.shapes):
        raise ValueError("too large")


def _cut(text: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    found = [] if b"\x00" in text else _TOKEN.findall(text)
    if b"".join(chain.from_iterable(found)) != text:
        # Not JSON as the journal writes it: it travels whole, as one piece.
        return (text,), []
    # The last match is the text's end: a piece without a value.
    pieces = [piece for piece, value in found if value]
    last = b"".join(piece for piece, value in found if not value)
    return (*pieces, last), [value for _, value in found if value]


def _names(shape: tuple[bytes, ...]) -> list[bytes]:
    """What each value position of *shape* is called."""
    return _kept_names(shape) if sum(map(len, shape)) <= _KEPT_SHAPE_BYTES else _found_names(shape)


def _found_names(shape: tuple[bytes, ...]) -> list[bytes]:
    """What each value position of *shape* is called: the last key before it, with the place after it in an array."""
    names = []
    key, place = b"", 0
    for piece in shape[:-1]:
        match = _LAST_KEY.search(piece)
        if match:
            key, place = match[1], 0
        elif piece.startswith(b"]") or piece.endswith(b"["):
            place = 0 if piece.endswith(b"[") else place + 1
        else:
            place += 1
        names.append(b"%s %d" % (key, min(place, 63)))
    return names


_kept_names = lru_cache(maxsize=_KEPT_SHAPES)(_found_names)


def _pack(values: list[bytes]) -> Column:
    if all(value[0] != 0x22 for value in values):
        numbers = np.array([int(value) for value in values], "<i8")
        steps = np.diff(numbers, prepend=numbers[:1] * 0)
        plain, differences = _planes(numbers), _planes(steps)
        zigzag = int(np.abs(steps[1:]).sum(dtype=np.float64)) < int(np.abs(numbers[1:]).sum(dtype=np.float64))
        return Column("d", len(values), differences) if zigzag else Column("i", len(values), plain)
    unique = {value: place for place, value in enumerate(dict.fromkeys(values))}
    if len(unique) * _DICTIONARY_GAIN <= len(values):
        index = np.array([unique[value] for value in values], "<u2" if len(unique) < 1 << 16 else "<u4")
        return Column("u", len(values), b"\x00".join(unique), index.reshape(-1, 1).view("u1").T.tobytes())
    return Column("s", len(values), b"\x00".join(values))


def _planes(numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> bytes:
    # Zigzag keeps small negative numbers small: their high bytes are zero too.
    folded = (numbers << 1) ^ (numbers >> 63)
    return folded.astype("<i8").reshape(-1, 1).view("u1").T.tobytes()


def _unpack(column: Column, max_bytes: int) -> list[bytes]:
    if not 0 <= column.count <= max_bytes:
        raise ValueError("too many values")
    if column.kind in {"i", "d"}:
        folded = np.frombuffer(column.data, "u1").reshape(8, column.count).T.copy().view("<u8").reshape(-1)
        numbers = (folded >> np.uint64(1)).astype("<i8") ^ -(folded & np.uint64(1)).astype("<i8")
        if column.kind == "d":
            numbers = np.cumsum(numbers, dtype="<i8")
        # All at once: one by one they cost three times as much.
        return repr(numbers.tolist())[1:-1].encode().split(b", ") if column.count else []
    values = column.data.split(b"\x00") if column.count else []
    if column.kind == "u":
        width = 2 if len(values) < 1 << 16 else 4
        index = np.frombuffer(column.index, "u1").reshape(width, column.count).T.copy().view(f"<u{width}").reshape(-1)
        chosen = [values[place] for place in index.tolist()]
        if sum(map(len, chosen)) > max_bytes:
            raise ValueError("too large")
        return chosen
    if column.kind != "s" or len(values) != column.count:
        raise ValueError("unknown column")
    return values


def _malformed() -> WrongUse:
    return WrongUse(
        "batch_malformed",
        N_("The batch can't be read: its columns don't fit together. Nothing was changed."),
    )
