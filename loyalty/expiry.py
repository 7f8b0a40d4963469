"""When points expire: rolling, on a day of the year, or some months after the last sale."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from loyalty.days import Duration, Moment, StoreFacts, add, add_months, business_day, day_start_ms, month_end
from loyalty.lots import Lot, expired


class ExpiryPlan(NamedTuple):
    """How points expire; *on* is the last good (month, day) of the ``calendar`` model."""

    model: str = "never"
    months: int = 12
    to_month_end: bool = True
    on: tuple[int, int] = (12, 31)
    at_least: Duration | None = None

    def expires_ms(self, now: Moment, store: StoreFacts) -> int | None:
        """The end (exclusive) of points earned *now*; None: they never expire."""
        if self.model == "never":
            return None
        last = self._calendar_day(now.day) if self.model == "calendar" else self._rolling_day(now.day)
        return day_start_ms(last + timedelta(days=1), store)

    def renewal(self, store: StoreFacts) -> Callable[[int], int] | None:
        """For the ``activity`` model: until when a sale at some time keeps all points alive."""
        if self.model != "activity":
            return None

        def until(at_ms: int) -> int:
            return day_start_ms(self._rolling_day(business_day(at_ms, store)) + timedelta(days=1), store)

        return until

    def _rolling_day(self, day: date) -> date:
        last = add_months(day, self.months)
        return month_end(last) if self.to_month_end else last

    def _calendar_day(self, day: date) -> date:
        needed = day if self.at_least is None else add(day, self.at_least)
        last = _on(day.year, self.on)
        while last < needed:
            last = _on(last.year + 1, self.on)
        return last


def expiries_due(lots: tuple[Lot, ...], at_ms: int) -> tuple[Lot, ...]:
    """The lots whose expiry HQ (or a till that is its own HQ) posts at *at_ms*, one posting each."""
    return expired(lots, at_ms)


def _on(year: int, month_day: tuple[int, int]) -> date:
    month, day = month_day
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
