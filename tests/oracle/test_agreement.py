"""The engine against its naive twin: the same programmes, baskets and histories come to the same."""

import os
import random
import tomllib
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from loyalty.activities import Proof, activity, activity_draft
from loyalty.acts import expiry_draft, expiry_reversed_draft
from loyalty.booking import Sale as Booked
from loyalty.booking import sale_draft
from loyalty.expiry import expiries_due
from loyalty.ids import EntryId
from loyalty.limits import REFERENCE
from loyalty.lots import replay
from loyalty.programme.load import load_programme
from loyalty.quote import quote
from loyalty.quoted import Choice, Quote
from loyalty.refunds import RefundLine, SoldSale
from loyalty.sale_bodies import SaleCompleted
from tests.oracle.cases import Act, Case, Expiry, Gift, Refund, Sale, Step, case
from tests.oracle.naive_member import NaiveMember, Sold
from tests.oracle.naive_refunds import left_of, refund
from tests.unit.loyalty.world import MEMBER, Shop, basket

LONG = bool(os.environ.get("REGULARS_LONG"))
CASES = 10_000 if LONG else 200
CHUNK = 100 if LONG else 50


class Twins:
    """A case played by both, compared after every step."""

    def __init__(self, played: Case, seed: int) -> None:
        self.shop = Shop("", played.store)
        self.shop.programme = load_programme(played.programme)
        self.shop.segments, self.shop.birthday_windows = played.segments, played.birthday_windows
        table = tomllib.loads(played.programme, parse_float=Fraction)
        self.naive = NaiveMember(table, played.store, played.segments, played.birthday_windows)
        self.dice = random.Random(seed)
        self.seq = 0
        self.engines: list[SoldSale] = []
        self.naives: list[Sold] = []

    def play(self, step: Step) -> None:
        """One step, and what it came to."""
        if isinstance(step, Sale):
            self.sell(step)
        elif isinstance(step, Refund):
            self.refund(step)
        elif isinstance(step, Act):
            self.record(step)
        elif isinstance(step, Gift):
            ref = self.shop.give(step.millipoints, step.at_ms, expires_ms=step.expires_ms)
            self.naive.give(ref.seq, step.at_ms, step.millipoints, step.expires_ms)
        else:
            self.expire(step)
        self.compare(step.at_ms)

    def sell(self, step: Sale) -> None:
        account = self.shop.account(step.at_ms)
        quoted = quote(
            self.shop.programme, account, step.basket, step.choices, step.at_ms, self.shop.store, offers=False
        )
        naive = self.naive.reckon(step.at_ms, step.basket, step.choices)
        assert _engines_quote(quoted) == _naive_quote(naive)
        refused = Counter(refusal.choice for refusal in quoted.refused)
        assert refused == Counter(naive.refused)
        choices = list(step.choices)
        for choice in reversed(step.choices):
            if refused[choice]:
                refused[choice] -= 1
                choices.remove(choice)
        without = quote(self.shop.programme, account, step.basket, choices, step.at_ms, self.shop.store, offers=False)
        assert _engines_quote(without) == _engines_quote(quoted)
        assert without.tier_before == self.naive.tier(step.at_ms)
        if self.dice.randrange(10) == 0:
            self.look_for_the_best(step)
        codes = [f"{won.source}:{len(self.naives)}:{n}" for n, won in enumerate(without.vouchers_won)]
        sale = Booked(self.shop.programme, account, step.basket, choices, step.at_ms, self.shop.store, without)
        draft = sale_draft(sale, codes=codes)
        entry: EntryId = self.shop.book(draft, step.at_ms)
        self.shop.visits += 1
        assert isinstance(draft.body, SaleCompleted)
        self.shop.sales[entry] = SoldSale(entry, draft.body, draft.header)
        self.engines.append(self.shop.sales[entry])
        self.naive.sell(entry.seq, naive, codes)
        self.naives.append(naive)
        assert without.tier_after == self.naive.tier(step.at_ms)

    def look_for_the_best(self, step: Sale) -> None:
        shop = self.shop

        def ask(*choices: Choice) -> Quote:
            return quote(shop.programme, shop.account(step.at_ms), step.basket, choices, step.at_ms, shop.store)

        found = ask()
        taken = ask(*found.best)
        assert found.best_exact
        assert not taken.refused
        score = (found.best_saves_minor, -taken.points_spent_millipoints, -len(taken.discounts))
        assert score == self.naive.best(step.at_ms, step.basket)

    def record(self, step: Act) -> None:
        shop, proof, code = self.shop, Proof(step.reference), f"{step.activity}:{step.at_ms}"
        account = shop.account(step.at_ms)
        found = activity(
            shop.programme, account, step.activity, proof, currency="PLN", at_ms=step.at_ms, store=shop.store
        )
        seq = 0
        if found.possible:
            codes = (code,) * len(found.vouchers_won)
            seq = shop.book(
                activity_draft(shop.programme, account, found, proof, shop.store, codes=codes), step.at_ms
            ).seq
        assert self.naive.record(seq, step.at_ms, step.activity, step.reference, code) is found.possible

    def refund(self, step: Refund) -> None:
        naive = self.naives[step.sale]
        left = left_of(naive)
        wanted = [(line, left[line]) for line in range(len(left)) if left[line]]
        if step.parts:
            share = dict(step.parts)
            wanted = [(line, max(1, int(most * share[line]))) for line, most in wanted if line in share]
        if not wanted:
            return
        lines = [
            RefundLine(line, quantity if naive.basket.lines[line].quantity_milli else None) for line, quantity in wanted
        ]
        engine = self.shop.refund(self.engines[step.sale], lines if step.parts else None, at_ms=step.at_ms)
        back = refund(self.naive, naive, wanted, step.at_ms)
        assert {
            "money": engine.refunded_minor,
            "taken": list(engine.taken_back),
            "shortfall": list(engine.shortfall),
            "given": engine.given_back_millipoints,
            "qualifying": engine.qualifying_millipoints,
            "whole": engine.whole,
        } == vars(back)

    def expire(self, step: Expiry) -> None:
        renewal = self.shop.programme.expiry.renewal(self.shop.store)
        overdone = replay(self.shop.points, renewal).overdone
        for each in overdone:
            self.shop.book(expiry_reversed_draft(MEMBER, each), step.at_ms)
        back = [((each.lot.seq, each.lot.leg), each.millipoints) for each in overdone]
        assert sorted(self.naive.unexpire()) == sorted(back)
        due = expiries_due(self.shop.account(step.at_ms).lots, step.at_ms)
        seq = 0
        if due:
            seq = self.shop.book(expiry_draft(MEMBER, due), step.at_ms).seq
        assert self.naive.expire(seq, step.at_ms) is bool(due)

    def compare(self, at_ms: int) -> None:
        self.dice.shuffle(self.shop.points)
        account = self.shop.account(at_ms)
        lots = [(lot.ref, lot.amount_millipoints, lot.available_ms, lot.expires_ms) for lot in account.lots]
        assert account.points_millipoints == self.naive.balance
        assert sorted(((ref.seq, ref.leg), *rest) for ref, *rest in lots if ref) == [
            (lot.key, *lot[1:]) for lot in self.naive.lots()
        ]
        assert account.spendable_millipoints(at_ms) == self.naive.spendable(at_ms)
        assert account.tier == self.naive.tier(at_ms)
        assert {card: count for card, count in self.shop.stamps.items() if count} == {
            card: count for card, count in self.naive.stamps.items() if count
        }
        assert self.shop.vouchers == self.naive.vouchers
        assert {unit: used for unit, used in self.shop.uses.items() if used} == {
            unit: used for unit, used in self.naive.used.items() if used
        }
        assert {
            unit: used for unit, used in self.shop.everybodys.items() if used and not unit.startswith(REFERENCE)
        } == {unit: used for unit, used in self.naive.used_by_all.items() if used}


