"""The catalogues in config/locale beside what the source says: for `scripts/translations` and for the tests."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from config.i18n import LANGUAGES, LOCALE_DIR

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("cli", "config", "hq", "ledger", "loyalty", "receipts", "scanner", "simulation", "sync", "terminal")
TRANSLATED = tuple(code for code in LANGUAGES if code != "en")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


@cache
def collected() -> Catalog:
    """Every sentence marked in the source."""
    catalogue = Catalog(project="Regulars", charset="utf-8")
    for room in ROOMS:
        found = extract_from_dir(str(ROOT / room), [("**.py", "python")], keywords=KEYWORDS)
        for name, _line, message, _comments, context in found:
            catalogue.add(message, locations=[(f"{room}/{name}", 0)], context=context)
    return catalogue


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


@cache
def modules(*rooms: str) -> tuple[tuple[str, ast.Module], ...]:
    """The rooms' modules by their path."""
    paths = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)
