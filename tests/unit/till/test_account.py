"""Rights at a till that is its own headquarters, and a receipt's view of lots: small pure parts of the till."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.account import Account
from loyalty.basket import Basket
from loyalty.bodies import MemberEnrolled, SaleCompleted, SaleQuote
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, Contra, Draft, Header, Kind, Leg
from loyalty.lots import Lot
from loyalty.quoted import EarnedLot
from terminal.till_account import alone
from terminal.till_receipt import lots_after

AMOUNTS = st.integers(-(10**6), 10**6)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=5))
def test_a_right_is_the_balance_and_never_below_zero(balance: int, amounts: list[int]) -> None:
    legs = tuple(Leg("M", POINTS, amount, Contra.ISSUED) for amount in amounts)
    draft = alone(Draft(Kind.SALE_COMPLETED, MemberEnrolled(), Header(legs=legs), member_id="M"), balance)
    own = sum(move.amount for move in draft.header.own)
    used = sum(move.amount for move in draft.header.used)
    assert max(0, balance) + own - used == max(0, balance + sum(amounts))
    assert all(move.amount > 0 for move in (*draft.header.own, *draft.header.used))


def test_an_entry_without_points_moves_no_right() -> None:
    draft = Draft(Kind.MEMBER_ENROLLED, MemberEnrolled(), member_id="M")
    assert alone(draft, 1000) is draft


def test_a_sale_spends_the_lots_that_expire_first_and_adds_its_own() -> None:
    account = Account("M", points_millipoints=300, lots=(Lot(200, 50, None, None, 1), Lot(100, 90, None, None, 2)))
    quote = SaleQuote(
        total_minor=0,
        to_pay_minor=0,
        points_earned_millipoints=70,
        points_spent_millipoints=250,
        earned=(EarnedLot(70, available_ms=5, expires_ms=80),),
    )
    body = SaleCompleted(StoreFacts("S", "UTC"), "v", Basket("PLN"), quote, account)
    assert [(lot.amount_millipoints, lot.expires_ms) for lot in lots_after(body)] == [(70, 80), (50, 90)]
