"""Members made up for tests of what is drawn."""

from terminal.till_member_shapes import MemberShown, ProfileShown


def member(member_id: str = "M", **changes: object) -> MemberShown:
    """A member with nothing to their name but *changes*."""
    fields: dict[str, object] = {
        "member_id": member_id,
        "number": "2112345678901",
        "name": member_id.capitalize(),
        "status": "active",
        "points_millipoints": 0,
        "pending_millipoints": 0,
        "spendable_millipoints": 0,
        "debt_millipoints": 0,
        "why_not": (),
        "lots": (),
        "next_expiry": None,
        "tier": None,
        "qualifying_millipoints": 0,
        "stamps": (),
        "vouchers": (),
        "cards": (),
        "history": (),
        "profile": ProfileShown(),
    }
    return MemberShown(**(fields | changes))  # type: ignore[arg-type]
