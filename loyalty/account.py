"""A member's account as a till sees it at one moment: all that a quote may look at."""

import msgspec

from loyalty import lots as lots_of
from loyalty.lots import Lot

ACTIVE = "active"


class Voucher(msgspec.Struct, frozen=True, omit_defaults=True):
    """A single-use code for the reward *reward*, good until *expires_ms* (exclusive; None: for ever)."""

    code: str
    reward: str
    expires_ms: int | None = None


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a member. It travels in the sale's body, so that anyone can make the quote again.

    *right_millipoints* bounds what this till may let the member spend (None: no bound), *standin_millipoints* is what
    it may give beyond that, and beyond the points, while HQ can't be asked; *not_held* names the units that only
    another holder may use: ``stamps/<card>``, ``voucher/<code>``, ``limit/*``. *uses* counts limits, stock,
    budgets and caps by unit name, *shop_uses* those of everybody. *birthday_windows* holds the numbers of days, of
    those that the programme names, within which the birthday is.
    """

    member_id: str
    status: str = ACTIVE
    points_millipoints: int = 0
    lots: tuple[Lot, ...] = ()
    right_millipoints: int | None = None
    standin_millipoints: int = 0
    tier: str | None = None
    tier_until_ms: int | None = None
    qualifying_millipoints: int = 0
    visits: int = 0
    segments: tuple[str, ...] = ()
    birthday_windows: tuple[int, ...] = ()
    stamps: dict[str, int] = {}
    vouchers: tuple[Voucher, ...] = ()
    uses: dict[str, int] = {}
    shop_uses: dict[str, int] = {}
    not_held: tuple[str, ...] = ()

    def spendable_millipoints(self, at_ms: int) -> int:
        """What may be spent at *at_ms*: due, covered by the balance and within the till's right; and the stand-in."""
        due = min(lots_of.due(self.lots, at_ms), self.points_millipoints)
        inside = due if self.right_millipoints is None else min(due, self.right_millipoints)
        return max(0, inside) + self.standin_millipoints

    def pending_millipoints(self, at_ms: int) -> int:
        """What waits at *at_ms* before it can be spent."""
        return lots_of.pending(self.lots, at_ms)

    def next_expiry(self, at_ms: int) -> tuple[int, int] | None:
        """What expires next and when: (millipoints, UTC milliseconds), or None."""
        return lots_of.next_expiry(self.lots, at_ms)

    def as_seen(self, at_ms: int) -> "Account":
        """The account as the sale's body keeps it: nothing that a quote at *at_ms* would not look at."""
        return msgspec.structs.replace(self, lots=lots_of.merged(self.lots, at_ms))
