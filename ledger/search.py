"""Finding members: by code, number, phone, e-mail and name, each by its own index, never by a scan."""

from typing import NamedTuple

import msgspec

from ledger.fold import digits_reversed, fold, fold_email, words
from ledger.store import View

MIN_PHONE_DIGITS = 4
_MOST_CANDIDATES = 100
_FOUND = (
    "SELECT member.no, member.member_id, profile.name, profile.phone, member.number, member.status FROM {source}"
    # A merged member goes on as another: that one is found under everything that was known of either.
    " JOIN member ON member.member_id = COALESCE(held.merged_into, held.member_id)"
    " LEFT JOIN profile ON profile.no = member.no WHERE {condition} AND member.status <> 'erased' LIMIT ?"
)
_TOLD = "profile AS told JOIN member AS held ON held.no = told.no"
_BY_CARD = _FOUND.format(source="card JOIN member AS held ON held.member_id = card.member_id", condition="code = ?")
_BY_NUMBER = _FOUND.format(source="member AS held", condition="held.number = ?")
_BY_ID = _FOUND.format(source="member AS held", condition="held.member_id = ?")
_BY_PHONE = _FOUND.format(source=_TOLD, condition="told.phone_reversed >= ? AND told.phone_reversed < ?")
_BY_EMAIL = _FOUND.format(source=_TOLD, condition="told.email_folded >= ? AND told.email_folded < ?")
_BY_NAME = _FOUND.format(
    source="name_index JOIN member AS held ON held.no = name_index.rowid", condition="name_index MATCH ?"
)
# What comes after every text that begins alike.
_AFTER_ALL = "\U0010ffff"


class Match(msgspec.Struct, frozen=True):
    """One member found; *how*: ``card``, ``number``, ``phone``, ``email`` or ``name``."""

    member_id: str
    name: str | None
    phone: str | None
    number: str | None
    status: str
    how: str


class Found(NamedTuple):
    """The matches, best first; *more*: there were more than asked for."""

    matches: tuple[Match, ...]
    more: bool


def find(view: View, text: str, *, limit: int = 20, phone: str | None = None) -> Found:
    """Members for what somebody typed or scanned; *phone*: the text as E.164 if the caller read it as a phone.

    An exact code or number alone is the answer; then the ends of phones, beginnings of e-mails and of name's words.
    """
    text = text.strip()
    limit = min(limit, _MOST_CANDIDATES)
    asked = limit + 1
    exact = by_code(view, text, limit=asked)
    if exact:
        return Found(exact[:limit], len(exact) > limit)
    candidates = [
        *_by_phone(view, phone or text, asked),
        *_by_email(view, text, asked),
        *(() if "@" in text else by_name(view, text, limit=asked)),
    ]
    distinct = list({match.member_id: match for match in reversed(candidates)}.values())
    distinct.sort(key=lambda match: _order(match, text))
    return Found(tuple(distinct[:limit]), len(distinct) > limit)


def by_code(view: View, code: str, *, limit: int = 20) -> tuple[Match, ...]:
    """Members whose card, number or id is exactly *code*: one, or several when two tills gave it out."""
    if not code:
        return ()
    for sql, how in ((_BY_CARD, "card"), (_BY_NUMBER, "number"), (_BY_ID, "number")):
        # Crockford's letters are read aloud in any case; card codes are compared as they stand.
        wanted = code.upper() if sql is _BY_ID else code
        if matches := _matches(view, sql, (wanted, limit), how):
            return matches
    return ()


def by_name(view: View, text: str, *, limit: int = 20) -> tuple[Match, ...]:
    """Members with a word in their name for every word of *text*, whole words first, then beginnings."""
    wanted = words(text)
    if not wanted:
        return ()
    whole = " ".join(f'"{word}"' for word in wanted)
    matches = _matches(view, _BY_NAME, (whole, limit), "name")
    if len(matches) < limit:
        # Ordering a million prefix matches by rank would take longer than people wait: take few, sort few.
        beginnings = " ".join(f'"{word}"*' for word in wanted)
        matches += _matches(view, _BY_NAME, (beginnings, limit), "name")
    return matches


def same_contact(
    view: View, *, phone: str | None = None, email: str | None = None, name: str | None = None, limit: int = 5
) -> tuple[Match, ...]:
    """Members with this very phone, e-mail or name: likely the same person."""
    found: list[Match] = []
    if phone and len(digits := digits_reversed(phone)) >= MIN_PHONE_DIGITS:
        found += _matches(view, _BY_PHONE, (digits, digits + "\x00", limit), "phone")
    if email:
        found += _matches(view, _BY_EMAIL, (fold_email(email), fold_email(email) + "\x00", limit), "email")
    if name and len(words(name)) > 1:
        alike = _matches(view, _BY_NAME, (" ".join(f'"{word}"' for word in words(name)), limit), "name")
        found += [match for match in alike if fold(match.name or "") == fold(name)]
    return tuple({match.member_id: match for match in reversed(found)}.values())[::-1][:limit]


def _by_phone(view: View, text: str, limit: int) -> tuple[Match, ...]:
    digits = digits_reversed(text)
    if len(digits) < MIN_PHONE_DIGITS or not all(letter.isdigit() or letter in "+-/. ()" for letter in text):
        return ()
    matches = _matches(view, _BY_PHONE, (digits, digits + _AFTER_ALL, limit), "phone")
    if not matches and digits.endswith(("0", "8")):
        # A number as it is dialled inside the country: 0712…, 8 912…
        shorter = digits[:-1]
        matches = _matches(view, _BY_PHONE, (shorter, shorter + _AFTER_ALL, limit), "phone")
    return matches


def _by_email(view: View, text: str, limit: int) -> tuple[Match, ...]:
    beginning = fold_email(text)
    if not beginning or " " in beginning:
        return ()
    return _matches(view, _BY_EMAIL, (beginning, beginning + _AFTER_ALL, limit), "email")


def _matches(view: View, sql: str, params: tuple[object, ...], how: str) -> tuple[Match, ...]:
    found = [(*row[1:], how) for row in view.rows(sql, params)]
    return tuple(Match(*columns) for columns in found)


def _order(match: Match, text: str) -> tuple[bool, bool, str, str]:
    folded = fold(match.name or "")
    wanted = fold(text)
    return folded != wanted, not folded.startswith(wanted), folded, match.member_id
