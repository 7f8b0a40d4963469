"""What must hold at HQ after every transaction; tests check it after each batch, ``hq verify`` in production."""

from sqlalchemy import Connection, text

_CHECKS = {
    "an account has spent more than it had": """
        SELECT member_id FROM accounts WHERE granted + own - used - returned < 0""",
    "rights differ from their accounts": """
        SELECT m.member_id FROM members m LEFT JOIN (
            SELECT member_id, SUM(granted + own - used - returned) AS held FROM accounts
            WHERE what = 'points' GROUP BY member_id) a ON a.member_id = m.member_id
        WHERE m.rights <> COALESCE(a.held, 0)""",
    "a balance differs from its postings": """
        SELECT m.member_id FROM members m LEFT JOIN (
            SELECT member_id, SUM(booked) AS total FROM postings
            WHERE currency = 'points' GROUP BY member_id) p ON p.member_id = m.member_id
        WHERE m.balance <> COALESCE(p.total, 0)""",
    "units held differ from their accounts": """
        SELECT p.member_id FROM pools p LEFT JOIN (
            SELECT member_id, what, SUM(granted + own - used - returned) AS held FROM accounts
            GROUP BY member_id, what) a ON a.member_id = p.member_id AND a.what = p.what
        WHERE p.rights <> COALESCE(a.held, 0)""",
    "more units are held than there are": """
        SELECT member_id FROM pools WHERE rights > balance OR balance < 0""",
    "a debt differs from the stores' liability": """
        SELECT m.member_id FROM members m LEFT JOIN (
            SELECT member_id, SUM(booked) AS owed FROM postings
            WHERE against LIKE 'store/%/liability' GROUP BY member_id) p ON p.member_id = m.member_id
        WHERE m.debt <> COALESCE(p.owed, 0)""",
    "more was refunded than was sold": """
        SELECT member_id FROM postings WHERE undone > ABS(booked) OR undone < 0""",
}
_BOUNDS = {
    "more is set aside than there is": """
        SELECT root FROM members GROUP BY root HAVING SUM(balance - rights - held) < -SUM(clawed) - :risk""",
    "a store pays although points are free": """
        SELECT root FROM members GROUP BY root HAVING SUM(debt) > 0 AND SUM(balance - rights - held) > 0""",
}
_RECOVERING = "SELECT COUNT(*) FROM tills WHERE recovering = 1"


def broken_invariants(connection: Connection, risk: int = 0) -> list[str]:
    """Which invariants don't hold, with a few member ids each. *risk*: millipoints that disasters have named."""
    checks = dict(_CHECKS)
    if not connection.scalar(text(_RECOVERING)):
        checks |= _BOUNDS
    found = []
    for name, query in checks.items():
        values = {"risk": risk} if ":risk" in query else {}
        rows = connection.execute(text(query + " LIMIT 5"), values).all()
        if rows:
            found.append(f"{name}: {', '.join(str(row[0]) for row in rows)}")
    return found


def debt_above(connection: Connection, bound_millipoints: int) -> list[str]:
    """Members who owe more than the bound allows."""
    query = "SELECT root, SUM(debt) FROM members GROUP BY root HAVING SUM(debt) > :bound ORDER BY root"
    rows = connection.execute(text(query), {"bound": bound_millipoints}).all()
    return [f"{row[0]} owes {row[1]}" for row in rows]
