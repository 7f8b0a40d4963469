"""Finding the one member that somebody means."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from config.errors import N_, Refused
from hq import schema
from hq.people import CONTACT

MAX_TEXT = 200


def find(connection: Connection, text: str, phones: Sequence[str] = ()) -> str:
    """The member that *text* leads to: an id, a card's code, a phone, an e-mail or a whole name.

    *phones*: what *text* would be as a phone number, with its country.
    Refused ``member_unknown``, ``member_ambiguous``.
    """
    members = schema.members
    for condition in _ways(text.strip()[:MAX_TEXT], phones):
        found: set[str] = set(connection.scalars(select(members.c.root).where(condition)).all())
        if len(found) > 1:
            raise Refused("member_ambiguous", N_("Several members fit. Nothing was changed; give the member id."))
        if found:
            return found.pop()
    raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))


def _ways(text: str, phones: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """What *text* may be, the surest first."""
    member_id, cards, profiles = schema.members.c.member_id, schema.cards, schema.profiles
    yield member_id == text.upper()
    codes = {text, text.upper(), text.replace(" ", "").replace("-", "")}
    yield member_id.in_(select(cards.c.member_id).where(cards.c.code.in_(codes)))
    of_phone = (profiles.c.field == CONTACT) & profiles.c.value.in_([text, *phones])
    yield member_id.in_(select(profiles.c.member_id).where(of_phone))
    for field in ("email", "name"):
        same = (profiles.c.field == field) & (func.lower(profiles.c.value) == text.lower())
        yield member_id.in_(select(profiles.c.member_id).where(same))
