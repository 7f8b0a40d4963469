"""The catalogues in config/locale beside what the source says: for `scripts/translations` and for the tests."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from cli.main import COMMANDS, root
from cli.run import Run
from cli.spoken import explanation
from config.i18n import LANGUAGES, LOCALE_DIR
from terminal.till_opening import SAMPLE_WORDS, sample_programme

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("cli", "config", "hq", "ledger", "loyalty", "receipts", "scanner", "simulation", "sync", "terminal")
TRANSLATED = tuple(code for code in LANGUAGES if code != "en")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}

CLICK_SAYS: tuple[str | tuple[str, str], ...] = (
    "Options",
    "Commands",
    "Usage:",
    "Show the version and exit.",
    "Show this message and exit.",
    "required",
    "default: {default}",
    "Missing argument",
    "Missing option",
    "Missing parameter",
    "Choose from:\n\t{choices}",
    "No such command {name!r}.",
    "No such option {name!r}.",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    "Option {name!r} does not take a value.",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."),
    "file",
    "directory",
    "path",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.",
    "Error: {message}",
    "Error: invalid input",
)
"""What click says to people who use its commands; the rest of its sentences is for those who write them."""


@cache
def collected() -> Catalog:
    """Every sentence marked in the source."""
    catalogue = Catalog(project="Regulars", charset="utf-8")
    for room in ROOMS:
        found = extract_from_dir(str(ROOT / room), [("**.py", "python")], keywords=KEYWORDS)
        for name, _line, message, _comments, context in found:
            catalogue.add(message, locations=[(f"{room}/{name}", 0)], context=context)
    for text in (*helps(), *CLICK_SAYS):
        catalogue.add(text, locations=[("cli/help", 0)])
    for words in SAMPLE_WORDS.finditer(sample_programme()):
        catalogue.add(words["words"], locations=[("config/sample", 0)])
    return catalogue


def helps() -> Iterator[str]:
    """What the commands and their options say of themselves."""
    yield from (text for _place, text in COMMANDS.values())
    yield from _helps_of(root)
    for name in COMMANDS:
        command = root.get_command(click.Context(root, obj=Run({})), name)
        assert command is not None, name
        yield from _helps_of(command)


def _helps_of(command: click.Command) -> Iterator[str]:
    if command.help:
        yield explanation(command)
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _helps_of(inner)


def po_path(language: str) -> Path:
    """Where the sentences of *language* stand."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "regulars.po"


def read(language: str) -> Catalog:
    """The catalogue of *language*; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def sentences(catalogue: Catalog) -> dict[str, Message]:
    """The messages of *catalogue* by their English text, the singular one where there are two; no header."""
    return {key_of(message): message for message in catalogue if message.id}


def key_of(message: Message) -> str:
    """The English text that a message is found by."""
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def forms_of(message: Message) -> tuple[str, ...]:
    """What a message says: one text, or one for each plural form of its language."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


@cache
def translated(language: str) -> dict[str, Message]:
    """The messages of *language* that have all their words."""
    return {key: message for key, message in sentences(read(language)).items() if all(forms_of(message))}


def untranslated(language: str) -> Iterator[str]:
    """The English texts that *language* has no words for, or fewer than it has plural forms."""
    catalogue = read(language)
    known = sentences(catalogue)
    for key, message in sentences(collected()).items():
        found = known.get(key)
        forms = catalogue.num_plurals if message.pluralizable else 1
        if found is None or len(forms_of(found)) != forms or not all(forms_of(found)):
            yield key


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """The rooms' modules by their path."""
    for room in rooms:
        yield from _parsed(room)


@cache
def _parsed(room: str) -> tuple[tuple[str, ast.Module], ...]:
    paths = sorted((ROOT / room).rglob("*.py"))
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)
