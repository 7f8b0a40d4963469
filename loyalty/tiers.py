"""Tiers: won at once, lost one step at a time and only when a window ends. A function of the qualifying postings."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from loyalty.days import Duration, StoreFacts, add, add_months, business_day, day_start_ms
from loyalty.lots import Effective, PostedLeg, effective

NO_LEVEL = -1
_DAY = timedelta(days=1)


class TierLevel(NamedTuple):
    """One tier: what it needs and gives."""

    id: str
    from_millipoints: int
    multiplier_milli: int


class TierPlan(NamedTuple):
    """The tiers from the lowest to the highest, and how they are won and lost."""

    levels: tuple[TierLevel, ...] = ()
    window: str = "rolling"
    months: int = 12
    grace: Duration | None = None

    def level_of(self, tier: str | None) -> int:
        """The place of *tier* among the levels, or NO_LEVEL."""
        for place, level in enumerate(self.levels):
            if level.id == tier:
                return place
        return NO_LEVEL

    def reached(self, qualifying_millipoints: int) -> int:
        """The highest level that so many qualifying points reach, or NO_LEVEL."""
        place = NO_LEVEL
        for candidate, level in enumerate(self.levels):
            if qualifying_millipoints >= level.from_millipoints:
                place = candidate
        return place

    def window_start(self, day: date, store: StoreFacts) -> int:
        """The beginning of the window that ends with *day*, UTC milliseconds.

        Of a rolling window the day so many months ago is no part any more: what it earned has had its time.
        """
        if self.window == "lifetime":
            return 0
        if self.window == "calendar":
            return day_start_ms(date(day.year, 1, 1), store)
        return day_start_ms(add_months(day, -self.months) + _DAY, store)

    def window_end(self, day: date) -> date:
        """The first day after the window that begins on *day*."""
        return date(day.year + 1, 1, 1) if self.window == "calendar" else add_months(day, self.months)

    def by_hand_until_ms(self, at_ms: int, store: StoreFacts) -> int:
        """The end of a tier given by hand at *at_ms*, where none is named: every such tier has one."""
        return day_start_ms(self.window_end(business_day(at_ms, store)), store)


class ManualTier(NamedTuple):
    """A tier given by hand until *until_ms* (exclusive)."""

    tier: str
    until_ms: int


class Standing(NamedTuple):
    """A member's tier, until when it is safe, and the qualifying points of the window that is running."""

    tier: str | None
    until_ms: int | None
    qualifying_millipoints: int


def standing(
    legs: Sequence[PostedLeg], plan: TierPlan, at_ms: int, store: StoreFacts, manual: ManualTier | None = None
) -> Standing:
    """Where a member with these qualifying *legs* stands at *at_ms*; a *manual* tier counts while it is the higher."""
    history = _History([posting for posting in effective(legs) if posting.at_ms <= at_ms])
    start = plan.window_start(business_day(at_ms, store), store)
    qualifying = history.total(start, at_ms + 1)
    level, until_ms = _replay(history, plan, at_ms, store) if plan.levels else (NO_LEVEL, None)
    if manual is not None and manual.until_ms > at_ms and plan.level_of(manual.tier) > level:
        return Standing(manual.tier, manual.until_ms, qualifying)
    return Standing(plan.levels[level].id if level >= 0 else None, until_ms, qualifying)


class _History:
    """Qualifying postings by time, with running sums."""

    def __init__(self, postings: list[Effective]) -> None:
        self.times = [posting.at_ms for posting in postings]
        self.sums = [0, *accumulate(posting.amount for posting in postings)]

    def total(self, from_ms: int, until_ms: int) -> int:
        """The sum within [from_ms, until_ms)."""
        return self.sums[bisect_left(self.times, until_ms)] - self.sums[bisect_left(self.times, from_ms)]


class _Held:
    """The level held, and the end of the window in which it is safe."""

    def __init__(self, plan: TierPlan, store: StoreFacts) -> None:
        self.plan, self.store = plan, store
        self.level = plan.reached(0)
        self.ends: date | None = None
        self.review_ms: int | None = None

    @property
    def is_highest(self) -> bool:
        """Whether there is nothing to rise to."""
        return self.level == len(self.plan.levels) - 1

    def rise(self, level: int, day: date) -> None:
        self.level = level
        if self.plan.window != "lifetime":
            self._end_on(self.plan.window_end(day))

    def review(self, history: _History) -> None:
        """At the window's end (and its grace): keep the level, or go down one step; then the next window runs."""
        assert self.ends is not None
        assert self.review_ms is not None
        last = self.ends - _DAY if self.plan.window == "calendar" else self.ends
        total = history.total(self.plan.window_start(last, self.store), self.review_ms)
        if total < self.plan.levels[self.level].from_millipoints:
            self.level -= 1
        if self.level <= self.plan.reached(0):
            self.ends = self.review_ms = None
        else:
            self._end_on(add_months(self.ends, 12 if self.plan.window == "calendar" else self.plan.months))

    def _end_on(self, day: date) -> None:
        self.ends = day
        grace = self.plan.grace
        self.review_ms = day_start_ms(day if grace is None else add(day, grace), self.store)


def _replay(history: _History, plan: TierPlan, at_ms: int, store: StoreFacts) -> tuple[int, int | None]:
    held = _Held(plan, store)
    lowest = 0  # of all sums so far: no window holds more than what came after it
    for place, time_ms in enumerate(history.times):
        while held.review_ms is not None and held.review_ms <= time_ms:
            held.review(history)
        so_far = history.sums[place + 1]
        lowest = min(lowest, so_far)
        if held.is_highest or so_far - lowest < plan.levels[held.level + 1].from_millipoints:
            continue
        day = business_day(time_ms, store)
        first = bisect_left(history.times, plan.window_start(day, store))
        reached = plan.reached(so_far - history.sums[first])
        if reached > held.level:
            held.rise(reached, day)
    while held.review_ms is not None and held.review_ms <= at_ms:
        held.review(history)
    return held.level, held.review_ms
