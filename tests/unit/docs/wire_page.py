"""The page of every field that travels, made from the structs: the same in `scripts/wire_reference` and in the test."""

import re
import types
from collections.abc import Iterator
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from loyalty import entries, profiles
from sync import columns, wire

HEAD: Final = """\
# Every field that travels

Made from the code by `scripts/wire_reference`; `docs/sync.md` says what the messages are for. A *map* has the fields
by their names, and those that have their default may be left out. An *array* has them in this order, and may end early
where only defaults follow. Amounts of points are thousandths, times UTC milliseconds, hashes and keys bytes.

"""
MESSAGES: Final = (
    *(wire.Pair, wire.Paired, wire.Hello, wire.Helloed, wire.Push, wire.Pushed, wire.PushRefused),
    *(wire.Pull, wire.Page, wire.Authorise, wire.Authorised, wire.SnapshotAsk, wire.Snapshot),
)
PARTS: Final = (
    *(wire.LifePlace, wire.LifeHead, wire.Store, wire.SignedProgramme, wire.NumberBlock, wire.CardKey),
    *(columns.Columns, columns.Column, wire.ProfileChange, wire.ProfileField, profiles.Consent, profiles.Version),
    *(wire.MemberRow, wire.MemberId, wire.Lot, wire.UnitRow, wire.CardRow, wire.Notice),
)
ENTRY: Final = (entries.Header, entries.Leg, entries.AccountMove, entries.UnitMove, entries.PostingRef)


def page() -> str:
    """The whole page."""
    parts = (("Messages", MESSAGES), ("What they are made of", PARTS), ("An entry's header", ENTRY))
    return HEAD + "\n".join(line for title, structs in parts for line in _part(title, structs))


def _part(title: str, structs: tuple[type[msgspec.Struct], ...]) -> Iterator[str]:
    yield f"## {title}\n"
    for struct in structs:
        yield from _struct(struct)


def _struct(struct: type[msgspec.Struct]) -> Iterator[str]:
    form = "array" if struct.__struct_config__.array_like else "map"
    yield f"### `{struct.__name__}`: {form}\n"
    yield re.sub(r"\s*\n\s*", " ", (struct.__doc__ or "").strip()).replace("``", "`") + "\n"
    yield "| field | is | default |\n|---|---|---|"
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        yield f"| `{field.name}` | {_words(hints[field.name])} | {_default(field.default)} |"
    yield ""


def _words(kind: Any) -> str:
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return f"array of {_words(inner[0])}" if inner[-1] is Ellipsis else f"[{', '.join(map(_words, inner))}]"
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(_words(each) for each in inner)
    return {int: "whole number", str: "text", bytes: "bytes", bool: "yes or no", type(None): "nothing"}.get(
        kind, f"`{kind.__name__}`"
    )


def _default(value: object) -> str:
    if value is msgspec.NODEFAULT:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nothing"
    return str(value) if isinstance(value, int) else "empty"
