"""Past sales again under a draft, and two programmes side by side."""

import msgspec

from loyalty.activities import Proof
from loyalty.acts import points_import_draft
from loyalty.bodies import MemberErased
from loyalty.compared import compare
from loyalty.entries import Draft, Entry, Kind, canonical_json
from loyalty.flags import Flag, SaleSigns, adjustment_flags, enrolment_flags, refund_flags, sale_flags
from loyalty.past import Event, PastActivity, PastEntry, PastRefund, PastSale
from loyalty.programme.diff import diff
from loyalty.quoted import Choice
from loyalty.refunds import RefundLine
from loyalty.whatif import Replay, replay_all
from tests.unit.loyalty.world import BASE, MEMBER, TUESDAY, WARSAW, WEDNESDAY, Shop, basket, programme

FIVE_OFF = '[[reward]]\nid = "five-off"\nname = "5.00 off"\nkind = "amount_off"\namount = 5.00\npoints = {}\n'
REVIEW = '[[activity]]\nid = "review"\nname = "Review"\npoints = 7\n'
IN_FORCE = programme(BASE + FIVE_OFF.format(10) + REVIEW)
DRAFT = programme(BASE.replace("points = 1", "points = 2") + FIVE_OFF.format(60) + REVIEW)
BREAD = basket(("Bread", 2000, 2000))


def imported(member_id: str, millipoints: int, at_ms: int) -> PastEntry:
    """Points from another system."""
    draft = points_import_draft(IN_FORCE, member_id, millipoints, at_ms=at_ms, store=WARSAW, source="members")
    return PastEntry(entry_of(draft, at_ms))


def entry_of(draft: Draft, at_ms: int, seq: int = 1) -> Entry:
    body = msgspec.Raw(canonical_json(draft.body))
    kept = (draft.cashier_id, draft.member_id, draft.header, body, b"")
    return Entry("TILL", 1, seq, str(draft.kind), at_ms, "boot", 0, *kept)


def past() -> list[Event]:
    return [
        PastSale("1", TUESDAY, WARSAW, BREAD, "ana"),
        PastSale("2", TUESDAY + 1, WARSAW, BREAD, "ana", (Choice("five-off"),), comes_back=True),
        PastSale("3", TUESDAY + 2, WARSAW, BREAD, comes_back=True),
        PastActivity(TUESDAY + 3, WARSAW, "bob", "review", Proof()),
        imported("bob", 3_000, TUESDAY + 4),
        PastRefund("2", WEDNESDAY, [RefundLine(0, 1000)]),
        PastRefund("3", WEDNESDAY, [RefundLine(0, 2000)]),
    ]


def test_a_replay_comes_to_what_the_shop_came_to() -> None:
    shop = Shop(BASE + FIVE_OFF.format(10) + REVIEW)
    shop.sell(BREAD)
    sale = shop.sell(BREAD, Choice("five-off"), at_ms=TUESDAY + 1)
    shop.refund(sale, [RefundLine(0, 1000)])
    replay = Replay(IN_FORCE, "PLN")
    replay_all([replay], past()[:3] + past()[5:])
    outcome = replay.outcome(WEDNESDAY, WARSAW)
    assert outcome.liability_millipoints == shop.balance
    assert outcome.to_pay_minor == 2000 + 1500 - 750
    assert outcome.turnover_minor == 2000 + 2000 - 1000
    assert outcome.cost_minor == 250
    assert outcome.rewards["five-off"].times == 1


def test_two_programmes_side_by_side() -> None:
    replays = [Replay(IN_FORCE, "PLN"), Replay(DRAFT, "PLN")]
    assert replay_all(replays, past()) == 7
    before, after = (replay.outcome(WEDNESDAY, WARSAW) for replay in replays)
    found = compare(before, after, *(replay.fared() for replay in replays))
    assert found.draft.choices_refused == 1
    assert found.members_changed == 1
    (ana,) = found.most_affected
    assert (ana.member_id, ana.cost_before_minor, ana.cost_after_minor) == ("ana", 250, 0)
    assert ana.given_after_millipoints == 40_000 + 40_000 - 20_000


