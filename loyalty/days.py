"""The store's days: business days from its time zone and closing hour, and lengths of time counted in them."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from config.errors import N_

HOUR_MS = 3_600_000
MINUTES_A_DAY = 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DURATION = re.compile(r"(?P<number>[1-9][0-9]{0,3})(?P<unit>[hdwmy])", re.ASCII)


class StoreFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a sale happens: *zone* is an IANA name, *closing_minute* the minutes after midnight when its day ends."""

    store_id: str
    zone: str
    closing_minute: int = 0


class Moment(NamedTuple):
    """A time as the store's clock and calendar show it: *minute* after local midnight, *weekday* 0 for Monday."""

    at_ms: int
    day: date
    weekday: int
    minute: int


class Duration(NamedTuple):
    """A length of time as the programme writes it: 36h, 14d, 2w, 12m, 1y."""

    number: int
    unit: str


def parse_duration(text: str) -> Duration:
    """Read ``14d``; ValueError if it is not a length of time."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(N_("a length of time looks like 36h, 14d, 2w, 12m or 1y"))
    return Duration(int(match["number"]), match["unit"])


def moment(at_ms: int, store: StoreFacts) -> Moment:
    """*at_ms* as the store sees it; the business day begins at its closing minute."""
    local = datetime.fromtimestamp(at_ms // 1000, _zone(store.zone))
    minute = local.hour * 60 + local.minute
    day = local.date()
    if minute < store.closing_minute:
        day -= timedelta(days=1)
    return Moment(at_ms, day, day.weekday(), minute)


@lru_cache(maxsize=1 << 16)
def business_day(at_ms: int, store: StoreFacts) -> date:
    """The day to which a sale at *at_ms* belongs."""
    return moment(at_ms, store).day


@lru_cache(maxsize=4096)
def day_start_ms(day: date, store: StoreFacts) -> int:
    """When the business day *day* begins, UTC milliseconds."""
    midnight = datetime.combine(day, time(), _zone(store.zone))
    # Wall-clock minutes, so that the day begins at the closing hour on days of 23 and 25 hours too.
    local = midnight + timedelta(minutes=store.closing_minute)
    return int(local.astimezone(UTC).timestamp()) * 1000


def after_ms(length: Duration, now: Moment, store: StoreFacts) -> int:
    """The time *length* later: hours exactly; longer lengths up to the beginning of that business day."""
    if length.unit == "h":
        return now.at_ms + length.number * HOUR_MS
    return day_start_ms(add(now.day, length), store)


def last_until_ms(length: Duration, now: Moment, store: StoreFacts) -> int:
    """The end (exclusive) of something valid for *length*: the last day counts whole; hours count exactly."""
    if length.unit == "h":
        return now.at_ms + length.number * HOUR_MS
    return day_start_ms(add(now.day, length) + timedelta(days=1), store)


def add(day: date, length: Duration) -> date:
    """*day* plus *length*, hours as the days they begin; the 31st becomes the month's last day where there is none."""
    if length.unit in "hd":
        return day + timedelta(days=length.number if length.unit == "d" else -(-length.number // 24))
    if length.unit == "w":
        return day + timedelta(weeks=length.number)
    return add_months(day, length.number * (12 if length.unit == "y" else 1))


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """*day* some months later (or earlier); the 31st becomes the month's last day where there is none."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def month_end(day: date) -> date:
    """The last day of *day*'s month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def window_key(day: date, per: str) -> str:
    """The name of the day, week (ISO), month or year that holds *day*; empty for ``ever``."""
    if per == "day":
        return day.isoformat()
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if per == "month":
        return f"{day.year}-{day.month:02}"
    return str(day.year) if per == "year" else ""


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
