"""Tiers, naively: day by day from the first qualifying point to today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.days import StoreFacts
from tests.oracle.plain import Table, business_day, later, milli, months_later

ONE_DAY = timedelta(days=1)


@dataclass
class Qualifying:
    """Qualifying points, less what refunds took back."""

    at_ms: int
    points: int


def window_begins(tiers: Table, day: date) -> date:
    """The first day of the window whose last one is *day*."""
    kind = tiers.get("window", "rolling")
    if kind == "lifetime":
        return date.min
    return date(day.year, 1, 1) if kind == "calendar" else months_later(day, -tiers.get("months", 12)) + ONE_DAY


def in_window(tiers: Table, earned: Sequence[Qualifying], at_ms: int, store: StoreFacts) -> int:
    """The points of the window that ends now."""
    begins = window_begins(tiers, business_day(at_ms, store))
    return sum(each.points for each in earned if begins <= business_day(each.at_ms, store) and each.at_ms <= at_ms)


class Ladder:
    """The tier of a member while the days go by."""

    def __init__(self, programme: Table, store: StoreFacts) -> None:
        self.tiers, self.store = programme.get("tiers", {}), store
        self.needed = [milli(tier["from_points"]) for tier in programme.get("tier", ())]
        self.names = [tier["id"] for tier in programme.get("tier", ())]
        self.step = self.floor = self.reached(0)
        self.ends: date | None = None

    def reached(self, points: int) -> int:
        """How many tiers so many points reach."""
        return sum(points >= needed for needed in self.needed)

    def tier_at(self, earned: Sequence[Qualifying], at_ms: int) -> str | None:
        """The tier at a time."""
        past = sorted((each for each in earned if each.points and each.at_ms <= at_ms), key=lambda each: each.at_ms)
        if past and self.names:
            day = business_day(past[0].at_ms, self.store)
            while day <= business_day(at_ms, self.store):
                self._begin(day, past)
                for each in past:
                    if business_day(each.at_ms, self.store) == day:
                        self._rise(
                            day,
                            in_window(self.tiers, [p for p in past if p.at_ms <= each.at_ms], each.at_ms, self.store),
                        )
                day += ONE_DAY
        return self.names[self.step - 1] if self.step else None

    def _rise(self, day: date, points: int) -> None:
        if self.reached(points) <= self.step:
            return
        self.step = self.reached(points)
        kind = self.tiers.get("window", "rolling")
        if kind == "calendar":
            self.ends = date(day.year + 1, 1, 1)
        elif kind == "rolling":
            self.ends = months_later(day, self.tiers.get("months", 12))

    def _begin(self, day: date, past: Sequence[Qualifying]) -> None:
        """At the beginning of a day: keep the tier whose window (and grace) has ended, or go down one step."""
        while self.ends is not None and self._judged(self.ends) <= day:
            last = self.ends - ONE_DAY if self.tiers.get("window") == "calendar" else self.ends
            first = window_begins(self.tiers, last)
            points = sum(
                each.points for each in past if first <= business_day(each.at_ms, self.store) < self._judged(self.ends)
            )
            if self.reached(points) < self.step:
                self.step -= 1
            months = 12 if self.tiers.get("window") == "calendar" else self.tiers.get("months", 12)
            self.ends = months_later(self.ends, months) if self.step > self.floor else None

    def _judged(self, ends: date) -> date:
        return later(ends, self.tiers["grace"]) if "grace" in self.tiers else ends