def _engines_quote(quoted: Quote) -> dict[str, Any]:
    return {
        "to_pay": quoted.to_pay_minor,
        "net": list(quoted.net_by_line),
        "given": [
            (each.reward, each.amount_minor, each.points_millipoints, each.voucher, list(each.by_line) or [0])
            for each in quoted.discounts
        ],
        "by_rule": {each.rule: each.millipoints for each in quoted.earned_by_rule if each.millipoints},
        "total": quoted.points_earned_millipoints,
        "lots": [(lot.millipoints, lot.available_ms, lot.expires_ms, list(lot.by_line)) for lot in quoted.earned],
        "qualifying": quoted.qualifying_millipoints,
        "won": [(won.reward, won.expires_ms) for won in quoted.vouchers_won],
        "stamps": [(each.card, each.earned, each.vouchers, list(each.lines)) for each in quoted.stamps],
        "spent": list(quoted.vouchers_spent),
    }


def _naive_quote(sold: Sold) -> dict[str, Any]:
    earned = sold.earned
    return {
        "to_pay": sold.to_pay,
        "net": sold.net,
        "given": [
            (each.reward, sum(each.off), each.points, each.voucher, each.off if any(each.off) else [0])
            for each in sold.given
        ],
        "by_rule": earned.by_rule,
        "total": earned.total,
        "lots": [(lot.points, lot.available_ms, lot.expires_ms, lot.by_line) for lot in earned.lots],
        "qualifying": earned.qualifying,
        "won": [(won.reward, won.expires_ms) for won in sold.won],
        "stamps": [(each.card, each.stamps, each.full, each.lines or []) for each in sold.stamped],
        "spent": [voucher.code for voucher in sold.spent_vouchers],
    }


def play(seed: int) -> None:
    """Play the case of this number; AssertionError, with a note of the case and its step, where they disagree."""
    played = case(seed)
    twins = Twins(played, seed)
    for number, step in enumerate(played.steps):
        try:
            twins.play(step)
        except AssertionError as error:
            error.add_note(f"case {seed}, step {number}: {step}\n{played.programme}")
            raise


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_the_engine_agrees_with_its_naive_twin(first: int) -> None:
    for seed in range(first, first + CHUNK):
        play(seed)


def test_rules_whose_times_are_written_unlike_share_one_lot() -> None:
    rule = "points = 1\nper = 3.00\n"
    text = f'[earning]\nafter = "5h"\n[[rule]]\nid = "a"\n{rule}[[rule]]\nid = "b"\n{rule}after = "5h"\n'
    shop = Shop(text)
    quoted = shop.quote(basket(("Bread", 100), ("Coffee", 100), ("Wine", 100)))
    assert [lot.by_line for lot in quoted.earned] == [(1000, 1000, 0)]
