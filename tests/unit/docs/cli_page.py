"""The command line's page, made from the commands: the same in `scripts/cli_reference` and in the test."""

from collections.abc import Iterator
from pathlib import Path

import click

from cli.main import COMMANDS, root
from cli.run import Run

DOCS = Path(__file__).parents[3] / "docs"
SHARED = {"home", "json", "cashier", "lang", "training", "help"}


def page() -> str:
    """The whole page."""
    return (DOCS / "cli_head.md").read_text(encoding="utf-8") + "## Commands\n\n" + "\n".join(_sections())


def _sections() -> Iterator[str]:
    context = click.Context(root, obj=Run({}))
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None, name
        yield from _section(command, f"regulars {name}")


def _section(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _section(inner, f"{path} {name}")
        return
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    written = " ".join(argument.make_metavar(click.Context(command)) for argument in arguments)
    yield f"### `{path} {written}`".replace(" `", "`").replace("###`", "### `")
    yield ""
    yield (command.help or "").split("\f")[0].strip().replace("\n", " ")
    yield ""
    options = [option for option in command.params if isinstance(option, click.Option) and option.name not in SHARED]
    if options:
        yield "| option | means |"
        yield "|---|---|"
        yield from (_option(option) for option in options)
        yield ""


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    said = (option.help or "").replace("|", "\\|")
    return f"| {names} | {said}{' One of ' + ', '.join(map(str, choices)) + '.' if choices else ''} |"
