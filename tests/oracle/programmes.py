"""Programmes from dice: some of everything that the file can say."""

import random
from collections.abc import Sequence

from tests.oracle.plain import EXPRESSIONS

CATEGORIES = ("Bread", "Coffee", "Fruit", "Tobacco", "Wine")
LENGTHS = ("5h", "36h", "1d", "10d", "2w", "1m", "3m")


class ProgrammeWriter:
    """Writes one programme; *reward_ids* and *activity_ids* are those that it has."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.rules = dice.randint(1, 5)
        self.has_tiers = not self.rarely(3)
        self.reward_ids: list[str] = []
        self.activity_ids: list[str] = []

    def rarely(self, one_in: int) -> bool:
        return self.dice.randrange(one_in) == 0

    def programme(self) -> str:
        parts = ['name = "Case"\n', self.earning()]
        parts += [self.rule(number) for number in range(self.rules)]
        parts += [self.reward(number) for number in range(self.dice.randint(1, 5))]
        parts += [self.payment(), self.expiry()]
        parts.append(self.tiers() if self.has_tiers else "")
        if self.rarely(3):
            parts.append('[redeeming]\nexclude_categories = ["wine"]\nexclude_skus = ["A1"]\n')
        cards = self.dice.choice((0, 0, 1, 2))
        parts += [self.card(number) for number in range(cards)]
        self.activity_ids = [f"act-{number}" for number in range(self.dice.choice((0, 0, 1, 2)))]
        parts += [self.activity(name) for name in self.activity_ids]
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

    def tiers(self) -> str:
        window = self.dice.choice(("lifetime", "rolling", "calendar"))
        text = f'[tiers]\nwindow = "{window}"\n'
        text += f"months = {self.dice.randint(1, 3)}\n" if window == "rolling" else ""
        text += f'grace = "{self.dice.choice(LENGTHS)}"\n' if window != "lifetime" and self.rarely(3) else ""
        text += 'qualify_by = "spent"\n' if self.rarely(3) else ""
        text += '[[tier]]\nid = "bronze"\nname = "Bronze"\nfrom_points = 0\n' if self.rarely(3) else ""
        text += '[[tier]]\nid = "silver"\nname = "Silver"\nfrom_points = 30\nmultiplier = 1.25\n'
        return text + '[[tier]]\nid = "gold"\nname = "Gold"\nfrom_points = 150\nmultiplier = 1.5\n'

    def card(self, number: int) -> str:
        text = f'[[stamp_card]]\nid = "card-{number}"\nname = "Card"\nreward = "{self.dice.choice(self.reward_ids)}"\n'
        text += f'per = "{self.dice.choice(("item", "item", "sale", "visit"))}"\nsize = {self.dice.randint(1, 5)}\n'
        text += "stamps = 2\n" if self.rarely(4) else ""
        text += f"cap_per_sale = {self.dice.randint(1, 4)}\n" if self.rarely(4) else ""
        text += f'voucher_valid = "{self.dice.choice(LENGTHS)}"\n' if self.rarely(3) else ""
        return text + self.conditions()

    def activity(self, name: str) -> str:
        text = f'[[activity]]\nid = "{name}"\nname = "Act"\nproof = "{self.dice.choice(("none", "reference"))}"\n'
        text += f"points = {self.dice.choice(('5', '20', '7.5'))}\n"
        if self.rarely(3):
            text += f'voucher = "{self.dice.choice(self.reward_ids)}"\n'
            text += f'voucher_valid = "{self.dice.choice(LENGTHS)}"\n' if self.rarely(2) else ""
        if self.rarely(2):
            text += f'limits = [{{ uses = {self.dice.randint(1, 2)}, per = "{self.dice.choice(_PERIODS)}" }}]\n'
        text += f'after = "{self.dice.choice(LENGTHS)}"\n' if self.rarely(4) else ""
        text += f'expires_after = "{self.dice.choice(LENGTHS)}"\n' if self.rarely(4) else ""
        text += "qualifies = true\n" if self.rarely(2) else ""
        return text + ('weekdays = ["mon", "tue", "wed", "sat"]\n' if self.rarely(4) else "")


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
