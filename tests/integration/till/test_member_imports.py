"""Members of another system: imported once, however often their file comes."""

from pathlib import Path

import pytest

from config.errors import Refused
from ledger import members
from terminal.till_import_shapes import ImportCounts, ImportedMember, ImportedSale
from tests.builders import NOW_MS, PIN, PLAIN_PROGRAMME, Shop, at, lines

FILE = (
    ImportedMember(line=2, name="Jan Kowalski", points_millipoints=5_000),
    ImportedMember(line=3, name="Jan Kowalski", points_millipoints=5_000),
    ImportedMember(line=4, name="Jan Kowalski", birthday="05-31"),
    ImportedMember(line=5, name="Ewa", phone="601234567", consents={"sms": "v1"}),
    ImportedMember(line=6, card="H-1"),
    ImportedMember(line=7),
    ImportedMember(line=8, reference="C-77", name="Old name", segments="staff, senior"),
)


def take(shop: Shop, *rows: ImportedMember, check_only: bool = False) -> ImportCounts:
    return shop.till.imports.members(rows, check_only=check_only)


def member_count(shop: Shop) -> int:
    with shop.till.counter.ledger.read() as view:
        return members.count(view)


def test_a_file_that_comes_again_enrols_nobody_again(shop: Shop) -> None:
    before = member_count(shop)
    first = take(shop, *FILE)
    assert (first.imported, first.repeated, first.skipped) == (7, 0, 0)
    again = take(shop, *FILE)
    assert (again.imported, again.repeated, again.skipped, again.points_earned_millipoints) == (0, 7, 0, 0)
    assert member_count(shop) == before + 7
    assert sum(match.name == "Jan Kowalski" for match in shop.till.members.find("Jan Kowalski").matches) == 3


def test_a_trial_says_what_would_come_and_keeps_nothing(shop: Shop) -> None:
    for _ in range(2):
        assert take(shop, *FILE, check_only=True).imported == 7
    assert take(shop, *FILE).imported == 7
    assert take(shop, *FILE, check_only=True).repeated == 7


def test_a_reference_knows_a_member_whatever_else_has_changed(shop: Shop) -> None:
    take(shop, *FILE)
    changed = ImportedMember(line=2, reference="C-77", name="New name", phone="609999999")
    assert take(shop, changed, changed).repeated == 2
    assert not shop.till.members.find("New name").matches
    assert take(shop, ImportedMember(line=2, reference="c-77")).imported == 1
    (problem,) = take(shop, ImportedMember(line=2, reference="C" * 65)).problems
    assert problem.reason == "reference_too_long"


def test_who_is_here_already_by_phone_is_named_not_doubled(shop: Shop) -> None:
    shop.member("Ewa", phone="601234567")
    (problem,) = take(shop, *FILE).problems
    assert (problem.line, problem.reason) == (5, "member_exists")


def test_of_an_erased_member_no_trace_of_the_import_is_kept(shop: Shop) -> None:
    take(shop, *FILE)
    (ewa,) = shop.till.members.find("Ewa").matches
    shop.till.members.erase(ewa.member_id, PIN)
    with shop.till.counter.ledger.read() as view:
        kept = view.value("SELECT COUNT(*) FROM import_key WHERE source = 'members'")
    assert kept == len(FILE) - 1


def test_a_till_with_a_headquarters_imports_nobody(shop: Shop) -> None:
    with shop.till.counter.ledger.write() as tx:
        tx.execute("UPDATE till SET paired = 1")
    with pytest.raises(Refused) as refused:
        take(shop, *FILE)
    assert refused.value.reason == "import_needs_alone"


def test_who_is_imported_into_a_segment_gets_what_the_programme_gives_it(tmp_path: Path) -> None:
    staff_only = '\n[[rule]]\nid = "staff"\nbonus = 50\nsegments = ["Staff"]\n'
    shop = Shop(tmp_path / "home", PLAIN_PROGRAMME + staff_only)
    take(shop, *FILE)
    (inside,), (outside,) = shop.till.members.find("Old name").matches, shop.till.members.find("Ewa").matches
    assert shop.sell("1.00", member=inside.member_id).points_earned_millipoints == 51_000
    assert shop.sell("1.00", member=outside.member_id).points_earned_millipoints == 1_000
    (problem,) = take(shop, ImportedMember(line=2, name="X", segments="a" * 500)).problems
    assert problem.reason == "segments_too_many"
    shop.close()


def test_a_tier_that_is_brought_along_ends_with_its_window_and_sales_imported_after_it_leave_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "home", PLAIN_PROGRAMME + '[[tier]]\nid = "gold"\nname = "Gold"\nfrom_points = 500\n')
    take(shop, ImportedMember(line=2, card="H-1", tier="gold"))
    sale = ImportedSale(line=2, sale_id="1", at_ms=NOW_MS, store="a", till="1", card="H-1", lines=lines("600.00"))
    shop.till.imports.sales([sale])
    (found,) = shop.till.members.find("H-1").matches
    shown = shop.till.members.show(found.member_id)
    assert shown.tier is not None
    assert shown.tier.id == "gold"
    with shop.till.counter.ledger.read() as view:
        kept = members.require(view, found.member_id)
    assert (kept.tier_manual, kept.tier_until_ms) == (True, at("2027-11-17 00:00"))
    shop.close()
