"""How much may be owed at most: the floor of every till, and the sums that disasters have put at risk, by name.

Nothing else may ever be owed: this is the bound that the rules promise. Amounts are millipoints.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from simulation.headquarters import HqMachine


class Risk(StrEnum):
    """Why more than the floor may be owed."""

    COPIED = "rights of a copied life"
    WRITTEN_OFF = "rights of a life that was written off"
    SUSPENDED = "earned points that were spent and then suspended"
    HQ_RESTORED = "postings that HQ lost in its restore"


@dataclass
class NamedRisks:
    """What each member's debt may come to beyond the floors."""

    floor_millipoints: int
    amounts: Counter[tuple[Risk, str]] = field(default_factory=Counter)
    copied: list[tuple[str, int, dict[str, int]]] = field(default_factory=list)

    def add(self, risk: Risk, member_id: str, millipoints: int) -> None:
        """Put *millipoints* of a member at risk."""
        if millipoints > 0:
            self.amounts[risk, member_id] += millipoints

    def copy_made(self, till_id: str, epoch: int, granted: dict[str, int]) -> None:
        """A life goes on twice: what is granted to it from now on (above *granted*, by member) can be spent twice."""
        self.copied.append((till_id, epoch, granted))

    def bound(self, hq: HqMachine, ids: Iterable[str], machines: int) -> int:
        """What the member with these *ids* may owe, with *machines* that ever stood in."""
        family = tuple(ids)
        named = self.fixed(family, machines)
        return named + self._granted_since(hq, family) + _suspended(hq, family)

    def fixed(self, family: tuple[str, ...], machines: int) -> int:
        """The part of the bound that HQ need not be asked for."""
        named = sum(amount for (_, member_id), amount in self.amounts.items() if member_id in family)
        return self.floor_millipoints * machines + named

    def _granted_since(self, hq: HqMachine, family: tuple[str, ...]) -> int:
        if not self.copied:
            return 0
        accounts = hq.member(family[0]).accounts
        return sum(
            max(0, account.granted_millipoints - before.get(account.member_id, 0))
            for till_id, epoch, before in self.copied
            for account in accounts
            if (account.till_id, account.epoch) == (till_id, epoch)
        )


def _suspended(hq: HqMachine, family: tuple[str, ...]) -> int:
    return sum(
        move.amount
        for entry in hq.booked()
        if entry.suspended is not None
        for move in entry.header.own
        if move.member in family
    )
