"""Members, cards, profiles, consents, staff, shifts, held baskets: what the till keeps beside its journal."""

from pathlib import Path

import pytest

from config.errors import Refused
from ledger import cards, held, imports, journal, lives, members, numbers, outbox, profiles, programmes, shifts, staff
from ledger.erasures import read_erasures
from ledger.search import find
from ledger.store import Ledger
from loyalty.entries import Draft, Kind
from loyalty.profiles import Consent, Version
from tests.unit.ledger.world import MARIA, START_MS, ZOFIA, Body, append, earned, enrol, new_ledger, sale


def _edit(ledger: Ledger, seq: int, fields: dict[str, str | None], *consents: Consent, member: str = ZOFIA) -> None:
    with ledger.write() as tx:
        version = Version(START_MS + seq, "T", 1, seq)
        profiles.change(tx, profiles.ProfileChange(member, version, b"salt", fields, consents))


def test_a_card_leads_to_its_member_and_to_nobody_elses(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
            enrol(tx, MARIA)
            cards.link(tx, cards.Card("C1", ZOFIA, "QR"))
        with pytest.raises(Refused, match="another member"), ledger.write() as tx:
            cards.link(tx, cards.Card("C1", MARIA, "QR"))
        with ledger.write() as tx:
            cards.set_status(tx, "C1", ZOFIA, cards.REPLACED, replaced_by="C2")
        with ledger.read() as view:
            assert cards.find(view, "C1") == (cards.Card("C1", ZOFIA, "QR", status="replaced", replaced_by="C2"),)


def test_two_unpaired_tills_gave_out_one_code(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
            enrol(tx, MARIA)
            cards.put(tx, cards.Card("C1", ZOFIA, "EAN13"))
            cards.put(tx, cards.Card("C1", MARIA, "EAN13"))
        with ledger.read() as view:
            assert {card.member_id for card in cards.find(view, "C1")} == {ZOFIA, MARIA}


def test_a_changing_code_works_once(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        assert [cards.code_seen(tx, ZOFIA, step) for step in (7, 7, 8, 7)] == [True, False, True, False]


def test_the_last_writer_of_a_field_stays_whatever_order_the_edits_come_in(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        _edit(ledger, 2, {"name": "Zofia Nowak", "phone": "+48601234567"})
        _edit(ledger, 1, {"name": "Sofia", "email": "z@example.com"})
        with ledger.read() as view:
            assert profiles.profile(view, ZOFIA) == profiles.Profile(
                name="Zofia Nowak", phone="+48601234567", email="z@example.com"
            )
            assert [change.version.seq for change in profiles.changes_of(view, ZOFIA)] == [1, 2]
            assert [change.version.seq for change in outbox.profile_changes(view, 1, 2, 9)] == [2]


def test_hqs_word_replaces_a_field_but_not_what_was_edited_here_since(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        _edit(ledger, 1, {"name": "Old", "phone": "+48600000000"})
        _edit(ledger, 2, {"phone": "+48611111111"})
        from_hq = {"name": ("From HQ", Version(1, "OTHER", 9, 9)), "phone": (None, Version(1, "OTHER", 9, 9))}
        with ledger.write() as tx:
            profiles.put_pulled(tx, ZOFIA, from_hq, (), above={1: 1})
        with ledger.read() as view:
            assert profiles.profile(view, ZOFIA) == profiles.Profile(name="From HQ", phone="+48611111111")


def test_consent_is_given_withdrawn_and_knowingly_given_again(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        for seq, given in enumerate((True, False, True), 1):
            _edit(ledger, seq, {}, Consent("sms", given, START_MS + seq, "v1"))
            with ledger.read() as view:
                (consent,) = profiles.consents(view, ZOFIA)
                assert consent.given is given


def test_a_late_consent_that_did_not_know_of_the_withdrawal_does_not_win(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx)
        _edit(ledger, 1, {}, Consent("sms", given=False, at_ms=START_MS))
        elsewhere = Consent("sms", given=True, at_ms=START_MS + 9, version=Version(START_MS + 9, "OTHER", 1, 1))
        with ledger.write() as tx:
            profiles.put(tx, ZOFIA, {}, (elsewhere,))
        with ledger.read() as view:
            assert [consent.given for consent in profiles.consents(view, ZOFIA)] == [False]


def test_an_erased_member_leaves_no_personal_byte_in_the_home(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            enrol(tx, number="2900000000015")
            cards.link(tx, cards.Card("FOREIGN-CARD-77", ZOFIA, "QR"))
        append(ledger, earned(100))
        _edit(ledger, 1, {"name": "Kunegunda Brzęczyszczykiewicz", "email": "kunia@example.com"})
        with ledger.write() as tx:
            members.erase(tx, (ZOFIA,), at_ms=START_MS)
        ledger.truncate_log()
        with ledger.read() as view:
            assert members.require(view, ZOFIA).status == "erased"
            assert profiles.profile(view, ZOFIA) is None
            assert find(view, "kunegunda").matches == ()
            assert find(view, "FOREIGN-CARD-77").matches == ()
            assert len(journal.member_history(view, [ZOFIA])) == 1
        with ledger.write() as tx:
            members.put(tx, members.Member(ZOFIA, None, "active", None, 1, None, True, None, None, False))
            profiles.put(tx, ZOFIA, {"name": ("Again", Version(9, "T", 1, 9))})
        with ledger.read() as view:
            assert members.require(view, ZOFIA).status == "erased"
        assert read_erasures(ledger.paths) == (ZOFIA,)
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file()).lower()
    for word in (b"kunegunda", b"brzeczyszcz", b"kunia", b"foreign-card-77"):
        assert word not in content


def test_merged_members_go_on_as_one(tmp_path: Path) -> None:
    third = "TH1RD00000000000"
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            for member_id in (ZOFIA, MARIA, third):
                enrol(tx, member_id)
            cards.link(tx, cards.Card("C1", third, "QR"))
            tx.execute("UPDATE member SET number = '29001' WHERE member_id = ?", (third,))
            profiles.put(tx, third, {"phone": ("+48600700800", Version(1, "T", 1, 1))})
            members.merge(tx, MARIA, third)
            members.merge(tx, ZOFIA, MARIA)
        with ledger.read() as view:
            assert members.ids_of(view, third) == (ZOFIA, MARIA, third)
            for known in ("C1", "29001", "600700800", third, ZOFIA):
                assert [match.member_id for match in find(view, known).matches] == [ZOFIA]
            assert members.count(view) == 1


def test_blocking_and_unblocking(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        enrol(tx)
        members.block(tx, ZOFIA, "card_lost")
        assert (members.require(tx, ZOFIA).status, members.require(tx, ZOFIA).status_reason) == ("blocked", "card_lost")
        members.unblock(tx, ZOFIA)
        assert members.require(tx, ZOFIA).status == "active"
        with pytest.raises(Refused, match="No member"):
            members.require(tx, MARIA)


def test_card_numbers_are_given_once_and_a_new_life_burns_the_rest(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        numbers.give_block(tx, 5, 3)
        assert numbers.take(tx, 2) == ((5, 0), (5, 1))
        with pytest.raises(Refused, match="too few"):
            numbers.take(tx, 2)
        lives.open_life(tx, 77, at_ms=START_MS)
        assert numbers.left(tx) == 0
        numbers.give_block(tx, 6, 3)
        numbers.give_block(tx, 5, 3)
        assert numbers.take(tx) == ((6, 0),)


def test_staff_wrong_pins_and_leaving(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        staff.add(tx, staff.Staff("ana", "Ana", "manager"), "hash")
        with pytest.raises(Refused, match="already"):
            staff.add(tx, staff.Staff("ana", "Ana", "manager"), "hash")
        assert staff.count_failure(tx, "ana") == 1
        assert staff.count_failure(tx, "ana", locked_until_ms=99) == 2
        assert staff.require(tx, "ana").locked_until_ms == 99
        staff.set_pin(tx, "ana", "other")
        assert (staff.pin_hash(tx, "ana"), staff.require(tx, "ana").failed_attempts) == ("other", 0)
        staff.remove(tx, "ana")
        assert staff.list_staff(tx) == ()
        with pytest.raises(Refused, match="works here"):
            staff.require(tx, "ana")


def test_a_shift_counts_what_happened_in_it(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, sale())
        with ledger.write() as tx:
            shifts.open_shift(tx, journal.append(tx, Draft(Kind.SHIFT_OPENED, Body()), at_ms=1), float_minor=100)
        (inside, *_) = append(ledger, sale(paid_minor=700, points=7_000), sale(member=None, paid_minor=300))
        with ledger.write() as tx:
            with pytest.raises(Refused, match="open already"):
                shifts.open_shift(tx, inside)
            closing = journal.append(tx, Draft(Kind.SHIFT_CLOSED, Body()), at_ms=2)
            shift = shifts.close_shift(tx, closing, counted_minor=1100)
        (after,) = append(ledger, sale())
        with ledger.read() as view:
            totals = shifts.shift_totals(view, shift)
            assert (totals.sales, totals.sales_with_member, totals.to_pay_minor) == (2, 1, 1000)
            assert shifts.shift_of(view, inside.id) == shift
            assert shifts.shift_of(view, after.id) is None
            assert shifts.current_shift(view) is None


def test_held_baskets(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        number = held.hold(tx, b"basket", label="blue jacket", cashier_id="ana", member_id=None, at_ms=START_MS)
        assert held.get(tx, number).document == b"basket"
        assert held.drop(tx, number)
        assert not held.drop(tx, number)
        with pytest.raises(Refused, match="no held basket"):
            held.get(tx, number)


def test_the_programme_in_force_is_the_one_that_started_last(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        for version, start_ms in (("a", 100), ("b", 300), ("c", 200)):
            programmes.store(
                tx, f"# {version}", version=version, programme_id="shop", name="Shop", start_ms=start_ms, stored_ms=50
            )
        forces = [programmes.in_force(tx, at_ms) for at_ms in (99, 100, 250, 300)]
        assert [force and force.version for force in forces] == [None, "a", "c", "b"]
        found = programmes.by_version(tx, "c")
        assert found is not None
        assert found.toml == "# c"


def test_what_was_imported_is_remembered(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write() as tx:
        entry = journal.append(tx, earned(1), at_ms=START_MS)
        imports.remember(tx, "sales", "367|1|42", entry)
        assert imports.seen(tx, "sales", ["367|1|42", "367|1|43"]) == {"367|1|42": entry.id}
        assert imports.seen(tx, "members", ["367|1|42"]) == {}


def test_what_waits_for_hq(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        (first, *_) = append(ledger, earned(1), earned(2), earned(3))
        with ledger.write() as tx:
            lives.acknowledge(tx, first.epoch, 2)
            lives.acknowledge(tx, first.epoch, 1)
            assert outbox.waiting(tx) == (1, START_MS)
            lives.acknowledge(tx, first.epoch, 3)
            assert outbox.waiting(tx) == (0, None)
