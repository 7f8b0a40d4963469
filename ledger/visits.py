"""On which days each member bought, and when they had come before: so that buyers of any period are a sum.

A member bought in a period exactly once for the first time: on a day whose previous visit lies before the period.
"""

from ledger.store import Transaction

NEVER = -1_000_000
"""The previous day of somebody who had not come before."""

_ADD = "INSERT INTO day_return VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET members = members + excluded.members"


def note_visit(tx: Transaction, member_id: str, day: int) -> None:
    """Count that a member bought on *day*; only once a day, and in whatever order the days become known."""
    if not tx.execute("INSERT OR IGNORE INTO buyer_day VALUES (?, ?)", (member_id, day)):
        return
    earlier = tx.value("SELECT MAX(day) FROM buyer_day WHERE member_id = ? AND day < ?", (member_id, day))
    later = tx.value("SELECT MIN(day) FROM buyer_day WHERE member_id = ? AND day > ?", (member_id, day))
    before = NEVER if earlier is None else earlier
    tx.execute(_ADD, (day, before, 1))
    if later is not None:
        tx.execute(_ADD, (later, before, -1))
        tx.execute(_ADD, (later, day, 1))
