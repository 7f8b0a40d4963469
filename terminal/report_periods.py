"""Periods as managers think of them: today, a week, a month, a year, from one day to another."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NamedTuple

from config.errors import N_, WrongUse

FIRST_YEAR, LAST_YEAR = 1970, 9000
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)


class Span(NamedTuple):
    """Days from *first* to *last*, both included."""

    first: date
    last: date


def week_of(day: date, today: date) -> Span:
    """The week of *day* from its Monday; this one up to *today*."""
    first = day - timedelta(day.weekday())
    return _up_to(Span(first, first + timedelta(6)), today)


def month_of(day: date, today: date) -> Span:
    """The calendar month of *day*; this one up to *today*."""
    first = day.replace(day=1)
    return _up_to(Span(first, (first + timedelta(31)).replace(day=1) - timedelta(1)), today)


def year_of(day: date, today: date) -> Span:
    """The calendar year of *day*; this one up to *today*."""
    return _up_to(Span(date(day.year, 1, 1), date(day.year, 12, 31)), today)


def last_days(today: date, days: int) -> Span:
    """So many days, *today* the last of them."""
    return Span(today - timedelta(days - 1), today)


PRESETS: Final[dict[str, tuple[str, Callable[[date], Span]]]] = {
    "today": (N_("Today"), lambda today: Span(today, today)),
    "yesterday": (N_("Yesterday"), lambda today: Span(today - timedelta(1), today - timedelta(1))),
    "week": (N_("This week"), lambda today: week_of(today, today)),
    "last_week": (N_("Last week"), lambda today: week_of(today - timedelta(7), today)),
    "month": (N_("This month"), lambda today: month_of(today, today)),
    "last_month": (N_("Last month"), lambda today: month_of(today.replace(day=1) - timedelta(1), today)),
    "thirty_days": (N_("The last 30 days"), lambda today: last_days(today, 30)),
    "year": (N_("This year"), lambda today: year_of(today, today)),
    "last_year": (N_("Last year"), lambda today: year_of(date(today.year - 1, 1, 1), today)),
}


def around(span: Span, step: int, today: date) -> Span:
    """The period before (*step* −1) or after (1): the month's, year's or week's neighbour, else as many days."""
    if (span.first.year <= FIRST_YEAR and step < 0) or (span.last.year >= LAST_YEAR and step > 0):
        return span
    whole = _whole(span)
    if whole is not None:
        ends = whole(span.first, date.max)
        return whole(ends.first - timedelta(1) if step < 0 else ends.last + timedelta(1), today)
    length = (span.last - span.first + timedelta(1)) * step
    return Span(span.first + length, span.last + length)


def _whole(span: Span) -> Callable[[date, date], Span] | None:
    """What *span* is: a week, month or year, or the beginning of one."""
    if span.first == span.last:
        return None
    makers = (week_of, month_of, year_of)
    return next((whole for whole in makers if whole(span.first, span.last) == span), None)


def parse_period(text: str) -> Span:
    """What a person typed: ``2026``, ``2026-11``, ``2026-11-17``, ``17.11.2026``, or two such days.

    WrongUse ``period_not_understood``.
    """
    cleaned = text.strip()
    days = [_day(match) for match in _DAY.finditer(cleaned)]
    known = sorted(day for day in days if day is not None)
    span = Span(known[0], known[-1]) if len(known) == len(days) in (1, 2) else _month(cleaned) or _year(cleaned)
    if span is None or not FIRST_YEAR <= span.first.year <= span.last.year <= LAST_YEAR:
        raise WrongUse(
            "period_not_understood",
            N_("“{text}” is not a period. Type it like 2026-11, or 2026-11-01 2026-11-17; nothing was changed."),
            text=cleaned[:30],
        )
    return span


def _day(match: re.Match[str]) -> date | None:
    year, month, day = match[1] or match[6], match[2] or match[5], match[3] or match[4]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month(text: str) -> Span | None:
    match = _MONTH.fullmatch(text)
    if match is None or not (1 <= int(match[2]) <= 12 and FIRST_YEAR <= int(match[1]) <= LAST_YEAR):
        return None
    return month_of(date(int(match[1]), int(match[2]), 1), date.max)


def _year(text: str) -> Span | None:
    return year_of(date(int(text), 1, 1), date.max) if _YEAR.fullmatch(text) and int(text) else None


def _up_to(span: Span, today: date) -> Span:
    return Span(span.first, min(span.last, today)) if span.first <= today else span
