"""Business days as the ledger keeps them: numbers counted from 1 January 1970."""

from datetime import date

_FIRST_DAY = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """How *day* is kept."""
    return day.toordinal() - _FIRST_DAY


def day_of(number: int) -> date:
    """The day that :func:`day_number` has numbered."""
    return date.fromordinal(number + _FIRST_DAY)
