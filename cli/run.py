"""One run of the command line: what was asked for everywhere, and the till that is built when it is first needed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.output import Table, text_of, write_document, write_text
from cli.spoken import speak
from config.paths import HomePaths, default_home
from config.seams import Clock, RandomSource, SystemClock, SystemRandom

if TYPE_CHECKING:
    from config.settings import Settings
    from terminal.till import Till
    from terminal.till_shapes import TillFacts

Human = str | Table | Callable[[], str]
CASHIER_VARIABLE: Final = "REGULARS_CASHIER"


@dataclass
class Asked:
    """The options that every command takes, wherever they stood on the line."""

    home: Path | None = None
    json: bool = False
    cashier: str | None = None
    language: str | None = None
    training: bool = False


@dataclass
class Run:
    """What the commands are handed: options, settings, clock, randomness, a till, and where to answer."""

    environ: Mapping[str, str]
    clock: Clock = field(default_factory=SystemClock)
    random: RandomSource = field(default_factory=SystemRandom)
    asked: Asked = field(default_factory=Asked)
    answered: bool = False

    @property
    def home(self) -> HomePaths:
        """The till's home, whether training or not."""
        return HomePaths(self.asked.home or default_home(self.environ))

    @property
    def books(self) -> HomePaths:
        """Where this run's sales are kept: the home, or the training folder inside it."""
        return self.home.training if self.asked.training else self.home

    @cached_property
    def settings(self) -> "Settings":
        """The till's settings; from here on the till's own language is spoken, unless ``--lang`` said another."""
        from config.settings import load_settings

        settings = load_settings(self.home.settings_file, self.environ)
        if self.asked.language is None:
            speak(settings.language)
        return settings

    @property
    def language(self) -> str:
        """The language of this run."""
        return self.asked.language or self.settings.language

    @contextmanager
    def till(self, *, read_only: bool = False) -> Iterator["Till"]:
        """The till service on this run's home, closed afterwards; Refused ``not_set_up`` where there is none."""
        from cli.compose import open_service

        with open_service(self, read_only=read_only) as till:
            yield till

    def answer(self, value: object, human: Human) -> None:
        """Say the result once: *value* as one JSON document with ``--json``, else *human* for people."""
        if self.answered:
            raise RuntimeError("a command answers once")
        self.answered = True
        if self.asked.json:
            write_document(value)
        else:
            write_text(text_of(human))

    def money(self, minor: int, facts: "TillFacts") -> str:
        """Money in the till's currency, in this run's language."""
        from config.formats import format_money

        return format_money(minor, facts.currency, self.language)

    def points(self, millipoints: int) -> str:
        """Points, whole, in this run's language."""
        from config.formats import format_points

        return format_points(millipoints, self.language)

    def moment(self, at_ms: int | None, facts: "TillFacts") -> str:
        """Day and time at the store; empty when there is none."""
        from config.formats import format_moment

        return "" if at_ms is None else format_moment(at_ms, facts.zone, self.language)


pass_run = click.make_pass_decorator(Run)
