"""Rewards, naively: one after the other, in the four phases of docs/programme.md."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from loyalty.account import Voucher
from loyalty.quoted import Choice
from tests.oracle.plain import Table, Visit, excluded, holds, looked_at, looks_at_some, milli, minor, shared, window

ITEMS = ("free_item", "cheaper_item")


@dataclass(frozen=True)
class Given:
    """A reward that was given; *off* is by line."""

    reward: str
    off: list[int]
    points: int
    voucher: str | None


@dataclass
class Redeeming:
    """What the rewards have left of a basket, and what they used."""

    programme: Table
    visit: Visit
    spendable: int
    vouchers: list[Voucher]
    used: Mapping[str, int]
    used_by_all: Mapping[str, int]
    left: list[int] = field(default_factory=list)
    picked: Counter[int] = field(default_factory=Counter)
    freed: Counter[int] = field(default_factory=Counter)
    given: list[Given] = field(default_factory=list)
    refused: list[Choice] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)
    uses_by_all: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.left = [line.amount_minor for line in self.visit.lines]
        self.rewards = {reward["id"]: reward for reward in self.programme.get("reward", ())}

    def give_all(self, choices: Sequence[Choice]) -> None:
        """Give what was chosen, in order; what can't be had is refused."""
        order = list(self.rewards)
        for choice in sorted(
            choices, key=lambda choice: (_phase(self.rewards[choice.reward]), order.index(choice.reward))
        ):
            if not self._give(self.rewards[choice.reward], choice):
                self.refused.append(choice)

    def _give(self, reward: Table, choice: Choice) -> bool:
        looks = looked_at(reward, self.visit.lines)
        redeeming = self.programme.get("redeeming", {})
        mine = [place for place in looks if not excluded(redeeming, self.visit.lines[place])]
        voucher = self._voucher(reward)
        if not holds(reward, self.visit, looks) or not self._combines(reward) or not self._is_left(reward):
            return False
        if voucher is None and reward.get("needs_voucher"):
            return False
        points = 0 if voucher else milli(reward.get("points", 0))
        if reward["kind"] == "points_payment":
            points = choice.points_millipoints or 0
            if not self._may_pay(reward, points, mine):
                return False
        picked: list[int] = []
        off = self._off(reward, mine, points, picked)
        amount = sum(off)
        if points > self.spendable or (amount == 0 and reward["kind"] not in ("voucher", "gift")):
            return False
        unit = f"budget/{reward['id']}"
        if "budget" in reward and self.used_by_all.get(unit, 0) + self.uses_by_all[unit] + amount > minor(
            reward["budget"]
        ):
            return False
        self._take(reward, Given(reward["id"], off, points, voucher.code if voucher else None), picked)
        return True

    def _take(self, reward: Table, given: Given, picked: list[int]) -> None:
        self.given.append(given)
        self.spendable -= given.points
        self.left = [left - off for left, off in zip(self.left, given.off, strict=True)]
        self.picked.update(picked)
        if reward["kind"] == "free_item":
            self.freed.update(picked)
        self.vouchers = [voucher for voucher in self.vouchers if voucher.code != given.voucher]
        base = f"reward/{given.reward}"
        for unit in {window(base, limit.get("per", "ever"), self.visit.day) for limit in reward.get("limits", ())}:
            self.uses[unit] += 1
        if "stock" in reward:
            self.uses_by_all[f"stock/{given.reward}"] += 1
        if "budget" in reward:
            self.uses_by_all[f"budget/{given.reward}"] += sum(given.off)

    def _voucher(self, reward: Table) -> Voucher | None:
        """The unexpired voucher for this reward that expires first."""
        fit = [
            voucher
            for voucher in self.vouchers
            if voucher.reward == reward["id"] and (voucher.expires_ms is None or voucher.expires_ms > self.visit.at_ms)
        ]
        return min(fit, key=lambda each: (each.expires_ms is None, each.expires_ms or 0, each.code), default=None)

    def _combines(self, reward: Table) -> bool:
        times = sum(given.reward == reward["id"] for given in self.given)
        group = reward.get("exclusive_group")
        others = {
            self.rewards[given.reward].get("exclusive_group") for given in self.given if given.reward != reward["id"]
        }
        return times < reward.get("max_per_sale", 1) and (group is None or group not in others)

    def _is_left(self, reward: Table) -> bool:
        """Whether its limits and stock allow one more."""
        base = f"reward/{reward['id']}"
        for limit in reward.get("limits", ()):
            unit = window(base, limit.get("per", "ever"), self.visit.day)
            if self.used.get(unit, 0) + self.uses[unit] >= limit["uses"]:
                return False
        unit = f"stock/{reward['id']}"
        return "stock" not in reward or self.used_by_all.get(unit, 0) + self.uses_by_all[unit] < reward["stock"]

    def _may_pay(self, reward: Table, points: int, mine: list[int]) -> bool:
        step = milli(reward.get("step", reward["points"]))
        most = floor(sum(self.left[place] for place in mine) * Fraction(reward.get("max_share", 100)) / 100)
        return (
            points > 0
            and points % step == 0
            and points >= milli(reward.get("minimum", 0))
            and _worth(reward, points) <= most
            and _worth(reward, points - step) < most
        )

    def _off(self, reward: Table, mine: list[int], points: int, picked: list[int]) -> list[int]:
        """What the reward takes off each line; items that it picks go to *picked*."""
        off = [0] * len(self.left)
        if reward["kind"] in ITEMS:
            self._items(reward, mine, off, picked)
            return off
        left = sum(self.left[place] for place in mine)
        if reward["kind"] == "amount_off":
            amount = min(minor(reward["amount"]), left)
        elif reward["kind"] == "percent_off":
            amount = floor(left * Fraction(reward["percent"]) / 100)
            amount = min(amount, minor(reward["max_amount"])) if "max_amount" in reward else amount
        else:
            amount = _worth(reward, points) if reward["kind"] == "points_payment" else 0
        for place, share in zip(mine, shared(amount, [self.left[place] for place in mine]), strict=True):
            off[place] = share
        return off

    def _items(self, reward: Table, mine: list[int], off: list[int], picked: list[int]) -> None:
        lines = self.visit.lines
        sign = -1 if reward.get("which") == "dearest" else 1

        def rank(place: int) -> tuple[Fraction, int]:
            line = lines[place]
            quantity = max(line.quantity_milli, 1000)  # less than one unit is one item
            return sign * Fraction(line.amount_minor, quantity), place

        for place in sorted(mine, key=rank):
            line = lines[place]
            count = max(1, line.quantity_milli // 1000) if line.quantity_milli else 0
            for number in range(self.picked[place], count):
                if len(picked) == reward.get("items", 1):
                    return
                price = line.amount_minor
                if line.quantity_milli >= 1000:
                    unit = Fraction(line.amount_minor * 1000, line.quantity_milli)
                    price = ceil(unit * (number + 1)) - ceil(unit * number)
                cheaper = min(_cheaper(reward, price), self.left[place] - off[place])
                if cheaper <= 0:
                    break
                off[place] += cheaper
                picked.append(place)


def _phase(reward: Table) -> int:
    if reward["kind"] in ITEMS:
        return 0
    if reward["kind"] in ("amount_off", "percent_off"):
        return 1 if looks_at_some(reward) else 2
    return 3 if reward["kind"] == "points_payment" else 4


def _worth(reward: Table, points: int) -> int:
    return floor(Fraction(points, 1000) * minor(reward["worth"]) / Fraction(reward["points"]))


def _cheaper(reward: Table, price: int) -> int:
    if reward["kind"] == "free_item":
        return price
    if "percent" in reward:
        return floor(price * Fraction(reward["percent"]) / 100)
    if "amount" in reward:
        return min(price, minor(reward["amount"]))
    return max(0, price - minor(reward["price"]))
