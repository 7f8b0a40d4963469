"""Proving the till's file: every hash walked, every derived figure worked out again from the journal, and compared."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from ledger import sqlite
from ledger.booking import book
from ledger.identity import till_facts
from ledger.journal import COLUMNS, entry_of_row
from ledger.lives import Head, Life, head, lives
from ledger.migrations import run_script
from ledger.schema import DERIVED, DERIVED_TABLES
from ledger.store import Ledger, Transaction, View
from ledger.witness import WitnessState, witness_state
from loyalty.entries import Entry, chain_hash, genesis_hash

MOST_DIFFERENCES = 100
_STEP = 500
_EXAMPLES = 3

Progress = Callable[[int, int], None]


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it must be: a reason code, and where."""

    reason: str
    params: dict[str, object]


class Verification(msgspec.Struct, frozen=True):
    """What was found: all is well when *differences* is empty."""

    entries: int
    head: Head
    differences: tuple[Difference, ...]


def verify(ledger: Ledger, progress: Progress | None = None) -> Verification:
    """Prove the whole file, as it is at this moment; *progress* is told (entries done, entries in all)."""
    with ledger.read() as view, tempfile.TemporaryDirectory(prefix="regulars-verify-") as folder:
        scratch = sqlite.connect_scratch(Path(folder) / "again.db")
        try:
            found = tuple(_first(_differences(view, scratch, ledger, progress or _silent)))
        finally:
            scratch.close()
        return Verification(int(view.value("SELECT COUNT(*) FROM entry")), head(view), found)


def _differences(view: View, scratch: sqlite.Connection, ledger: Ledger, progress: Progress) -> Iterator[Difference]:
    yield from _file_differences(view)
    yield from _life_differences(view)
    _prepare(scratch, ledger.paths.database)
    yield from _journal_differences(view, Transaction(scratch, ledger.clock, ledger.paths), progress)
    yield from _derived_differences(View(scratch))
    yield from _sum_differences(view)
    yield from _people_differences(view)
    state = witness_state(view, ledger.paths)
    if state in {WitnessState.BEHIND, WitnessState.DIFFERS}:
        yield Difference(f"witness_{state}", {})


def _file_differences(view: View) -> Iterator[Difference]:
    for (said,) in view.rows(f"PRAGMA integrity_check({_EXAMPLES})"):
        if said != "ok":
            yield Difference("file_damaged", {"said": said})
    for table, row, *_ in view.rows("PRAGMA foreign_key_check"):
        yield Difference("reference_missing", {"table": table, "row": row})


def _life_differences(view: View) -> Iterator[Difference]:
    till_id = till_facts(view).till_id
    before: Life | None = None
    for life in lives(view):
        parent = (life.parent_epoch, life.parent_seq, life.parent_hash)
        named = None if None in parent else parent
        if genesis_hash(till_id, life.epoch, life.key_fingerprint, named) != life.genesis:  # type: ignore[arg-type]
            yield Difference("genesis_differs", {"epoch": life.epoch})
        if before is not None and parent != tuple(head(view, before.epoch)):
            yield Difference("parent_differs", {"epoch": life.epoch})
        if life.acked_seq > head(view, life.epoch).seq:
            yield Difference("acknowledged_too_much", {"epoch": life.epoch, "seq": life.acked_seq})
        before = life


def _prepare(scratch: sqlite.Connection, database: Path) -> None:
    """Empty derived tables beside the journal, in which each entry is seen only once its turn has come."""
    run_script(scratch, DERIVED)
    scratch.execute("ATTACH ? AS journal", (f"{database.absolute().as_uri()}?mode=ro",))
    scratch.execute("CREATE TEMP TABLE reached (position INTEGER)")
    scratch.execute("INSERT INTO reached VALUES (0)")
    scratch.execute("CREATE TEMP VIEW till AS SELECT * FROM journal.till")
    scratch.execute("CREATE TEMP VIEW life AS SELECT * FROM journal.life")
    scratch.execute(
        "CREATE TEMP VIEW entry AS SELECT * FROM journal.entry WHERE position <= (SELECT position FROM reached)"
    )
    scratch.execute("BEGIN")


