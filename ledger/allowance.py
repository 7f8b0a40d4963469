"""Allowance accounts as this till's own entries have moved them (SYNC.md 1)."""

import msgspec

from ledger.store import View


class Moves(msgspec.Struct, frozen=True):
    """Totals that only grow, in millipoints."""

    own: int = 0
    used: int = 0
    returned: int = 0


def moves(view: View, member_id: str, account: int) -> Moves:
    """What entries of the lives that share *account* have moved for one member id."""
    row = view.row(
        "SELECT own, used, returned FROM allowance_move WHERE member_id = ? AND account = ?", (member_id, account)
    )
    return Moves(*row) if row else Moves()


def right_millipoints(view: View, member_id: str, account: int, granted_millipoints: int) -> int:
    """What may be spent from the account of one member id: never below 0."""
    moved = moves(view, member_id, account)
    return max(0, granted_millipoints + moved.own - moved.used - moved.returned)


def members_with_right(view: View, account: int, *, after: str = "", limit: int = 500) -> tuple[tuple[str, int], ...]:
    """(member id, own − used − returned) of every member id that *account* has moved, in the order of ids."""
    return tuple(
        (member_id, net)
        for member_id, net in view.rows(
            "SELECT member_id, own - used - returned FROM allowance_move WHERE account = ? AND member_id > ?"
            " ORDER BY member_id LIMIT ?",
            (account, after, limit),
        )
    )