def test_both_begin_with_what_the_members_had() -> None:
    shop = Shop(BASE + FIVE_OFF.format(10))
    earned = shop.sell(BREAD)
    entry = entry_of(Draft(Kind.SALE_COMPLETED, earned.body, earned.header, member_id=MEMBER), TUESDAY)
    replay = Replay(IN_FORCE, "PLN")
    replay.play(PastEntry(entry))
    replay.play(PastSale("1", TUESDAY + 1, WARSAW, BREAD, MEMBER, (Choice("five-off"),)))
    outcome = replay.outcome(TUESDAY + 2, WARSAW)
    assert (outcome.sales, outcome.choices_refused, outcome.cost_minor) == (1, 0, 500)
    assert outcome.points_given_millipoints == 15_000
    assert outcome.liability_millipoints == 20_000 - 10_000 + 15_000


def test_who_was_erased_is_counted_no_more() -> None:
    replay = Replay(IN_FORCE, "PLN")
    erased = entry_of(Draft(Kind.MEMBER_ERASED, MemberErased(), member_id="ana"), TUESDAY + 9)
    replay_all([replay], [*past()[:1], PastEntry(erased)])
    outcome = replay.outcome(WEDNESDAY, WARSAW)
    assert (outcome.members_by_tier, outcome.liability_millipoints) == ({}, 0)
    assert outcome.points_given_millipoints == 20_000


def test_a_difference_names_rows_by_their_id_and_leaves_out_defaults() -> None:
    before = programme('[earning]\nrounding = "floor"\n' + BASE + FIVE_OFF.format(10))
    after = programme(BASE.replace("1.00", "2.00") + REVIEW)
    assert [(change.path, change.what, change.before, change.after) for change in diff(before, after)][:1] == [
        ("rule.base.per", "changed", "1", "2")
    ]
    assert [(change.path, change.what) for change in diff(before, after)] == [
        ("rule.base.per", "changed"),
        ("reward.five-off", "removed"),
        ("activity.review", "added"),
    ]
    assert diff(before, before) == ()


def test_rows_in_another_order_are_a_difference() -> None:
    other = '[[rule]]\nid = "other"\nbonus = 5\n'
    (change,) = diff(programme(BASE + other), programme(other + BASE))
    assert (change.path, change.what, change.after) == ("rule", "moved", ["other", "base"])


def test_flags_tell_of_what_is_odd_and_of_nothing_else() -> None:
    flags = programme(
        BASE + "[flags]\nsales_per_day = 2\ntwo_stores_minutes = 10\ncashier_own_card = 1\n"
        "enrolments_per_contact = 1\nadjustment_points = 100\nrefund_after_redemption = true\n"
    ).model.flags
    assert sale_flags(flags, SaleSigns(2, 1, elsewhere="b", elsewhere_ms=601_000)) == ()
    raised = sale_flags(flags, SaleSigns(3, 2, elsewhere="b", elsewhere_ms=600_000))
    assert [each.flag for each in raised] == [Flag.MANY_SALES, Flag.TWO_STORES, Flag.CASHIER_OWN_CARD]
    assert sale_flags(flags, SaleSigns(1, 1, is_cashiers=True))[0].flag is Flag.CASHIER_OWN_CARD
    assert enrolment_flags(flags, 1) == adjustment_flags(flags, 99_999) == refund_flags(flags, 5, 5) == ()
    assert enrolment_flags(flags, 2)[0].params == {"members": 2, "limit": 1}
    assert adjustment_flags(flags, -100_000)[0].flag is Flag.LARGE_ADJUSTMENT
    assert refund_flags(flags, 9, -5)[0].params == {"spent_millipoints": 9}


def test_without_flags_nothing_is_raised() -> None:
    flags = IN_FORCE.model.flags
    assert sale_flags(flags, SaleSigns(99, 99, True, "b", 0)) == enrolment_flags(flags, 99) == ()
    assert adjustment_flags(flags, 10**9) == refund_flags(flags, 10, 0) == ()
