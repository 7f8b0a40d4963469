"""Fraud flags: what a manager is told of, never what stops a sale."""

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from loyalty.money import MILLI
from loyalty.programme.model import Flags

MINUTE_MS = 60_000


class Flag(StrEnum):
    """What looks odd."""

    MANY_SALES = "many_sales"  # sales, limit
    TWO_STORES = "two_stores"  # minutes, limit, store
    CASHIER_OWN_CARD = "cashier_own_card"  # sales, limit: the card is a cashier's own, or one that keeps coming
    MANY_ENROLMENTS = "many_enrolments"  # members, limit
    LARGE_ADJUSTMENT = "large_adjustment"  # millipoints, limit_millipoints
    REFUND_AFTER_REDEMPTION = "refund_after_redemption"  # spent_millipoints
    EXPRESSION_FAILED = "expression_failed"  # part, error: nobody's doing, but the programme is not what it seems


class Raised(msgspec.Struct, frozen=True):
    """A flag with what was seen."""

    flag: Flag
    params: dict[str, Any]


class SaleSigns(NamedTuple):
    """What the journal shows of a member at a sale, this sale included.

    *elsewhere_ms*: how long ago the last sale in another store was, and *elsewhere* that store. *of_cashier*: sales to
    this member today by the cashier of this sale; *is_cashiers*: the member is that cashier.
    """

    sales_today: int
    of_cashier: int = 0
    is_cashiers: bool = False
    elsewhere: str | None = None
    elsewhere_ms: int | None = None


def sale_flags(flags: Flags, signs: SaleSigns) -> tuple[Raised, ...]:
    """The flags of a sale."""
    raised = []
    if flags.sales_per_day is not None and signs.sales_today > flags.sales_per_day:
        raised.append(Raised(Flag.MANY_SALES, {"sales": signs.sales_today, "limit": flags.sales_per_day}))
    limit_minutes, ago_ms = flags.two_stores_minutes, signs.elsewhere_ms
    if limit_minutes is not None and ago_ms is not None and ago_ms <= limit_minutes * MINUTE_MS:
        params = {"minutes": ago_ms // MINUTE_MS, "limit": limit_minutes, "store": signs.elsewhere}
        raised.append(Raised(Flag.TWO_STORES, params))
    limit = flags.cashier_own_card
    if limit is not None and (signs.is_cashiers or signs.of_cashier > limit):
        raised.append(Raised(Flag.CASHIER_OWN_CARD, {"sales": signs.of_cashier, "limit": limit}))
    return tuple(raised)


def enrolment_flags(flags: Flags, members_with_contact: int) -> tuple[Raised, ...]:
    """The flags of an enrolment whose phone or e-mail so many members have now."""
    limit = flags.enrolments_per_contact
    if limit is None or members_with_contact <= limit:
        return ()
    return (Raised(Flag.MANY_ENROLMENTS, {"members": members_with_contact, "limit": limit}),)


def adjustment_flags(flags: Flags, millipoints: int) -> tuple[Raised, ...]:
    """The flags of a manual adjustment."""
    if flags.adjustment_points is None:
        return ()
    limit_millipoints = int(flags.adjustment_points * MILLI)
    if abs(millipoints) < limit_millipoints:
        return ()
    params = {"millipoints": millipoints, "limit_millipoints": limit_millipoints}
    return (Raised(Flag.LARGE_ADJUSTMENT, params),)


def refund_flags(flags: Flags, taken_back_millipoints: int, balance_millipoints: int) -> tuple[Raised, ...]:
    """The flags of a refund that takes back so much of a balance: what is not there was spent."""
    spent = taken_back_millipoints - max(0, balance_millipoints)
    if not flags.refund_after_redemption or spent <= 0:
        return ()
    return (Raised(Flag.REFUND_AFTER_REDEMPTION, {"spent_millipoints": spent}),)
