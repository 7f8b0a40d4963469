"""Filling an empty till with all members of a chain: without indexes first, which are then built in one go.

One by one, a million members take minutes; so, half a minute. Between :func:`begin` and :func:`finish` members are
found by card, number is slow, and nobody is found by name.
"""

from collections.abc import Iterator, Sequence

import msgspec

from config.errors import N_, Refused
from ledger.cards import Card
from ledger.fold import digits_reversed, fold, fold_email
from ledger.members import COLUMNS as MEMBER_COLUMNS
from ledger.members import Member
from ledger.migrations import run_script
from ledger.profiles import PROFILE_COLUMNS, Profile
from ledger.schema import PEOPLE_INDEXES
from ledger.store import Transaction, View
from loyalty.profiles import Consent, Version

_UNFINISHED = "ledger.bulk"


class Newcomer(msgspec.Struct, frozen=True):
    """One member whom the till has never seen, with everything that HQ has of them."""

    member: Member
    profile: Profile
    versions: dict[str, Version]
    cards: tuple[Card, ...] = ()
    consents: tuple[Consent, ...] = ()


def begin(tx: Transaction) -> None:
    """Get ready; harmless when begun already. Refused ``members_here`` when the till has members of its own."""
    if unfinished(tx):
        return
    if tx.value("SELECT 1 FROM member LIMIT 1") is not None:
        raise Refused(
            "members_here",
            N_("This till has members already. Nothing was changed. They are brought up to date one by one."),
        )
    for name in _index_names():
        tx.execute(f"DROP INDEX {name}")
    tx.execute("INSERT INTO named_value VALUES (?, 'true')", (_UNFINISHED,))


def put(tx: Transaction, newcomers: Sequence[Newcomer]) -> None:
    """Bring in members; one that is here already (the page came twice) stays as it is."""
    assert unfinished(tx), "begin first"
    known = _known(tx, [newcomer.member.member_id for newcomer in newcomers])
    fresh = [newcomer for newcomer in newcomers if newcomer.member.member_id not in known]
    first = 1 + (tx.value("SELECT MAX(no) FROM member") or 0)
    tx.execute_many(
        f"INSERT INTO member (no, {MEMBER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((no, *msgspec.structs.astuple(newcomer.member)) for no, newcomer in enumerate(fresh, first)),
    )
    tx.execute_many(
        f"INSERT INTO profile ({PROFILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _profile_rows(fresh, first),
    )
    tx.execute_many(
        "INSERT OR REPLACE INTO card (code, member_id, format, kind, status, linked_ms, replaced_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (msgspec.structs.astuple(card) for newcomer in fresh for card in newcomer.cards),
    )
    tx.execute_many("INSERT OR REPLACE INTO consent VALUES (?, ?, ?, ?, ?, ?, ?)", _consent_rows(fresh))


def finish(tx: Transaction) -> None:
    """Build what finds members; harmless when it is there already."""
    if not unfinished(tx):
        return
    run_script(tx.connection, PEOPLE_INDEXES)
    tx.execute("INSERT INTO name_index (name_index) VALUES ('rebuild')")
    tx.execute("DELETE FROM named_value WHERE name = ?", (_UNFINISHED,))


def unfinished(view: View) -> bool:
    """Whether :func:`begin` waits for its :func:`finish`: call that when the last page is in, also after a crash."""
    return view.value("SELECT 1 FROM named_value WHERE name = ?", (_UNFINISHED,)) is not None


def _index_names() -> list[str]:
    words = PEOPLE_INDEXES.split()
    return [words[place + 1] for place, word in enumerate(words) if word == "EXISTS"]


def _known(tx: Transaction, member_ids: list[str]) -> set[str]:
    places = ", ".join("?" * len(member_ids))
    rows = tx.rows(f"SELECT member_id FROM member WHERE member_id IN ({places})", member_ids)
    return {row[0] for row in rows}


def _profile_rows(newcomers: list[Newcomer], first: int) -> Iterator[tuple[object, ...]]:
    for no, newcomer in enumerate(newcomers, first):
        told = newcomer.profile
        yield (
            no,
            *msgspec.structs.astuple(told),
            fold(told.name) if told.name else None,
            fold_email(told.email) if told.email else None,
            digits_reversed(told.phone) if told.phone else None,
            msgspec.json.encode(newcomer.versions).decode(),
        )


def _consent_rows(newcomers: list[Newcomer]) -> Iterator[tuple[object, ...]]:
    for newcomer in newcomers:
        for consent in newcomer.consents:
            yield (
                newcomer.member.member_id,
                consent.channel,
                int(consent.given),
                consent.at_ms,
                consent.text_version,
                msgspec.json.encode(consent.version).decode(),
                msgspec.json.encode(consent.over).decode() if consent.over else None,
            )
