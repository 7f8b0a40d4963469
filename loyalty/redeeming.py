"""Rewards on one basket: whether each can be had, and what the chosen ones take off, in the order of their phases."""

from collections.abc import Sequence
from typing import NamedTuple

from loyalty.account import ACTIVE, Voucher
from loyalty.conditions import Situation, first_miss
from loyalty.limits import UnitUse, first_limit_miss, units_of
from loyalty.programme.plan import Plan, RewardPlan
from loyalty.quoted import Choice, RefusedChoice
from loyalty.rewards import Left, Payment, Share
from loyalty.trace import Miss, Reason

_NEVER = 1 << 62


class Given(NamedTuple):
    """A reward that was given: what came off which lines, what it cost, and the voucher it used."""

    reward: RewardPlan
    amount_minor: int
    millipoints: int
    shares: list[Share]
    voucher: str | None


class Counter:
    """One basket at the till while rewards are given: what is left to pay, to spend and to use."""

    def __init__(self, plan: Plan, situation: Situation) -> None:
        self.plan, self.situation = plan, situation
        self.left = Left(situation.gross, situation.quantity_milli)
        self.spendable_millipoints = situation.account.spendable_millipoints(situation.now.at_ms)
        self.given: list[Given] = []
        self.refused: list[RefusedChoice] = []
        self.uses: list[UnitUse] = []
        self._taken: dict[str, int] = {}

    def give_all(self, choices: Sequence[Choice]) -> None:
        """Give *choices* in the order of phase, place in the file, and place among the choices."""
        known = []
        for place, choice in enumerate(choices):
            reward = self.plan.reward(choice.reward)
            if reward is None:
                self.refused.append(RefusedChoice(choice, Reason.UNKNOWN_REWARD))
            else:
                known.append((reward.discounter.phase, reward.place, place, reward, choice))
        for *_, reward, choice in sorted(known, key=lambda row: row[:3]):
            found = self.offer(reward, choice)
            if isinstance(found, Miss):
                self.refused.append(RefusedChoice(choice, found.reason, found.params))
            else:
                self._give(found)

    def offer(self, reward: RewardPlan, choice: Choice) -> Given | Miss:
        """What *reward* would give as things stand, or why it can't be had."""
        miss = self._obstacle(reward)
        if miss is not None:
            return miss
        voucher = self._voucher(reward, choice)
        if isinstance(voucher, Miss):
            return voucher
        cost = 0 if voucher is not None else reward.cost_millipoints
        lines = self.situation.matched(reward.lines)
        points = cost if reward.payment is None else self._points(reward.payment, choice, lines)
        if isinstance(points, Miss):
            return points
        if points > self.spendable_millipoints:
            return self._too_few(points)
        return self._apply(reward, lines, points, None if voucher is None else voucher.code)

    def _apply(self, reward: RewardPlan, lines: Sequence[int], millipoints: int, voucher: str | None) -> Given | Miss:
        """What comes off for so many points, or why nothing can."""
        # Picking items leaves a mark in the state, so a mere offer works on a copy.
        state = self.left.copy() if reward.discounter.items is not None else self.left
        shares = reward.discounter.shares(state, lines, millipoints)
        amount = sum(share.minor for share in shares)
        if reward.takes_off and not amount:
            return Miss(Reason.NOTHING_TO_DISCOUNT, {})
        if reward.budget_minor is not None and self._used(f"budget/{reward.id}") + amount > reward.budget_minor:
            return Miss(Reason.BUDGET_SPENT, {"budget_minor": reward.budget_minor})
        return Given(reward, amount, millipoints, shares, voucher)

    def _give(self, given: Given) -> None:
        reward = given.reward
        if reward.discounter.items is not None:
            reward.discounter.items(self.left, self.situation.matched(reward.lines))
        self.left.take(given.shares)
        self.spendable_millipoints -= given.millipoints
        self.given.append(given)
        uses = units_of(reward.limits, self.situation.now.day)
        if reward.stock is not None:
            uses.append(UnitUse(f"stock/{reward.id}", 1, everybody=True))
        if reward.budget_minor is not None and given.amount_minor:
            uses.append(UnitUse(f"budget/{reward.id}", given.amount_minor, everybody=True))
        for use in uses:
            self._taken[use.unit] = self._taken.get(use.unit, 0) + use.amount
        self.uses += uses

    def _obstacle(self, reward: RewardPlan) -> Miss | None:
        """What stands in the way whatever the member chooses to pay with."""
        situation = self.situation
        account = situation.account
        if account.status != ACTIVE:
            return Miss(Reason.MEMBER_BLOCKED, {"status": account.status})
        miss = first_miss(reward.checks, situation)
        if miss is not None:
            return miss
        times = 0
        for given in self.given:
            if given.reward.id == reward.id:
                times += 1
            elif reward.group is not None and given.reward.group == reward.group:
                return Miss(Reason.NOT_COMBINABLE, {"with": given.reward.id, "group": reward.group})
        if times >= reward.max_per_sale:
            return Miss(Reason.CHOSEN_TOO_OFTEN, {"limit": reward.max_per_sale})
        if reward.stock is not None and self._used(f"stock/{reward.id}") >= reward.stock:
            return Miss(Reason.OUT_OF_STOCK, {"stock": reward.stock})
        return first_limit_miss(reward.limits, account, situation.now.day, self._taken)

    def _used(self, unit: str) -> int:
        """How much of a unit of everybody's is used, in this sale too."""
        return self.situation.account.shop_uses.get(unit, 0) + self._taken.get(unit, 0)

    def _voucher(self, reward: RewardPlan, choice: Choice) -> Voucher | Miss | None:
        """The voucher to use: the one that was named, else the one that expires first; None where none is needed."""
        used = {given.voucher for given in self.given}
        mine = [
            voucher
            for voucher in self.situation.account.vouchers
            if voucher.reward == reward.id and voucher.code not in used
        ]
        if choice.voucher is not None:
            mine = [voucher for voucher in mine if voucher.code == choice.voucher]
            if not mine:
                return Miss(Reason.UNKNOWN_VOUCHER, {})
        misses = [self._voucher_miss(voucher) for voucher in mine]
        usable = [voucher for voucher, miss in zip(mine, misses, strict=True) if miss is None]
        if usable:
            return min(usable, key=lambda voucher: (voucher.expires_ms or _NEVER, voucher.code))
        if choice.voucher is None and not reward.needs_voucher:
            return None
        return next((miss for miss in misses if miss is not None), Miss(Reason.NEEDS_VOUCHER, {}))

    def _voucher_miss(self, voucher: Voucher) -> Miss | None:
        if voucher.expires_ms is not None and voucher.expires_ms <= self.situation.now.at_ms:
            return Miss(Reason.VOUCHER_EXPIRED, {})
        if f"voucher/{voucher.code}" in self.situation.account.not_held:
            return Miss(Reason.VOUCHER_HELD_ELSEWHERE, {})
        return None

    def _points(self, payment: Payment, choice: Choice, lines: Sequence[int]) -> int | Miss:
        """The points to take as payment, as the member chose, or why so many can't be taken."""
        left = self.left.total(lines)
        most = payment.most(left, self.spendable_millipoints)
        chosen = choice.points_millipoints
        if chosen is None:
            return self._how_many(payment, left, most)
        if chosen <= 0 or chosen % payment.step_millipoints:
            return Miss(Reason.NOT_A_STEP, {"step_millipoints": payment.step_millipoints})
        if chosen < payment.minimum_millipoints:
            return Miss(Reason.BELOW_MINIMUM, {"minimum_millipoints": payment.minimum_millipoints})
        if chosen > self.spendable_millipoints:
            return self._too_few(chosen)
        return chosen if chosen <= most else Miss(Reason.ABOVE_MAXIMUM, {"maximum_millipoints": most})

    def _how_many(self, payment: Payment, left_minor: int, most: int) -> Miss:
        """What the cashier has to ask, or why there is nothing to ask."""
        if most:
            params = {"step_millipoints": payment.step_millipoints, "maximum_millipoints": most}
            return Miss(Reason.NEEDS_POINTS, params)
        least = -(-payment.minimum_millipoints // payment.step_millipoints) * payment.step_millipoints
        least = max(least, payment.step_millipoints)
        return self._too_few(least) if payment.most(left_minor, least) else Miss(Reason.NOTHING_TO_DISCOUNT, {})

    def _too_few(self, needed: int) -> Miss:
        params = {"needed_millipoints": needed, "is_millipoints": self.spendable_millipoints}
        return Miss(Reason.TOO_FEW_POINTS, params)
