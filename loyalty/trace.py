"""Why a rule, a reward or a stamp card did what it did: stable codes and parameters, without words."""

from enum import StrEnum
from typing import Any

import msgspec

Params = dict[str, Any]


class Subject(StrEnum):
    """What a line of the trace is about."""

    MEMBER = "member"
    RULE = "rule"
    TIER = "tier"
    REWARD = "reward"
    STAMP_CARD = "stamp_card"
    ACTIVITY = "activity"
    CAP = "cap"
    ROUNDING = "rounding"


class Reason(StrEnum):
    """Why. Beside each the parameters that come with it (points in millipoints, money in minor units)."""

    # It applied.
    EARNED = "earned"  # millipoints
    MULTIPLIED = "multiplied"  # factor_milli, millipoints: what the factor added
    TIER_REACHED = "tier_reached"  # tier, before
    REWARD_APPLIED = "reward_applied"  # amount_minor, millipoints
    STAMPS_EARNED = "stamps_earned"  # stamps, have, size, vouchers
    CAPPED = "capped"  # limit_millipoints, lost_millipoints
    ROUNDED = "rounded"  # lost_millipoints (< 0: the member gained)

    # A condition did not hold.
    NO_MEMBER = "no_member"
    MEMBER_BLOCKED = "member_blocked"  # status
    WRONG_TIER = "wrong_tier"  # needed, is
    WRONG_SEGMENT = "wrong_segment"  # needed
    WRONG_STORE = "wrong_store"  # needed, is
    WRONG_WEEKDAY = "wrong_weekday"  # needed, is
    WRONG_HOUR = "wrong_hour"  # needed, is
    NOT_YET = "not_yet"  # from
    NO_MORE = "no_more"  # until
    NO_MATCHING_LINE = "no_matching_line"  # categories, skus
    SPEND_TOO_LOW = "spend_too_low"  # needed_minor, is_minor
    TOO_FEW_ITEMS = "too_few_items"  # needed_milli, is_milli
    NOT_FIRST_PURCHASE = "not_first_purchase"  # visits
    NO_BIRTHDAY = "no_birthday"  # days
    WRONG_VISIT = "wrong_visit"  # needed or every, is
    WRONG_PAYMENT = "wrong_payment"  # needed, is
    EXPRESSION_FALSE = "expression_false"
    EXPRESSION_FAILED = "expression_failed"  # error

    # A rule held and still gave nothing.
    OUTRANKED = "outranked"  # by, group
    NOTHING_COUNTED = "nothing_counted"  # every line is excluded, or nothing is left to pay
    NOTHING_TO_MULTIPLY = "nothing_to_multiply"
    CAP_REACHED = "cap_reached"  # limit_millipoints, per
    LIMIT_REACHED = "limit_reached"  # limit, per
    LIMIT_HELD_ELSEWHERE = "limit_held_elsewhere"  # limit

    # A reward was not given.
    NOT_CHOSEN = "not_chosen"
    UNKNOWN_REWARD = "unknown_reward"
    TOO_FEW_POINTS = "too_few_points"  # needed_millipoints, is_millipoints
    NEEDS_VOUCHER = "needs_voucher"
    UNKNOWN_VOUCHER = "unknown_voucher"
    VOUCHER_EXPIRED = "voucher_expired"
    VOUCHER_HELD_ELSEWHERE = "voucher_held_elsewhere"
    NOT_COMBINABLE = "not_combinable"  # with, group
    CHOSEN_TOO_OFTEN = "chosen_too_often"  # limit
    OUT_OF_STOCK = "out_of_stock"  # stock
    BUDGET_SPENT = "budget_spent"  # budget_minor
    NOTHING_TO_DISCOUNT = "nothing_to_discount"
    POINTS_NOT_TAKEN = "points_not_taken"
    BELOW_MINIMUM = "below_minimum"  # minimum_millipoints
    NOT_A_STEP = "not_a_step"  # step_millipoints
    ABOVE_MAXIMUM = "above_maximum"  # maximum_millipoints
    NEEDS_POINTS = "needs_points"  # step_millipoints, maximum_millipoints: the cashier says how many

    # A stamp card.
    NO_STAMPS = "no_stamps"
    STAMPED_TODAY = "stamped_today"
    CARD_HELD_ELSEWHERE = "card_held_elsewhere"  # stamps, have, size: HQ makes the voucher

    # An activity.
    UNKNOWN_ACTIVITY = "unknown_activity"
    PROOF_MISSING = "proof_missing"  # proof
    ALREADY_RECORDED = "already_recorded"  # reference


class Miss(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Why something does not hold."""

    reason: Reason
    params: Params


class TraceLine(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One rule, reward, card or tier: whether it applied, and why (not)."""

    subject: Subject
    id: str
    applied: bool
    reason: Reason
    params: Params = {}
