"""A new till takes in a whole chain's members in one go."""

from pathlib import Path

import pytest

from config.errors import Refused
from ledger import bulk, profiles
from ledger.cards import Card
from ledger.members import Member
from ledger.search import find
from ledger.verify import verify
from loyalty.profiles import Consent, Version
from tests.unit.ledger.world import MARIA, ZOFIA, enrol, new_ledger

FROM_HQ = Version(5, "OTHER", 1, 1)


def _newcomer(member_id: str, name: str) -> bulk.Newcomer:
    return bulk.Newcomer(
        Member(member_id, "29001", "active", None, 1, None, True, "gold", None, False),
        profiles.Profile(name=name, phone="+48601234567", email=f"{name.split(maxsplit=1)[0]}@example.com"),
        {"name": FROM_HQ, "phone": FROM_HQ, "email": FROM_HQ},
        (Card(f"C-{member_id}", member_id, "QR"),),
        (Consent("sms", given=True, at_ms=5, version=FROM_HQ),),
    )


def test_members_of_a_snapshot_are_like_any_others(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            bulk.begin(tx)
            bulk.put(tx, [_newcomer(ZOFIA, "Zofia Żak")])
        with ledger.write() as tx:
            bulk.begin(tx)
            bulk.put(tx, [_newcomer(ZOFIA, "Twice"), _newcomer(MARIA, "Maria Rossi")])
            assert bulk.unfinished(tx)
            profiles.put(tx, MARIA, {"name": ("Maria Bianchi", Version(6, "T", 1, 1))})
            bulk.finish(tx)
            bulk.finish(tx)
            assert not bulk.unfinished(tx)
        with ledger.read() as view:
            for known in ("zak", "ZOFIA@", f"C-{ZOFIA}"):
                assert [match.member_id for match in find(view, known).matches] == [ZOFIA]
            assert [match.name for match in find(view, "maria bia").matches] == ["Maria Bianchi"]
            assert find(view, "rossi").matches == ()
            assert len(find(view, "4567").matches) == 2
            assert [consent.given for consent in profiles.consents(view, MARIA)] == [True]
        with ledger.write() as tx:
            profiles.put(
                tx, ZOFIA, {"name": ("Zofia Lis", Version(6, "T", 1, 1)), "phone": (None, Version(1, "T", 1, 1))}
            )
        with ledger.read() as view:
            assert find(view, "zak").matches == ()
            assert profiles.profile(view, ZOFIA) == profiles.Profile("Zofia Lis", "+48601234567", "Zofia@example.com")
        assert verify(ledger).differences == ()


def test_a_till_with_members_is_not_filled_in_bulk(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        with ledger.write() as tx, pytest.raises(Refused, match="already"):
            bulk.begin(tx)
