"""Entries of sales and refunds: whole, short, and named to their sources."""

import msgspec
import zstandard

from loyalty.acts import (
    adjustment_draft,
    expiry_draft,
    full_card_draft,
    points_import_draft,
    tier_draft,
)
from loyalty.bodies import BODIES, MemberBlocked, decode_body
from loyalty.booking import Sale, Sources, differences, sale_draft
from loyalty.entries import AccountMove, Kind, canonical_json, postings, sums
from loyalty.expiry import expiries_due
from loyalty.quote import quote
from loyalty.quoted import Choice
from loyalty.refund_booking import PairedTill, refund_draft
from loyalty.refunds import MemberNow, RefundLine, refund
from loyalty.sale_bodies import SaleCompleted
from tests.unit.loyalty.world import BASE, MEMBER, TUESDAY, WARSAW, WEDNESDAY, Shop, at, basket, programme

PAY = '[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\npoints = 10\nworth = 1.00\n'
BREAD = basket(("Bread", 2000))


def paired_sale(shop: Shop, *used: AccountMove, standin: int = 0) -> None:
    taken = sum(move.amount for move in used) + standin
    shop.sell(BREAD, Choice("pay", points_millipoints=taken), sources=Sources(used, standin))


def test_an_unknown_kind_has_no_body_here() -> None:
    assert decode_body("of_another_age", b"{}") is None
    assert decode_body(Kind.MEMBER_BLOCKED, b'{"reason":"stolen"}') == MemberBlocked("stolen")


def test_what_was_spent_by_stand_in_comes_back_first_and_gives_no_right() -> None:
    shop = Shop(BASE + PAY)
    shop.give(100_000)
    paired_sale(shop, AccountMove(MEMBER, 60_000), standin=40_000)
    (sale,) = shop.sales.values()
    assert sale.header.standin_millipoints == 40_000
    shop.refund(sale, paired=PairedTill(right_millipoints=5_000, spendable_now=True))
    assert shop.balance == 100_000


def test_a_clawback_takes_this_tills_right_first_and_what_comes_back_waits_for_the_shift() -> None:
    shop = Shop(BASE + PAY)
    shop.give(100_000)
    paired_sale(shop, AccountMove(MEMBER, 60_000), standin=40_000)
    (sale,) = shop.sales.values()
    back = refund(sale, None, MemberNow(0), at_ms=WEDNESDAY)
    here = refund_draft(back, store=WARSAW, paired=PairedTill(4_000, spendable_now=True)).header
    assert here.used == (AccountMove(MEMBER, 4_000),)
    assert here.own == (AccountMove(MEMBER, 60_000),)
    elsewhere = refund_draft(back, store=WARSAW, paired=PairedTill(0, spendable_now=False)).header
    assert (elsewhere.used, elsewhere.own) == ((), ())


def test_points_of_a_merged_member_go_back_to_the_account_they_came_from() -> None:
    shop = Shop(BASE + PAY)
    shop.give(100_000)
    other = "MEMBER0000000002"
    paired_sale(shop, AccountMove(other, 30_000), AccountMove(MEMBER, 20_000))
    (sale,) = shop.sales.values()
    debits = [(leg.member, leg.amount) for leg in sale.header.legs if leg.amount < 0]
    assert debits == [(other, -30_000), (MEMBER, -20_000)]


def test_refunding_in_parts_gives_every_source_back_exactly() -> None:
    shop = Shop(BASE + PAY)
    shop.give(100_000)
    sources = Sources((AccountMove(MEMBER, 33_000),), 17_000)
    sale = shop.sell(basket(("Bread", 6000, 3000)), Choice("pay", points_millipoints=50_000), sources=sources)
    for _ in range(3):
        shop.refund(sale, [RefundLine(0, 1000)])
    undone = {leg.undoes: 0 for leg in shop.points if leg.undoes is not None}
    for leg in shop.points:
        if leg.undoes is not None:
            undone[leg.undoes] += leg.amount
    assert sorted(undone.values()) == [-55_000, 17_000, 33_000]


