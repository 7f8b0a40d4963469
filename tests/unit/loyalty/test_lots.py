"""Lots: what is spent first, what is left, and what late postings do."""

from loyalty.entries import Contra, PostingRef
from loyalty.expiry import expiries_due
from loyalty.lots import Lot, Lots, Overdone, PostedLeg, due, effective, next_expiry, pending, replay

DAY = 86_400_000


def ref(number: int) -> PostingRef:
    return PostingRef("T", 1, number, 0)


def credit(
    number: int, amount: int, *, at: int = 0, expires: int | None = None, available: int | None = None
) -> PostedLeg:
    return PostedLeg(ref(number), at, amount, Contra.ISSUED, available, expires)


def debit(number: int, amount: int, *, at: int, undoes: PostingRef | None = None) -> PostedLeg:
    return PostedLeg(ref(number), at, -amount, Contra.REDEEMED, undoes=undoes)


def amounts(*legs: PostedLeg) -> dict[int, int]:
    return {lot.ref.seq: lot.amount_millipoints for lot in replay(legs).lots if lot.ref is not None}


def test_what_expires_first_is_spent_first_and_what_never_expires_last() -> None:
    legs = [credit(1, 10), credit(2, 10, expires=50), credit(3, 10, expires=40), debit(4, 15, at=10)]
    assert amounts(*legs) == {1: 10, 2: 5}


def test_of_equal_ends_the_oldest_is_spent_first() -> None:
    assert amounts(credit(2, 10, at=1, expires=50), credit(1, 10, at=2, expires=50), debit(3, 10, at=5)) == {1: 10}


def test_what_waits_and_what_has_expired_is_spent_only_when_nothing_else_is_left() -> None:
    legs = [credit(1, 10, available=100), credit(2, 10, expires=5), credit(3, 10, expires=90)]
    assert amounts(*legs, debit(4, 10, at=10)) == {1: 10, 2: 10}
    assert amounts(*legs, debit(4, 20, at=10)) == {2: 10}


def test_a_deficit_takes_the_next_credits_first() -> None:
    legs = [debit(1, 30, at=1), credit(2, 10, at=2), credit(3, 25, at=3)]
    assert amounts(*legs) == {3: 5}
    assert replay(legs[:2]).deficit_millipoints == 20


def test_an_expiry_empties_its_own_lot() -> None:
    expiry = PostedLeg(ref(3), 20, -10, Contra.EXPIRED, undoes=ref(1))
    assert amounts(credit(1, 10, expires=20), credit(2, 10), expiry) == {2: 10}


def test_an_expiry_took_too_much_where_a_redemption_comes_late() -> None:
    legs = [credit(1, 10, expires=20), credit(2, 10), PostedLeg(ref(3), 20, -10, Contra.EXPIRED, undoes=ref(1))]
    found = replay([*legs, debit(4, 4, at=10)])
    assert [(lot.ref, lot.amount_millipoints) for lot in found.lots] == [(ref(2), 10)]
    assert found.overdone == (Overdone(ref(3), ref(1), 4),)


def test_an_expiry_took_too_much_where_the_sale_is_refunded() -> None:
    legs = [credit(1, 10, expires=20), credit(2, 10), PostedLeg(ref(3), 20, -10, Contra.EXPIRED, undoes=ref(1))]
    refund = PostedLeg(ref(4), 30, -10, Contra.ISSUED, undoes=ref(1))
    assert replay([*legs, refund]) == Lots((Lot(10, None, None, ref(2), 0),), 0, (Overdone(ref(3), ref(1), 10),))
    reversal = PostedLeg(ref(5), 31, 10, Contra.EXPIRED, undoes=ref(3))
    assert replay([*legs, refund, reversal]) == replay([legs[1]])


def test_an_expiry_took_too_much_where_a_late_sale_renewed_the_lot() -> None:
    legs = [credit(1, 10, expires=100), PostedLeg(ref(2), 100, -10, Contra.EXPIRED, undoes=ref(1))]
    late = credit(3, 5, at=50, expires=150)
    found = replay([*legs, late], lambda at_ms: at_ms + 100)
    assert found.overdone == (Overdone(ref(2), ref(1), 10),)
    assert [(lot.amount_millipoints, lot.expires_ms) for lot in found.lots] == [(10, 150), (5, 150)]


def test_an_expiry_of_a_lot_that_is_not_here_takes_from_the_others() -> None:
    assert amounts(credit(2, 10), PostedLeg(ref(3), 20, -4, Contra.EXPIRED, undoes=ref(1))) == {2: 6}


def test_an_expiry_that_is_reversed_never_was() -> None:
    legs = [
        credit(1, 10, expires=20),
        PostedLeg(ref(3), 20, -10, Contra.EXPIRED, undoes=ref(1)),
        PostedLeg(ref(4), 30, 10, Contra.EXPIRED, undoes=ref(3)),
    ]
    assert amounts(*legs) == {1: 10}


def test_what_is_given_back_has_the_end_that_it_had() -> None:
    legs = [credit(1, 10, expires=50), debit(2, 10, at=10)]
    back = PostedLeg(ref(3), 60, 10, Contra.REDEEMED, undoes=ref(2))
    (lot,) = replay([*legs, back]).lots
    assert (lot.expires_ms, lot.is_expired(60)) == (50, True)


def test_what_undoes_an_unknown_posting_counts_by_itself() -> None:
    snapshot = credit(1, 10)
    assert amounts(snapshot, debit(2, 4, at=5, undoes=ref(99))) == {1: 6}


def test_undoing_more_than_there_was_is_a_debit() -> None:
    back = PostedLeg(ref(3), 5, -15, Contra.ISSUED, undoes=ref(1))
    assert amounts(credit(1, 10), credit(2, 10), back) == {2: 5}


def test_each_sale_renews_what_is_alive() -> None:
    legs = [credit(1, 10, at=0, expires=100), credit(2, 10, at=50, expires=150), credit(3, 5, at=200, expires=300)]
    ends = {lot.ref: lot.expires_ms for lot in replay(legs, lambda at_ms: at_ms + 100).lots}
    assert ends == {ref(1): 150, ref(2): 150, ref(3): 300}


def test_what_can_be_spent_what_waits_and_what_goes_next() -> None:
    lots = replay(
        [credit(1, 10, expires=50), credit(2, 20, expires=50), credit(3, 30, available=40), credit(4, 5, expires=9)]
    ).lots
    assert due(lots, 10) == 30
    assert pending(lots, 10) == 30
    assert next_expiry(lots, 10) == (30, 50)
    assert [lot.ref for lot in expiries_due(lots, 10)] == [ref(4)]


def test_chains_of_undoing_end_at_the_first() -> None:
    legs = [credit(1, 10), PostedLeg(ref(2), 5, -10, Contra.ISSUED, undoes=ref(1))]
    again = PostedLeg(ref(3), 6, 4, Contra.ISSUED, undoes=ref(2))
    assert [(row.ref, row.amount) for row in effective([*legs, again])] == [(ref(1), 4)]


def test_postings_that_undo_each_other_in_a_ring_do_not_hang() -> None:
    one = PostedLeg(ref(1), 0, 5, Contra.ISSUED, undoes=ref(2))
    two = PostedLeg(ref(2), 0, 5, Contra.ISSUED, undoes=ref(1))
    assert sum(row.amount for row in effective([one, two])) == 10
