"""What two programmes make of one past, side by side."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

TOP_MEMBERS = 20


class RewardUse(msgspec.Struct, frozen=True):
    """How often a reward was used, what it took off and what it cost the members; what was refunded counts too."""

    times: int
    amount_minor: int
    millipoints: int


class Outcome(msgspec.Struct, frozen=True):
    """What a programme made of the past. *cost_minor* is what rewards took off; *liability* what may still be spent."""

    sales: int
    turnover_minor: int
    to_pay_minor: int
    cost_minor: int
    points_given_millipoints: int
    points_spent_millipoints: int
    liability_millipoints: int
    rewards: dict[str, RewardUse]
    members_by_tier: dict[str, int]
    vouchers_given: int
    choices_refused: int


class Fared(NamedTuple):
    """How a member fared: points given, and what rewards took off."""

    given_millipoints: int = 0
    cost_minor: int = 0


class MemberChange(msgspec.Struct, frozen=True):
    """How a member fares under the draft: points given and what rewards took off, before and after."""

    member_id: str
    given_before_millipoints: int
    given_after_millipoints: int
    cost_before_minor: int
    cost_after_minor: int


class Comparison(msgspec.Struct, frozen=True):
    """Two outcomes of the same past, and the members most affected, the most first."""

    in_force: Outcome
    draft: Outcome
    members_changed: int
    most_affected: tuple[MemberChange, ...]


def compare(in_force: Outcome, draft: Outcome, before: Mapping[str, Fared], after: Mapping[str, Fared]) -> Comparison:
    """Two outcomes side by side, with how each member fared *before* (in force) and *after* (under the draft)."""
    changed = []
    for member_id in before.keys() | after.keys():
        old, new = before.get(member_id, Fared()), after.get(member_id, Fared())
        if old != new:
            changed.append(
                MemberChange(member_id, old.given_millipoints, new.given_millipoints, old.cost_minor, new.cost_minor)
            )
    changed.sort(key=_most_first)
    return Comparison(in_force, draft, len(changed), tuple(changed[:TOP_MEMBERS]))


def _most_first(change: MemberChange) -> tuple[int, int, str]:
    """How much changes for a member: points first, then money."""
    return (
        -abs(change.given_after_millipoints - change.given_before_millipoints),
        -abs(change.cost_after_minor - change.cost_before_minor),
        change.member_id,
    )
