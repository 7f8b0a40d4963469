"""Every sentence of the program is there in every language, whole, and as the program will fill it in."""

import ast
import re
import textwrap
from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages.mofile import read_mo

from config.i18n import catalogue_of
from loyalty.programme.load import load_programme
from terminal.till_opening import sample_programme
from tests.unit.languages.catalogues import (
    TRANSLATED,
    collected,
    forms_of,
    modules,
    po_path,
    read,
    sentences,
    translated,
    untranslated,
)

KEYS = re.compile(r"\b(?:F\d{1,2}|Enter|Esc|Del|Ctrl\+\w)\b|`[^`]*`|--[a-z-]+")
LETTERS = {
    "pl": re.compile(r"[\u0400-\u04ffşţșț]"),
    "ro": re.compile(r"[\u0400-\u04ffşţŞŢ]"),  # the cedilla is Turkish: Romanian letters have a comma below
    "ru": re.compile(r"[ąćęłńóśźżșțăâî]"),
}
SAME = 0.06
"""At most so many of a language's sentences are the English words: OK, PIN, SKU, {name}: {member}."""

TALKING_ELSEWHERE = {"cli", "hq", "simulation"}
"""Rooms whose sentences stand in a command line, which is as long as it needs to be."""


def placeholders(text: str) -> list[str]:
    """The names that *text* is filled in with."""
    return sorted({name for _literal, name, _spec, _conversion in Formatter().parse(text) if name})


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_untranslated(language: str) -> None:
    assert list(untranslated(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    catalogue = read(language)
    assert sentences(catalogue).keys() - sentences(collected()).keys() == set(), "run scripts/translations update"
    assert not any(message.fuzzy for message in catalogue if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_filled_in_with_what_the_sentence_is(language: str) -> None:
    for english, message in translated(language).items():
        wanted = [placeholders(english), *(placeholders(text) for text in message.id[1:] if message.pluralizable)]
        for form in forms_of(message):
            assert placeholders(form) in wanted, english


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_name_the_same_keys_and_commands(language: str) -> None:
    for english, message in translated(language).items():
        for form in forms_of(message):
            assert set(KEYS.findall(form)) == set(KEYS.findall(english)), english


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_written_in_the_language_s_letters(language: str) -> None:
    forms = [form for message in translated(language).values() for form in forms_of(message)]
    assert [form for form in forms if LETTERS[language].search(form)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_begin_and_end_as_the_sentence_does(language: str) -> None:
    """A line's end or blank lost glues texts together; a full stop too many stands in the middle of a sentence."""
    for english, message in translated(language).items():
        for form in forms_of(message):
            assert (form[0].isspace(), form[-1].isspace()) == (english[0].isspace(), english[-1].isspace()), english
            assert form.endswith(".") or not english.endswith(".") or " " not in english, english


@pytest.mark.parametrize("language", TRANSLATED)
def test_hardly_any_translation_is_the_english_text(language: str) -> None:
    known = translated(language)
    same = [english for english, message in known.items() if english in forms_of(message)]
    assert len(same) <= SAME * len(known), same


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_program_loads_is_what_was_written(language: str) -> None:
    with po_path(language).with_suffix(".mo").open("rb") as file:
        compiled = {key: forms_of(message) for key, message in sentences(read_mo(file)).items()}
    written = {key: forms_of(message) for key, message in translated(language).items()}
    assert compiled == written, "run scripts/translations compile"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("pl", ["1 pozycja", "2 pozycje", "5 pozycji", "12 pozycji", "22 pozycje", "25 pozycji", "112 pozycji"]),
        ("ro", ["1 poziție", "2 poziții", "5 poziții", "12 poziții", "22 de poziții", "25 de poziții", "112 poziții"]),
        ("ru", ["1 строка", "2 строки", "5 строк", "12 строк", "22 строки", "25 строк", "112 строк"]),
    ],
)
def test_figures_take_their_forms(language: str, forms: list[str]) -> None:
    catalogue = catalogue_of(language)
    numbers = [1, 2, 5, 12, 22, 25, 112]
    said = [catalogue.ngettext("{count} line", "{count} lines", number).format(count=number) for number in numbers]
    assert said == forms


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_new_till_s_programme_speaks_the_language(language: str) -> None:
    text = sample_programme(catalogue_of(language).gettext)
    names = [rule.name for rule in load_programme(text).model.rules]
    english = [rule.name for rule in load_programme(sample_programme()).model.rules]
    assert len(names) == len(english)
    assert set(names) & set(english) == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_a_till_says_fits_its_two_lines(language: str) -> None:
    """The message line is two lines of 78 columns; only what a screen is for, read in its help, may be longer."""
    about = {text for _place, tree in modules("terminal") for text in texts_about(tree)}
    rooms = {
        key: {place.split("/")[0] for place, _line in each.locations} for key, each in sentences(collected()).items()
    }
    told = {key for key, places in rooms.items() if places - TALKING_ELSEWHERE} - about
    long = [
        form
        for key in told & translated(language).keys()
        for form in forms_of(translated(language)[key])
        if rows(form) > 2
    ]
    assert long == []


def rows(sentence: str) -> int:
    """How many rows of the smallest window *sentence* takes with the glyph before it."""
    return len(textwrap.wrap(f"› {sentence}", 78))


def texts_about(tree: ast.Module) -> Iterator[str]:
    """What the screens of *tree* are for."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "ABOUT"
            and isinstance(node.value, ast.Call)
        ):
            yield ast.literal_eval(node.value.args[0])
