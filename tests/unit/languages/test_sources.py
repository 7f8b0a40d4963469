"""Whatever people read is marked for translation, where the collector of sentences sees it."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.unit.languages.catalogues import ROOMS, modules

MARKS = {"_", "N_", "ngettext"}
ERRORS = {"Refused", "WrongUse", "Broken"}
SPEAKING = ("cli", "terminal")
"""Rooms that talk to people: there each text of words is marked, or its reason stands here."""
WORDS = re.compile(r"[^\W\d_]{2,}[,.:]? [^\W\d_]|^[A-Z][a-z]+")
STYLE = re.compile(r"(\$[a-z-]+|bold|reverse|dim)( |$)")

EXCEPTIONS = {
    "Regulars": "the program's name",
    "My shop": "what a till is called until its owner names it, whoever sets it up",
    "Till 1": "the same",
    "Manager": "the same",
    "Europe/Warsaw": "a time zone's name",
    "Europe/Bucharest": "the same",
    "Code128": "a format's name",
    "en, pl, ro, ru": "languages' codes",
    "PLN, EUR, RON…": "currencies' codes",
    "DejaVu": "a typeface's name",
}
SILENT_MODULES = {
    "cli/sample_shop.py": "the names of the sample shop's people",
    "cli/main.py": "the command line's help, which is English as its commands are",
}
SILENT_CALLS = {
    "TypeVar",
    "cast",
    "ValueError",
    "RuntimeError",
    "KeyError",
    "FileExistsError",
    "Callable",
    "_option",
    "frozenset",
}
"""Calls whose texts nobody reads as they stand: types, faults of the program, keys of columns, help of commands."""
SILENT_NAMES = {"DEFAULT_CSS", "AUTO_FOCUS"}
SILENT_KEYWORDS = {"help", "bound"}


class Text(NamedTuple):
    """A text in the source, and where."""

    place: str
    value: str


def called(node: ast.AST) -> str:
    """What *node* calls: ``Static``, ``tell``, ``_``; empty when it is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def spoken(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts in *node* that may be shown as they stand: not marked, no type, no docstring, no fault's name."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node
    elif called(node) not in MARKS | SILENT_CALLS and not _is_word_list(node):
        for child in _said_parts(node):
            yield from spoken(child)


def _is_word_list(node: ast.AST) -> bool:
    """Whether *node* is ``"one two".split()``: words for the program, written close together."""
    return called(node) == "split" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _said_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of *node* without those that only the program reads."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (*node.decorator_list, *node.args.defaults, *node.body)
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None and getattr(node.target, "id", "") not in SILENT_NAMES:
            yield node.value
    elif isinstance(node, ast.Assign):
        if not any(getattr(target, "id", "") in SILENT_NAMES for target in node.targets):
            yield node.value
    elif isinstance(node, ast.Dict):
        yield from node.values
    elif isinstance(node, ast.Assert):
        yield node.test
    elif isinstance(node, ast.Subscript):
        yield node.value
    elif isinstance(node, ast.keyword):
        if node.arg not in SILENT_KEYWORDS:
            yield node.value
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        yield from ast.iter_child_nodes(node)


def unmarked(place: str, tree: ast.Module) -> Iterator[Text]:
    """Texts of words in *tree* that would be shown in English whatever the language."""
    for text in spoken(tree):
        value = str(text.value)
        if WORDS.search(value) and not STYLE.match(value) and value not in EXCEPTIONS:
            yield Text(f"{place}:{text.lineno}", value)


def hidden(tree: ast.Module) -> Iterator[ast.Call]:
    """Marked sentences inside f-strings, where Python 3.11's tokens hide them from the collector."""
    for joined in ast.walk(tree):
        if isinstance(joined, ast.JoinedStr):
            for call in ast.walk(joined):
                if isinstance(call, ast.Call) and called(call) in MARKS and isinstance(call.args[0], ast.Constant):
                    yield call


def test_no_sentence_hides_in_an_f_string() -> None:
    found = [f"{place}:{call.lineno}" for place, tree in modules(*ROOMS) for call in hidden(tree)]
    assert found == [], "write _(“… {name}”).format(name=…) instead"


def test_every_text_that_people_read_is_marked() -> None:
    found = [
        text for place, tree in modules(*SPEAKING) if place not in SILENT_MODULES for text in unmarked(place, tree)
    ]
    assert found == [], "mark it with N_() or _(), or say in EXCEPTIONS why it is the same in every language"


def test_every_refusal_s_sentence_is_marked() -> None:
    found = [
        f"{place}:{call.lineno}"
        for place, tree in modules(*ROOMS)
        for call in ast.walk(tree)
        if called(call) in ERRORS and isinstance(call, ast.Call)
        for sentence in call.args[1:2]
        if isinstance(sentence, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert found == []


def test_what_is_marked_is_a_text() -> None:
    """A mark around anything but a text collects nothing: N_(f"…") or N_("a" + name)."""
    found = [
        f"{place}:{call.lineno}"
        for place, tree in modules(*ROOMS)
        for call in ast.walk(tree)
        if called(call) == "N_" and isinstance(call, ast.Call) and not isinstance(call.args[0], ast.Constant)
    ]
    assert found == []


def test_the_walk_finds_what_it_looks_for() -> None:
    tree = ast.parse('Static("Scan a card"); x = f"{_(\'To pay\')}: {n}"; y = {"Name": N_("Name")}')
    assert [text.value for text in unmarked("screen.py", tree)] == ["Scan a card"]
    assert len(list(hidden(tree))) == 1
