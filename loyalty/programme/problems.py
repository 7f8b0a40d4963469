"""What is wrong with a programme file: each mistake with its line, its column and what was probably meant."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.errors import N_, WrongUse
from loyalty.programme.model import ProgrammeFile
from loyalty.programme.parts import CURRENCY_PATTERN, ID_PATTERN
from loyalty.programme.places import Path, Place, places

Severity = Literal["error", "warning"]
MAX_SAID = 40
WRONG_VALUE = "wrong_value"

_WHY: Mapping[str, str] = {
    "tuple_type": N_('must be a list, such as ["one", "two"]'),
    "string_type": N_('must be text in quotes, such as "text"'),
    "bool_type": N_("must be true or false"),
    "int_type": N_("must be a whole number"),
    "model_type": N_("must be a table"),
    "model_attributes_type": N_("must be a table"),
    "too_short": N_("must not be empty"),
    "string_too_short": N_("must not be empty"),
    "too_long": N_("has {actual_length} parts; it may have {max_length} at most"),
    "string_too_long": N_("may have {max_length} letters at most"),
    "greater_than_equal": N_("must be at least {ge}"),
    "greater_than": N_("must be more than {gt}"),
    "less_than_equal": N_("must be at most {le}"),
}
_PATTERNS: Mapping[str, str] = {
    ID_PATTERN: N_("must be made of a–z, 0–9 and -, at most 40 of them, and begin with a letter or digit"),
    CURRENCY_PATTERN: N_('must be three capital letters, such as "EUR"'),
}


class Problem(msgspec.Struct, frozen=True):
    """One mistake: where (counted from 1), a stable reason, and an English sentence with parameters."""

    severity: Severity
    line: int
    column: int
    path: str
    reason: str
    sentence: str
    params: dict[str, Any] = {}

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of *translate*; why a value is wrong is a sentence of its own."""
        params = self.params
        if self.reason == WRONG_VALUE:
            params = {**params, "why": translate(params["why"]).format(**params)}
        return translate(self.sentence).format(**params)

    def placed(self, translate: Callable[[str], str] = str) -> str:
        """The sentence with its place."""
        place = translate(N_("line {line}, column {column}")).format(line=self.line, column=self.column)
        return f"{place}: {self.message(translate)}"

    def __str__(self) -> str:
        return self.placed()


class ProgrammeRefused(WrongUse):
    """The programme file *source* has mistakes, all of them in *problems*; nothing was changed."""

    def __init__(self, problems: tuple[Problem, ...], source: str | None = None) -> None:
        sentence = N_("The programme has {count} mistakes, nothing was changed. {problems}")
        if source is not None:
            sentence = N_("{file} has mistakes ({count}), nothing was changed. {problems}")
        count = sum(problem.severity == "error" for problem in problems)
        super().__init__("programme_wrong", sentence, file=source, count=count, problems=problems)
        self.problems = problems

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The whole sentence with a line for every mistake, in the language of *translate*."""
        said = "".join(f"\n{problem.placed(translate)}" for problem in self.problems)
        return translate(self.sentence).format(**{**self.params, "problems": said})


class Finding(msgspec.Struct, frozen=True):
    """A mistake before its place is known: *path* in the file's terms."""

    path: Path
    reason: str
    sentence: str
    params: dict[str, Any] = {}
    severity: Severity = "error"


class Places:
    """Finds the place of a path in a text, or of the nearest table around it."""

    def __init__(self, text: str) -> None:
        self._places = places(text)

    def of(self, path: Path) -> Place:
        """The place of *path*; parts that are not in the text (pydantic's tags, missing keys) are passed over."""
        known: Path = ()
        for part in path:
            if (*known, part) in self._places:
                known = (*known, part)
        return self._places.get(known, Place(1, 1))

    def problem(self, finding: Finding) -> Problem:
        """*finding* with its place."""
        place = self.of(finding.path)
        path = ".".join(map(str, finding.path))
        return Problem(
            finding.severity, place.line, place.column, path, finding.reason, finding.sentence, finding.params
        )


