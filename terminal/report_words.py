"""Words for reports: what each figure, table and column is called, and what a figure means.

``docs/manager.md`` says the same at length; a test holds the two together.
"""

from typing import Final, NamedTuple

from config.i18n import N_


class FigureWords(NamedTuple):
    """A figure's *title*, and in one line what is divided by what."""

    title: str
    meaning: str


class TableWords(NamedTuple):
    """A table's *title*, and what stands in its place where there is nothing to show."""

    title: str
    empty: str


REPORTS: Final[dict[str, str]] = {
    "day": N_("Today"),
    "period": N_("Period"),
    "programme": N_("Programme"),
    "members": N_("Members"),
    "cashiers": N_("Cashiers"),
    "exceptions": N_("Exceptions"),
    "entries": N_("Entries"),
}

FIGURES: Final[dict[str, FigureWords]] = {
    "sales": FigureWords(N_("Sales"), N_("Sales saved in the period, those voided later too.")),
    "lines": FigureWords(N_("Lines"), N_("Lines of all sales in the period.")),
    "sales_with_member": FigureWords(N_("Sales with a member"), N_("Sales in which a member was identified.")),
    "participation": FigureWords(N_("Participation"), N_("Sales with a member / all sales.")),
    "turnover": FigureWords(N_("Before rewards"), N_("What all baskets came to before rewards.")),
    "discounts": FigureWords(N_("Taken off"), N_("What rewards took off the baskets.")),
    "to_pay": FigureWords(N_("Taken in"), N_("What was to pay after rewards.")),
    "refunds": FigureWords(N_("Refunds"), N_("Refunds made in the period, voids included.")),
    "voids": FigureWords(N_("Voids"), N_("Sales taken back whole in the shift in which they were made.")),
    "refunded": FigureWords(N_("Refunded"), N_("Money given back in the period, whenever the sale was.")),
    "net": FigureWords(N_("Net sales"), N_("What was to pay, less what was refunded.")),
    "average_basket_member": FigureWords(N_("Basket, members"), N_("What members were to pay / sales with a member.")),
    "average_basket_other": FigureWords(N_("Basket, others"), N_("What others were to pay / sales without a member.")),
    "buyers": FigureWords(N_("Members who bought"), N_("Different members with at least one sale in the period.")),
    "purchase_frequency": FigureWords(
        N_("Purchases per buyer"), N_("Sales with a member / different members who bought.")
    ),
    "members_enrolled": FigureWords(N_("New members"), N_("Members enrolled in the period.")),
    "points_earned": FigureWords(N_("Points given"), N_("Points earned, less those taken back by refunds.")),
    "points_spent": FigureWords(N_("Points spent"), N_("Points spent on rewards, less those given back by refunds.")),
    "points_expired": FigureWords(N_("Points expired"), N_("Points whose time ran out in the period.")),
    "points_adjusted": FigureWords(N_("Points by hand"), N_("Points that managers added, less those they took.")),
    "points_imported": FigureWords(N_("Points brought in"), N_("Balances that came from another system.")),
    "redemption_rate": FigureWords(N_("Redemption rate"), N_("Points spent / points given, in the period.")),
    "breakage": FigureWords(N_("Breakage"), N_("Points expired / points given, in the period.")),
    "points_outstanding": FigureWords(
        N_("Points outstanding"), N_("All members' balances at the end of the period, deficits deducted.")
    ),
    "liability": FigureWords(
        N_("Liability"), N_("Points outstanding × money that rewards took off / points they cost, in the year before.")
    ),
    "programme_cost": FigureWords(
        N_("Programme cost"), N_("What rewards took off / what members' baskets came to before rewards.")
    ),
    "flags": FigureWords(N_("Flags"), N_("Things that looked odd to the till in the period.")),
    "members": FigureWords(N_("Members"), N_("Everybody enrolled here who is not erased or merged, now.")),
    "members_blocked": FigureWords(N_("Blocked members"), N_("Members who earn and spend nothing until unblocked.")),
    "members_buying": FigureWords(N_("Ever bought"), N_("Members with a sale that was not returned / all members.")),
    "member_value": FigureWords(
        N_("Value of a member"),
        N_("What buyers have paid since they enrolled, less refunds / members who have bought."),
    ),
    "sales_per_member": FigureWords(N_("Sales per member"), N_("Members' sales ever / members who have bought.")),
    "members_rewarded": FigureWords(N_("Ever rewarded"), N_("Members who have used a reward / all members.")),
    "time_to_first_reward": FigureWords(
        N_("To first reward"), N_("Time from enrolling to the first reward used / members who have used one.")
    ),
    "time_to_next_tier": FigureWords(
        N_("To the next tier"),
        N_("Time from enrolling or the tier before to a tier reached in the period / tiers reached."),
    ),
}

