"""Reads a line of goods as cashiers type it: ``45,90``, ``18 coffee``, ``2x9 coffee``, ``coffee 9 x2``."""

import re
from collections.abc import Sequence

from config.errors import WrongUse
from config.formats import parse_amount, parse_quantity
from loyalty.basket import Line
from loyalty.money import MILLI

# "x" is on the keyboard in two alphabets.
_TIMES = re.compile(r"^(?P<one>[0-9]+(?:[.,][0-9]+)?)\s*[xх×*]\s*(?P<other>[0-9]+(?:[.,][0-9]+)?)$", re.IGNORECASE)
_ALONE = re.compile(r"^[xх×*]\s*(?P<quantity>[0-9]+(?:[.,][0-9]+)?)$|^(?P<before>[0-9]+)\s*[xх×*]$", re.IGNORECASE)


def read_line(text: str, currency: str, categories: Sequence[tuple[str, str]], usual: str) -> Line | None:
    """The line that *text* means, or None where it is no line of goods.

    *categories* are (id, name); words are the beginning of a category's name or id, none mean the *usual* category.
    A lone number is a line only here; whether it is rather a phone or a card is asked before.
    ``2x9`` is two at 9 each. WrongUse never comes out of here.
    """
    amounts: list[int] = []
    quantity_milli = MILLI
    words: list[str] = []
    for token in text.split():
        if times := _TIMES.match(token):
            quantity_milli = _quantity(times["one"])
            token = times["other"]  # noqa: PLW2901 - what is left of it is the amount of one
        elif alone := _ALONE.match(token):
            quantity_milli = _quantity(alone["quantity"] or alone["before"])
            continue
        amount = _amount(token, currency)
        if amount is None:
            words.append(token)
        else:
            amounts.append(amount)
    category = _category(" ".join(words), categories) if words else usual
    if len(amounts) != 1 or category is None or quantity_milli < 0:
        return None
    return Line(category, _times(amounts[0], quantity_milli), quantity_milli)


def _amount(token: str, currency: str) -> int | None:
    try:
        amount = parse_amount(token, currency)
    except WrongUse:
        return None
    return amount if amount >= 0 else None


def _quantity(text: str) -> int:
    """Thousandths, or -1 for what is no quantity."""
    try:
        return parse_quantity(text)
    except WrongUse:
        return -1


def _times(amount_minor: int, quantity_milli: int) -> int:
    """The price of one times the quantity, half up: what a till's scale prints."""
    return (amount_minor * quantity_milli + MILLI // 2) // MILLI


def _category(words: str, categories: Sequence[tuple[str, str]]) -> str | None:
    """The one category that *words* begin; an exact name wins over longer ones."""
    asked = words.casefold()
    exact = [identity for identity, name in categories if asked in (identity.casefold(), name.casefold())]
    begun = [
        identity
        for identity, name in categories
        if identity.casefold().startswith(asked) or name.casefold().startswith(asked)
    ]
    found = exact or begun
    return found[0] if len(set(found)) == 1 else None
