"""What the till service is asked and what it answers about sales, refunds and points."""

from typing import Literal

import msgspec

from loyalty.basket import Line
from terminal.till_shapes import Params, VoucherShown, Why


class RewardChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A reward to apply; *points_millipoints* for points as payment."""

    reward: str
    points_millipoints: int | None = None


class SaleRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A basket with what goes with it. *key*, made by the caller, makes a second confirm of the same sale harmless."""

    lines: tuple[Line, ...]
    member_id: str | None = None
    rewards: tuple[RewardChoice, ...] = ()
    vouchers: tuple[str, ...] = ()
    payment_method: str | None = None
    at_ms: int | None = None
    key: str | None = None
    held_id: str | None = None
    expected_to_pay_minor: int | None = None


class DiscountShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a reward takes off; *lines* are the numbers (from 1) of the lines it is taken from."""

    reward: str
    name: str
    amount_minor: int
    points_millipoints: int
    voucher: str | None = None
    lines: tuple[int, ...] = ()


class EarnedShown(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule earned."""

    rule: str
    name: str
    points_millipoints: int


class OfferShown(msgspec.Struct, frozen=True, kw_only=True):
    """A reward the member could have with this basket, or why not."""

    reward: str
    name: str
    kind: str
    cost_millipoints: int
    saves_minor: int
    possible: bool
    why: tuple[Why, ...] = ()
    minimum_millipoints: int | None = None
    maximum_millipoints: int | None = None
    step_millipoints: int | None = None
    voucher: str | None = None
    chosen: bool = False


class StampsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A stamp card before and after the sale."""

    card: str
    name: str
    before: int
    after: int
    size: int


class TraceShown(msgspec.Struct, frozen=True, kw_only=True):
    """One rule or reward: whether it applied, and why or why not."""

    subject: str
    id: str
    name: str
    applied: bool
    reason: str
    params: Params


class QuoteShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a basket costs and earns. *balance_millipoints* is the member's after it.

    *best* are the rewards with which least is left to pay; *best_exact* is false where there were too many to look at
    every combination.
    """

    member_id: str | None
    total_minor: int
    to_pay_minor: int
    discounts: tuple[DiscountShown, ...]
    points_earned_millipoints: int
    points_spent_millipoints: int
    balance_millipoints: int | None
    spendable_before_millipoints: int | None
    earned: tuple[EarnedShown, ...]
    offers: tuple[OfferShown, ...]
    best: tuple[RewardChoice, ...]
    best_exact: bool
    stamps: tuple[StampsChanged, ...]
    vouchers_won: tuple[VoucherShown, ...]
    tier_before: str | None
    tier_after: str | None
    refused: tuple[Why, ...]
    trace: tuple[TraceShown, ...]
    programme: str
    at_ms: int


class SaleDone(QuoteShown, frozen=True, kw_only=True):
    """A saved sale. *code* is the text of the receipt's code; *repeated*: it had been saved before with this key."""

    sale_id: str
    short: str
    code: str
    shift_opened: bool = False
    flags: tuple[str, ...] = ()
    repeated: bool = False


class SoldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a sale; *number* from 1; *paid_minor* after rewards."""

    number: int
    category: str
    sku: str | None
    quantity_milli: int
    amount_minor: int
    paid_minor: int
    refunded_quantity_milli: int
    refunded_minor: int


class SaleBrief(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list of sales; *status* is ``sold``, ``part_refunded``, ``refunded`` or ``voided``."""

    sale_id: str
    short: str
    at_ms: int
    cashier: str | None
    member_id: str | None
    total_minor: int
    to_pay_minor: int
    points_earned_millipoints: int
    points_spent_millipoints: int
    status: str


class SaleShown(SaleBrief, frozen=True, kw_only=True):
    """A whole sale, with what was refunded of it."""

    code: str
    lines: tuple[SoldLine, ...]
    refunded_minor: int
    refunds: tuple[str, ...]
    same_shift: bool


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A basket that was put aside."""

    held_id: str
    label: str
    at_ms: int
    cashier: str | None
    member_id: str | None
    lines: tuple[Line, ...]
    total_minor: int
    request: SaleRequest


class CategoryShown(msgspec.Struct, frozen=True, kw_only=True):
    """A category one can sell in."""

    id: str
    name: str


class RefundLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line to take back: its *number* from 1, and how much of it (None: all that is left)."""

    number: int
    quantity_milli: int | None = None


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to take back of *sale* (identity, ``#152``, or the receipt's code); no lines: all that is left."""

    sale: str
    lines: tuple[RefundLine, ...] = ()
    reason: str | None = None
    key: str | None = None


class RefundedLine(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a line was taken back, and what is paid out for it."""

    number: int
    quantity_milli: int
    amount_minor: int


class RefundDone(msgspec.Struct, frozen=True, kw_only=True):
    """A refund or void. Points taken back were earned; points given back were spent. Preview: *refund_id* is None."""

    refund_id: str | None
    short: str | None
    sale_id: str
    member_id: str | None
    refunded_minor: int
    points_taken_back_millipoints: int
    points_given_back_millipoints: int
    balance_millipoints: int | None
    lines: tuple[RefundedLine, ...]
    whole: bool
    at_ms: int
    kind: Literal["refund", "void"] = "refund"


class Adjusted(msgspec.Struct, frozen=True, kw_only=True):
    """Points given or taken by a manager."""

    entry_id: str
    member_id: str
    points_millipoints: int
    balance_millipoints: int


class ActivityShown(msgspec.Struct, frozen=True, kw_only=True):
    """An act other than a purchase that the programme rewards.

    *points_millipoints* None: said when it is recorded. *voucher* is the name of the reward that its voucher is for,
    *proof* what recording it needs.
    """

    id: str
    name: str
    kind: str
    points_millipoints: int | None
    proof: Literal["none", "reference", "manager"]
    voucher: str | None = None


class ActivityRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """An activity that was recorded and what it gave."""

    entry_id: str
    member_id: str
    activity: str
    points_millipoints: int
    balance_millipoints: int
    vouchers_won: tuple[VoucherShown, ...] = ()
