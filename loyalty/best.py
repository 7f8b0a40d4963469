"""The best combination of rewards: least to pay, then fewest points, then fewest rewards.

Exact up to :data:`EXACT_CANDIDATES` candidates; beyond, only the most promising ones are combined.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from loyalty.conditions import Situation
from loyalty.redeeming import Given
from loyalty.rewards import Left, Phase

EXACT_CANDIDATES = 12


class Best(NamedTuple):
    """The best combination: its rewards in the order of application, what it saves; *exact* if all were combined."""

    given: tuple[Given, ...]
    saves_minor: int
    exact: bool


class _Candidate(NamedTuple):
    """A reward that could be had: its cost, the most it can save in any combination, and its exclusive group.

    *room_minor* is what its budget still allows (None: it has none).
    """

    given: Given
    lines: tuple[int, ...]
    most_minor: int
    cost: int
    group: str | None
    room_minor: int | None

    def allows(self, amount_minor: int) -> bool:
        """Whether so much may come off: something, and no more than the budget allows."""
        return amount_minor > 0 and (self.room_minor is None or amount_minor <= self.room_minor)


def best_combination(situation: Situation, alone: Sequence[Given], spendable_millipoints: int) -> Best:
    """The best combination of *alone*, rewards that could each be given by itself.

    Only rewards that take something off take part, and not points as payment: how many points is the member's choice.
    """
    candidates = [
        _candidate(situation, given) for given in alone if given.reward.takes_off and given.reward.payment is None
    ]
    if not candidates:
        return Best((), 0, exact=True)
    exact = len(candidates) <= EXACT_CANDIDATES
    if not exact:
        promising = sorted(candidates, key=lambda each: (-each.given.amount_minor, each.cost, each.given.reward.place))
        candidates = promising[:EXACT_CANDIDATES]
    candidates.sort(key=lambda each: (each.given.reward.discounter.phase, each.given.reward.place))
    search = _Search(candidates, spendable_millipoints)
    search.run(Left(situation.gross, situation.quantity_milli))
    chosen = [each.given for place, each in enumerate(candidates) if search.best >> place & 1]
    return Best(tuple(chosen), search.best_score[0], exact)


def _candidate(situation: Situation, given: Given) -> _Candidate:
    """The candidate; what items save can grow once others have picked the cheapest, so the dearest bound it."""
    lines = situation.matched(given.reward.lines)
    dearest_items = given.reward.discounter.dearest_items
    most = given.amount_minor
    if dearest_items is not None:
        most = sum(share.minor for share in dearest_items(Left(situation.gross, situation.quantity_milli), lines))
    budget, used = given.reward.budget_minor, situation.account.shop_uses.get(f"budget/{given.reward.id}", 0)
    room = None if budget is None else budget - used
    return _Candidate(given, lines, most, given.millipoints, given.reward.group, room)


def _worth(row: tuple[int, int]) -> tuple[bool, Fraction]:
    """The order of (saving, cost): what gives most for its points first, and before all what costs none."""
    most_minor, cost = row
    return (cost > 0, -Fraction(most_minor, max(cost, 1)))


class _Search:
    """Depth first over the candidates in the order of application; sets of them are bits of an integer.

    A branch is cut off where even parts of the rewards that give most for the points left would be no better than
    what was found. Of an exclusive group the most that one can save and the least that one costs count.
    """

    def __init__(self, candidates: Sequence[_Candidate], spendable_millipoints: int) -> None:
        self.candidates = candidates
        self.spendable_millipoints = spendable_millipoints
        self.rivals = [
            sum(
                1 << place
                for place, other in enumerate(candidates)
                if each.group is not None and other.group == each.group
            )
            for each in candidates
        ]
        self.still = [self._still(place) for place in range(len(candidates) + 1)]
        self.best = 0
        self.best_score = (0, 0, 0)

    def run(self, left: Left) -> None:
        """Find the best, beginning with a good guess so that much is cut off."""
        self._guess(left.copy())
        self._lines(0, left, 0, 0, 0)

    def _still(self, place: int) -> list[tuple[int, int]]:
        """What could still come from *place* on, in the order of worth: (saving, cost)."""
        groups: dict[str, tuple[int, int]] = {}
        rows: list[tuple[int, int]] = []
        for each in self.candidates[place:]:
            if each.group is None:
                rows.append((each.most_minor, each.cost))
            else:
                most, cost = groups.get(each.group, (0, each.cost))
                groups[each.group] = (max(most, each.most_minor), min(cost, each.cost))
        return sorted([*rows, *groups.values()], key=_worth)

    def _guess(self, left: Left) -> None:
        """Take those that give most for their points, as long as they fit."""
        wanted = cost = 0
        rows = [_worth((each.most_minor, each.cost)) for each in self.candidates]
        for place in sorted(range(len(rows)), key=rows.__getitem__):
            if self._fits(place, wanted, cost):
                wanted |= 1 << place
                cost += self.candidates[place].cost
        chosen = saved = cost = 0
        for place, each in enumerate(self.candidates):
            if wanted >> place & 1:
                shares = each.given.reward.discounter.shares(left, each.lines, 0)
                amount = sum(share.minor for share in shares)
                if each.allows(amount):
                    left.take(shares)
                    chosen, saved, cost = chosen | 1 << place, saved + amount, cost + each.cost
        self._keep(chosen, saved, cost)

    def _keep(self, chosen: int, saved: int, cost: int) -> None:
        score = (saved, -cost, -chosen.bit_count())
        if score > self.best_score:
            self.best, self.best_score = chosen, score

    def _is_hopeless(self, place: int, chosen: int, saved: int, cost: int) -> bool:
        points = self.spendable_millipoints - cost
        for most_minor, needed in self.still[place]:
            if needed > points:
                saved += -(-most_minor * points // needed)
                break
            saved += most_minor
            points -= needed
        best = self.best_score[0]
        return saved < best or (saved == best and (saved, -cost, -chosen.bit_count()) <= self.best_score)

    def _fits(self, place: int, chosen: int, cost: int) -> bool:
        return not chosen & self.rivals[place] and cost + self.candidates[place].cost <= self.spendable_millipoints

    def _lines(self, place: int, left: Left, chosen: int, saved: int, cost: int) -> None:
        """Rewards on items and lines: what is left has to be known line by line."""
        if self._is_hopeless(place, chosen, saved, cost):
            return
        if place == len(self.candidates):
            self._keep(chosen, saved, cost)
            return
        candidate = self.candidates[place]
        discounter = candidate.given.reward.discounter
        if discounter.phase is Phase.BASKET:
            # Rewards on the whole basket come last and look at the same lines: their sum is all they need.
            self._basket(place, left.total(candidate.lines), chosen, saved, cost)
            return
        if self._fits(place, chosen, cost):
            after = left.copy()
            amount = after.take(discounter.shares(after, candidate.lines, 0))
            if candidate.allows(amount):
                self._lines(place + 1, after, chosen | 1 << place, saved + amount, cost + candidate.cost)
        self._lines(place + 1, left, chosen, saved, cost)

    def _basket(self, place: int, total: int, chosen: int, saved: int, cost: int) -> None:
        if self._is_hopeless(place, chosen, saved, cost):
            return
        if place == len(self.candidates):
            self._keep(chosen, saved, cost)
            return
        if self._fits(place, chosen, cost):
            candidate = self.candidates[place]
            saving = candidate.given.reward.discounter.saving
            assert saving is not None
            amount = saving(total, 0)
            if candidate.allows(amount):
                self._basket(place + 1, total - amount, chosen | 1 << place, saved + amount, cost + candidate.cost)
        self._basket(place + 1, total, chosen, saved, cost)
