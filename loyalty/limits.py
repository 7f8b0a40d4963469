"""Limits, stock, budgets and caps: counted in units whose names carry the window in which they count.

``reward/coffee@2026-05-03`` counts the uses of the reward on one business day, ``reward/coffee`` those of all time.
So giving a use back, however late, gives it back to the window in which it was taken.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from loyalty.account import Account
from loyalty.days import window_key
from loyalty.programme.parts import Limit
from loyalty.trace import Miss, Reason

ALL_LIMITS = "limit/*"  # one unit for all limits of a member that have a holder
EVERYBODY = ""  # the member of units that are the shop's: stock, budgets, references
REFERENCE = "reference/"


class UnitUse(NamedTuple):
    """*amount* (> 0) used of *unit*; *everybody* when it is not one member's but the shop's."""

    unit: str
    amount: int
    everybody: bool = False


class CompiledLimit(NamedTuple):
    """At most *uses* of what *base* names, in each window *per*."""

    base: str
    uses: int
    per: str
    holder_only: bool

    def unit(self, day: date) -> str:
        """The name of the unit that counts on *day*."""
        return unit_name(self.base, self.per, day)

    def miss(self, account: Account, day: date, taken: dict[str, int]) -> Miss | None:
        """Why one more use is too many; *taken* are uses in this sale."""
        unit = self.unit(day)
        if account.uses.get(unit, 0) + taken.get(unit, 0) >= self.uses:
            return Miss(Reason.LIMIT_REACHED, {"limit": self.uses, "per": self.per})
        if self.holder_only and ALL_LIMITS in account.not_held:
            return Miss(Reason.LIMIT_HELD_ELSEWHERE, {"limit": self.uses, "per": self.per})
        return None


class Cap(NamedTuple):
    """At most *most_millipoints* in each window *per*."""

    base: str
    most_millipoints: int
    per: str

    def room(self, account: Account, day: date) -> int:
        """How much may still be earned on *day*."""
        return max(0, self.most_millipoints - account.uses.get(self.unit(day), 0))

    def unit(self, day: date) -> str:
        """The name of the unit that counts on *day*."""
        return unit_name(self.base, self.per, day)


def unit_name(base: str, per: str, day: date) -> str:
    """The name of the unit that counts what *base* names in the window *per* that holds *day*."""
    key = window_key(day, per)
    return f"{base}@{key}" if key else base


def compile_limits(base: str, limits: Sequence[Limit], *, holder_by_default: bool) -> tuple[CompiledLimit, ...]:
    """*limits* made ready."""
    return tuple(
        CompiledLimit(
            base,
            limit.uses,
            limit.per,
            holder_by_default if limit.offline is None else limit.offline == "holder",
        )
        for limit in limits
    )


def units_of(limits: tuple[CompiledLimit, ...], day: date) -> list[UnitUse]:
    """One use of each of *limits*; two limits with the same window count once."""
    return [UnitUse(unit, 1) for unit in dict.fromkeys(limit.unit(day) for limit in limits)]


def first_limit_miss(
    limits: tuple[CompiledLimit, ...], account: Account, day: date, taken: dict[str, int]
) -> Miss | None:
    """Why one of *limits* forbids one more use."""
    for limit in limits:
        miss = limit.miss(account, day, taken)
        if miss is not None:
            return miss
    return None