def test_a_forged_figure_is_found_when_the_sale_is_made_again() -> None:
    shop = Shop(BASE)
    body = shop.sell(BREAD).body
    forged = msgspec.structs.replace(body, quote=msgspec.structs.replace(body.quote, points_earned_millipoints=99_000))
    (difference,) = differences(shop.programme, forged, TUESDAY)
    assert (difference.figure, difference.kept, difference.again) == ("points_earned_millipoints", 99_000, 20_000)


def test_a_sale_without_a_member_has_no_effects() -> None:
    rules = programme(BASE)
    found = quote(rules, None, BREAD, (), TUESDAY, WARSAW)
    draft = sale_draft(Sale(rules, None, BREAD, (), TUESDAY, WARSAW, found))
    assert (draft.header.legs, draft.member_id, found.points_earned_millipoints) == ((), None, 0)


def test_bodies_of_sales_are_short() -> None:
    """Sales by category: what one body takes among many alike, in one zstd frame, is below the wire's 60 bytes."""
    shop = Shop(BASE + '[expiry]\nmodel = "rolling"\n')
    bodies = []
    for number in range(300):
        rows = ((f"Category {(number * 7 + line) % 20}", 100 + number * 37 % 900) for line in range(3))
        bodies.append(canonical_json(shop.sell(basket(*rows), at_ms=TUESDAY + number * 60_000).body))
    assert len(zstandard.compress(b"\n".join(bodies), 1)) / len(bodies) < 60


def test_an_adjustment_stays_above_zero_and_expires_like_earned_points() -> None:
    rules = programme(BASE + '[expiry]\nmodel = "rolling"\nmonths = 1\n')
    up = adjustment_draft(
        rules, MEMBER, 5_000, reason="Sorry", manager="M1", balance_millipoints=0, at_ms=TUESDAY, store=WARSAW
    )
    (leg,) = up.header.legs
    assert leg.expires_ms == at("2026-07-01 00:00")
    down = adjustment_draft(
        rules, MEMBER, -5_000, reason="Error", manager="M1", balance_millipoints=5_000, at_ms=TUESDAY, store=WARSAW
    )
    assert down.header.used == (AccountMove(MEMBER, 5_000),)


def test_expiry_names_its_lots_once_each() -> None:
    shop = Shop(BASE + '[expiry]\nmodel = "rolling"\nmonths = 1\n')
    shop.sell(BREAD)
    later = at("2026-07-01 00:00")
    draft = expiry_draft(MEMBER, expiries_due(shop.account(later).lots, later))
    shop.book(draft, later)
    assert shop.balance == 0
    assert expiries_due(shop.account(later).lots, later) == ()


def test_an_expiry_of_what_is_refunded_later_is_reversed_and_all_is_as_before_the_sale() -> None:
    shop = Shop(BASE + '[expiry]\nmodel = "rolling"\nmonths = 1\n')
    shop.give(5_000)
    sale = shop.sell(BREAD)
    later = at("2026-07-01 00:00")
    shop.expire(later)
    assert shop.balance == 5_000
    shop.refund(sale, at_ms=later + 1)
    assert shop.balance == -15_000
    shop.expire(later + 2)
    assert shop.balance == 5_000
    assert [lot.amount_millipoints for lot in shop.account(later + 2).lots] == [5_000]


def test_other_acts_are_whole() -> None:
    shop = Shop(
        BASE
        + '[[reward]]\nid = "gift"\nname = "Gift"\nkind = "gift"\nneeds_voucher = true\n'
        + '[[stamp_card]]\nid = "card"\nname = "Card"\nsize = 3\nreward = "gift"\nvoucher_valid = "10d"\n'
    )
    (card,) = shop.programme.model.stamp_cards
    drafts = [
        full_card_draft(MEMBER, card, "V1", at_ms=TUESDAY, store=WARSAW),
        points_import_draft(shop.programme, MEMBER, 7_000, at_ms=TUESDAY, store=WARSAW),
        tier_draft(MEMBER, "gold", TUESDAY, manager="M1"),
    ]
    for draft in drafts:
        assert not any(sums(postings(draft.header)).values())
        shop.book(draft, TUESDAY)
    assert shop.vouchers["V1"].expires_ms == at("2026-05-16 00:00")
    assert isinstance(drafts[0].body, BODIES[Kind.VOUCHER_ISSUED])
    assert BODIES[Kind.SALE_IMPORTED] is SaleCompleted
