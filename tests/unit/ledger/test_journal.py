"""The journal: a chain without gaps that nobody can change, booked whole or not at all."""

import multiprocessing
from pathlib import Path

import pytest

from config.errors import Broken, Refused, WrongUse
from config.paths import HomePaths
from ledger import journal, lives, outbox
from ledger.legs import balances, legs
from ledger.sqlite import Error
from ledger.store import open_ledger
from loyalty.days import StoreFacts
from loyalty.entries import Draft, Header, Leg, chain_hash, postings, sums
from loyalty.ids import EntryId
from tests.unit.ledger.world import (
    MARIA,
    START_MS,
    ZOFIA,
    Body,
    StandingClock,
    append,
    earned,
    new_ledger,
    spent,
)


def test_each_entry_follows_the_one_before(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        entries = append(ledger, earned(100), earned(200), spent(50))
        with ledger.read() as view:
            life = lives.current_life(view)
            assert [entry.seq for entry in entries] == [1, 2, 3]
            before = life.genesis
            for entry in journal.entries_after(view, life.epoch, 0):
                assert entry.hash == chain_hash(before, entry)
                before = entry.hash
            assert lives.head(view) == (life.epoch, 3, before)


def test_what_is_read_is_what_was_appended(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        (entry,) = append(ledger, earned(100, expires_ms=9_999))
        with ledger.read() as view:
            again = journal.require_entry(view, entry.id)
        assert (again.id, again.header, again.hash) == (entry.id, entry.header, entry.hash)
        assert bytes(again.body) == bytes(entry.body)


def test_several_entries_of_one_transaction_follow_each_other(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            first = journal.append(tx, earned(1), at_ms=START_MS)
            second = journal.append(tx, earned(2), at_ms=START_MS)
        assert (first.seq, second.seq) == (1, 2)
        assert second.hash == chain_hash(first.hash, second)


@pytest.mark.parametrize("act", ["UPDATE entry SET body = '{}'", "DELETE FROM entry"])
def test_the_file_refuses_to_change_or_delete_an_entry(tmp_path: Path, act: str) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(100))
        with ledger.write() as tx, pytest.raises(Error, match="only grows"):
            tx.execute(act)


def test_the_file_refuses_a_gap(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(100))
        with pytest.raises(Broken), ledger.write() as tx:
            tx.execute(
                "INSERT INTO entry SELECT NULL, epoch, 5, kind, at_ms, boot_id, monotonic_ms, cashier_id, member_id,"
                " header, body, hash, store_id, day, hour FROM entry"
            )


def test_nothing_stays_of_an_act_that_fails_halfway(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(100))
        with pytest.raises(Refused), ledger.write() as tx:  # noqa: PT012 - both are one act
            journal.append(tx, earned(900), at_ms=START_MS)
            raise Refused("no", "No.")
        (entry,) = append(ledger, earned(1))
        assert entry.seq == 2
        with ledger.read() as view:
            assert balances(view, [ZOFIA]) == {"points": 101}


def test_balances_are_the_sums_of_legs_and_all_postings_sum_to_zero(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        entries = append(ledger, earned(300), spent(120), earned(7, member=MARIA))
        with ledger.read() as view:
            assert balances(view, [ZOFIA, MARIA]) == {"points": 187}
            assert [booked.leg.amount for booked in legs(view, [ZOFIA])] == [300, -120]
            assert view.rows("SELECT SUM(amount) FROM balance") == [(0,)]
            assert view.rows("SELECT SUM(amount) FROM posting") == [(0,)]
        assert all(sums(postings(entry.header)) == {"points": 0} for entry in entries)


def test_legs_above_what_hq_counts_in(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        entries = append(ledger, earned(1), earned(2), earned(4))
        epoch = entries[0].epoch
        with ledger.read() as view:
            assert [booked.leg.amount for booked in legs(view, [ZOFIA], above={epoch: 2})] == [4]
            assert [booked.leg.amount for booked in legs(view, [ZOFIA], above={epoch + 1: 9})] == [1, 2, 4]
            assert legs(view, [ZOFIA], ["qualifying"]) == ()


def test_an_unknown_kind_is_booked_by_its_header(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, earned(250, kind="moon_landed"))
        with ledger.read() as view:
            assert balances(view, [ZOFIA]) == {"points": 250}


def test_absurd_amounts_and_sizes_are_refused(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with pytest.raises(Refused, match="larger"), ledger.write() as tx:
            journal.append(tx, earned(10**16), at_ms=START_MS)
        with pytest.raises(WrongUse, match="too much"), ledger.write() as tx:
            journal.append(tx, Draft("note", Body("x" * (1 << 20))), at_ms=START_MS)
        with ledger.read() as view:
            assert lives.head(view).seq == 0


def test_an_entry_counts_on_the_business_day_of_its_store(tmp_path: Path) -> None:
    night = StoreFacts("S99", "Europe/Warsaw", closing_minute=240)
    with new_ledger(tmp_path) as ledger:
        with ledger.write() as tx:
            journal.append(tx, earned(5), at_ms=START_MS + 14 * 3_600_000, store=night)  # 02:00 the next morning
        with ledger.read() as view:
            assert view.rows("SELECT store_id, date(day * 86400, 'unixepoch') FROM entry") == [("S99", "2024-05-01")]


def test_history_pages_go_on_where_they_stopped(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        append(ledger, *(earned(amount) for amount in range(1, 8)), earned(1, member=MARIA))
        with ledger.read() as view:
            first = journal.member_history(view, [ZOFIA], limit=4)
            second = journal.member_history(view, [ZOFIA], before=first[-1].position, limit=4)
        assert [each.entry.seq for each in first + second] == [7, 6, 5, 4, 3, 2, 1]


def test_the_bytes_for_hq_are_those_that_were_hashed_and_bounded(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        entries = append(ledger, *(earned(amount) for amount in range(1, 6)))
        with ledger.read() as view:
            epoch = entries[0].epoch
            all_of_them = outbox.canonical_after(view, epoch, 0)
            few = outbox.canonical_after(view, epoch, 1, max_bytes=1)
            assert [each.hash for each in all_of_them] == [entry.hash for entry in entries]
            assert [each.seq for each in few] == [2]
            assert journal.hash_at(view, epoch, 0) == lives.current_life(view).genesis
            assert journal.hash_at(view, epoch, 99) is None


def test_an_entry_of_another_till_is_unknown(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        (entry,) = append(ledger, earned(1))
        with ledger.read() as view, pytest.raises(Refused, match="no record"):
            journal.require_entry(view, EntryId("K7Q2M9XAB3", entry.epoch, entry.seq))


def test_a_new_life_follows_the_old_one_and_shares_its_account_before_pairing(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        (last,) = append(ledger, earned(100))
        with ledger.write() as tx:
            life = lives.open_life(tx, 42, at_ms=START_MS)
            journal.forget_chain(tx)
            entry = journal.append(tx, earned(1), at_ms=START_MS)
        assert (entry.epoch, entry.seq) == (42, 1)
        assert (life.parent_epoch, life.parent_seq, life.parent_hash) == (last.epoch, 1, last.hash)
        with ledger.write() as tx:
            lives.pair(tx)
            later = lives.open_life(tx, 43, at_ms=START_MS)
        with ledger.read() as view:
            assert [each.account for each in lives.lives(view)] == [1, 1, 3]
            assert (later.state, lives.unsynced(view)) == ("current", 2)


def _append_many(home: str, count: int) -> None:
    with open_ledger(HomePaths(Path(home)), clock=StandingClock()) as ledger:
        for _ in range(count):
            append(ledger, earned(1))


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_append_many, args=(str(tmp_path), 25)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    with open_ledger(HomePaths(tmp_path), clock=StandingClock()) as ledger, ledger.read() as view:
        entries = journal.entries_after(view, lives.head(view).epoch, 0)
        assert len(entries) == 50
        assert balances(view, [ZOFIA]) == {"points": 50}


def test_others_writes_show_in_the_data_version(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, open_ledger(ledger.paths, clock=StandingClock()) as other:
        before = ledger.data_version()
        append(ledger, earned(1))
        assert ledger.data_version() == before
        append(other, earned(1))
        assert ledger.data_version() != before


def test_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.read() as view:
        assert lives.head(view).seq == 0
        append(ledger, earned(1))
        assert lives.head(view).seq == 0


def test_a_view_cannot_write(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, pytest.raises(Broken), ledger.read() as view:
        view.rows("DELETE FROM member RETURNING 1")


def test_a_transaction_is_not_opened_inside_another(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, ledger.write(), pytest.raises(RuntimeError), ledger.write():
        pass


def test_a_header_with_stamps_and_points_sums_to_zero_per_currency(tmp_path: Path) -> None:
    header = Header(
        legs=(Leg(ZOFIA, "stamps/coffee", 1, "programme/issued"), Leg(ZOFIA, "points", 9, "programme/issued"))
    )
    with new_ledger(tmp_path) as ledger:
        append(ledger, Draft("sale_completed", Body(), header, member_id=ZOFIA))
        with ledger.read() as view:
            assert balances(view, [ZOFIA]) == {"points": 9, "stamps/coffee": 1}
            assert all(total == 0 for (total,) in view.rows("SELECT SUM(amount) FROM posting GROUP BY currency"))
