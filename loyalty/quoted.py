"""What a quote says: what a basket costs and earns, what was chosen, what else there is, and why."""

import msgspec

from loyalty.limits import UnitUse
from loyalty.trace import Params, Reason, TraceLine


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reward that the member wants. *points_millipoints* says how many points to take as payment.

    *voucher* names the code to use; without it the one that expires first is used.
    """

    reward: str
    points_millipoints: int | None = None
    voucher: str | None = None


class Discount(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reward that was given: what it took off (*by_line* in basket order), and what it cost the member."""

    reward: str
    amount_minor: int = 0
    points_millipoints: int = 0
    voucher: str | None = None
    by_line: tuple[int, ...] = ()


class RulePoints(msgspec.Struct, frozen=True, array_like=True):
    """What a rule earned, after multipliers, caps and rounding."""

    rule: str
    millipoints: int


class EarnedLot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points earned with one pair of times; *by_line* in basket order says which lines earned them."""

    millipoints: int
    available_ms: int | None = None
    expires_ms: int | None = None
    by_line: tuple[int, ...] = ()


class StampChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stamps on one card: *earned* by *lines* (empty: by the sale as a whole), then *vouchers* made of full cards."""

    card: str
    earned: int
    before: int = 0
    after: int = 0
    vouchers: int = 0
    lines: tuple[int, ...] = ()


class VoucherWon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A voucher for *reward*; *source* is ``stamps/<card>`` or ``reward/<id>``."""

    reward: str
    source: str
    expires_ms: int | None = None


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reward that the member could add to what is chosen, or why not.

    *amount_minor* is how much less there would be to pay. For points as payment *points_millipoints* is the most
    that can be taken, and *amount_minor* what that pays.
    """

    reward: str
    possible: bool
    reason: Reason
    params: Params = {}
    amount_minor: int = 0
    points_millipoints: int = 0
    voucher: str | None = None


class RefusedChoice(msgspec.Struct, frozen=True):
    """A choice that can't be had, and why."""

    choice: Choice
    reason: Reason
    params: Params = {}


class Quote(msgspec.Struct, frozen=True):
    """What a basket would cost and earn. Nothing is kept of it until the sale is completed."""

    total_minor: int
    to_pay_minor: int
    net_by_line: tuple[int, ...]
    discounts: tuple[Discount, ...] = ()
    refused: tuple[RefusedChoice, ...] = ()
    points_earned_millipoints: int = 0
    points_spent_millipoints: int = 0
    earned_by_rule: tuple[RulePoints, ...] = ()
    earned: tuple[EarnedLot, ...] = ()
    qualifying_millipoints: int = 0
    stamps: tuple[StampChange, ...] = ()
    vouchers_won: tuple[VoucherWon, ...] = ()
    vouchers_spent: tuple[str, ...] = ()
    limit_uses: tuple[UnitUse, ...] = ()
    tier_before: str | None = None
    tier_after: str | None = None
    offers: tuple[Offer, ...] = ()
    best: tuple[Choice, ...] = ()
    best_saves_minor: int = 0
    best_exact: bool = True
    trace: tuple[TraceLine, ...] = ()