_NOTHING_SOLD = N_("Nothing was sold in this period.")

TABLES: Final[dict[str, TableWords]] = {
    "by_hour": TableWords(N_("By hour"), N_("No sale yet on this day.")),
    "by_day": TableWords(N_("By day"), _NOTHING_SOLD),
    "heat_map": TableWords(N_("When people buy"), _NOTHING_SOLD),
    "categories": TableWords(N_("Best categories"), _NOTHING_SOLD),
    "products": TableWords(N_("Best products"), N_("No product with an article number was sold in this period.")),
    "rewards": TableWords(N_("Rewards by cost"), N_("No reward was used in this period.")),
    "rules": TableWords(N_("What gave the points"), N_("No points were earned in this period.")),
    "activities": TableWords(N_("Activities"), N_("No activity was recorded in this period.")),
    "stores": TableWords(N_("Stores"), _NOTHING_SOLD),
    "other_tills": TableWords(
        N_("Other tills of this store"), N_("Headquarters has told of no other till for this day.")
    ),
    "cashiers": TableWords(N_("Cashiers"), N_("Nobody worked in this period.")),
    "enrolments": TableWords(N_("New members by day"), N_("Nobody enrolled in this period.")),
    "tiers": TableWords(N_("Members by tier"), N_("No members yet. Enrol the first with F2 on the sell screen.")),
    "tier_steps": TableWords(N_("Tiers reached"), N_("Nobody reached a tier in this period.")),
    "recency_frequency": TableWords(N_("How recent, how often, how much"), N_("No member has bought yet.")),
    "flags": TableWords(N_("What looked odd"), N_("Nothing looked odd in this period.")),
    "exceptions": TableWords(N_("Look at these"), N_("No flag, refund, adjustment, override or block in this period.")),
    "not_accepted": TableWords(N_("Not accepted by headquarters"), N_("Headquarters has accepted everything so far.")),
    "entries": TableWords(N_("Entries"), N_("No entry in this period.")),
}

NOTES: Final[dict[str, str]] = {
    "no_headquarters": N_("This till works without headquarters: there is nobody to check with."),
}

COLUMNS: Final[dict[str, str]] = {
    "day": N_("Day"),
    "hour": N_("Hour"),
    "weekday": N_("Weekday"),
    "sales": N_("Sales"),
    "to_pay": N_("Taken in"),
    "refunded": N_("Refunded"),
    "earned": N_("Given"),
    "spent": N_("Spent"),
    "category": N_("Category"),
    "sku": N_("Article"),
    "lines": N_("Lines"),
    "quantity": N_("Quantity"),
    "amount": N_("Sold for"),
    "member_amount": N_("To members"),
    "name": N_("Name"),
    "reward": N_("Reward"),
    "rule": N_("Rule"),
    "activity": N_("Activity"),
    "times": N_("Times"),
    "cost": N_("Cost"),
    "points": N_("Points"),
    "store": N_("Store"),
    "till": N_("Till"),
    "cashier": N_("Cashier"),
    "cashier_id": N_("Cashier number"),
    "participation": N_("Members"),
    "refunds": N_("Refunds"),
    "voids": N_("Voids"),
    "adjustments": N_("By hand"),
    "overrides": N_("Overrides"),
    "enrolments": N_("Enrolled"),
    "members": N_("Members"),
    "tier": N_("Tier"),
    "took": N_("Took"),
    "within_days": N_("Last bought"),
    "least_sales": N_("Sales"),
    "spent_money": N_("Spent"),
    "average_spent": N_("Each spent"),
    "flag": N_("Flag"),
    "state": N_("State"),
    "at": N_("When"),
    "kind": N_("What"),
    "subject": N_("Which"),
    "money": N_("Money"),
    "member": N_("Member"),
}

FLAGS: Final[dict[str, str]] = {
    "many_sales": N_("Many sales on one card in a day"),
    "two_stores": N_("One card in two stores within minutes"),
    "cashier_own_card": N_("A cashier's own card, or one that keeps coming"),
    "many_enrolments": N_("Many members with one phone or e-mail"),
    "large_adjustment": N_("A large adjustment by hand"),
    "refund_after_redemption": N_("Refunded after its points were spent"),
    "expression_failed": N_("A condition of the programme that fails"),
}

STATES: Final[dict[str, str]] = {
    "suspended": N_("not accepted"),
    "waiting": N_("not yet counted"),
}
