"""The user's language: gettext catalogues from ``config/locale``, chosen once, before screens are imported."""

import gettext
from pathlib import Path
from typing import Final

from config.errors import N_

LANGUAGES: Final = ("en", "pl", "ro", "ru")
DOMAIN: Final = "regulars"
LOCALE_DIR: Final = Path(__file__).parent / "locale"

__all__ = ["LANGUAGES", "N_", "_", "current_language", "language_from", "ngettext", "use_language"]


class _Current:
    """The one catalogue in use by this process."""

    language: str = "en"
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(code: str) -> None:
    """Speak *code* from now on; ValueError when it is not one of :data:`LANGUAGES`."""
    if code not in LANGUAGES:
        raise ValueError(f"no such language: {code}")
    _Current.catalogue = catalogue_of(code)
    _Current.language = code


def catalogue_of(code: str) -> gettext.NullTranslations:
    """The catalogue of one language, for instance that of a receipt's member; English needs none."""
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[code], fallback=True)


def current_language() -> str:
    """The language in use."""
    return _Current.language


def language_from(text: str | None) -> str:
    """The language that a tag such as ``pl_PL.UTF-8`` asks for; English when Regulars does not speak it."""
    code = (text or "").replace("-", "_").split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else "en"


def _(sentence: str) -> str:
    """*sentence* in the language in use."""
    return _Current.catalogue.gettext(sentence) if sentence else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that *count* asks for, in the language in use."""
    return _Current.catalogue.ngettext(singular, plural, count)