def finding_of(error: ErrorDetails) -> Finding:
    """One of pydantic's errors in our words."""
    path: Path = error["loc"]
    kind = error["type"]
    last = _key(path)
    if kind == "extra_forbidden":
        return _unknown_key(path, last)
    if kind == "missing":
        return Finding(path, "missing_key", N_("“{key}” is missing here."), {"key": last})
    if kind == "union_tag_not_found":
        return Finding((*path, "kind"), "missing_key", N_("“{key}” is missing here."), {"key": "kind"})
    if kind in ("literal_error", "union_tag_invalid"):
        return _not_one_of(path, error)
    bounds = {name: _shown(bound) for name, bound in error.get("ctx", {}).items() if name != "error"}
    why = _PATTERNS.get(bounds.get("pattern", "")) or _WHY.get(kind) or _own_words(error["msg"])
    return Finding(path, WRONG_VALUE, N_("“{key}”: {why}."), {**bounds, "key": last or "programme", "why": why})


def _shown(bound: object) -> str:
    return f"{bound.normalize():f}" if isinstance(bound, Decimal) else str(bound)


def _own_words(message: str) -> str:
    """What a validator of the model says; or what pydantic does, where it never should have the word."""
    words = message.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return words.replace("{", "{{").replace("}", "}}")


def findings_of(errors: Sequence[ErrorDetails]) -> list[Finding]:
    """All of pydantic's errors in our words, but for lists that seem empty because each of their words is wrong."""
    inner = {error["loc"][:-1] for error in errors if error["loc"] and isinstance(error["loc"][-1], int)}
    return [finding_of(error) for error in errors if error["type"] != "too_short" or error["loc"] not in inner]


def _key(path: Path) -> str:
    """The innermost key of *path*."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _unknown_key(path: Path, key: str) -> Finding:
    meant = closest(key, _keys_at(path[:-1]))
    key = key[:MAX_SAID]
    if meant is None:
        return Finding(path, "unknown_key", N_("“{key}” is not known here."), {"key": key})
    sentence = N_("“{key}” is not known here. Did you mean “{meant}”?")
    return Finding(path, "unknown_key", sentence, {"key": key, "meant": meant})


def _not_one_of(path: Path, error: ErrorDetails) -> Finding:
    context = error.get("ctx", {})
    expected = str(context.get("expected", context.get("expected_tags", "")))
    words = [word.strip(" '\"") for word in expected.replace(" or ", ",").split(",")]
    value = context.get("tag", error["input"])
    if error["type"] == "union_tag_invalid":
        path = (*path, "kind")
    params = {"key": _key(path), "value": str(value)[:MAX_SAID], "expected": ", ".join(words)}
    meant = closest(str(value), words)
    if meant is None:
        return Finding(path, "not_one_of", N_("“{key}” can't be “{value}”: it is one of {expected}."), params)
    sentence = N_("“{key}” can't be “{value}”: it is one of {expected}. Did you mean “{meant}”?")
    return Finding(path, "not_one_of", sentence, params | {"meant": meant})


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that *word* was probably meant to be, or None."""
    matches = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def _keys_at(path: Path) -> list[str]:
    """The keys that the model knows at *path*."""
    models: list[type[BaseModel]] = [ProgrammeFile]
    for part in path:
        if isinstance(part, int):
            continue
        tagged = [model for model in models if part in _tags(model)]
        if tagged:
            models = tagged
            continue
        models = [
            inner
            for model in models
            for name, field in model.model_fields.items()
            if (field.alias or name) == part
            for inner in _models_in(field.annotation)
        ]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation) if kind is not None and kind.is_required() else ()


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (tuple, Union, UnionType) or hasattr(annotation, "__metadata__"):
        return [model for part in get_args(annotation) for model in _models_in(part)]
    return []


def raw_ids(data: Mapping[str, Any], table: str) -> list[str]:
    """The ids given in an array of tables, mistakes elsewhere in them or not."""
    rows = data.get(table)
    if not isinstance(rows, list):
        return []
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
