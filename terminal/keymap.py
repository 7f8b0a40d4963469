"""The shop's own keys: which of the settings' entries can be used, and what is wrong with the others."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from config.errors import N_, WrongUse
from terminal.commands import Command, key_name, keys_of

_WRITING = {"enter", "escape", "tab", "shift+tab", "space", "backspace", "delete"}
_MOVING = {"up", "down", "left", "right", "home", "end"}
FOR_TYPING = frozenset(_WRITING | _MOVING)
"""Keys beside letters and figures that write, move or choose: a command on one would take it from every form."""


class Keys(NamedTuple):
    """What holds, and a sentence for each entry that was left out."""

    keymap: dict[str, str]
    problems: tuple[WrongUse, ...] = ()


def checked(keymap: Mapping[str, str]) -> Keys:
    """The entries of *keymap* that can be used together; every command of the others keeps its usual key."""
    if not keymap:
        return Keys({})
    screens = commands_by_screen()
    known = {command.id for commands in screens for command in commands}
    wanted, problems = {}, []
    for name, keys in keymap.items():
        problem = _problem(name, keys, known)
        if problem is None:
            wanted[name] = keys
        else:
            problems.append(problem)
    while clash := _clash(screens, wanted):
        key, names = clash
        problems.append(
            WrongUse(
                "key_twice",
                N_("Settings: {key} would do {commands} at once. They keep their usual keys; correct the keymap."),
                key=key_name(key),
                commands=", ".join(names),
            )
        )
        for name in names:
            wanted.pop(name, None)
    return Keys(wanted, tuple(problems))


def commands_by_screen() -> list[tuple[Command, ...]]:
    """The commands of every screen; loads them all."""
    import terminal.screens
    from terminal.screens.base import TillScreen

    for found in pkgutil.iter_modules(terminal.screens.__path__):
        importlib.import_module(f"terminal.screens.{found.name}")
    return [screen.ALL_COMMANDS or screen.COMMANDS_HERE for screen in _kinds_of(TillScreen)]


def _kinds_of(kind: type[Any]) -> Iterable[type[Any]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds_of(child)


def _problem(name: str, keys: str, known: set[str]) -> WrongUse | None:
    each = [key.strip() for key in keys.split(",")]
    if name not in known:
        return WrongUse(
            "command_unknown",
            N_("Settings: there is no command {command}, so its key is not used. F1 lists the commands."),
            command=name[:40],
        )
    if not all(each) or any(len(key) == 1 or key in FOR_TYPING for key in each):
        return WrongUse(
            "key_for_typing",
            N_("Settings: {command} can't have the key {key}, which is for typing. It keeps its usual key."),
            command=name,
            key=keys[:40] or "–",
        )
    return None


def _clash(screens: Iterable[tuple[Command, ...]], wanted: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """The first key that *wanted* gives to several commands of one screen, and these commands."""
    for commands in screens:
        names: dict[str, set[str]] = defaultdict(set)
        for command in commands:
            for key in keys_of([command], wanted):
                names[key].add(command.id)
        for key, ids in names.items():
            if len(ids) > 1 and ids & wanted.keys():
                return key, tuple(sorted(ids))
    return None
