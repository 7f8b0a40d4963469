"""What every command takes, wherever it stands on the line, and how texts on the line become values."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from cli.run import Run
from cli.spoken import speak, translatable
from cli.times import parse_moment, utc_ms
from config.errors import N_, Broken, WrongUse
from config.i18n import LANGUAGES

if TYPE_CHECKING:
    from loyalty.basket import Line
    from terminal.till_sale_shapes import RewardChoice
    from terminal.till_shapes import TillFacts

MAX_PIN_BYTES = 4096
FILE = click.Path(path_type=Path, dir_okay=False)


def with_shared_options(command: click.Command) -> click.Command:
    """*command* with the options that all take; for a group, its commands too."""
    translatable(command)
    known = {parameter.name for parameter in command.params}
    command.params += [option for option in _shared() if option.name not in known]
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.commands.get(name)
            if found is not None:
                with_shared_options(found)
    return command


def _shared() -> list[click.Option]:
    return [
        _option(["--home"], "The till's folder (REGULARS_HOME).", _set_home, type=str),
        _option(["--json"], "Answer with one JSON document.", _set_json, is_flag=True),
        _option(["--cashier"], "Who acts: an id or a name (the first manager).", _set_cashier),
        _option(["--lang"], "The language of answers.", _set_language, type=click.Choice(LANGUAGES)),
        _option(["--training"], "Use the training till: nothing counts.", _set_training, is_flag=True),
    ]


def _option(names: list[str], text: str, keep: Callable[[Run, object], None], **more: object) -> click.Option:
    def callback(context: click.Context, _parameter: click.Parameter, value: object) -> None:
        if value not in (None, False):
            keep(context.ensure_object(Run), value)

    return click.Option(names, help=text, expose_value=False, callback=callback, **more)  # type: ignore[arg-type]


def _set_home(run: Run, value: object) -> None:
    # Path("") is the working folder: an empty variable in a script must not put a till there.
    if not str(value):
        raise WrongUse("home_empty", N_("--home names no folder. Nothing was changed."))
    run.asked.home = Path(str(value))


def _set_json(run: Run, _value: object) -> None:
    run.asked.json = True


def _set_cashier(run: Run, value: object) -> None:
    run.asked.cashier = str(value)


def _set_language(run: Run, value: object) -> None:
    run.asked.language = str(value)
    speak(str(value))


def _set_training(run: Run, _value: object) -> None:
    run.asked.training = True


def read_pin(file: Path | None) -> str | None:
    """The PIN in *file*, without its line end; None without a file. WrongUse, Broken when it can't be read."""
    if file is None:
        return None
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_PIN_BYTES).decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise WrongUse("pin_file_wrong", N_("The PIN file holds no PIN. Nothing was changed.")) from error
    except OSError as error:
        raise Broken(
            "pin_file_unreadable",
            N_("The PIN file {file} can't be read ({why}). Nothing was changed; check its name."),
            file=str(file),
            why=error.strerror or "",
        ) from error


def read_time(text: str | None, facts: "TillFacts") -> int | None:
    """UTC milliseconds of an ISO 8601 time; without an offset it is the store's local time. WrongUse otherwise."""
    if text is None:
        return None
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise WrongUse(
            "time_wrong",
            N_("“{text}” is not a time. Nothing was changed; write it like 2026-05-31T14:30:00+02:00."),
            text=text[:40],
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(facts.zone))
    return utc_ms(moment)


def read_lines(run: Run, facts: "TillFacts", amount: str | None, lines: tuple[str, ...]) -> "tuple[Line, ...]":
    """The basket's lines from ``--amount`` and ``--line "CATEGORY[/SKU]:QUANTITY:LINE-TOTAL"``."""
    from config.formats import parse_amount
    from loyalty.basket import Line

    if amount is not None and lines:
        raise WrongUse("amount_and_lines", N_("Say --amount or --line, not both. Nothing was changed."))
    read = [_line(text, facts.currency) for text in lines]
    if amount is not None:
        read.append(Line(run.settings.terminal.amount_category, parse_amount(amount, facts.currency)))
    return tuple(read)


def _line(text: str, currency: str) -> "Line":
    from config.formats import parse_amount, parse_quantity
    from loyalty.basket import Line

    parts = text.rsplit(":", 2)
    if len(parts) != 3 or not parts[0].strip():
        raise WrongUse(
            "line_wrong",
            N_("“{text}” is not a line. Nothing was changed; write it like coffee/espresso:2:18.00."),
            text=text[:60],
        )
    named, quantity, total = parts
    category, slash, sku = named.strip().rpartition("/")
    if not slash:
        category, sku = sku, ""
    return Line(category, parse_amount(total, currency), parse_quantity(quantity), sku or None)


def read_rewards(texts: tuple[str, ...]) -> "tuple[RewardChoice, ...]":
    """The chosen rewards from ``--reward ID[:POINTS]``; points are whole or have a decimal point."""
    from terminal.till_sale_shapes import RewardChoice

    choices = []
    for text in texts:
        reward, colon, points = text.partition(":")
        choices.append(RewardChoice(reward=reward.strip(), points_millipoints=read_points(points) if colon else None))
    return tuple(choices)


def read_points(text: str) -> int:
    """Thousandths of points from ``120`` or ``-12.5``; WrongUse for anything else."""
    from config.formats import parse_quantity

    try:
        return parse_quantity(text)
    except WrongUse as error:
        raise WrongUse(
            "points_wrong", N_("“{text}” is not a number of points. Nothing was changed."), text=text[:20]
        ) from error
