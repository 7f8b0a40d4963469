"""What printers can do, as data: one profile a family, corrected by the shop's settings.

Numbers of code pages: Epson's ESC/POS reference, "ESC t"; most makers follow it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from config.errors import N_, WrongUse
from config.printer_settings import PrinterKind, PrinterSettings

EPSON_PAGES: Final = MappingProxyType({"CP437": 0, "CP866": 17, "CP852": 18, "CP858": 19})


class Cut(StrEnum):
    """How the paper ends."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Codes(StrEnum):
    """How codes get onto the paper."""

    NATIVE = "native"
    PICTURE = "picture"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Profile:
    """One family of printers.

    *dots*: how wide its paper is, in dots. *code_pages*: Python's name to the printer's number.
    *status*: it answers when asked how it is, and tells when a job is through.
    """

    name: str
    title: str
    columns: int
    dots: int
    code_pages: Mapping[str, int]
    cut: Cut
    codes: Codes
    status: bool


PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile(
                "epson-80",
                "Epson and compatible, 80 mm, 48 columns",
                48,
                576,
                EPSON_PAGES,
                Cut.PARTIAL,
                Codes.NATIVE,
                True,
            ),
            Profile(
                "epson-80-42",
                "Epson TM-T88 and compatible, 80 mm, 42 columns",
                42,
                512,
                EPSON_PAGES,
                Cut.PARTIAL,
                Codes.NATIVE,
                True,
            ),
            Profile(
                "epson-58",
                "Epson and compatible, 58 mm, 32 columns",
                32,
                384,
                EPSON_PAGES,
                Cut.PARTIAL,
                Codes.NATIVE,
                True,
            ),
            Profile(
                "generic-80",
                "Printers that answer nothing, 80 mm, 48 columns",
                48,
                576,
                EPSON_PAGES,
                Cut.FULL,
                Codes.PICTURE,
                False,
            ),
            Profile(
                "generic-58",
                "Printers that answer nothing, 58 mm, 32 columns, no cutter",
                32,
                384,
                EPSON_PAGES,
                Cut.NONE,
                Codes.PICTURE,
                False,
            ),
            Profile(
                "plain-42",
                "Impact printers: text alone, 42 columns",
                42,
                400,
                MappingProxyType({"CP437": 0}),
                Cut.NONE,
                Codes.TEXT,
                False,
            ),
        )
    }
)


# CUPS passes no answers on, and a file has none; a device behind a path may, if the settings say so.
_HEARD: Final = (PrinterKind.NETWORK, PrinterKind.USB, PrinterKind.SERIAL)


def profile_of(settings: PrinterSettings) -> Profile:
    """The profile that *settings* name, with the settings' corrections; WrongUse when there is none of that name."""
    profile = PROFILES.get(settings.profile)
    if profile is None:
        raise WrongUse(
            "printer_profile_unknown",
            N_("There is no printer profile “{name}” (there are {known}). Nothing was printed; correct the settings."),
            name=settings.profile[:40],
            known=", ".join(PROFILES),
        )
    if settings.code_pages:
        _check_code_pages(settings.code_pages)
    return replace(
        profile,
        columns=settings.columns or profile.columns,
        status=profile.status and settings.kind in _HEARD if settings.status is None else settings.status,
        code_pages=settings.code_pages or profile.code_pages,
    )


def _check_code_pages(code_pages: Mapping[str, int]) -> None:
    from receipts.letters import letters_of

    for name in code_pages:
        try:
            letters_of(name)
        except LookupError as error:
            raise WrongUse(
                "code_page_unknown",
                N_("Nobody knows the code page “{name}”. Nothing was printed; correct the printer's settings."),
                name=name[:40],
            ) from error
