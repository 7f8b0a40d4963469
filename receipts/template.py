"""The layout as data: which things a receipt shows, in which order; checked as a whole, every mistake with its line."""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import N_, WrongUse
from config.i18n import LANGUAGES

DEFAULT_TEMPLATE: Final = Path(__file__).parents[1] / "config" / "receipt.toml"
PLACEHOLDERS: Final = frozenset({"shop", "till", "cashier", "date", "time"})
MAX_BLOCKS: Final = 80
MAX_TEXT: Final = 500
MAX_TEMPLATE_BYTES: Final = 1 << 16
_BLOCK_HEAD: Final = re.compile(r"\s*\[\[\s*block\s*\]\]")


class Show(StrEnum):
    """What a block shows."""

    LOGO = "logo"
    MARKS = "marks"
    SHOP = "shop"
    ADDRESS = "address"
    MOMENT = "moment"
    LINES = "lines"
    TOTAL = "total"
    REWARDS = "rewards"
    TO_PAY = "to_pay"
    MEMBER = "member"
    POINTS = "points"
    EARNED = "earned"
    TIER = "tier"
    EXPIRY = "expiry"
    STAMPS = "stamps"
    VOUCHERS = "vouchers"
    SALE_CODE = "sale_code"
    CARD = "card"
    JOURNAL = "journal"
    TEXT = "text"
    RULE = "rule"
    BLANK = "blank"


class Align(StrEnum):
    """Where a row of text stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Style(StrEnum):
    """How a row of text looks; big is twice as high and as wide as normal, so that columns stay."""

    NORMAL = "normal"
    BOLD = "bold"
    BIG = "big"


# Without these a receipt would lie: a training receipt taken for a real one, or no sum on it.
MUST_SHOW: Final = (Show.MARKS, Show.TO_PAY)


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TemplateBlock(_Checked):
    """One block of the template; *text* holds the shop's own words by language."""

    show: Show
    align: Align = Align.LEFT
    style: Style = Style.NORMAL
    text: Mapping[str, Annotated[str, Field(max_length=MAX_TEXT)]] = {}

    @model_validator(mode="after")
    def _text_fits(self) -> Self:
        if bool(self.text) != (self.show is Show.TEXT):
            raise ValueError('"text" belongs to show = "text", and must be there')
        for language, words in self.text.items():
            if language not in LANGUAGES:
                raise ValueError(f'no such language: "{language}" (there are {", ".join(LANGUAGES)})')
            _check_placeholders(words)
        return self

    def words(self, language: str) -> str:
        """The shop's own words in *language*, else in English, else in the first language given."""
        return self.text.get(language) or self.text.get("en") or next(iter(self.text.values()), "")


class Template(_Checked):
    """The blocks of a receipt from top to bottom."""

    block: Annotated[tuple[TemplateBlock, ...], Field(max_length=MAX_BLOCKS)]

    @model_validator(mode="after")
    def _shows_what_it_must(self) -> Self:
        shown = {block.show for block in self.block}
        if missing := [show.value for show in MUST_SHOW if show not in shown]:
            raise ValueError(f"a receipt must show: {', '.join(missing)}")
        return self


def load_template(path: Path | None = None) -> Template:
    """The template in *path*, or the one that comes with Regulars.

    WrongUse names every mistake with its line; a file that can't be read is also WrongUse.
    """
    return _default_template() if path is None else _load(path)


def parse_template(text: str, name: str) -> Template:
    """The template that *text* (TOML) spells; *name* is told in errors."""
    try:
        return Template.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _mistakes(name, [str(error)]) from error
    except ValidationError as error:
        raise _mistakes(name, _places(text, error)) from error


@cache
def _default_template() -> Template:
    return _load(DEFAULT_TEMPLATE)


def _load(path: Path) -> Template:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_TEMPLATE_BYTES + 1)
        if len(raw) > MAX_TEMPLATE_BYTES:
            raise ValueError("the file is too large")
        text = raw.decode("utf-8")
    except (OSError, ValueError) as error:
        raise WrongUse(
            "receipt_template_unreadable",
            N_("The receipt template {name} can't be read ({cause}). Nothing was printed; correct its path or rights."),
            name=path.name,
            cause=getattr(error, "strerror", None) or str(error),
        ) from error
    return parse_template(text, path.name)


def _mistakes(name: str, problems: list[str]) -> WrongUse:
    return WrongUse(
        "receipt_template_wrong",
        N_("The receipt template {name} has mistakes; nothing was printed. Correct them:\n{problems}"),
        name=name,
        problems="\n".join(problems),
    )


def _check_placeholders(words: str) -> None:
    for _, field, spec, conversion in Formatter().parse(words):
        if field is not None and (field not in PLACEHOLDERS or spec or conversion):
            raise ValueError(f"no such placeholder: {{{field}}} (there are {', '.join(sorted(PLACEHOLDERS))})")


def _places(text: str, error: ValidationError) -> list[str]:
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines, 1) if _BLOCK_HEAD.match(line)]
    found = []
    for problem in error.errors():
        place, message = problem["loc"], problem["msg"].removeprefix("Value error, ")
        number = place[1] if len(place) > 1 and isinstance(place[1], int) else None
        if number is None or number >= len(heads):
            found.append(f"{'.'.join(map(str, place)) or 'template'}: {message}")
            continue
        key = str(place[2]) if len(place) > 2 else ""
        found.append(f"line {_line_of(lines, heads[number], key)}, block {number + 1} {key}: {message}")
    return found


def _line_of(lines: list[str], head: int, key: str) -> int:
    for number in range(head, len(lines)):
        if _BLOCK_HEAD.match(lines[number]):
            break
        if key and re.match(rf"\s*{re.escape(key)}\b", lines[number]):
            return number + 1
    return head
