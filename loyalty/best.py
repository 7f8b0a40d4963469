"""The best combination of rewards: least to pay, then fewest points, then fewest rewards.

Exact up to :data:`EXACT_CANDIDATES` candidates; beyond, only the most promising ones are combined.
"""

from collections.abc import Sequence
from typing import NamedTuple

from loyalty.conditions import Situation
from loyalty.programme.plan import RewardPlan
from loyalty.redeeming import Given
from loyalty.rewards import Left, Phase

EXACT_CANDIDATES = 12


class Best(NamedTuple):
    """The best combination: its rewards in the order of application, what it saves; *exact* if all were combined."""

    given: tuple[Given, ...]
    saves_minor: int
    exact: bool


class _Candidate(NamedTuple):
    """A reward that the member could have, and the most that it can save in any combination."""

    given: Given
    lines: tuple[int, ...]
    most_minor: int

    @property
    def reward(self) -> RewardPlan:
        return self.given.reward


def best_combination(situation: Situation, alone: Sequence[Given], spendable_millipoints: int) -> Best:
    """The best combination of *alone*, rewards that could each be given by itself.

    Only rewards that take something off take part, and not points as payment: how many points is the member's choice.
    """
    candidates = [
        _candidate(situation, given) for given in alone if given.reward.takes_off and given.reward.payment is None
    ]
    exact = len(candidates) <= EXACT_CANDIDATES
    if not exact:
        promising = sorted(
            candidates, key=lambda each: (-each.given.amount_minor, each.given.millipoints, each.reward.place)
        )
        candidates = promising[:EXACT_CANDIDATES]
    candidates.sort(key=lambda each: (each.reward.discounter.phase, each.reward.place))
    search = _Search(candidates, spendable_millipoints)
    search.run(situation)
    return Best(tuple(candidate.given for candidate in search.best), search.best_score[0], exact)


def _candidate(situation: Situation, given: Given) -> _Candidate:
    """The candidate; what items save can grow once others have picked the cheapest, so the dearest bound it."""
    lines = situation.matched(given.reward.lines)
    dearest_items = given.reward.discounter.dearest_items
    most = given.amount_minor
    if dearest_items is not None:
        most = sum(share.minor for share in dearest_items(Left(situation.gross, situation.quantity_milli), lines))
    return _Candidate(given, lines, most)


class _Search:
    """Depth first, with what could still be saved at most as the bound."""

    def __init__(self, candidates: Sequence[_Candidate], spendable_millipoints: int) -> None:
        self.candidates = candidates
        self.spendable_millipoints = spendable_millipoints
        self.best: tuple[_Candidate, ...] = ()
        self.best_score = (0, 0, 0)
        self.still_minor = [0] * (len(candidates) + 1)
        for place in range(len(candidates) - 1, -1, -1):
            self.still_minor[place] = self.still_minor[place + 1] + candidates[place].most_minor

    def run(self, situation: Situation) -> None:
        left = Left(situation.gross, situation.quantity_milli)
        self._lines(0, left, (), 0, 0)

    def _keep(self, chosen: tuple[_Candidate, ...], saved: int, cost: int) -> None:
        score = (saved, -cost, -len(chosen))
        if score > self.best_score:
            self.best, self.best_score = chosen, score

    def _is_hopeless(self, place: int, saved: int, cost: int, count: int) -> bool:
        return (saved + self.still_minor[place], -cost, -count) <= self.best_score

    def _fits(self, candidate: _Candidate, chosen: tuple[_Candidate, ...], cost: int) -> bool:
        if cost + candidate.given.millipoints > self.spendable_millipoints:
            return False
        group = candidate.reward.group
        return group is None or all(other.reward.group != group for other in chosen)

    def _lines(self, place: int, left: Left, chosen: tuple[_Candidate, ...], saved: int, cost: int) -> None:
        """Rewards on items and lines: what is left has to be known line by line."""
        if self._is_hopeless(place, saved, cost, len(chosen)):
            return
        if place == len(self.candidates):
            self._keep(chosen, saved, cost)
            return
        candidate = self.candidates[place]
        if candidate.reward.discounter.phase is Phase.BASKET:
            # Rewards on the whole basket come last and look at the same lines: their sum is all they need.
            self._basket(place, left.total(candidate.lines), chosen, saved, cost)
            return
        if self._fits(candidate, chosen, cost):
            after = left.copy()
            amount = after.take(candidate.reward.discounter.shares(after, candidate.lines, 0))
            if amount:
                spent = cost + candidate.given.millipoints
                self._lines(place + 1, after, (*chosen, candidate), saved + amount, spent)
        self._lines(place + 1, left, chosen, saved, cost)

    def _basket(self, place: int, total: int, chosen: tuple[_Candidate, ...], saved: int, cost: int) -> None:
        if self._is_hopeless(place, saved, cost, len(chosen)):
            return
        if place == len(self.candidates):
            self._keep(chosen, saved, cost)
            return
        candidate = self.candidates[place]
        if self._fits(candidate, chosen, cost):
            saving = candidate.reward.discounter.saving
            assert saving is not None
            amount = saving(total, 0)
            if amount:
                spent = cost + candidate.given.millipoints
                self._basket(place + 1, total - amount, (*chosen, candidate), saved + amount, spent)
        self._basket(place + 1, total, chosen, saved, cost)
