"""How members, cards and vouchers stand, and channels of consent, in a word for each code."""

from typing import Final

from config.i18n import N_

MEMBERS: Final[dict[str, str]] = {
    "active": N_("active"),
    "blocked": N_("is blocked"),
    "erased": N_("was erased"),
    "merged": N_("was joined with another"),
}
CHANNELS: Final[dict[str, str]] = {
    "email": N_("e-mail"),
    "sms": N_("text message"),
    "phone": N_("phone call"),
    "post": N_("post"),
}