def _journal_differences(view: View, tx: Transaction, progress: Progress) -> Iterator[Difference]:
    till_id = till_facts(view).till_id
    reached = {life.epoch: Head(life.epoch, 0, life.genesis) for life in lives(view)}
    total = view.value("SELECT COUNT(*) FROM entry")
    rows = view.each(f"SELECT {COLUMNS}, store_id, day, hour, position FROM entry ORDER BY position")
    for done, (*columns, store_id, day, hour, position) in enumerate(rows, 1):
        try:
            entry = entry_of_row(tuple(columns), till_id)
        except msgspec.MsgspecError:
            yield Difference("entry_unreadable", {"epoch": columns[0], "seq": columns[1]})
            continue
        yield from _entry_differences(entry, reached)
        tx.execute("UPDATE reached SET position = ?", (position,))
        book(tx, entry, store_id, day, hour)
        if done % _STEP == 0:
            _settle(tx)
            progress(done, total)
    _settle(tx)
    progress(total, total)


def _entry_differences(entry: Entry, reached: dict[int, Head]) -> Iterator[Difference]:
    place: dict[str, object] = {"epoch": entry.epoch, "seq": entry.seq}
    before = reached.get(entry.epoch)
    if before is None:
        yield Difference("life_missing", place)
        before = Head(entry.epoch, entry.seq - 1, b"")
    if entry.seq != before.seq + 1:
        yield Difference("entries_missing", place)
    if chain_hash(before.hash, entry) != entry.hash:
        yield Difference("chain_broken", place)
    reached[entry.epoch] = Head(entry.epoch, entry.seq, entry.hash)


def _settle(tx: Transaction) -> None:
    """Write down the figures gathered so far, as a commit does."""
    for act in tx.before_commit_acts:
        act()


def _derived_differences(view: View) -> Iterator[Difference]:
    for table in DERIVED_TABLES:
        columns = [row[1] for row in view.rows(f"PRAGMA main.table_info({table})")]
        same = " AND ".join(f"other.{column} IS this.{column}" for column in columns)
        for reason, here, there in (("figure_unfounded", "journal", "main"), ("figure_missing", "main", "journal")):
            # Row by row along the key, which both have: EXCEPT would hold a whole table in memory.
            rows = view.rows(
                f"SELECT * FROM {here}.{table} AS this"
                f" WHERE NOT EXISTS (SELECT 1 FROM {there}.{table} AS other WHERE {same}) LIMIT {_EXAMPLES}"
            )
            for row in rows:
                yield Difference(reason, {"table": table, "row": " ".join(str(part) for part in row)})


def _sum_differences(view: View) -> Iterator[Difference]:
    sums = view.rows("SELECT currency, SUM(amount) FROM balance GROUP BY currency HAVING SUM(amount) <> 0")
    for currency, total in sums:
        yield Difference("sum_not_zero", {"currency": currency, "sum": total})


def _people_differences(view: View) -> Iterator[Difference]:
    left = view.value("SELECT COUNT(*) FROM profile JOIN member USING (no) WHERE status = 'erased'")
    if left:
        yield Difference("erased_profile_left", {"count": left})
    unindexed = view.value(
        "SELECT (SELECT COUNT(*) FROM profile WHERE name_folded <> '') - (SELECT COUNT(*) FROM name_index_docsize)"
    )
    if unindexed:
        yield Difference("names_unindexed", {"count": unindexed})


def _first(found: Iterator[Difference]) -> Iterator[Difference]:
    """At most :data:`MOST_DIFFERENCES`: a broken file has no end of them."""
    for _, difference in zip(range(MOST_DIFFERENCES), found, strict=False):
        yield difference


def _silent(done: int, total: int) -> None:
    """Nobody wants to know."""
