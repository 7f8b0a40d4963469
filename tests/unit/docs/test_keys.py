"""Every key of every screen stands in the cashier's page, under its name and the id by which shops remap it."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import terminal.screens
from terminal.commands import Command, key_name

PAGE = (Path(__file__).parents[3] / "docs" / "cashier.md").read_text(encoding="utf-8")


def all_commands() -> list[Command]:
    """Every command declared in the screens' modules."""
    modules = [importlib.import_module("terminal.commands")]
    modules += [
        importlib.import_module(f"terminal.screens.{found.name}")
        for found in pkgutil.iter_modules(terminal.screens.__path__)
    ]
    found: dict[tuple[str, str, str], Command] = {}
    for module in modules:
        for value in vars(module).values():
            for command in value if isinstance(value, tuple) else (value,):
                if isinstance(command, Command):
                    found[command.id, command.keys, command.label] = command
    return list(found.values())


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: f"{command.id}-{command.keys or 'more'}")
def test_every_command_is_on_the_cashiers_page(command: Command) -> None:
    keys = key_name(command.keys.split(",")[0]) if command.keys else "F9"
    assert f"| {keys} | {command.label} (`{command.id}`) | {command.help} |" in PAGE
