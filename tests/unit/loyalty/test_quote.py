"""Quotes: who may have what, what is held elsewhere, and what the trace says of it."""

import subprocess
import sys
from datetime import date

import msgspec
import pytest

from config.errors import WrongUse
from loyalty.account import Account, Voucher
from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.facts import birthday_windows, limit_units
from loyalty.lots import Lot
from loyalty.programme.load import load_programme
from loyalty.quote import quote
from loyalty.quoted import Choice
from loyalty.trace import Reason, Subject
from tests.unit.loyalty.world import BASE, MEMBER, TUESDAY, WARSAW, at, basket, points, programme, quoted

BREAD = basket(("Bread", 2000))
MUG = '[[reward]]\nid = "mug"\nname = "Mug"\nkind = "gift"\npoints = 10\n'
COFFEE = (
    '[[reward]]\nid = "coffee"\nname = "Coffee"\nkind = "free_item"\nneeds_voucher = true\n'
    '[[stamp_card]]\nid = "card"\nname = "Card"\nsize = 3\nreward = "coffee"\n'
)
RICH = Account(MEMBER, points_millipoints=1_000_000, lots=(Lot(1_000_000),))


def refusal(text: str, account: Account, choice: Choice) -> str:
    (refused,) = quoted(text, BREAD, choice, account=account).refused
    return refused.reason.value


def test_tuesday_doubles_whole_dollars_of_what_counts() -> None:
    simple = programme(
        '[earning]\nexclude_categories = ["TOBACCO"]\n'
        '[[rule]]\nid = "base"\npoints = 1\nper = 1.00\nwhole_steps = true\n'
        '[[rule]]\nid = "tuesday"\nmultiply = 2\nweekdays = ["tue"]\n'
    )
    store = StoreFacts("main", "America/New_York")
    bought = Basket("USD", (Line("BREAD", 1290), Line("Tobacco", 900), Line("MILK", 99)))
    late_tuesday = at("2026-05-05 23:30", "America/New_York")
    assert quote(simple, Account(MEMBER), bought, (), late_tuesday, store).points_earned_millipoints == 26_000
    assert (
        quote(simple, Account(MEMBER), bought, (), late_tuesday + 3_600_000, store).points_earned_millipoints == 13_000
    )


def test_the_day_goes_on_until_the_closing_minute() -> None:
    tuesday = programme(BASE + '[[rule]]\nid = "tuesday"\nmultiply = 2\nweekdays = ["tue"]\n')
    bar = StoreFacts("bar", "Europe/Warsaw", closing_minute=240)
    for time, earned in (("2026-05-06 03:59", 40_000), ("2026-05-06 04:00", 20_000)):
        assert quote(tuesday, Account(MEMBER), BREAD, (), at(time), bar).points_earned_millipoints == earned


def test_a_blocked_member_earns_and_spends_nothing_and_the_trace_says_so() -> None:
    blocked = msgspec.structs.replace(RICH, status="blocked")
    found = quoted(BASE + MUG, BREAD, Choice("mug"), account=blocked)
    assert (found.points_earned_millipoints, found.to_pay_minor) == (0, 2000)
    assert [refused.reason for refused in found.refused] == [Reason.MEMBER_BLOCKED]
    assert [line.reason for line in found.trace] == [Reason.MEMBER_BLOCKED]


def test_every_rule_and_reward_says_why() -> None:
    text = BASE + '[[rule]]\nid = "gold"\nmultiply = 2\nsegments = ["gold"]\n' + MUG + COFFEE
    said = {(line.subject, line.id): line.reason for line in quoted(text, BREAD).trace}
    assert said == {
        (Subject.RULE, "base"): Reason.EARNED,
        (Subject.RULE, "gold"): Reason.WRONG_SEGMENT,
        (Subject.STAMP_CARD, "card"): Reason.STAMPS_EARNED,
        (Subject.REWARD, "mug"): Reason.TOO_FEW_POINTS,
        (Subject.REWARD, "coffee"): Reason.NEEDS_VOUCHER,
    }


