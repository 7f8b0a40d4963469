"""Verify, backup, restore, witness: the till's file is proven, copied, put back, and tells when it is an old one."""

import shutil
from pathlib import Path

import pytest

from config.errors import Broken, Refused
from config.paths import HomePaths
from ledger import cards, journal, lives, members, numbers, print_jobs, profiles, sqlite
from ledger.backup import backup
from ledger.erasures import read_erasures
from ledger.identity import load_private_key
from ledger.restore import Restored, restore
from ledger.search import find
from ledger.store import Ledger, open_ledger
from ledger.verify import Verification, verify
from ledger.witness import WitnessState, witness_state
from loyalty.entries import Kind
from loyalty.profiles import Version
from tests.unit.ledger.world import (
    MARIA,
    START_MS,
    ZOFIA,
    SeededRandom,
    StandingClock,
    append,
    earned,
    enrol,
    new_ledger,
    refund,
    sale,
)


def _busy_till(home: Path) -> Ledger:
    ledger = new_ledger(home)
    with ledger.write() as tx:
        enrol(tx)
        enrol(tx, MARIA)
        cards.link(tx, cards.Card("C1", MARIA, "QR"))
        profiles.put(tx, MARIA, {"name": ("Maria Rossi", Version(1, "T", 1, 1))})
        numbers.give_block(tx, 1, 100)
    first, second, _ = append(ledger, sale(), sale(spend=5_000), sale(member=None))
    append(ledger, refund(first), earned(7, member=MARIA), refund(second, whole=False, refunded_minor=90, points=900))
    return ledger


def _restore(paths: HomePaths, file: Path) -> Restored:
    return restore(paths, file, clock=StandingClock(START_MS + 1), random=SeededRandom())


def _reasons(found: Verification) -> set[tuple[str, object]]:
    return {(each.reason, each.params.get("table")) for each in found.differences}


def _tamper(paths: HomePaths, *statements: str) -> None:
    connection = sqlite.connect(paths.database)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_busy_till_is_proven_right(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with _busy_till(tmp_path) as ledger:
        found = verify(ledger, lambda done, total: told.append((done, total)))
    assert found.differences == ()
    assert (found.entries, found.head.seq, told[-1]) == (6, 6, (6, 6))


def test_an_empty_till_is_proven_right(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        assert verify(ledger).differences == ()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE balance SET amount = amount + 1 WHERE account LIKE 'member/%'", ("figure_unfounded", "balance")),
        ("DELETE FROM leg WHERE seq = 2", ("figure_missing", "leg")),
        ("UPDATE allowance_move SET used = 0", ("figure_unfounded", "allowance_move")),
        ("UPDATE day_sale SET sales = 9", ("figure_missing", "day_sale")),
        ("DELETE FROM day_product", ("figure_missing", "day_product")),
        ("UPDATE member_statistics SET sales = 7", ("figure_unfounded", "member_statistics")),
        ("DELETE FROM reversal", ("figure_missing", "reversal")),
        ("UPDATE life SET genesis = zeroblob(32)", ("genesis_differs", None)),
        ("UPDATE member SET status = 'erased'", ("erased_profile_left", None)),
        ("UPDATE life SET acked_seq = 99", ("acknowledged_too_much", None)),
    ],
)
def test_a_changed_figure_is_found(tmp_path: Path, statement: str, reason: tuple[str, object]) -> None:
    ledger = _busy_till(tmp_path)
    _tamper(ledger.paths, statement)
    with ledger:
        assert reason in _reasons(verify(ledger))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE entry SET body = REPLACE(body, '4590', '4591') WHERE seq = 1", "chain_broken"),
        ("UPDATE entry SET header = REPLACE(header, '45000', '95000') WHERE seq = 2", "chain_broken"),
        ("UPDATE entry SET header = 'x' WHERE seq = 2", "entry_unreadable"),
        ("UPDATE entry SET cashier_id = 'eve' WHERE seq = 3", "chain_broken"),
        ("DELETE FROM entry WHERE seq = 3", "entries_missing"),
        ("DELETE FROM entry WHERE seq = 6", "witness_behind"),
    ],
)
def test_a_changed_journal_is_found(tmp_path: Path, statement: str, reason: str) -> None:
    ledger = _busy_till(tmp_path)
    triggers = ("DROP TRIGGER entry_is_never_changed", "DROP TRIGGER entry_is_never_deleted")
    _tamper(ledger.paths, *triggers, statement)
    with ledger:
        assert (reason, None) in _reasons(verify(ledger))


def test_a_backup_is_a_whole_till_and_never_replaces_a_file(tmp_path: Path) -> None:
    with _busy_till(tmp_path / "home") as ledger:
        done = backup(ledger, tmp_path / "copies" / "monday.db")
        assert (done.entries, done.head.seq) == (6, 6)
        assert done.size_bytes == done.file.stat().st_size
        with pytest.raises(Refused, match="already"):
            backup(ledger, done.file)
    assert [file.name for file in done.file.parent.iterdir()] == ["monday.db"]


