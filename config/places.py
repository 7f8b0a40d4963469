"""What a shop is told by: its time zone, its currency, and a short name made of its long one."""

import re
import unicodedata
from typing import Final
from zoneinfo import ZoneInfo

MAX_SHORT_NAME: Final = 40


def known_zone(name: str) -> str | None:
    """The IANA name of a time zone; None when there is no such zone."""
    try:
        return ZoneInfo(name.strip()).key
    except (ValueError, OSError, KeyError):
        return None


def known_currency(text: str) -> str | None:
    """The ISO 4217 code that *text* means; None when there is no such currency."""
    from babel.core import get_global

    code = text.strip().upper()
    return code if code in get_global("all_currencies") else None


def short_name(name: str) -> str:
    """*name* in plain small letters, as people can write it into a programme; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SHORT_NAME].strip("-")
