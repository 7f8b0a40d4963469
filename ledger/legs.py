"""The legs booked on members: the postings from which loyalty makes lots, tiers and stamps."""

from collections.abc import Mapping, Sequence

import msgspec

from ledger.sqlite import Row
from ledger.store import View
from loyalty.entries import POINTS, Leg, PostingRef, member_account

_NOTHING: Mapping[int, int] = {}


class BookedLeg(msgspec.Struct, frozen=True):
    """One leg with its name, and the time and kind of its entry."""

    ref: PostingRef
    at_ms: int
    leg: Leg
    entry_kind: str


def legs(
    view: View,
    member_ids: Sequence[str],
    currencies: Sequence[str] = (),
    above: Mapping[int, int] = _NOTHING,
) -> tuple[BookedLeg, ...]:
    """The legs of a member (give all its ids) in *currencies* (all when empty).

    *above* leaves out, for each epoch in it, the entries up to that seq: what HQ's row counts in already.
    """
    of_currencies = f" AND currency IN ({_places(currencies)})" if currencies else ""
    bounds = [number for pair in above.items() for number in pair]
    rows = view.rows(
        "SELECT (SELECT till_id FROM till), epoch, seq, leg, at_ms, kind, member_id, currency, amount, against,"
        " available_ms, expires_ms, undoes_till, undoes_epoch, undoes_seq, undoes_leg FROM leg"
        f" WHERE member_id IN ({_places(member_ids)}){of_currencies}{not_included(above)}",
        (*member_ids, *currencies, *bounds),
    )
    return tuple(map(_booked, rows))


def not_included(above: Mapping[int, int]) -> str:
    """The condition that an entry's (epoch, seq) is not among those that *above* (seq by epoch) counts in."""
    return "".join(" AND NOT (epoch = ? AND seq <= ?)" for _ in above)


def balances(view: View, member_ids: Sequence[str]) -> dict[str, int]:
    """The balances of a member (give all its ids) by currency, by this till's own entries alone."""
    accounts = [member_account(member_id) for member_id in member_ids]
    rows = view.rows(
        f"SELECT currency, SUM(amount) FROM balance WHERE account IN ({_places(accounts)}) GROUP BY currency", accounts
    )
    return dict(rows)


def members_with_points(view: View, *, after: str = "", limit: int = 500) -> tuple[tuple[str, int], ...]:
    """(member id, points balance) of each member whose balance is not zero, in the order of ids."""
    prefix = member_account("")
    rows = view.rows(
        "SELECT SUBSTR(account, ?), amount FROM balance WHERE account > ? AND account < ? AND currency = ?"
        " AND amount <> 0 ORDER BY account LIMIT ?",
        (len(prefix) + 1, member_account(after), "member0", POINTS, limit),
    )
    return tuple((member_id, amount) for member_id, amount in rows)


def members_with_lots_due(
    view: View, before_ms: int, *, since_ms: int = 0, after: str = "", limit: int = 500
) -> tuple[str, ...]:
    """Members who hold points and have a credit that expires after *since_ms*, by *before_ms*: in the order of ids."""
    rows = view.rows(
        "SELECT DISTINCT member_id FROM leg WHERE member_id > ? AND currency = ? AND expires_ms > ? AND expires_ms <= ?"
        " AND amount > 0"
        " AND EXISTS (SELECT 1 FROM balance WHERE account = 'member/' || member_id AND balance.currency = leg.currency"
        " AND balance.amount > 0) ORDER BY member_id LIMIT ?",
        (after, POINTS, since_ms, before_ms, limit),
    )
    return tuple(row[0] for row in rows)


def _booked(row: Row) -> BookedLeg:
    undoes = None if row[12] is None else PostingRef(*row[12:])
    columns = (*row[6:12], undoes)
    return BookedLeg(PostingRef(*row[:4]), row[4], Leg(*columns), row[5])


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