def test_spending_stays_within_the_tills_right() -> None:
    bounded = msgspec.structs.replace(RICH, right_millipoints=9_000)
    assert bounded.spendable_millipoints(TUESDAY) == 9_000
    assert refusal(BASE + MUG, bounded, Choice("mug")) == "too_few_points"


def test_what_waits_has_expired_or_is_not_covered_can_not_be_spent() -> None:
    lots = (Lot(5_000, available_ms=TUESDAY + 1), Lot(6_000, expires_ms=TUESDAY), Lot(7_000))
    account = Account(MEMBER, points_millipoints=18_000, lots=lots)
    assert account.spendable_millipoints(TUESDAY) == 7_000
    assert msgspec.structs.replace(account, points_millipoints=-1).spendable_millipoints(TUESDAY) == 0


def test_units_held_elsewhere_are_not_used_here() -> None:
    text = BASE + MUG + 'limits = [{ uses = 1, per = "day" }]\n' + COFFEE
    elsewhere = msgspec.structs.replace(
        RICH,
        stamps={"card": 2},
        vouchers=(Voucher("V1", "coffee"),),
        not_held=("limit/*", "stamps/card", "voucher/V1"),
    )
    assert refusal(text, elsewhere, Choice("mug")) == "limit_held_elsewhere"
    assert refusal(text, elsewhere, Choice("coffee")) == "voucher_held_elsewhere"
    found = quoted(text, BREAD, account=elsewhere)
    assert [(change.after, change.vouchers) for change in found.stamps] == [(3, 0)]
    assert Reason.CARD_HELD_ELSEWHERE in {line.reason for line in found.trace}


def test_a_limit_for_each_till_needs_no_holder() -> None:
    text = BASE + MUG + 'limits = [{ uses = 1, per = "day", offline = "each-till" }]\n'
    elsewhere = msgspec.structs.replace(RICH, not_held=("limit/*",))
    assert quoted(text, BREAD, Choice("mug"), account=elsewhere).refused == ()


@pytest.mark.parametrize(
    ("voucher", "choice", "reason"),
    [
        (Voucher("V1", "coffee", TUESDAY), Choice("coffee"), "voucher_expired"),
        (Voucher("V1", "coffee"), Choice("coffee", voucher="V2"), "unknown_voucher"),
        (Voucher("V1", "mug"), Choice("coffee"), "needs_voucher"),
    ],
)
def test_a_voucher_that_is_not_good_is_refused_with_its_reason(voucher: Voucher, choice: Choice, reason: str) -> None:
    account = msgspec.structs.replace(RICH, vouchers=(voucher,))
    assert refusal(BASE + MUG + COFFEE, account, choice) == reason


def test_the_voucher_that_expires_first_is_used_and_costs_no_points() -> None:
    vouchers = (Voucher("A", "mug"), Voucher("B", "mug", TUESDAY + 1000))
    found = quoted(BASE + MUG, BREAD, Choice("mug"), account=msgspec.structs.replace(RICH, vouchers=vouchers))
    assert (found.vouchers_spent, found.points_spent_millipoints) == (("B",), 0)


def test_an_unknown_reward_and_one_chosen_twice_are_refused() -> None:
    found = quoted(BASE + MUG, BREAD, Choice("mug"), Choice("mug"), Choice("mugg"), account=RICH)
    assert [refused.reason for refused in found.refused] == [Reason.UNKNOWN_REWARD, Reason.CHOSEN_TOO_OFTEN]


