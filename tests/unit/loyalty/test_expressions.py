"""Expressions: bounded before they run, checked beforehand, and never able to stop a sale."""

import sys

import pytest

from loyalty.account import Account
from loyalty.basket import MAX_LINES, Basket, Line
from loyalty.conditions import Situation
from loyalty.days import moment
from loyalty.expression_cost import MAX_STEPS, ExpressionProblem, steps_of
from loyalty.expressions import check_expression, compile_expression
from loyalty.programme.parts import MAX_EXPRESSION_BYTES
from loyalty.trace import Reason
from tests.unit.loyalty.world import BASE, MEMBER, TUESDAY, WARSAW, basket, quoted

LARGEST = Basket("PLN", tuple(Line("x" * 60 + str(number), 100, 1000, "y" * 64) for number in range(MAX_LINES)))
SUM_OF_MANY = "+".join(["lines"] * 150)

GROWS = [
    "lines.all(l, lines.all(m, true))",
    "lines.map(l, lines.map(m, m)).size() > 0",
    "lines.existsOne(l, categories.existsOne(m, m == ''))",
    "lines . exists_one (l, lines\n.exists(m, true))",
    "r'\\' == '' || lines.all(l, true) && lines.all(m, true) || '' == ''",
    "'''it's''' == '' || lines.all(l, true) && lines.all(m, true)",
    "lines.map(l, l.sku).exists(s, s == 'x')",
    "size(lines.map(l, lines)) > 0",
    "lines.all(l, l in lines)",
    f"({SUM_OF_MANY}).all(l, true)",
    f"size({SUM_OF_MANY}) > 0",
    f"[{SUM_OF_MANY.replace('+', ',')}].map(l, l).size() > 0",
    f"lines.map(l, [{','.join('l' * 400)}]).size() > 0",
    "lines.map(l, {'a': l}).size() > 0",
    "[[[1]]] == []",
    "lines.all(l, l.category.matches('(x?){9000}'))",
    "lines.all(l, l.category.matches('((x?){100}){100}'))",
    "lines.all(l, l.category.matches(l.sku))",
    "matches(payment_method, store)",
    "true" + " || true" * 200,
    "ż" * (MAX_EXPRESSION_BYTES // 2) + " == tier",
]

FAILS = [
    "1 / (total_minor - total_minor) == 1",
    "9223372036854775807 + total_minor > 0",
    "lines[100000].sku == ''",
    "lines[0].nothing == 1",
    "int(lines[0].category) > 0",
    "lines.filter(l, l.amount_minor > 'a').size() == 0",
    "payment_method.matches('(?=a)')",
    "total_minor",
    "visits > 'two'",
    "nothing_of_that_name",
    "duration(tier) > duration('1s')",
]

FINE = [
    "lines.exists(l, l.category in ['Wine', 'Beer'] && l.amount_minor >= 5000)",
    "lines.filter(l, l.quantity_milli >= 2000).size() >= 2",
    "size(categories) >= 3 && weekday != 'sun' // not on Sundays",
    "lines[0].sku.matches('^[0-9]{13}$') || 'staff' in segments",
    "(tier == 'gold' ? 1 : 2) * total_minor > 10000",
    'payment_method == "card" && !birthday',
]


@pytest.mark.parametrize("source", GROWS)
def test_what_could_take_long_is_refused_before_it_runs(source: str) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        compile_expression(source)
    assert refused.value.reason == "expression_too_costly"


@pytest.mark.parametrize(
    "source", ["(" * 400 + "true" + ")" * 400, "-(" * 300 + "1" + ")" * 300 + " < 2", "a b", "`a`"]
)
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        compile_expression(source)
    assert refused.value.reason == "expression_not_cel"


@pytest.mark.parametrize("source", FINE)
def test_what_people_write_is_fine_and_says_how_much_it_costs(source: str) -> None:
    check_expression(source)
    assert steps_of(source) <= MAX_STEPS
    miss = _largest().expression_miss(source)
    assert miss is None or miss.reason is Reason.EXPRESSION_FALSE


@pytest.mark.parametrize("source", [*FAILS, *GROWS])
def test_no_expression_stops_a_sale(source: str) -> None:
    """Even one that a programme of another version let through: it counts as false, and the trace tells."""
    situation = _largest()
    miss = situation.expression_miss(source)
    assert miss is not None
    assert miss.reason is Reason.EXPRESSION_FAILED


def test_a_failed_expression_is_reported_and_all_else_counts() -> None:
    odd = "size(lines) > 2 && lines[9].amount_minor > 5"
    found = quoted(BASE + f'[[rule]]\nid = "odd"\nbonus = 5\nwhen = "{odd}"\n', basket(*[("Bread", 1000)] * 3))
    assert found.points_earned_millipoints == 30_000
    assert [line.reason for line in found.trace if line.id == "odd"] == [Reason.EXPRESSION_FAILED]


def test_what_cel_can_not_hold_fails_the_expression_and_not_the_sale() -> None:
    text = BASE + '[[rule]]\nid = "bread"\nbonus = 5\nwhen = "categories.exists(c, c == \'Bread\')"\n'
    found = quoted(text, basket(("Bread \udcff", 1000)))
    assert found.points_earned_millipoints == 10_000
    assert [line.reason for line in found.trace if line.id == "bread"] == [Reason.EXPRESSION_FAILED]


def test_a_till_whose_library_for_expressions_is_broken_sells_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cel", None)
    miss = _largest().expression_miss("visits == 4711")
    assert miss is not None
    assert miss.reason is Reason.EXPRESSION_FAILED


def _largest() -> Situation:
    return Situation(Account(MEMBER), LARGEST, moment(TUESDAY, WARSAW), WARSAW)
