"""Where each rule of a programme, and each fault that other systems have, is tried: a map held to the code."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "tests"
REFERENCE = "unit/loyalty/test_reference.py::test_an_example_comes_out_as_the_page_says"
ORACLE = "oracle/test_agreement.py::test_the_engine_agrees_with_its_naive_twin"

RULES: dict[str, tuple[str, ...]] = {
    "1 conditions and effects; expressions are bounded": (
        REFERENCE,
        "unit/loyalty/test_reference.py::test_every_condition_and_every_key_of_all_rewards_is_in_an_example",
        "unit/loyalty/test_expressions.py::test_what_could_take_long_is_refused_before_it_runs",
        "unit/loyalty/test_expressions.py::test_no_expression_stops_a_sale",
        "integration/till/test_segments.py::test_a_rule_for_a_segment_holds_for_its_members",
    ),
    "2 exact, in thousandths, rounded once": (REFERENCE, ORACLE),
    "3 net or gross; the means of payment lowers nothing": (
        "unit/loyalty/test_scenarios.py::test_the_means_of_payment_does_not_lower_what_counts",
        "unit/loyalty/test_quote.py::test_tuesday_doubles_whole_dollars_of_what_counts",
    ),
    "4 rules add up, groups, caps": (REFERENCE, ORACLE),
    "5 activities": (
        "integration/till/test_activities.py::test_a_reference_counts_once_for_everybody_and_a_limit_for_each",
        "unit/loyalty/test_reference.py::test_a_reference_counts_once_however_it_is_written",
        ORACLE,
    ),
    "6 pending points": ("unit/loyalty/test_scenarios.py::test_pending_points_are_shown_and_not_spent",),
    "7 kinds of rewards": (
        REFERENCE,
        "unit/loyalty/test_scenarios.py::test_a_new_kind_of_reward_concerns_no_other_module",
        "unit/loyalty/test_payment.py::test_not_less_than_the_minimum_and_not_more_than_is_to_pay",
    ),
    "8 eligibility at every redemption": (
        "unit/loyalty/test_scenarios.py::test_eligibility_is_looked_at_again_at_each_redemption",
        ORACLE,
    ),
    "9 order, stacking, the best combination": (
        "unit/loyalty/test_best.py::test_no_combination_is_better_than_the_best",
        "unit/loyalty/test_best.py::test_beyond_twelve_it_says_that_it_is_not_exact",
        ORACLE,
    ),
    "10 a chosen reward is a reservation": (
        "integration/till/test_baskets.py::test_holding_or_dropping_a_basket_never_loses_points",
    ),
    "11 refunds line by line": (
        "unit/loyalty/test_properties.py::test_refunding_everything_in_any_order_and_split_restores_exactly",
        "unit/loyalty/test_properties.py::test_partial_refunds_never_give_or_take_more_than_the_sale_did",
        "unit/loyalty/test_properties.py::test_no_balance_below_zero_where_the_policy_forbids_it",
        "unit/loyalty/test_scenarios.py::test_points_spent_come_back_in_parts_with_the_expiry_they_had",
        "integration/till/test_refunds.py::test_never_more_than_was_sold",
    ),
    "12 refunds offline, or with a manager": (
        "integration/till/test_refunds.py::test_a_sale_that_this_till_does_not_know_needs_a_manager",
        "integration/till/test_selling.py::test_a_sale_is_found_by_its_identity_its_number_and_its_receipts_code",
    ),
    "13 a void leaves the member as before": (
        "integration/till/test_refunds.py::test_a_void_leaves_the_member_exactly_as_before",
    ),
    "14 lots are a function of the set of postings": (
        "unit/loyalty/test_properties.py::test_lots_are_a_function_of_the_set_of_postings",
        "unit/loyalty/test_lots.py::test_a_deficit_takes_the_next_credits_first",
        "unit/loyalty/test_lots.py::test_what_expires_first_is_spent_first_and_what_never_expires_last",
    ),
    "15 expiry": (
        REFERENCE,
        "unit/loyalty/test_booking.py::test_expiry_names_its_lots_once_each",
        "unit/loyalty/test_scenarios.py::test_expired_points_are_not_spent_even_before_their_expiry_is_posted",
        "unit/loyalty/test_properties.py::test_refunding_everything_after_points_have_expired_restores_exactly_too",
        "unit/hq/test_expiry.py::test_each_sale_keeps_the_points_of_an_active_member_at_headquarters_and_at_tills",
    ),
    "16 what expires next is shown": (
        "unit/loyalty/test_lots.py::test_what_can_be_spent_what_waits_and_what_goes_next",
        "integration/till/test_receipts.py::test_a_receipt_says_everything_about_its_sale",
    ),
    "17 tiers": (
        "unit/loyalty/test_scenarios.py::test_spending_points_never_costs_a_tier",
        "unit/loyalty/test_tiers.py::test_up_at_once_and_by_several_steps",
        "unit/loyalty/test_tiers.py::test_down_one_step_a_window",
        "unit/loyalty/test_tiers.py::test_points_of_the_grace_save_a_tier",
        "unit/loyalty/test_tiers.py::test_a_tier_by_hand_counts_while_it_is_the_higher_one",
        ORACLE,
    ),
    "18 what a tier brings": (
        "unit/loyalty/test_scenarios.py::test_a_tier_can_have_rewards_of_its_own",
        "integration/till/test_points_by_rule.py::test_a_gold_member_is_greeted",
    ),
    "19 stamp cards": (
        "unit/loyalty/test_stamps.py::test_buy_nine_and_the_tenth_is_free_and_what_is_left_over_starts_the_next",
        "unit/loyalty/test_stamps.py::test_stamps_for_each_item_sale_or_visit",
        ORACLE,
    ),
    "20 enrolled with little": (
        "integration/till/test_members.py::test_a_name_a_phone_an_email_a_card_or_nothing_is_enough",
    ),
    "21 consent": (
        "integration/till/test_members.py::test_consent_is_dated_names_its_text_and_is_withdrawn_at_once",
        "unit/loyalty/test_quote.py::test_birthdays_are_near_across_the_year_and_on_29_february",
    ),
    "22 identify": (
        "integration/till/test_identify.py::test_one_match_is_shown_at_once",
        "integration/till/test_identify.py::test_several_matches_are_a_list",
        "integration/till/test_identify.py::test_nobody_offers_to_enrol_with_what_was_typed",
    ),
    "23 the same phone twice": (
        "unit/hq/test_scenarios.py::test_holds_under_all_rules",
        "unit/ledger/test_people.py::test_merged_members_go_on_as_one",
    ),
    "24 lost cards and blocked members": (
        "integration/till/test_identify.py::test_a_lost_card_is_blocked_and_replaced_and_the_points_stay",
        "integration/till/test_members.py::test_a_blocked_member_earns_and_spends_nothing_and_everybody_sees_why",
    ),
    "25 export and erasure": ("integration/till/test_members.py::test_an_erased_member_is_gone_but_the_sales_stay",),
    "26 versions of programmes": (
        "unit/loyalty/test_programme_checks.py::test_ten_mistakes_come_at_once_in_the_order_of_the_file",
        "integration/sync/test_real_tills.py::test_a_programme_comes_signed_and_waits_for_its_start",
        "integration/till/test_points_by_rule.py"
        "::test_a_sale_is_judged_by_the_version_in_force_when_it_happened_however_late_it_comes",
    ),
    "27 HQ makes each quote again": (
        "unit/hq/test_rerun.py::test_honest_sales_come_out_the_same",
        "unit/hq/test_rerun.py::test_a_figure_that_comes_out_otherwise_is_shown_with_both_results",
        "unit/loyalty/test_same_everywhere.py::test_a_quote_is_the_same_on_any_machine",
    ),
    "28 flags": (
        "integration/till/test_flags.py::test_many_sales_a_day_on_one_card_are_flagged_once",
        "integration/till/test_flags.py::test_a_card_in_two_stores_minutes_apart_is_flagged_in_what_is_imported",
        "integration/till/test_flags.py::test_a_cashier_whose_own_card_earns_is_flagged",
        "integration/till/test_flags.py::test_many_enrolments_with_one_phone_are_flagged",
        "integration/till/test_flags.py::test_a_large_adjustment_and_a_refund_after_redemption_are_flagged",
    ),
    "29 adjustments": (
        "integration/till/test_points_by_rule.py"
        "::test_an_adjustment_needs_a_managers_pin_and_a_reason_and_the_journal_shows_who",
    ),
}

_HERE = "unit/loyalty/test_faults_elsewhere.py::test_"
_AT_A_TILL = "integration/till/test_faults_seen_elsewhere.py::test_"

FAULTS: dict[str, tuple[str, ...]] = {
    "Square: loyalty off when offline": (_AT_A_TILL + "square_loyalty_is_never_switched_off_offline",),
    "Square: a cleared cart destroys redeemed points": (
        _HERE + "square_a_cleared_cart_destroys_redeemed_points",
        "integration/till/test_baskets.py::test_holding_or_dropping_a_basket_never_loses_points",
    ),
    "Square: a refund does not restore the reward": (
        _HERE + "square_a_refund_does_not_restore_the_reward",
        "integration/till/test_refunds.py::test_a_whole_refund_restores_points_and_reward",
    ),
    "Square: small spends don't add up": (_HERE + "square_small_spends_do_not_add_up",),
    "odoo#108240": (_AT_A_TILL + "odoo_108240_what_is_spent_offline_is_gone_after_a_restart",),
    "odoo#270532": (_HERE + "odoo_270532_a_coupon_is_wrong_when_an_offline_sale_comes_late",),
    "odoo#222372": (
        _HERE + "odoo_222372_a_repeated_confirm_miscounts",
        "integration/till/test_selling.py::test_a_second_confirm_of_the_same_sale_gives_that_sale_again",
    ),
    "odoo#257854": (_HERE + "odoo_257854_a_refund_keeps_the_points",),
    "odoo#212922": (_HERE + "odoo_212922_a_refund_charges_the_points_again",),
    "odoo#205057": (
        _HERE + "odoo_205057_two_open_carts_spend_one_wallet",
        "integration/till/test_selling.py::test_two_tills_on_one_home_never_spend_the_same_points_twice",
    ),
    "odoo#171706": (
        _AT_A_TILL + "odoo_171706_a_further_card_does_not_kill_the_first",
        "unit/ledger/test_people.py::test_merged_members_go_on_as_one",
    ),
    "odoo#264931": (_HERE + "odoo_264931_the_cashier_can_not_choose_how_many_points",),
    "OCA/pos#185": (
        _HERE + "oca_185_a_retried_sync_doubles_points",
        _AT_A_TILL + "oca_185_what_comes_twice_counts_once",
        "unit/hq/test_first_steps.py::test_points_earned_reach_hq_once_and_are_shown",
    ),
    "erpnext#59050": (
        _HERE + "erpnext_59050_points_are_redeemable_for_ever",
        _AT_A_TILL + "erpnext_59050_points_do_not_live_for_ever",
    ),
    "erpnext#32951": (_HERE + "erpnext_32951_a_refund_keeps_the_points_even_in_parts",),
    "Lightspeed: no redemption offline; Loyverse: no refund or enrolment offline": (
        _AT_A_TILL + "square_loyalty_is_never_switched_off_offline",
    ),
}


@cache
def _tests_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_rule_has_its_number() -> None:
    assert [int(name.split()[0]) for name in RULES] == list(range(1, 30))


@pytest.mark.parametrize("places", [*RULES.items(), *FAULTS.items()], ids=lambda each: each[0])
def test_every_place_is_there(places: tuple[str, tuple[str, ...]]) -> None:
    for place in places[1]:
        file, _, name = place.partition("::")
        assert name in _tests_in(file), f"{places[0]}: {place} is gone; name the test that takes its place"
