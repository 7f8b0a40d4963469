"""What a CEL expression may cost: its shape is looked at before it ever runs, so that no basket makes it slow.

The library runs an expression to its end, however long that takes. So what could grow is refused: comprehensions in
comprehensions or over lists that the expression builds, lists of lists, patterns that are made up on the way. What is
left is counted in steps, for the largest basket there can be; a step takes about a microsecond.
"""

import re
from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from config.errors import N_
from loyalty.basket import MAX_LINES
from loyalty.programme.parts import MAX_EXPRESSION_BYTES

MAX_COMPREHENSIONS = 1
MAX_LISTS_NAMED = 8
MAX_STEPS = 500_000
MAX_STEPS_TOGETHER = 2_000_000  # of all expressions of a programme
LISTS = frozenset({"lines", "categories", "segments"})
_MACROS = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"})
_COLLECTING = frozenset({"map", "filter"})  # the library copies what is collected so far at each turn
_PLAIN_WORDS = frozenset({"true", "false", "null"})
_MATCH_STEPS = 100  # the library reads the pattern anew for each text

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<text>[bB]?[rR](?:\"{3}.*?\"{3}|'{3}.*?'{3}|\"[^\"\n]*\"|'[^'\n]*')
        |[bB]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))
    |(?P<number>\.?[0-9][0-9A-Za-z.]*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||[=!<>]=|[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_COUNT = re.compile(r"\{(\d*),?(\d*)\}")


class ExpressionProblem(ValueError):
    """An expression can't be used: a reason code, an English sentence and its parameters."""

    def __init__(self, reason: str, sentence: str, **params: object) -> None:
        super().__init__(reason)
        self.reason, self.sentence, self.params = reason, sentence, params


class _Token(NamedTuple):
    """One piece: its kind (``text``, ``number``, ``word``, ``sign``, ``""`` for none) and how it is written."""

    kind: str
    written: str


_NOTHING = _Token("", "")


class _Comprehension(NamedTuple):
    """Where one is among the tokens: its macro, and what stands between its parentheses."""

    macro: int
    inside: range


def steps_of(source: str) -> int:
    """The most steps that *source* takes on any basket; ExpressionProblem where that is too many, or can't be said."""
    if len(source.encode()) > MAX_EXPRESSION_BYTES:
        raise ExpressionProblem(
            "expression_too_costly", N_("An expression may have {most} bytes at most."), most=MAX_EXPRESSION_BYTES
        )
    tokens = _tokens(source)
    comprehensions = _comprehensions(tokens)
    inside = comprehensions[0].inside if comprehensions else range(0)
    _check_lists(tokens)
    turns = MAX_LINES if comprehensions else 0
    steps = len(tokens) + len(inside) * turns
    steps += MAX_LINES * sum(token.written in LISTS for token in tokens)
    steps += sum(cost * (turns if place in inside else 1) for place, cost in _matches(tokens))
    if comprehensions and tokens[comprehensions[0].macro].written in _COLLECTING:
        steps += MAX_LINES * MAX_LINES
    if steps > MAX_STEPS:
        raise _too_slow()
    return steps


def bound_name(source: str) -> str | None:
    """The name that the comprehension gives to each of the things that it looks through."""
    tokens = _tokens(source)
    return next((tokens[each.inside.start].written for each in _comprehensions(tokens) if each.inside), None)


def _too_slow() -> ExpressionProblem:
    return ExpressionProblem("expression_too_costly", N_("This takes too long on a large basket; make it simpler."))


def _tokens(source: str) -> list[_Token]:
    tokens, place = [], 0
    while place < len(source):
        found = _TOKEN.match(source, place)
        if found is None:
            why = f"column {place + 1}"
            raise ExpressionProblem("expression_not_cel", N_("This is not a CEL expression: {why}."), why=why)
        place = found.end()
        if found.lastgroup != "blank":
            tokens.append(_Token(found.lastgroup or "", found.group()))
    return tokens


def _at(tokens: Sequence[_Token], place: int) -> _Token:
    return tokens[place] if 0 <= place < len(tokens) else _NOTHING


def _comprehensions(tokens: Sequence[_Token]) -> list[_Comprehension]:
    """The comprehensions: one at most, and over a list of the basket or the member itself."""
    macros = [
        place
        for place, token in enumerate(tokens)
        if token.written in _MACROS and _at(tokens, place - 1).written == "." and _at(tokens, place + 1).written == "("
    ]
    if len(macros) > MAX_COMPREHENSIONS:
        raise ExpressionProblem("expression_too_costly", N_("An expression may hold one comprehension only."))
    found = [_Comprehension(place, range(place + 2, _closing(tokens, place + 1))) for place in macros]
    for each in found:
        is_plain = _at(tokens, each.macro - 2).written in LISTS and _at(tokens, each.macro - 3).written != "."
        if not is_plain or any(tokens[place].written in LISTS for place in each.inside):
            raise ExpressionProblem(
                "expression_too_costly",
                N_("A comprehension looks through lines, categories or segments, and none of them is named inside."),
            )
    return found


def _closing(tokens: Sequence[_Token], opening: int) -> int:
    """Where the parenthesis that opens at *opening* closes, or the end."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += (tokens[place].written in "([") - (tokens[place].written in ")]")
        if not depth:
            return place
    return len(tokens)


def _check_lists(tokens: Sequence[_Token]) -> None:
    """No list is built of lists: those that are written out hold plain values, and few are named."""
    if sum(token.written in LISTS for token in tokens) > MAX_LISTS_NAMED:
        raise _too_slow()
    is_inside = False
    for place, token in enumerate(tokens):
        if token.written in "{}" or (is_inside and not _is_plain(token)):
            raise ExpressionProblem(
                "expression_too_costly",
                N_("A list in an expression holds numbers and words only: ['Bread', 'Milk']."),
            )
        is_inside = token.written != "]" and (is_inside or _opens_list(tokens, place))


def _opens_list(tokens: Sequence[_Token], place: int) -> bool:
    """Whether a list begins at *place*; after a value a bracket picks one of it."""
    before = _at(tokens, place - 1)
    is_value = before.written != "in" and (before.kind in ("word", "text") or before.written in (")", "]"))
    return tokens[place].written == "[" and not is_value


def _is_plain(token: _Token) -> bool:
    return token.kind in ("text", "number") or token.written in {*_PLAIN_WORDS, ",", "-", "]"}


def _matches(tokens: Sequence[_Token]) -> list[tuple[int, int]]:
    """Where ``matches`` is called, and the steps that each call takes: by the length of its pattern and its counts."""
    found = []
    for place, token in enumerate(tokens):
        if token == _Token("word", "matches"):
            pattern = _at(tokens, place + 2)
            if pattern.kind != "text" or _at(tokens, place + 3).written != ")":
                raise ExpressionProblem(
                    "expression_too_costly", N_("The pattern of matches has to be written out, in quotes.")
                )
            counts = [int(most or least or 1) for least, most in _COUNT.findall(pattern.written)]
            found.append((place, _MATCH_STEPS + len(pattern.written) * prod(max(1, count) for count in counts)))
    return found