def test_a_restored_till_goes_on_in_a_new_life(tmp_path: Path) -> None:
    with _busy_till(tmp_path / "home") as ledger:
        done = backup(ledger, tmp_path / "monday.db")
        append(ledger, earned(1_000))
        paths = ledger.paths
    restored = _restore(paths, done.file)
    assert (restored.parent, restored.was_paired) == (done.head, False)
    assert restored.kept_aside is not None
    with open_ledger(paths, clock=StandingClock()) as ledger:
        (entry,) = append(ledger, earned(1))
        assert (entry.epoch, entry.seq) == (restored.life.epoch, 1)
        assert verify(ledger).differences == ()
        with ledger.read() as view:
            assert lives.current_life(view).account == 1
            assert numbers.left(view) == 0
            assert load_private_key(paths, view)
            assert witness_state(view, paths) == WitnessState.AGREES
    aside = HomePaths(tmp_path / "aside")
    aside.root.mkdir()
    shutil.copy(restored.kept_aside, aside.database)
    with open_ledger(aside, clock=StandingClock()) as before, before.read() as view:
        assert lives.head(view).seq == 7


def test_a_backup_does_not_revive_an_erased_member(tmp_path: Path) -> None:
    with _busy_till(tmp_path / "home") as ledger:
        done = backup(ledger, tmp_path / "monday.db")
        with ledger.write() as tx:
            members.erase(tx, (MARIA,), at_ms=START_MS)
        paths = ledger.paths
    assert _restore(paths, done.file).erasures_replayed == 1
    with open_ledger(paths, clock=StandingClock()) as ledger, ledger.read() as view:
        assert find(view, "maria").matches == ()
        assert members.require(view, MARIA).status == "erased"
        # The entry that told HQ may have been lost with the old file: the new life says it again.
        last = journal.last_entry(view, [Kind.MEMBER_ERASED])
        assert last is not None
        assert (last.member_id, last.epoch) == (MARIA, lives.current_life(view).epoch)
    assert b"maria rossi" not in paths.database.read_bytes().lower()
    assert read_erasures(paths) == (MARIA,)


def test_receipts_that_waited_in_a_backup_are_asked_about_not_printed_twice(tmp_path: Path) -> None:
    with new_ledger(tmp_path / "home") as ledger:
        with ledger.write() as tx:
            print_jobs.enqueue(tx, b"receipt", now_ms=START_MS)
        done = backup(ledger, tmp_path / "monday.db")
    _restore(ledger.paths, done.file)
    with open_ledger(ledger.paths, clock=StandingClock()) as ledger:
        assert [job.state for job in print_jobs.PrintQueue(ledger).waiting()] == ["may_have_printed"]


def test_a_backup_restored_on_a_new_machine_gets_a_new_key(tmp_path: Path) -> None:
    with _busy_till(tmp_path / "home") as ledger:
        done = backup(ledger, tmp_path / "monday.db")
    elsewhere = HomePaths(tmp_path / "elsewhere")
    assert _restore(elsewhere, done.file).kept_aside is None
    with open_ledger(elsewhere, clock=StandingClock()) as ledger, ledger.read() as view:
        assert load_private_key(elsewhere, view)
        assert journal.recent(view)[0].entry.seq == 6


def test_an_open_till_is_not_replaced(tmp_path: Path) -> None:
    with _busy_till(tmp_path / "home") as ledger:
        done = backup(ledger, tmp_path / "monday.db")
        with pytest.raises(Broken, match="locked"):
            _restore(ledger.paths, done.file)
        append(ledger, earned(1))


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 500], ids=["empty", "garbage"])
def test_a_damaged_or_foreign_backup_changes_nothing(tmp_path: Path, content: bytes) -> None:
    _busy_till(tmp_path / "home").close()
    paths = HomePaths(tmp_path / "home")
    before = paths.database.read_bytes()
    bad = tmp_path / "bad.db"
    bad.write_bytes(content)
    with pytest.raises(Broken):
        _restore(paths, bad)
    with pytest.raises(Refused, match="no backup"):
        _restore(paths, tmp_path / "missing.db")
    assert paths.database.read_bytes() == before


def test_a_damaged_till_can_be_restored(tmp_path: Path) -> None:
    with _busy_till(tmp_path / "home") as ledger:
        done = backup(ledger, tmp_path / "monday.db")
    ledger.paths.database.write_bytes(b"\x00" * 9_000)
    _restore(ledger.paths, done.file)
    with open_ledger(ledger.paths, clock=StandingClock()) as ledger:
        assert verify(ledger).differences == ()


def test_an_older_copy_of_the_file_is_told_by_its_witness(tmp_path: Path) -> None:
    with _busy_till(tmp_path) as ledger:
        paths = ledger.paths
    copy = paths.database.read_bytes()
    with open_ledger(paths, clock=StandingClock()) as ledger:
        append(ledger, earned(1), earned(2, member=ZOFIA))
    paths.database.write_bytes(copy)
    with open_ledger(paths, clock=StandingClock()) as ledger:
        with ledger.read() as view:
            assert witness_state(view, paths) == WitnessState.BEHIND
        append(ledger, earned(8), earned(9))
        append(ledger, earned(10))


def test_the_witness_tells_another_history_and_its_own_absence(tmp_path: Path) -> None:
    with _busy_till(tmp_path) as ledger, ledger.read() as view:
        paths = ledger.paths
        assert witness_state(view, paths) == WitnessState.AGREES
        other = lives.head(view)._replace(hash=b"\x01" * 32)
        from ledger.witness import write_witness

        write_witness(paths, other)
        assert witness_state(view, paths) == WitnessState.DIFFERS
        paths.witness.write_text("half a li")
        assert witness_state(view, paths) == WitnessState.ABSENT
        write_witness(paths, other._replace(epoch=5))
        assert witness_state(view, paths) == WitnessState.BEHIND
