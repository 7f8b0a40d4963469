"""Members without anything personal: who exists, in which state, merged into whom; and forgetting one."""

import msgspec

from config.errors import N_, Refused
from ledger.erasures import Erasures
from ledger.search_index import unindex
from ledger.store import Transaction, View

ACTIVE = "active"
BLOCKED = "blocked"
ERASED = "erased"
MERGED = "merged"
PAGE = 500

COLUMNS = (
    "member_id, number, status, status_reason, enrolled_ms, merged_into, confirmed, tier, tier_until_ms, tier_manual"
)


class Member(msgspec.Struct, frozen=True):
    """One member id. *confirmed*: HQ knows it; *tier_until_ms* with *tier_manual*: given by hand until then."""

    member_id: str
    number: str | None
    status: str
    status_reason: str | None
    enrolled_ms: int
    merged_into: str | None
    confirmed: bool
    tier: str | None
    tier_until_ms: int | None
    tier_manual: bool


def add(tx: Transaction, member_id: str, *, enrolled_ms: int, number: str | None = None) -> Member:
    """A new member of this till."""
    tx.execute(
        "INSERT INTO member (member_id, number, status, enrolled_ms, confirmed) VALUES (?, ?, ?, ?, 0)",
        (member_id, number, ACTIVE, enrolled_ms),
    )
    return require(tx, member_id)


def put(tx: Transaction, member: Member) -> None:
    """A member as HQ has it: new, or in place of what was here. Who was erased stays so."""
    tx.execute(
        f"INSERT INTO member ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (member_id) DO UPDATE SET number = COALESCE(excluded.number, number),"
        " status = excluded.status, status_reason = excluded.status_reason, enrolled_ms = excluded.enrolled_ms,"
        " merged_into = excluded.merged_into, confirmed = excluded.confirmed, tier = excluded.tier,"
        " tier_until_ms = excluded.tier_until_ms, tier_manual = excluded.tier_manual WHERE status <> 'erased'",
        msgspec.structs.astuple(member),
    )


def get(view: View, member_id: str) -> Member | None:
    """The member, if this till knows the id."""
    row = view.row(f"SELECT {COLUMNS} FROM member WHERE member_id = ?", (member_id,))
    return _member(row) if row else None


def require(view: View, member_id: str) -> Member:
    """The member; Refused ``member_unknown``."""
    found = get(view, member_id)
    if found is None:
        raise member_unknown()
    return found


def member_unknown() -> Refused:
    """What is said when a code or an id leads to nobody."""
    return Refused(
        "member_unknown",
        N_("No member was found. Nothing was changed. Check the code, or enrol the member."),
    )


def page(view: View, *, after: str = "", limit: int = PAGE) -> tuple[Member, ...]:
    """Members in the order of their ids, after *after*."""
    rows = view.rows(f"SELECT {COLUMNS} FROM member WHERE member_id > ? ORDER BY member_id LIMIT ?", (after, limit))
    return tuple(map(_member, rows))


def count(view: View) -> int:
    """How many members can still buy here: neither erased nor merged away."""
    total: int = view.value("SELECT COUNT(*) FROM member WHERE status IN (?, ?)", (ACTIVE, BLOCKED))
    return total


def block(tx: Transaction, member_id: str, reason: str) -> None:
    """Nothing is earned or spent on the member until :func:`unblock`."""
    tx.execute(
        "UPDATE member SET status = ?, status_reason = ? WHERE member_id = ? AND status = ?",
        (BLOCKED, reason, member_id, ACTIVE),
    )


def unblock(tx: Transaction, member_id: str) -> None:
    """Take a block off."""
    tx.execute(
        "UPDATE member SET status = ?, status_reason = NULL WHERE member_id = ? AND status = ?",
        (ACTIVE, member_id, BLOCKED),
    )


def set_tier(tx: Transaction, member_id: str, tier: str | None, until_ms: int | None, *, manual: bool = False) -> None:
    """Keep the tier that loyalty has found, for lists and reports; *manual*: given by hand, until *until_ms*."""
    tx.execute(
        "UPDATE member SET tier = ?, tier_until_ms = ?, tier_manual = ? WHERE member_id = ?",
        (tier, until_ms, int(manual), member_id),
    )


def merge(tx: Transaction, survivor: str, merged: str) -> None:
    """*merged* and all that was merged into it go on as *survivor*; their cards keep working."""
    tx.execute(
        "UPDATE member SET status = ?, merged_into = ? WHERE member_id = ? OR merged_into = ?",
        (MERGED, survivor, merged, merged),
    )


def resolve(view: View, member_id: str) -> str:
    """The id under which a merged member goes on; itself otherwise."""
    root: str | None = view.value("SELECT merged_into FROM member WHERE member_id = ?", (member_id,))
    return root or member_id


def ids_of(view: View, member_id: str) -> tuple[str, ...]:
    """All ids of a merged member, the surviving one first."""
    root = resolve(view, member_id)
    merged = view.rows("SELECT member_id FROM member WHERE merged_into = ? ORDER BY member_id", (root,))
    return (root, *(row[0] for row in merged))


def erase(tx: Transaction, member_ids: tuple[str, ...], *, at_ms: int) -> None:
    """Forget everything personal about a member (give all its ids); the journal keeps the bare ids.

    The ids are also written outside the database, so that a restored backup forgets them again.
    """
    for member_id in member_ids:
        number = tx.value("SELECT no FROM member WHERE member_id = ?", (member_id,))
        if number is not None:
            unindex(tx, number)
            tx.execute("DELETE FROM profile WHERE no = ?", (number,))
        for table in ("consent", "profile_change", "card", "code_seen", "print_job", "held"):
            tx.execute(f"DELETE FROM {table} WHERE member_id = ?", (member_id,))
        # HQ's row of an erased member comes again without anything personal; until then there is none.
        root = tx.value("SELECT root FROM pulled_id WHERE member_id = ?", (member_id,))
        tx.execute("UPDATE pulled_row SET row = X'' WHERE root = ?", (root,))
        tx.execute("UPDATE staff SET member_id = NULL WHERE member_id = ?", (member_id,))
        tx.execute(
            "DELETE FROM import_key WHERE source = 'members'"
            " AND (epoch, seq) IN (SELECT epoch, seq FROM entry WHERE member_id = ?)",
            (member_id,),
        )
        tx.execute(
            "UPDATE member SET status = ?, status_reason = NULL, number = NULL WHERE member_id = ?", (ERASED, member_id)
        )
        tx.execute("INSERT OR IGNORE INTO erasure VALUES (?, ?)", (member_id, at_ms))
    tx.keep(Erasures, lambda: Erasures(tx)).add(member_ids)


def _member(row: tuple[object, ...]) -> Member:
    return msgspec.convert(dict(zip(Member.__struct_fields__, row, strict=True)), Member, strict=False)
