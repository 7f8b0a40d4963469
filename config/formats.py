"""Money, points, quantities and times as people write them, in every language Regulars speaks.

Shown text holds U+00A0 where a line must not break (babel's habit); printers replace it where they must.
babel loads when the first text is written: it costs a tenth of a second.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.errors import N_, WrongUse

if TYPE_CHECKING:
    from babel import Locale

MAX_AMOUNT_DIGITS = 11
MAX_QUANTITY_DIGITS = 6
_AMOUNT = re.compile(r"(?P<sign>[-+−]?)(?P<whole>[0-9]+)(?:[.,](?P<part>[0-9]+))?", re.ASCII)
# Thousands set apart as Romanians and the English do. Only before decimals: 1.234 alone may mean either.
_GROUPED = re.compile(r"[-+−]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,|(?:,[0-9]{3})+\.)[0-9]+", re.ASCII)
_SPACES = dict.fromkeys(map(ord, "\u0020\u00a0\u202f\u2009'"))
# The language's usual region decides how dates look; English here is the British one: day before month.
_REGIONS = {"en": "en_GB", "pl": "pl_PL", "ro": "ro_RO", "ru": "ru_RU"}


@cache
def locale_of(language: str) -> "Locale":
    """The babel locale of one of Regulars' languages."""
    from babel import Locale

    return Locale.parse(_REGIONS[language])


@cache
def currency_exponent(currency: str) -> int:
    """How many decimals *currency* (ISO 4217) has: 2 for PLN, 0 for JPY."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


def format_money(minor: int, currency: str, language: str = "en") -> str:
    """Money with its currency's sign: ``format_money(4590, "PLN", "pl")`` is ``45,90 zł``."""
    from babel.numbers import format_currency

    value = Decimal(minor).scaleb(-currency_exponent(currency))
    text = str(format_currency(value, currency, locale=locale_of(language)))
    # CLDR glues letters to digits in English ("PLN45.90"): a gap reads better, from afar above all.
    text = re.sub(r"(?<=[A-Za-z])(?=[0-9])", "\u00a0", text)
    # What a Romanian writes is the currency's name, not CLDR's code.
    return text.replace("RON", "lei") if language == "ro" else text


def format_amount(minor: int, currency: str, language: str = "en") -> str:
    """Money without a sign, for columns: ``45,90``."""
    places = currency_exponent(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return _decimal(Decimal(minor).scaleb(-places), language, pattern)


def major_text(minor: int, currency: str) -> str:
    """Money as a plain machine-readable decimal: ``45.90``; for CSV."""
    return str(Decimal(minor).scaleb(-currency_exponent(currency)))


def format_points(millipoints: int, language: str = "en") -> str:
    """Points, shown whole (cut towards zero, so that nobody is promised a point that is not there)."""
    whole = abs(millipoints) // 1000
    return _decimal(whole if millipoints >= 0 else -whole, language)


def format_quantity(quantity_milli: int, language: str = "en") -> str:
    """A quantity without needless zeros: ``2``, ``0,35``."""
    return _decimal(Decimal(quantity_milli).scaleb(-3), language, "#,##0.###")


def format_date(at_ms: int, zone: str, language: str = "en") -> str:
    """The day in the store's zone, short: ``31 Dec 2026``."""
    return format_day(local_time(at_ms, zone).date(), language)


def format_day(day: date, language: str = "en") -> str:
    """A calendar day, short: ``31 Dec 2026``."""
    from babel.dates import format_date as babel_date

    text = str(babel_date(day, format="medium", locale=locale_of(language)))
    # CLDR ends a Russian day with "г." for the year: a till's lines are too short for what all know.
    return re.sub(r"\sг\.$", "", text)


def format_time(at_ms: int, zone: str, language: str = "en") -> str:
    """The time of day in the store's zone: ``14:02``."""
    from babel.dates import format_time as babel_time

    return str(babel_time(local_time(at_ms, zone), format="short", locale=locale_of(language)))


def format_moment(at_ms: int, zone: str, language: str = "en") -> str:
    """Day and time in the store's zone."""
    return f"{format_date(at_ms, zone, language)} {format_time(at_ms, zone, language)}"


def format_age(age_ms: int, language: str = "en") -> str:
    """How long something takes or waits, roughly and short: "5m", "3h", "2d" in *language*; never less than 0."""
    from babel.dates import format_timedelta

    return format_timedelta(max(0, age_ms) // 1000, format="narrow", locale=locale_of(language))


def local_time(at_ms: int, zone: str) -> datetime:
    """*at_ms* (UTC milliseconds) as an aware datetime in *zone*."""
    seconds, millis = divmod(at_ms, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=millis * 1000).astimezone(ZoneInfo(zone))


def parse_amount(text: str, currency: str) -> int:
    """Minor units from what a person typed: ``45,90``, ``45.9``, ``1 234,50``, ``1.234,50``; a sign may stand before.

    WrongUse when it is not a number, has more decimals than the currency, or more than 11 digits before them.
    """
    minor = _scaled(text, currency_exponent(currency), MAX_AMOUNT_DIGITS)
    if minor is None:
        raise WrongUse(
            "amount_not_understood",
            N_("“{text}” is not an amount in {currency}. Type it like 45.90; nothing was changed."),
            text=text[:20],
            currency=currency,
        )
    return minor


def parse_quantity(text: str) -> int:
    """Thousandths from what a person typed: ``2``, ``0,350``; WrongUse when it is not a quantity."""
    milli = _scaled(text, 3, MAX_QUANTITY_DIGITS)
    if milli is None:
        raise WrongUse(
            "quantity_not_understood",
            N_("“{text}” is not a quantity. Type it like 2 or 0.350; nothing was changed."),
            text=text[:20],
        )
    return milli


def _decimal(value: Decimal | int, language: str, pattern: str | None = None) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, format=pattern, locale=locale_of(language)))


def _scaled(text: str, places: int, max_digits: int) -> int | None:
    written = text.strip().translate(_SPACES)
    if _GROUPED.fullmatch(written):
        written = written.replace(min(".,", key=written.index), "")
    match = _AMOUNT.fullmatch(written)
    if match is None:
        return None
    part = match["part"] or ""
    if len(part) > places or len(match["whole"]) > max_digits:
        return None
    value = int(match["whole"] + part.ljust(places, "0"))
    return -value if match["sign"] in ("-", "−") else value
