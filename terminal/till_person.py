"""What people type about a person, made uniform: phones, e-mails, birthdays, names, languages."""

import re
import unicodedata
from datetime import date
from functools import cache, lru_cache

from config.errors import N_, WrongUse
from config.i18n import LANGUAGES

MAX_NAME = 80
MAX_NOTE = 500
MAX_SEGMENTS = 10
MAX_SEGMENT = 40
MAX_PHONE_INPUT = 40
_DAY = re.compile(r"(?:(?P<year>[0-9]{4})-|--)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", re.ASCII)
_LOCAL_DAY = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.?(?P<year>[0-9]{4})?", re.ASCII)
_FIRST_YEAR = 1900
_LEAP_YEAR = 2000


def clean_name(text: str | None) -> str | None:
    """A name with single spaces and composed letters; None when nothing is left; WrongUse when too long."""
    name = " ".join(unicodedata.normalize("NFC", _printable(text or "")).split())
    if len(name) > MAX_NAME:
        raise WrongUse(
            "name_too_long",
            N_("A name has at most {limit} letters. Nothing was changed; shorten it."),
            limit=MAX_NAME,
        )
    return name or None


def clean_note(text: str | None) -> str | None:
    """A note on a member; WrongUse when too long."""
    note = _printable(text or "").strip()
    if len(note) > MAX_NOTE:
        raise WrongUse(
            "note_too_long",
            N_("A note has at most {limit} letters. Nothing was changed; shorten it."),
            limit=MAX_NOTE,
        )
    return note or None


def clean_segments(text: str | None) -> str | None:
    """Words with commas between, each once, in order; WrongUse when there are too many, or one is too long."""
    words = [" ".join(_printable(word).split()) for word in unicodedata.normalize("NFC", text or "").split(",")]
    kept = {word.casefold(): word for word in reversed(words) if word}
    if len(kept) > MAX_SEGMENTS or any(len(word) > MAX_SEGMENT for word in kept.values()):
        raise WrongUse(
            "segments_too_many",
            N_("A member is in at most {limit} segments of at most {letters} letters. Nothing was changed."),
            limit=MAX_SEGMENTS,
            letters=MAX_SEGMENT,
        )
    return ", ".join(kept[word] for word in sorted(kept)) or None


def segments_of(text: str | None) -> tuple[str, ...]:
    """The segments that :func:`clean_segments` wrote."""
    return tuple(text.split(", ")) if text else ()


def clean_phone(text: str | None, country: str) -> str | None:
    """A phone in E.164 form (+48601234567), read as in *country*; WrongUse when there is no such number."""
    if not (text or "").strip():
        return None
    phone = read_phone(text or "", country)
    if phone is None:
        raise WrongUse(
            "phone_wrong",
            N_(
                "This is not a phone number in {country}. Nothing was changed; check it, or type it with + and country."
            ),
            country=country,
        )
    return phone


def read_phone(text: str, country: str) -> str | None:
    """*text* in E.164 form if it is a phone number in *country*, or with a country of its own; else None."""
    import phonenumbers

    if len(text) > MAX_PHONE_INPUT or sum(letter.isdigit() for letter in text) < 5:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    # parse() alone accepts "123".
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def load_phones(country: str) -> None:
    """Load what is known about numbers: some 60 ms that nobody waits for later."""
    read_phone("00000", country)


@lru_cache(maxsize=1024)
def grouped_phone(phone: str, country: str) -> str:
    """A kept *phone* as people of *country* write it: ``601 234 567`` at home, with its country from elsewhere."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone  # Brought in by an import of old: better as it is than not at all.
    at_home = phonenumbers.region_code_for_number(number) == country
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL))


def clean_email(text: str | None) -> str | None:
    """An e-mail address as it is delivered; WrongUse when it is none. No network is asked."""
    if not (text or "").strip():
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email((text or "").strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise WrongUse("email_wrong", N_("This is not an e-mail address. Nothing was changed; check it.")) from error


def clean_birthday(text: str | None, today: date) -> str | None:
    """A birthday as ``YYYY-MM-DD`` or ``--MM-DD`` (no year); WrongUse when there is no such day, or not yet.

    With dots the day comes first: ``31.05.1984``, ``31.5``.
    """
    typed = (text or "").strip()
    if not typed:
        return None
    match = _DAY.fullmatch(typed) or _LOCAL_DAY.fullmatch(typed)
    if match is None:
        raise _birthday_wrong()
    try:
        day = date(int(match["year"] or _LEAP_YEAR), int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise _birthday_wrong() from error
    if match["year"] is None:
        return f"--{day:%m-%d}"
    if day.year < _FIRST_YEAR or day > today:
        raise _birthday_wrong()
    return day.isoformat()


def month_and_day(birthday: str) -> tuple[int, int]:
    """Month and day of a kept birthday."""
    return int(birthday[-5:-3]), int(birthday[-2:])


def clean_language(text: str | None) -> str | None:
    """A language that receipts can be printed in; WrongUse for another."""
    if not (text or "").strip():
        return None
    code = (text or "").strip().lower()
    if code not in LANGUAGES:
        raise WrongUse(
            "language_unknown",
            N_("Regulars speaks {languages}. Nothing was changed; choose one of these."),
            languages=", ".join(LANGUAGES),
        )
    return code


@cache
def country_of(zone: str) -> str:
    """The country (ISO 3166, two letters) where *zone* lies; ``ZZ`` when it lies in none."""
    from babel.core import get_global

    return str(get_global("zone_territories").get(zone, "ZZ"))


def _birthday_wrong() -> WrongUse:
    return WrongUse(
        "birthday_wrong",
        N_("A birthday is written like 1990-05-31, or 05-31 without the year. Nothing was changed; check it."),
    )


def _printable(text: str) -> str:
    """*text* without control characters: a pasted escape sequence must never reach a terminal or printer."""
    return "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or letter.isprintable())
