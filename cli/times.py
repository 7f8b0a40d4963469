"""Times on the line and in files: ISO 8601, as whole UTC milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def parse_moment(text: str) -> datetime:
    """The moment that *text* (ISO 8601) names, with or without an offset; ValueError when it names none."""
    return datetime.fromisoformat(text.strip())


def utc_ms(moment: datetime) -> int:
    """UTC milliseconds of an aware *moment*, exactly."""
    return (moment - _EPOCH) // _MILLISECOND
