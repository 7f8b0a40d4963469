"""The rules of the exchange as switches: all on, always; a proof takes one out to show what it is for.

Nothing but the proofs ever builds :class:`Rules` with a switch off.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """Each switch is one rule of the exchange, in force when True."""

    # Allowance accounts and what a till may decide alone.
    earned_is_set_aside: bool = True
    grants_are_totals: bool = True
    available_pays_standin: bool = True
    standin_counts_until_included: bool = True
    standin_for_confirmed_only: bool = True
    baskets_share_one_right: bool = True
    lend_only_available: bool = True
    expire_only_available: bool = True
    # Refunds and suspense.
    given_back_waits: bool = True
    refund_cancels_liability: bool = True
    take_back_is_never_debt: bool = True
    life_close_settles_refunds: bool = True
    suspended_debits_are_booked: bool = True
    suspended_earn_gives_no_right: bool = True
    # Lives.
    close_frees_all: bool = True
    sealing_frees_nothing: bool = True
    pages_say_what_they_include: bool = True
    pages_in_order: bool = True
    rows_cover_whole_members: bool = True
    same_entry_once: bool = True
    forks_are_booked: bool = True
    one_child_per_life: bool = True
    seal_needs_challenge: bool = True
    restored_waits: bool = True
    recovery_adopts_grants: bool = True
    recovery_freezes_grants: bool = True
    push_needs_hello: bool = True
    # Units, profiles, numbers, reports.
    units_have_one_holder: bool = True
    withdrawal_wins: bool = True
    erasure_outlives_backups: bool = True
    new_life_new_numbers: bool = True
    refund_counts_where_refunded: bool = True
    unknown_kinds_are_booked: bool = True
    right_survives_sync: bool = True
    includes_are_per_till: bool = True


ALL_RULES = Rules()
