"""Cases from a seed: a programme, and what happens to one member under it."""

import random
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.programme.load import check_programme
from loyalty.quoted import Choice
from tests.oracle.programmes import CATEGORIES, ProgrammeWriter

SKUS = (None, None, "a1", "b2", "C3")
QUANTITIES = (0, 350, 1000, 1000, 1000, 2000, 2500, 3000, 7000)
HOUR_MS = 3_600_000
START_MS = int(datetime(2026, 1, 28, 9, tzinfo=UTC).timestamp()) * 1000


class Sale(NamedTuple):
    """A sale; what can't be had of *choices* is left out."""

    at_ms: int
    basket: Basket
    choices: tuple[Choice, ...]


class Refund(NamedTuple):
    """Of the *sale*-th sale some parts of some lines come back; of all lines all that is left where there are none."""

    at_ms: int
    sale: int
    parts: tuple[tuple[int, Fraction], ...]


class Act(NamedTuple):
    """An activity is recorded."""

    at_ms: int
    activity: str
    reference: str | None


class Expiry(NamedTuple):
    """What is over is posted as expired."""

    at_ms: int


class Gift(NamedTuple):
    """Points from nowhere."""

    at_ms: int
    millipoints: int
    expires_ms: int | None


Step = Sale | Refund | Act | Expiry | Gift


class Case(NamedTuple):
    """A programme and a history."""

    programme: str
    store: StoreFacts
    segments: tuple[str, ...]
    birthday_windows: tuple[int, ...]
    steps: tuple[Step, ...]


def case(seed: int) -> Case:
    """The case of this number, always the same: the first one that it draws whose programme has no mistake."""
    dice = random.Random(f"oracle {seed}")
    while True:
        drawn = _Writer(dice).case()
        if check_programme(drawn.programme).programme is not None:
            return drawn


class _Writer:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.at_ms = START_MS + dice.randrange(0, 400) * 24 * HOUR_MS

    def rarely(self, one_in: int) -> bool:
        return self.dice.randrange(one_in) == 0

    def case(self) -> Case:
        self.programme = ProgrammeWriter(self.dice)
        text = self.programme.programme()
        store = StoreFacts(
            self.dice.choice(("main", "side")),
            self.dice.choice(("Europe/Warsaw", "America/New_York", "Asia/Tokyo")),
            self.dice.choice((0, 0, 180)),
        )
        windows = (3,) if self.rarely(3) else ()
        segments = ("staff",) if self.rarely(3) else ()
        return Case(text, store, segments, windows, tuple(self.steps()))

    def steps(self) -> list[Step]:
        steps: list[Step] = []
        if self.rarely(2):
            expires = self.at_ms + self.dice.randint(1, 200) * 24 * HOUR_MS if self.rarely(2) else None
            steps.append(Gift(self.at_ms, self.dice.randint(1, 200) * 1000, expires))
        sales = self.dice.randint(1, 5)
        for number in range(sales):
            self.pass_time()
            steps.append(Sale(self.at_ms, self.basket(), self.choices()))
            if self.rarely(4):
                steps.append(self.refund(self.dice.randint(0, number)))
            if self.rarely(4):
                self.pass_time()
                steps.append(Expiry(self.at_ms))
            if self.programme.activity_ids and self.rarely(2):
                self.pass_time()
                steps.append(self.act())
        order = [number for number in range(sales) for _ in range(self.dice.randint(0, 2))]
        self.dice.shuffle(order)
        steps += [self.refund(number) for number in order]
        if self.rarely(2):
            order = list(range(sales))
            self.dice.shuffle(order)
            steps += [Refund(self.at_ms, number, ()) for number in order]
        return steps

    def act(self) -> Act:
        reference = self.dice.choice((None, "one", " One ", "two", "x" * 65))
        return Act(self.at_ms, self.dice.choice(self.programme.activity_ids), reference)

    def refund(self, sale: int) -> Refund:
        self.pass_time()
        parts = tuple((line, Fraction(self.dice.randint(1, 4), 4)) for line in range(7) if self.rarely(2))
        return Refund(self.at_ms, sale, parts)

    def pass_time(self) -> None:
        hours = self.dice.choice((1, 3, 9, 25, 24 * 8, 24 * 33))
        self.at_ms += hours * HOUR_MS + self.dice.randrange(60) * 60_000

    def basket(self) -> Basket:
        lines = tuple(self.line() for _ in range(self.dice.randint(1, 7)))
        return Basket("PLN", lines, self.dice.choice((None, "cash", "card")))

    def line(self) -> Line:
        amount = self.dice.choice((0, 100, 500, 999, 1000, self.dice.randint(1, 9999)))
        return Line(self.dice.choice(CATEGORIES), amount, self.dice.choice(QUANTITIES), self.dice.choice(SKUS))

    def choices(self) -> tuple[Choice, ...]:
        chosen = []
        for reward in self.programme.reward_ids:
            for _ in range(self.dice.choice((0, 1, 1, 2))):
                points = self.dice.choice((5, 10, 20, 40, 60, 33)) * 1000 if reward == "pay" else None
                chosen.append(Choice(reward, points))
        self.dice.shuffle(chosen)
        return tuple(chosen)
