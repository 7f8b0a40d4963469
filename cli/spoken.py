"""The command line in the user's language: our words and click's come from one catalogue, help by a formatter."""

import gettext
import inspect
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import click

from config.i18n import DOMAIN, LANGUAGES, LOCALE_DIR, _, use_language

OPTION: Final = "--lang"
VARIABLE: Final = "REGULARS_LANGUAGE"


def speak(code: str) -> None:
    """Speak *code* from now on; click too, which asks the standard library's gettext, which asks the environment."""
    use_language(code)
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)


def asked_language(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language of a line that click has yet to read, so that even its refusal speaks it; English by default."""
    following = pairwise(arguments)
    asked = [word for option, word in following if option == OPTION]
    asked += [word.partition("=")[2] for word in arguments if word.startswith(f"{OPTION}=")]
    code = asked[0] if asked else environ.get(VARIABLE, "")
    return code if code in LANGUAGES else "en"


class SpokenHelp(click.HelpFormatter):
    """Help whose English texts, as they stand at the commands, are translated when they are written."""

    def write_text(self, text: str) -> None:
        """A command's explanation."""
        super().write_text(_(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options, or commands with the first sentence of their explanation."""
        spoken = [(name, _option(text) if name.startswith("-") else first_sentence(_(text))) for name, text in rows]
        super().write_dl(spoken, col_max, col_spacing)


class SpokenContext(click.Context):
    """A context whose help is :class:`SpokenHelp`."""

    formatter_class = SpokenHelp


def translatable(command: click.Command) -> None:
    """Let *command* explain itself in every language; lists get the whole text, for a half has no translation."""
    command.context_class = SpokenContext
    if command.help:
        command.short_help = explanation(command)


def explanation(command: click.Command) -> str:
    """What *command* says of itself."""
    return inspect.cleandoc(command.help or "").partition("\f")[0]


def first_sentence(text: str) -> str:
    """What stands in *text* before the first mark that ends a thought."""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    ends = [place for mark in (". ", ": ", "; ") if (place := paragraph.find(mark)) > 0]
    return f"{paragraph[: min(ends)]}." if ends else paragraph


def _option(text: str) -> str:
    """An option's explanation; what click adds to it in brackets it has translated itself."""
    said, bracket, more = text.partition("  [")
    return f"{_(said)}{bracket}{more}"
