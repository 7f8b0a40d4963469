"""What changes from one programme to another, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from config.errors import N_
from config.i18n import _
from loyalty.programme.diff import Change
from loyalty.programme.load import Programme

_WHAT: Final[Mapping[str, str]] = {
    "rule": N_("Rule “{name}”"),
    "tier": N_("Tier “{name}”"),
    "reward": N_("Reward “{name}”"),
    "stamp_card": N_("Stamp card “{name}”"),
    "activity": N_("Activity “{name}”"),
}
_NOTHING: Final = "–"
_NAMING: Final = ("id", "name")


class Wording:
    """Puts changes between two programmes into words; names are those of the later one."""

    def __init__(self, before: Programme, after: Programme) -> None:
        self._names: dict[tuple[str, str], str] = {}
        for model in (before.model, after.model):
            self._names |= {("rule", row.id): row.name or row.id for row in model.rules}
            self._names |= {("tier", row.id): row.name for row in model.tier}
            self._names |= {("reward", row.id): row.name for row in model.rewards}
            self._names |= {("stamp_card", row.id): row.name for row in model.stamp_cards}
            self._names |= {("activity", row.id): row.name for row in model.activities}

    def of(self, change: Change) -> tuple[str, str]:
        """What changes, and how."""
        table, _dot, rest = change.path.partition(".")
        row, _dot, key = rest.partition(".")
        if table not in _WHAT:
            return f"[{table}] {rest}" if rest else table, _from_to(change)
        if not row:
            return _("Order of [[{table}]]").format(table=table), _from_to(change)
        what = _(_WHAT[table]).format(name=self._names[table, row])
        if change.what == "added":
            return what, _("is new: {keys}").format(keys=_keys(change.after))
        if change.what == "removed":
            return what, _("is gone: {keys}").format(keys=_keys(change.before))
        return what, f"{key}: {_from_to(change)}"


def _from_to(change: Change) -> str:
    return f"{_value(change.before)} → {_value(change.after)}"


def _keys(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} = {_value(value)}" for key, value in row.items() if key not in _NAMING)


def _value(value: object) -> str:
    """A value nearly as the file has it."""
    if value is None or value == []:
        return _NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return " ".join(_value(part) for part in value.values() if part is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_value, value))
    return str(value)
