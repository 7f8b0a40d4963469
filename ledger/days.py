"""Business days as the ledger keeps them: numbers counted from 1 January 1970."""

from datetime import date

_FIRST_DAY = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """How *day* is kept."""
    return day.toordinal() - _FIRST_DAY


def day_of(number: int) -> date:
    """The day that :func:`day_number` has numbered."""
    return date.fromordinal(number + _FIRST_DAY)


def month_number(day: int) -> int:
    """The month of the day with this number: months since the year 0."""
    date_of_day = day_of(day)
    return date_of_day.year * 12 + date_of_day.month - 1


def first_day_of(month: int) -> int:
    """The number of the first day of the month that :func:`month_number` has numbered."""
    return day_number(date(month // 12, month % 12 + 1, 1))
