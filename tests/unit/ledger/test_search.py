"""Finding a member by whatever a customer says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import cards, members, profiles
from ledger.fold import MAX_WORD, MAX_WORDS, fold, words
from ledger.search import find, same_contact
from ledger.store import Ledger
from loyalty.profiles import Version
from tests.unit.ledger.world import START_MS, new_ledger

PEOPLE = {
    "A000000000000001": ("Łucja Żółć-Gęślą", "+48601234567", "lucja@example.pl"),
    "A000000000000002": ("Ștefan Țepeș", "+40712345678", "stefan.t@example.ro"),
    "A000000000000003": ("Пётр Ёлкин", "+79123456789", "Petr@example.ru"),
    "A000000000000004": ("Lucja Nowak", "+48509994567", None),
    "A000000000000005": ("O'Brien, Sinéad", None, "lu@example.ie"),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            for number, (member_id, (name, phone, email)) in enumerate(PEOPLE.items()):
                members.add(tx, member_id, enrolled_ms=START_MS, number=f"29{number:010}")
                fields = {"name": name, "phone": phone, "email": email}
                version = Version(1, "T", 1, 1)
                profiles.put(tx, member_id, {field: (text, version) for field, text in fields.items()})
            cards.link(tx, cards.Card("REG1:ABC", "A000000000000002", "QR"))
        yield ledger


def _who(ledger: Ledger, text: str, phone: str | None = None) -> list[int]:
    with ledger.read() as view:
        return [int(match.member_id[-1]) for match in find(view, text, phone=phone).matches]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lucja", [4, 1]),
        ("łuc", [4, 1]),
        ("ŁUCJA ZOL", [1]),
        ("gesla", [1]),
        ("zolc gesla lucja", [1]),
        ("tepes", [2]),
        ("Ștefan", [2]),
        ("Ţepeş", [2]),
        ("петр", [3]),
        ("ёлкин", [3]),
        ("елк", [3]),
        ("brien", [5]),
        ("sinead o", [5]),
        ("lucja tepes", []),
        ("4567", [4, 1]),
        ("234567", [1]),
        ("601 234 567", [1]),
        ("+48 601-234-567", [1]),
        ("0712345678", [2]),
        ("89123456789", [3]),
        ("567", []),
        ("lucja@", [1]),
        ("LU@EXAMPLE.IE", [5]),
        ("lu", [4, 1, 5]),
        ("stefan.t@example.ro", [2]),
        ("REG1:ABC", [2]),
        ("290000000002", [3]),
        ("a000000000000001", [1]),
        ("", []),
        ("   ", []),
        ('"*', []),
        ("%", []),
        ("NEAR(a b)", []),
    ],
)
def test_what_is_typed_finds(ledger: Ledger, typed: str, found: list[int]) -> None:
    assert _who(ledger, typed) == found


def test_a_phone_as_the_caller_read_it(ledger: Ledger) -> None:
    assert _who(ledger, "8 (912) 345 67 89", phone="+79123456789") == [3]


def test_more_than_asked_for_is_told(ledger: Ledger) -> None:
    with ledger.read() as view:
        found = find(view, "lucja", limit=1)
    assert (len(found.matches), found.more) == (1, True)


def test_the_same_contact_warns_of_a_likely_duplicate(ledger: Ledger) -> None:
    with ledger.read() as view:
        by_phone = same_contact(view, phone="+48601234567")
        by_email = same_contact(view, email="petr@EXAMPLE.ru")
        by_name = same_contact(view, name="Nowak Lucja"), same_contact(view, name="lucja nowak")
        assert [match.how for match in (*by_phone, *by_email)] == ["phone", "email"]
        assert [len(each) for each in by_name] == [0, 1]
        assert same_contact(view) == ()


def test_a_new_name_replaces_the_old_one_in_the_index(ledger: Ledger) -> None:
    with ledger.write() as tx:
        profiles.put(tx, "A000000000000004", {"name": ("Ewa Lis", Version(2, "T", 1, 2))})
    assert _who(ledger, "nowak") == []
    assert _who(ledger, "ewa lis") == [4]


@given(st.text(max_size=80))
def test_folding_is_stable_and_bounded(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert len(words(text)) <= MAX_WORDS
    assert all(len(word) <= MAX_WORD for word in words(text))


def test_any_text_can_be_asked_for(ledger: Ledger) -> None:
    @given(st.text(max_size=40))
    def ask(text: str) -> None:
        _who(ledger, text)

    ask()
