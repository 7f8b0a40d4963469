"""What changes from one programme to another, as data."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from loyalty.programme.load import Programme

_SAID = ""  # no key of a file is empty


class Change(msgspec.Struct, frozen=True):
    """One difference. *path* names rows by their id, as in ``reward.five-off.points``."""

    path: str
    what: Literal["added", "removed", "changed", "moved"]
    before: Any = None
    after: Any = None


def diff(before: Programme, after: Programme) -> tuple[Change, ...]:
    """Every difference of meaning, in the order of the file; defaults that are written out make none."""
    return tuple(_tables("", _plain(before), _plain(after)))


def _plain(programme: Programme) -> dict[str, Any]:
    """The programme as data; each row knows what it says beside the defaults."""
    whole: dict[str, Any] = programme.model.model_dump(mode="json", by_alias=True)
    brief: dict[str, Any] = programme.model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for table, rows in whole.items():
        if _are_rows(rows):
            for row, said in zip(rows, brief.get(table, []), strict=True):
                row[_SAID] = said
    return whole


def _tables(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        if key == _SAID:
            continue
        old, new = before.get(key), after.get(key)
        inner = f"{path}.{key}" if path else key
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _tables(inner, old, new)
        elif _are_rows(old) and _are_rows(new):
            yield from _rows(inner, old or [], new or [])
        else:
            yield Change(inner, "changed", old, new)


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and "id" in row for row in value)


def _rows(path: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Change]:
    old = {row["id"]: row for row in before}
    new = {row["id"]: row for row in after}
    for name, row in old.items():
        if name not in new:
            yield Change(f"{path}.{name}", "removed", before=row[_SAID])
    for name, row in new.items():
        if name not in old:
            yield Change(f"{path}.{name}", "added", after=row[_SAID])
        else:
            yield from _tables(f"{path}.{name}", old[name], row)
    kept_before = [name for name in old if name in new]
    kept_after = [name for name in new if name in old]
    if kept_before != kept_after:
        yield Change(path, "moved", kept_before, kept_after)
