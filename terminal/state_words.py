"""How members, cards and vouchers stand, what people may do, and channels of consent, in a word for each code."""

from collections.abc import Mapping
from typing import Final

from config.i18n import N_, _

MEMBERS: Final[dict[str, str]] = {
    "active": N_("active"),
    "blocked": N_("is blocked"),
    "erased": N_("was erased"),
    "merged": N_("was joined with another"),
}
CARDS: Final[dict[str, str]] = {
    "active": N_("works"),
    "blocked": N_("blocked"),
    "replaced": N_("replaced"),
}
VOUCHERS: Final[dict[str, str]] = {
    "open": N_("to be used"),
    "used": N_("used"),
    "void": N_("void"),
    "expired": N_("expired"),
}
ROLES: Final[dict[str, str]] = {
    "cashier": N_("cashier"),
    "manager": N_("manager"),
}
CHANNELS: Final[dict[str, str]] = {
    "email": N_("e-mail"),
    "sms": N_("text message"),
    "phone": N_("phone call"),
    "post": N_("post"),
}


def state(words: Mapping[str, str], code: str) -> str:
    """The word for *code* in the user's language; a code of a newer version as it is."""
    return _(words.get(code, code))
