"""Cases from a seed: a programme, and what happens to one member under it."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.programme.load import check_programme
from loyalty.quoted import Choice
from tests.oracle.plain import EXPRESSIONS

CATEGORIES = ("Bread", "Coffee", "Fruit", "Tobacco", "Wine")
SKUS = (None, None, "a1", "b2", "C3")
QUANTITIES = (0, 350, 1000, 1000, 1000, 2000, 2500, 3000, 7000)
HOUR_MS = 3_600_000
START_MS = int(datetime(2026, 1, 28, 9, tzinfo=UTC).timestamp()) * 1000
LENGTHS = ("5h", "1d", "10d", "2w", "1m", "3m")


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


class Expiry(NamedTuple):
    """What is over is posted as expired."""

    at_ms: int


class Gift(NamedTuple):
    """Points from nowhere."""

    at_ms: int
    millipoints: int
    expires_ms: int | None


Step = Sale | Refund | Expiry | Gift


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
        self.rules = self.dice.randint(1, 5)
        self.has_tiers = not self.rarely(3)
        self.reward_ids: list[str] = []
        text = self.programme()
        store = StoreFacts(
            self.dice.choice(("main", "side")),
            self.dice.choice(("Europe/Warsaw", "America/New_York", "Asia/Tokyo")),
            self.dice.choice((0, 0, 180)),
        )
        windows = (3,) if self.rarely(3) else ()
        segments = ("staff",) if self.rarely(3) else ()
        return Case(text, store, segments, windows, tuple(self.steps()))

    def programme(self) -> str:
        parts = ['name = "Case"\n', self.earning()]
        parts += [self.rule(number) for number in range(self.rules)]
        parts += [self.reward(number) for number in range(self.dice.randint(1, 5))]
        parts += [self.payment(), self.expiry()]
        if self.has_tiers:
            parts.append('[tiers]\nwindow = "lifetime"\n')
            parts.append('qualify_by = "spent"\n' if self.rarely(3) else "")
            parts.append('[[tier]]\nid = "silver"\nname = "Silver"\nfrom_points = 30\nmultiplier = 1.25\n')
            parts.append('[[tier]]\nid = "gold"\nname = "Gold"\nfrom_points = 150\nmultiplier = 1.5\n')
        if self.rarely(3):
            parts.append('[redeeming]\nexclude_categories = ["wine"]\nexclude_skus = ["A1"]\n')
        policy = self.dice.choice(("may_go_negative", "within_balance", "pending_only"))
        return "".join(parts) + f'[refunds]\npolicy = "{policy}"\n'

    def earning(self) -> str:
        text = "[earning]\n"
        if self.rarely(2):
            text += 'exclude_categories = ["tobacco"]\nexclude_skus = ["c3"]\n'
        text += f'rounding = "{self.dice.choice(("floor", "nearest", "carry"))}"\n'
        text += f'earn_on = "{self.dice.choice(("net", "gross"))}"\n'
        if self.rarely(3):
            text += f'after = "{self.dice.choice(LENGTHS)}"\n'
        for per, most in (("sale", 60), ("day", 120), ("month", 300)):
            if self.rarely(6):
                text += f"cap_per_{per} = {self.dice.randint(1, most)}{self.dice.choice(('', '.5'))}\n"
        return text

    def rule(self, number: int) -> str:
        text = f'[[rule]]\nid = "rule-{number}"\n'
        kind = 0 if number == 0 else self.dice.randrange(5)
        text += self.effect(kind)
        text += self.conditions() if number else ""
        if number and self.rarely(3):
            text += f'exclusive_group = "group-{self.dice.randrange(2)}"\npriority = {self.dice.randint(-1, 3)}\n'
        if self.rarely(6):
            text += f'limits = [{{ uses = {self.dice.randint(1, 3)}, per = "{self.dice.choice(_PERIODS)}" }}]\n'
        if kind == 4:
            return text
        for per, most in (("sale", 40), ("day", 60), ("month", 100)):
            if self.rarely(6):
                text += f"cap_per_{per} = {self.dice.randint(1, most)}{self.dice.choice(('', '.25'))}\n"
        if self.rarely(5):
            text += f'after = "{self.dice.choice(LENGTHS)}"\n'
        if self.rarely(5):
            text += f'expires_after = "{self.dice.choice(LENGTHS)}"\n'
        return text + ("qualifies = false\n" if self.rarely(5) else "")

    def effect(self, kind: int) -> str:
        if kind < 2:
            points = self.dice.choice(("1", "2", "3", "0.5"))
            steps = "whole_steps = true\n" if self.rarely(3) else ""
            return f"points = {points}\nper = {self.dice.choice(('1.00', '2.50', '3.00', '10.00'))}\n{steps}"
        if kind == 2:
            return f"points_per_item = {self.dice.choice(('1', '2', '2.5'))}\n"
        if kind == 3:
            return f"bonus = {self.dice.choice(('5', '15', '7.5'))}\n"
        text = f"multiply = {self.dice.choice(('2', '1.5', '3', '0.5', '1.333'))}\n"
        text += "multiply_bonuses = true\n" if self.rarely(3) else ""
        return text + ('multiplies = ["rule-0"]\n' if self.rarely(4) else "")

    def conditions(self) -> str:
        text = ""
        if self.rarely(3):
            text += f"categories = {self.words(CATEGORIES)}\n"
        if self.rarely(6):
            text += 'skus = ["A1", "b2"]\n'
        if self.rarely(6):
            text += 'except_skus = ["B2"]\n'
        if self.rarely(8):
            text += 'except_categories = ["fruit"]\n'
        if self.rarely(5):
            text += f"min_spend = {self.dice.randint(1, 60)}.00\n"
        if self.rarely(6):
            text += f"min_quantity = {self.dice.choice(('1', '2.5', '4'))}\n"
        rare = [
            'weekdays = ["tue", "wed", "sat", "sun"]\n',
            'hours = ["22:00-02:00", "06:00-15:00"]\n',
            "from = 2026-05-01\n",
            "until = 2026-12-31\n",
            "birthday = 3\n",
            "first_purchase = true\n",
            "nth_visit = 2\n",
            "every_nth_visit = 2\n",
            'payment_methods = ["cash"]\n',
            'segments = ["staff"]\n',
            'stores = ["main"]\n',
            *(f'when = "{expression}"\n' for expression in EXPRESSIONS),
        ]
        if self.has_tiers:
            rare.append('tiers = ["gold", "silver"]\n')
        if self.rarely(3):
            text += self.dice.choice(rare)
        return text

    def words(self, among: Sequence[str]) -> str:
        chosen = self.dice.sample(among, self.dice.randint(1, 3))
        return "[" + ", ".join(f'"{self.dice.choice((word, word.lower()))}"' for word in chosen) + "]"

    def reward(self, number: int) -> str:
        name = f"reward-{number}"
        kind = self.dice.choice(_REWARDS)
        gives = ""
        if self.rarely(7):
            gives = (
                f'[[reward]]\nid = "{name}-later"\nname = "Later"\nkind = "voucher"\n'
                f"points = {self.dice.randint(0, 20)}\n"
                f'gives = "{name}"\nvalid = "{self.dice.choice(LENGTHS)}"\nmax_per_sale = 2\n'
            )
            self.reward_ids.append(f"{name}-later")
            kind += "needs_voucher = true\n" if self.rarely(2) else ""
        self.reward_ids.append(name)
        text = f'[[reward]]\nid = "{name}"\nname = "Reward"\n{kind}points = {self.dice.choice((0, 10, 25))}\n'
        text += self.conditions()
        if self.rarely(3):
            text += f'exclusive_group = "group-{self.dice.randrange(2)}"\n'
        if self.rarely(3):
            text += "max_per_sale = 2\n"
        if self.rarely(4):
            text += f'limits = [{{ uses = {self.dice.randint(1, 3)}, per = "{self.dice.choice(_PERIODS)}" }}]\n'
        if self.rarely(5):
            text += "stock = 3\n"
        if self.rarely(5):
            text += "budget = 20.00\n"
        return text + gives

    def payment(self) -> str:
        self.reward_ids.append("pay")
        text = '[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\npoints = 10\n'
        text += (
            f"worth = {self.dice.choice(('1.00', '0.50', '0.33'))}\nmax_share = {self.dice.choice((100, 60, 33.3))}\n"
        )
        if self.rarely(2):
            text += f"step = {self.dice.choice(('1', '5', '20', '0.5'))}\n"
        text += f"minimum = {self.dice.choice((20, 40))}\n" if self.rarely(4) else ""
        return text + (f"categories = {self.words(CATEGORIES)}\n" if self.rarely(5) else "")

    def expiry(self) -> str:
        model = self.dice.choice(("never", "rolling", "calendar", "activity"))
        text = f'[expiry]\nmodel = "{model}"\n'
        if model in ("rolling", "activity"):
            text += f"months = {self.dice.randint(1, 4)}\n"
            text += "to_month_end = false\n" if self.rarely(2) else ""
        if model == "calendar":
            text += f'on = "{self.dice.choice(("12-31", "02-29", "06-30"))}"\n'
            text += 'at_least = "3m"\n' if self.rarely(2) else ""
        return text

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
        order = [number for number in range(sales) for _ in range(self.dice.randint(0, 2))]
        self.dice.shuffle(order)
        steps += [self.refund(number) for number in order]
        if self.rarely(2):
            order = list(range(sales))
            self.dice.shuffle(order)
            steps += [Refund(self.at_ms, number, ()) for number in order]
        return steps

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
        for reward in self.reward_ids:
            for _ in range(self.dice.choice((0, 1, 1, 2))):
                points = self.dice.choice((5, 10, 20, 40, 60, 33)) * 1000 if reward == "pay" else None
                chosen.append(Choice(reward, points))
        self.dice.shuffle(chosen)
        return tuple(chosen)


_PERIODS = ("day", "week", "month", "year", "ever")
_REWARDS = (
    'kind = "amount_off"\namount = 5.00\n',
    'kind = "amount_off"\namount = 2.51\n',
    'kind = "percent_off"\npercent = 10\n',
    'kind = "percent_off"\npercent = 33.3\nmax_amount = 7.00\n',
    'kind = "free_item"\n',
    'kind = "free_item"\nwhich = "dearest"\nitems = 2\n',
    'kind = "cheaper_item"\npercent = 50\nitems = 3\n',
    'kind = "cheaper_item"\namount = 1.50\nitems = 2\n',
    'kind = "cheaper_item"\nprice = 1.00\nwhich = "dearest"\n',
    'kind = "gift"\n',
)
