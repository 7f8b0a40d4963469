"""What holds for every programme, basket and history."""

import os
from random import Random

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from loyalty.account import Account
from loyalty.basket import Basket
from loyalty.booking import differences
from loyalty.lots import Lot, PostedLeg, replay
from loyalty.programme.load import check_programme
from loyalty.quote import quote
from loyalty.quoted import Choice
from loyalty.refunds import RefundLine, SoldSale, left_of
from tests.unit.loyalty.generated import baskets, programmes
from tests.unit.loyalty.world import MEMBER, TUESDAY, WARSAW, WEDNESDAY, Shop

LONG = bool(os.environ.get("REGULARS_LONG"))
often = settings(
    max_examples=1000 if LONG else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

MINUTE_MS = 60_000
DAY_MS = 86_400_000


def a_shop(text: str) -> Shop:
    """A shop under *text*; programmes in which something can never be are drawn again."""
    assume(check_programme(f'name = "Test"\n{text}').programme is not None)
    return Shop(text)


def chosen(shop: Shop, bought: Basket, at_ms: int, take: int) -> list[Choice]:
    """Some of the rewards that can be had, all of which can be had together."""
    choices: list[Choice] = []
    for offer in shop.quote(bought, at_ms=at_ms).offers:
        if not offer.possible:
            continue
        most = offer.points_millipoints if offer.reward == "pay" else None
        further = [*choices, Choice(offer.reward, points_millipoints=most)]
        if take & 1 and not shop.quote(bought, *further, at_ms=at_ms).refused:
            choices = further
        take >>= 1
    return choices


def lives(shop: Shop, drawn: list[tuple[Basket, int]]) -> list[SoldSale]:
    """Sales one after the other, with rewards where there are any."""
    sales = []
    for number, (bought, take) in enumerate(drawn):
        at_ms = TUESDAY + number * MINUTE_MS
        sales.append(shop.sell(bought, *chosen(shop, bought, at_ms, take), at_ms=at_ms))
    return sales


careful_programmes = st.sampled_from(("within_balance", "pending_only")).flatmap(programmes)
histories = st.lists(st.tuples(baskets, st.integers(0, 255)), min_size=1, max_size=4)


@often
@given(programmes(), histories, st.data())
def test_refunding_everything_in_any_order_and_split_restores_exactly(
    text: str, drawn: list[tuple[Basket, int]], data: st.DataObject
) -> None:
    shop = a_shop(text)
    shop.give(150_000)
    before = shop.state(WEDNESDAY)
    sales = lives(shop, drawn)
    open_lines = [(sale, line) for sale in sales for line, left in enumerate(left_of(shop.sales[sale.sale_id])) if left]
    at_ms = WEDNESDAY
    while open_lines:
        place = data.draw(st.integers(0, len(open_lines) - 1))
        sale, line = open_lines[place]
        left = left_of(shop.sales[sale.sale_id])[line]
        quantity = data.draw(st.sampled_from((left, max(1, left // 2), max(1, left // 3))))
        shop.refund(sale, [RefundLine(line, quantity)], at_ms=at_ms)
        if quantity == left:
            open_lines.pop(place)
        at_ms += MINUTE_MS
    assert shop.state(WEDNESDAY) == before


@often
@given(programmes(), histories, st.randoms(), st.lists(st.integers(1, 100), min_size=1, max_size=4))
def test_refunding_everything_after_points_have_expired_restores_exactly_too(
    text: str, drawn: list[tuple[Basket, int]], random: Random, days: list[int]
) -> None:
    shop, untouched = a_shop(text), a_shop(text)
    for each in (shop, untouched):
        each.give(100_000)
        each.give(50_000, expires_ms=TUESDAY + 40 * DAY_MS)
    sales = lives(shop, drawn)
    random.shuffle(sales)
    at_ms = WEDNESDAY
    for place, sale in enumerate(sales):
        at_ms += days[place % len(days)] * DAY_MS
        shop.expire(at_ms)
        shop.refund(sale, at_ms=at_ms)
    for each in (shop, untouched):
        each.expire(at_ms)
    assert shop.state(at_ms) == untouched.state(at_ms)


@often
@given(programmes(), histories, st.data())
def test_partial_refunds_never_give_or_take_more_than_the_sale_did(
    text: str, drawn: list[tuple[Basket, int]], data: st.DataObject
) -> None:
    shop = a_shop(text)
    shop.give(150_000)
    sale = lives(shop, drawn)[-1]
    taken = given_back = money = 0
    for _ in range(data.draw(st.integers(1, 4))):
        left = left_of(shop.sales[sale.sale_id])
        places = [line for line, amount in enumerate(left) if amount]
        if not places:
            break
        line = data.draw(st.sampled_from(places))
        back = shop.refund(sale, [RefundLine(line, data.draw(st.integers(1, left[line])))])
        assert back.refunded_minor >= 0
        assert back.taken_back_millipoints >= 0
        assert back.given_back_millipoints >= 0
        taken += back.taken_back_millipoints
        given_back += back.given_back_millipoints
        money += back.refunded_minor
    assert taken <= sale.body.quote.points_earned_millipoints
    assert given_back <= sale.body.quote.points_spent_millipoints
    assert money <= sale.body.quote.to_pay_minor


@often
@given(
    st.sampled_from(("within_balance", "pending_only")).flatmap(programmes),
    histories,
    st.randoms(),
    st.integers(0, 100),
)
def test_no_balance_below_zero_where_the_policy_forbids_it(
    text: str, drawn: list[tuple[Basket, int]], random: Random, share: int
) -> None:
    shop = a_shop(text)
    sales = lives(shop, drawn)
    assert shop.balance >= 0
    random.shuffle(sales)
    for sale in sales:
        shop.adjust(-shop.balance * share // 100, at_ms=WEDNESDAY)
        shop.refund(sale)
        assert shop.balance >= 0


@often
@given(programmes(), histories)
def test_without_refunds_no_balance_is_ever_below_zero_nor_anything_to_pay(
    text: str, drawn: list[tuple[Basket, int]]
) -> None:
    shop = a_shop(text)
    for sale in lives(shop, drawn):
        kept = sale.body.quote
        assert 0 <= kept.to_pay_minor <= kept.total_minor
        assert kept.to_pay_minor == kept.total_minor - sum(each.amount_minor for each in kept.discounts)
    assert shop.balance >= 0


@often
@given(programmes(), baskets, st.randoms(), st.integers(0, 255))
def test_nothing_depends_on_the_order_of_lines(text: str, bought: Basket, random: Random, take: int) -> None:
    shop = a_shop(text)
    shop.give(150_000)
    choices = chosen(shop, bought, TUESDAY, take)
    rows = list(bought.lines)
    random.shuffle(rows)
    one = shop.quote(bought, *choices)
    other = shop.quote(Basket("PLN", tuple(rows)), *choices)
    assert one.points_earned_millipoints == other.points_earned_millipoints
    assert one.to_pay_minor == other.to_pay_minor
    assert one.qualifying_millipoints == other.qualifying_millipoints
    assert [offer.amount_minor for offer in one.offers] == [offer.amount_minor for offer in other.offers]
    assert one.best == other.best
    assert one.trace == other.trace


@often
@given(programmes(), histories)
def test_a_sale_comes_out_the_same_from_its_own_body(text: str, drawn: list[tuple[Basket, int]]) -> None:
    shop = a_shop(text)
    shop.give(150_000)
    for number, sale in enumerate(lives(shop, drawn)):
        body = msgspec.json.decode(msgspec.json.encode(sale.body), type=type(sale.body))
        assert differences(shop.programme, body, TUESDAY + number * MINUTE_MS) == ()


@often
@given(programmes(), baskets, st.integers(0, 255))
def test_points_and_money_are_spread_over_the_lines_without_rest(text: str, bought: Basket, take: int) -> None:
    shop = a_shop(text)
    shop.give(150_000)
    found = shop.quote(bought, *chosen(shop, bought, TUESDAY, take))
    assert sum(found.net_by_line) == found.to_pay_minor
    assert all(0 <= net <= line.amount_minor for net, line in zip(found.net_by_line, bought.lines, strict=True))
    for lot in found.earned:
        assert sum(lot.by_line) == lot.millipoints
        assert min(lot.by_line) >= 0
    assert sum(lot.millipoints for lot in found.earned) == found.points_earned_millipoints
    assert sum(part.millipoints for part in found.earned_by_rule) == found.points_earned_millipoints
    for discount in found.discounts:
        assert sum(discount.by_line) == discount.amount_minor


@often
@given(programmes(), baskets)
def test_the_best_combination_can_be_had_and_saves_what_it_says(text: str, bought: Basket) -> None:
    shop = a_shop(text)
    shop.give(60_000)
    found = shop.quote(bought)
    taken = shop.quote(bought, *found.best)
    assert not taken.refused
    assert taken.total_minor - taken.to_pay_minor == found.best_saves_minor


@often
@given(programmes(), histories, st.randoms(), st.integers(1, 400))
def test_lots_are_a_function_of_the_set_of_postings(
    text: str, drawn: list[tuple[Basket, int]], random: Random, days: int
) -> None:
    shop = a_shop(text)
    shop.give(40_000, expires_ms=WEDNESDAY)
    sales = lives(shop, drawn)
    shop.expire(WEDNESDAY)
    shop.refund(sales[0], at_ms=WEDNESDAY + 1)
    shop.expire(WEDNESDAY + days * DAY_MS)
    if len(sales) > 1:
        shop.refund(sales[-1], at_ms=WEDNESDAY + days * DAY_MS)
    renewal = shop.programme.expiry.renewal(WARSAW)
    expected = replay(shop.points, renewal)
    rows: list[PostedLeg] = shop.points * 2
    random.shuffle(rows)
    assert replay(rows, renewal) == expected
    left = sum(lot.amount_millipoints for lot in expected.lots) - expected.deficit_millipoints
    assert left - sum(each.millipoints for each in expected.overdone) == shop.balance


@often
@given(programmes(), baskets, st.integers(0, 200_000))
def test_a_quote_is_deterministic(text: str, bought: Basket, balance: int) -> None:
    shop = a_shop(text)
    account = Account(MEMBER, points_millipoints=balance, lots=(Lot(balance),))
    one = quote(shop.programme, account, bought, (), TUESDAY, WARSAW)
    assert quote(a_shop(text).programme, account, bought, (), TUESDAY, WARSAW) == one
