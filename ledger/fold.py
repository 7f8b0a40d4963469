"""Names as people type them: letters folded so that Zoł, zol and ZOŁ find each other."""

import unicodedata

# NFKD takes accents off (ż → z, ș → s, ё → е); these letters are not made of a letter and an accent.
_WHOLE_LETTERS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ð": "d",
}
MAX_WORDS = 8
MAX_WORD = 32


class _Letters(dict[int, str | None]):
    """What becomes of each letter, worked out when it is first met: a million names are folded in seconds."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        if letter in _WHOLE_LETTERS:
            folded: str | None = _WHOLE_LETTERS[letter]
        elif letter.isalnum():
            folded = letter
        else:
            folded = None if unicodedata.combining(letter) else " "
        self[code] = folded
        return folded


_LETTERS = _Letters()


def fold(text: str) -> str:
    """*text* as plain lower-case words with one space between them."""
    return " ".join(words(text))


def words(text: str) -> tuple[str, ...]:
    """The folded words of *text*: runs of letters and digits, at most :data:`MAX_WORDS` of them."""
    if text.isascii():
        plain = text.lower()
    else:
        # Taken apart first: letters such as 𝕊 only then have a small form. Small forms may come apart again.
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return tuple(word[:MAX_WORD] for word in plain.translate(_LETTERS).split()[:MAX_WORDS])


def digits_reversed(phone: str) -> str:
    """The digits of *phone*, last first: so that its last digits are a prefix."""
    return "".join(letter for letter in reversed(phone) if letter.isascii() and letter.isdigit())


def fold_email(email: str) -> str:
    """An e-mail address as it is compared."""
    return email.strip().casefold()
