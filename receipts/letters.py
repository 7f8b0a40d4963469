"""Letters that a paper can show: what it can't is written with others that it can, never as a question mark.

Sources: code pages as Python's own codecs have them; ș and ț as ş and ţ is what CP852 offers Romanian;
anyascii (ISC licence) writes what no table here knows.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

NO_BREAK = "\u00a0"
LAST_RESORT = "*"
_SPACES = dict.fromkeys(map(ord, "\t\n\r\v\f\u0085\u2028\u2029"), " ") | dict.fromkeys(
    map(ord, "\u202f\u2007\u2060"), NO_BREAK
)

# The nearest letters first; the first one that the paper can print is taken.
_NEAREST: dict[str, tuple[str, ...]] = {
    "ș": ("ş", "s"),
    "ț": ("ţ", "t"),
    "Ș": ("Ş", "S"),
    "Ț": ("Ţ", "T"),
    "₽": ("руб.", "RUB"),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY",),
    "₴": ("грн", "UAH"),
    "ё": ("е", "e"),
    "Ё": ("Е", "E"),
    "×": ("x",),
    "−": ("-",),
    "–": ("-",),
    "—": ("-",),
    "…": ("...",),
    "•": ("*",),
    "·": (".",),
    "№": ("No",),
    "„": ('"',),
    "“": ('"',),
    "”": ('"',),
    "«": ('"',),
    "»": ('"',),
    "‘": ("'",),
    "’": ("'",),
    "і": ("i",),
    "І": ("I",),
    "ґ": ("г", "g"),
    "Ґ": ("Г", "G"),
}


def on_screen(text: str) -> str:
    """*text* composed, without control characters; spaces are plain or no-break ones."""
    composed = unicodedata.normalize("NFC", text).translate(_SPACES)
    return "".join(letter for letter in composed if unicodedata.category(letter)[0] != "C")


class Letters:
    """What a paper can show besides ASCII; call it with text to get text that it can."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = frozenset(known)
        self._printable = lru_cache(maxsize=1024)(self._printable_letter)

    def __call__(self, text: str) -> str:
        """*text* in letters that the paper can show; no-break spaces stay, for the layout."""
        return "".join(map(self._printable, on_screen(text)))

    def _printable_letter(self, letter: str) -> str:
        if letter == NO_BREAK or self._can_print(letter):
            return letter
        return next((text for text in _substitutes(letter) if self._can_print(text)), LAST_RESORT)

    def _can_print(self, text: str) -> bool:
        return bool(text) and all(" " <= letter <= "~" or letter in self._known for letter in text)


def printer_letters(code_pages: Iterable[str]) -> Letters:
    """What a printer with these code pages can print."""
    return Letters([letter for page in code_pages for letter in letters_of(page)])


def letters_of(code_page: str) -> frozenset[str]:
    """The letters above ASCII that *code_page* (``CP852``) holds; LookupError when nobody knows it."""
    decoded = (bytes([byte]).decode(code_page, errors="ignore") for byte in range(128, 256))
    return frozenset(letter for letter in decoded if letter and letter != NO_BREAK and letter.isprintable())


def _substitutes(letter: str) -> Iterator[str]:
    yield from _NEAREST.get(letter, ())
    yield "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    from anyascii import anyascii

    yield anyascii(letter)
