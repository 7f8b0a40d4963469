"""Reading a programme: one TOML text, checked as a whole, with every mistake at once and its place."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError

from loyalty.entries import canonical_json
from loyalty.expiry import ExpiryPlan
from loyalty.programme.checks import check_expressions, check_model
from loyalty.programme.model import ProgrammeFile
from loyalty.programme.partial import is_of_row, rest_of
from loyalty.programme.plan import Plan, birthday_days, compile_plan, counted_units, expiry_plan, tier_plan
from loyalty.programme.problems import Finding, Problem, ProgrammeRefused, findings_of
from loyalty.programme.reading import decoded, read_text
from loyalty.tiers import TierPlan

MAX_PROBLEMS = 200
MAX_ERRORS = 1000  # beyond so many the file is no programme, and nobody reads on
VERSION_LENGTH = 32


class Programme:
    """A programme that has no mistakes. Keep it as long as it is in force: what it compiles to is kept with it."""

    def __init__(self, text: str, model: ProgrammeFile, version: str) -> None:
        self.text = text
        self.model = model
        self.version = version
        self._plans: dict[str, Plan] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Programme) and other.version == self.version

    def __hash__(self) -> int:
        return hash(self.version)

    def plan(self, currency: str) -> Plan:
        """The programme made ready for *currency*; WrongUse when it is for another, or an amount is too fine for it."""
        plan = self._plans.get(currency)
        if plan is None:
            plan = self._plans[currency] = compile_plan(self.model, currency)
        return plan

    @cached_property
    def tiers(self) -> TierPlan:
        """How tiers are won and lost."""
        return tier_plan(self.model)

    @cached_property
    def expiry(self) -> ExpiryPlan:
        """How points expire."""
        return expiry_plan(self.model)

    @cached_property
    def birthday_days(self) -> tuple[int, ...]:
        """The numbers of days around a birthday that it asks for."""
        return birthday_days(self.model)

    @cached_property
    def counted_units(self) -> tuple[tuple[str, str], ...]:
        """What it counts: the names of limits, caps, stock and budgets, each with its window."""
        return counted_units(self.model)


class Checked(NamedTuple):
    """What checking a text came to: a programme unless there are errors, and the problems in the text's order.

    *left_out* counts those beyond :data:`MAX_PROBLEMS`.
    """

    programme: Programme | None
    problems: tuple[Problem, ...]
    left_out: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the programme from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load_programme(text: str | bytes, source: str | None = None) -> Programme:
    """The programme that *text* describes; ProgrammeRefused with every mistake and its place, in the file *source*."""
    checked = check_programme(text)
    if checked.programme is None:
        raise ProgrammeRefused(checked.errors, source)
    return checked.programme


def check_programme(text: str | bytes) -> Checked:
    """Everything that is wrong with *text* (or the bytes of a file), or doubtful."""
    if isinstance(text, bytes):
        found = decoded(text)
        if isinstance(found, Problem):
            return Checked(None, (found,))
        text = found
    read = read_text(text)
    is_whole = not read.problems
    if not read.data and not is_whole:
        return Checked(None, read.problems)
    model, findings = _validate(read.data, is_whole=is_whole)
    if not is_whole:
        # A line that could not be read may have held what seems to be missing now.
        findings = [finding for finding in findings if finding.reason != "missing_key"]
    problems = [*read.problems, *map(read.where.problem, findings)]
    problems.sort(key=lambda problem: (problem.line, problem.column))
    kept = tuple(problems[:MAX_PROBLEMS])
    if model is None or any(problem.severity == "error" for problem in problems):
        return Checked(None, kept, len(problems) - len(kept))
    return Checked(Programme(text, model, _version(read.data)), kept, len(problems) - len(kept))


def _validate(data: dict[str, Any], *, is_whole: bool) -> tuple[ProgrammeFile | None, list[Finding]]:
    """The model and the findings; where single values are wrong, what is right is still checked with the rest.

    *is_whole*: nothing was taken out of the file before.
    """
    try:
        model = ProgrammeFile.model_validate(data)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)[:MAX_ERRORS]
        rest = rest_of(data, errors)
        # Of a row with a line that could not be read, nobody knows whether it is right as a whole.
        findings = findings_of([error for error in (*errors, *rest.errors) if is_whole or not is_of_row(error)])
        if rest.model is not None:
            findings += [rest.in_file(finding) for finding in check_model(rest.model, data, is_whole=False)]
        return None, [*findings, *check_expressions(data)]
    return model, [*check_model(model, data, is_whole=is_whole), *check_expressions(data)]


def _version(data: Mapping[str, Any]) -> str:
    """The digest of what the file says: comments, blanks and the order of keys don't count."""
    return hashlib.sha256(canonical_json(_plain(data))).hexdigest()[:VERSION_LENGTH]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