def test_an_offer_says_what_it_saves_on_top_of_what_is_chosen() -> None:
    text = (
        BASE
        + '[[reward]]\nid = "ten"\nname = "10 %"\nkind = "percent_off"\npercent = 10\npoints = 1\n'
        + '[[reward]]\nid = "bread"\nname = "Bread"\nkind = "amount_off"\namount = 5.00\npoints = 1\n'
        + 'categories = ["Bread"]\n'
    )
    (alone,) = [each.amount_minor for each in quoted(text, BREAD, account=RICH).offers if each.reward == "bread"]
    (offer,) = quoted(text, BREAD, Choice("ten"), account=RICH).offers
    # 5.00 off first and 10 % of the rest: 0.50 less than both by themselves.
    assert (alone, offer.reward, offer.amount_minor) == (500, "bread", 450)


@pytest.mark.parametrize(
    "bought",
    [
        Basket("PLN"),
        Basket("PLN", (Line("Bread", -1),)),
        Basket("PLN", (Line("Bread", 10**12),)),
        Basket("PLN", (Line("Bread", 1, -5),)),
        Basket("PLN", (Line("", 1),)),
        Basket("PLN", (Line("Bread", 1),) * 501),
    ],
)
def test_a_basket_that_makes_no_sense_is_refused(bought: Basket) -> None:
    with pytest.raises(WrongUse, match="nothing was changed"):
        quoted(BASE, bought)


def test_an_expression_that_fails_at_the_till_counts_as_false_and_is_reported() -> None:
    text = BASE + '[[rule]]\nid = "odd"\nbonus = 5\nwhen = "100 / (total_minor - 2000) < 1"\n'
    found = quoted(text, BREAD)
    assert found.points_earned_millipoints == 20_000
    assert [line.reason for line in found.trace if line.id == "odd"] == [Reason.EXPRESSION_FAILED]


def test_expressions_see_the_basket_and_the_member() -> None:
    text = BASE + '[[rule]]\nid = "x"\nbonus = 5\nwhen = "{}"\n'
    account = Account(MEMBER, points_millipoints=7_900, visits=4, segments=("staff",), birthday_windows=(0,))
    for expression in (
        "points == 7 && visits == 4 && birthday",
        "'staff' in segments && tier == ''",
        "weekday == 'tue' && day == '2026-05-05' && hour == 12 && minute == 0",
        "size(lines) == 1 && lines[0].category == 'Bread' && 'Bread' in categories",
        "store == 'main' && payment_method.startsWith('ca')",
    ):
        bought = basket(("Bread", 2000), paid="card")
        assert points(text.format(expression), bought, account=account) == 25_000, expression


def test_without_expressions_cel_is_never_loaded() -> None:
    code = (
        "import sys; from loyalty.programme.load import load_programme; from loyalty import quote, whatif, facts;"
        "load_programme('name = \"x\"\\n[[rule]]\\nid = \"a\"\\nbonus = 5\\n').plan('PLN');"
        "assert 'cel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_units_that_a_programme_counts_are_named_for_the_ledger() -> None:
    text = (
        "[earning]\ncap_per_day = 5\n" + BASE + MUG + 'stock = 3\nlimits = [{ uses = 1, per = "week" }, { uses = 9 }]\n'
    )
    assert limit_units(programme(text), TUESDAY, WARSAW) == (
        "reward/mug@2026-W19",
        "reward/mug",
        "earn@2026-05-05",
        "stock/mug",
    )


def test_birthdays_are_near_across_the_year_and_on_29_february() -> None:
    rules = programme(BASE + "".join(f'[[rule]]\nid = "b{n}"\nbonus = 1\nbirthday = {n}\n' for n in (1, 5)))
    assert birthday_windows(rules, 1, 3, date(2026, 12, 31)) == (5,)
    assert birthday_windows(rules, 12, 31, date(2026, 12, 31)) == (0, 1, 5)
    assert birthday_windows(rules, 2, 29, date(2027, 2, 28)) == (0, 1, 5)


def test_a_programme_is_the_same_read_twice() -> None:
    one, other = (load_programme(f'name = "x"\n{BASE}{MUG}{COFFEE}') for _ in range(2))
    found = [quote(each, RICH, BREAD, (Choice("mug"),), TUESDAY, WARSAW) for each in (one, other)]
    assert found[0] == found[1]
