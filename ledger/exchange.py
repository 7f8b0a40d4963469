"""What was pulled from HQ: its rows of whole members, which own entries those rows include, and what it has granted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ledger.legs import not_included
from ledger.store import Transaction, View

POINTS = "points"


class PulledRow(NamedTuple):
    """HQ's row of one whole member; *row* is the exchange's own form of it.

    *read_id* names the read it came with (see :func:`includes`); *read_at* is HQ's change number at that read.
    *kept_back*: entries of this till, as (epoch, seq, ``suspended`` or ``waiting``), that HQ has but does not count.
    *vouchers*: the open ones as (code, member id).
    """

    root: str
    ids: tuple[str, ...]
    read_id: int
    balance_millipoints: int
    debt_millipoints: int
    row: bytes
    read_at: int = 0
    kept_back: tuple[tuple[int, int, str], ...] = ()
    vouchers: tuple[tuple[str, str], ...] = ()


def row_of(view: View, member_id: str) -> PulledRow | None:
    """The pulled row that covers *member_id*."""
    found = view.row(
        "SELECT r.root, r.read_id, r.balance_millipoints, r.debt_millipoints, r.row, r.read_at"
        " FROM pulled_id i JOIN pulled_row r ON r.root = i.root WHERE i.member_id = ?",
        (member_id,),
    )
    if found is None:
        return None
    root, read_id, balance, debt, row, read_at = found
    ids = tuple(each[0] for each in view.rows("SELECT member_id FROM pulled_id WHERE root = ? ORDER BY 1", (root,)))
    return PulledRow(root, ids, read_id, balance, debt, bytes(row), read_at)


def includes(view: View, read_id: int) -> dict[int, int]:
    """Up to which entry of each life the read *read_id* counts them in."""
    return {each[0]: each[1] for each in view.rows("SELECT epoch, seq FROM pulled_read WHERE read_id = ?", (read_id,))}


def granted(view: View, member_id: str, account: int, what: str = POINTS) -> int:
    """What HQ has granted on one allowance account: millipoints, or units of the name *what*."""
    sql = "SELECT amount FROM granted WHERE member_id = ? AND account = ? AND what = ?"
    return int(view.value(sql, (member_id, account, what)) or 0)


def all_granted(view: View, account: int, what: str = POINTS) -> dict[str, int]:
    """Everything granted on the accounts of one life, by member id."""
    sql = "SELECT member_id, amount FROM granted WHERE account = ? AND what = ?"
    return {each[0]: each[1] for each in view.rows(sql, (account, what))}


def held_units(view: View, member_ids: Sequence[str], account: int) -> dict[tuple[str, str], int]:
    """How many units each of the member ids has on *account*, by (member id, what): granted, come and not gone.

    Who was enrolled in a life of the account left the use of their limits (``limit/*``) here.
    """
    marks = ", ".join("?" * len(member_ids))
    rows = view.rows(
        "SELECT member_id, what, SUM(count) FROM ("
        " SELECT member_id, what, amount AS count FROM granted"
        f" WHERE member_id IN ({marks}) AND account = ? AND what <> '{POINTS}'"
        " UNION ALL SELECT member_id, kind || '/' || unit, came - used - given FROM unit"
        f" WHERE member_id IN ({marks}) AND account = ? AND (kind IN ('voucher', 'stamps') OR unit = '*')"
        " UNION ALL SELECT DISTINCT member_id, 'limit/*', 1 FROM entry JOIN life USING (epoch)"
        f" WHERE member_id IN ({marks}) AND account = ? AND kind = 'member_enrolled')"
        " GROUP BY 1, 2 HAVING SUM(count) > 0",
        (*member_ids, account) * 3,
    )
    return {(member_id, what): count for member_id, what, count in rows}


def is_told_since(view: View, member_id: str, kinds: Sequence[str], above: Mapping[int, int]) -> bool:
    """Whether own entries of *kinds* tell of the member that *above* (seq by epoch) does not count in."""
    marks = ", ".join("?" * len(kinds))
    bounds = [number for pair in above.items() for number in pair]
    sql = f"SELECT 1 FROM entry WHERE member_id = ? AND kind IN ({marks}){not_included(above)} LIMIT 1"
    return view.value(sql, (member_id, *kinds, *bounds)) is not None


def keep_granted(tx: Transaction, account: int, amounts: Iterable[tuple[str, str, int]]) -> None:
    """Take in (member id, what, total granted): a total never goes down, whatever comes late or twice."""
    tx.execute_many(
        "INSERT INTO granted (member_id, account, what, amount) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET amount = MAX(amount, excluded.amount)",
        [(member_id, account, what, amount) for member_id, what, amount in amounts],
    )


def new_read(tx: Transaction, places: Mapping[int, int]) -> int:
    """Remember up to which entry of each life one answer of HQ counts them in; the number it gets."""
    read_id = int(tx.value("SELECT COALESCE(MAX(read_id), 0) FROM pulled_read") or 0) + 1
    rows = places or {0: 0}
    tx.execute_many(
        "INSERT INTO pulled_read (read_id, epoch, seq) VALUES (?, ?, ?)",
        [(read_id, epoch, seq) for epoch, seq in rows.items()],
    )
    return read_id


def put_row(tx: Transaction, row: PulledRow) -> bool:
    """Replace every row that shares an id with *row*; False when one of them is of a later read."""
    ids = list(row.ids)
    marks = ", ".join("?" * len(ids))
    covered = tx.rows(
        "SELECT DISTINCT r.root, r.read_at FROM pulled_id i JOIN pulled_row r ON r.root = i.root"
        f" WHERE i.member_id IN ({marks})",
        ids,
    )
    if any(each[1] > row.read_at for each in covered):
        return False
    for root, _ in covered:
        for table in ("pulled_row", "pulled_id", "kept_back", "pulled_voucher"):
            tx.execute(f"DELETE FROM {table} WHERE root = ?", (root,))
    tx.execute(
        "INSERT INTO pulled_row (root, read_id, read_at, balance_millipoints, debt_millipoints, row)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (row.root, row.read_id, row.read_at, row.balance_millipoints, row.debt_millipoints, row.row),
    )
    tx.execute_many("INSERT INTO pulled_id (member_id, root) VALUES (?, ?)", [(each, row.root) for each in ids])
    kept_back = [(row.root, *each) for each in row.kept_back]
    tx.execute_many("INSERT OR IGNORE INTO kept_back (root, epoch, seq, state) VALUES (?, ?, ?, ?)", kept_back)
    tx.execute_many(
        "INSERT OR IGNORE INTO pulled_voucher (code, member_id, root) VALUES (?, ?, ?)",
        [(*each, row.root) for each in row.vouchers],
    )
    return True


def put_first_rows(tx: Transaction, rows: Sequence[PulledRow]) -> None:
    """Rows of members that no other row covers yet, many at once; one that is here already stays."""
    tx.execute_many(
        "INSERT OR IGNORE INTO pulled_row (root, read_id, read_at, balance_millipoints, debt_millipoints, row)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(row.root, row.read_id, row.read_at, row.balance_millipoints, row.debt_millipoints, row.row) for row in rows],
    )
    ids = [(each, row.root) for row in rows for each in row.ids]
    tx.execute_many("INSERT OR IGNORE INTO pulled_id (member_id, root) VALUES (?, ?)", ids)
    vouchers = [(*each, row.root) for row in rows for each in row.vouchers]
    tx.execute_many("INSERT OR IGNORE INTO pulled_voucher (code, member_id, root) VALUES (?, ?, ?)", vouchers)


def voucher_owner(view: View, code: str) -> str | None:
    """The member of an open voucher, as HQ's rows have it."""
    found: str | None = view.value("SELECT member_id FROM pulled_voucher WHERE code = ?", (code,))
    return found


def kept_back(view: View, limit: int = 500) -> tuple[tuple[int, int, str], ...]:
    """Own entries, as (epoch, seq, state), that HQ has but does not count, the newest first."""
    sql = "SELECT DISTINCT epoch, seq, state FROM kept_back ORDER BY epoch, seq DESC LIMIT ?"
    return tuple((each[0], each[1], each[2]) for each in view.rows(sql, (limit,)))


def standins(view: View, above: Mapping[int, int], member_ids: Sequence[str] = ()) -> int:
    """What own entries that *above* (seq by epoch) does not count in have spent as stand-in, in millipoints.

    Of the given members, or of all.
    """
    marks = ", ".join("?" * len(member_ids))
    members = f" AND member_id IN ({marks})" if member_ids else ""
    total = 0
    for epoch, first in view.rows("SELECT epoch, 0 FROM life"):
        sql = (
            "SELECT SUM(json_extract(header, '$.standin_millipoints')) FROM entry"
            f" WHERE epoch = ? AND seq > ?{members} AND header LIKE '%standin_millipoints%'"
        )
        total += view.value(sql, (epoch, above.get(epoch, first), *member_ids)) or 0
    return total


def last_includes(view: View) -> dict[int, int]:
    """Up to which entry of each life HQ counted us in when it last answered."""
    read_id = view.value("SELECT MAX(read_id) FROM pulled_read")
    return {} if read_id is None else includes(view, read_id)


def set_acked(tx: Transaction, epoch: int, seq: int) -> None:
    """HQ has the life up to *seq*; less than before when HQ itself was put back."""
    tx.execute("UPDATE life SET acked_seq = ? WHERE epoch = ?", (seq, epoch))


def burn_numbers(tx: Transaction) -> None:
    """Give out no more numbers of blocks that came from somewhere else than HQ."""
    tx.execute("DELETE FROM number_block")


def forget_reads(tx: Transaction) -> None:
    """Drop reads that no row came with any more, but the last."""
    tx.execute(
        "DELETE FROM pulled_read WHERE read_id NOT IN (SELECT DISTINCT read_id FROM pulled_row)"
        " AND read_id < (SELECT MAX(read_id) FROM pulled_read)"
    )


def forget_positions(tx: Transaction) -> None:
    """HQ speaks of another timeline: rows stay in sight, but any row of the new one replaces them."""
    tx.execute("UPDATE pulled_row SET read_at = -1")


def keep_total(tx: Transaction, store_id: str, day: str, till_id: str, totals: bytes) -> None:
    """Take in one day's totals of another till of the store."""
    tx.execute(
        "INSERT INTO pulled_total (store_id, day, till_id, totals) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET totals = excluded.totals",
        (store_id, day, till_id, totals),
    )


def totals_of_days(view: View, first_day: str, last_day: str) -> tuple[tuple[str, bytes], ...]:
    """What HQ has told of the days (ISO dates) of this store's other tills: each till's id and its totals, as told."""
    sql = (
        "SELECT p.till_id, p.totals FROM pulled_total p"
        " JOIN till t ON t.store_id = p.store_id AND t.till_id <> p.till_id"
        " WHERE p.day BETWEEN ? AND ? ORDER BY p.day, p.till_id"
    )
    return tuple((str(each[0]), bytes(each[1])) for each in view.rows(sql, (first_day, last_day)))
