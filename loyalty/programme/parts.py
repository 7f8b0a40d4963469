"""The smallest parts of a programme file: amounts, points, days, hours and the conditions that rules share."""

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from config.errors import N_
from loyalty.days import WEEKDAYS, parse_duration

MAX_AMOUNT = Decimal(10) ** 9
MAX_EXPRESSION_BYTES = 1024
MAX_BIRTHDAY_DAYS = 60
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)", re.ASCII)


def _exact(value: object) -> Decimal:
    """A number as it was written. Floats are refused: they never hold 0.10 exactly."""
    is_number = isinstance(value, int | str | Decimal) and not isinstance(value, bool)
    try:
        number = Decimal(str(value)) if is_number else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise ValueError(N_("must be a number, such as 5 or 4.50"))
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -3:
        raise ValueError(N_("must have at most 3 decimals"))
    if abs(number) > MAX_AMOUNT:
        raise ValueError(N_("is too large"))
    return number


def _weekday(value: object) -> object:
    return value[:3].lower() if isinstance(value, str) and value.lower() in _WEEKDAY_NAMES else value


_WEEKDAY_NAMES = frozenset(WEEKDAYS) | {
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
}


def _day(value: object) -> object:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(N_("must be a day, such as 2026-05-31")) from None


def _hours(value: str) -> str:
    if _HOURS.fullmatch(value) is None:
        raise ValueError(N_('hours look like "08:00-11:30"'))
    if value[:5] == value[6:]:
        raise ValueError(N_("begin and end are the same"))
    return value


def _length(value: str) -> str:
    parse_duration(value)
    return value


def _expression(value: str) -> str:
    if len(value.encode()) > MAX_EXPRESSION_BYTES:
        raise ValueError(N_("may have 1 KB at most"))
    return value


def _written(value: Decimal) -> str:
    return f"{value.normalize():f}"


Exact = Annotated[Decimal, BeforeValidator(_exact), PlainSerializer(_written)]
Amount = Annotated[Exact, Field(ge=0)]
Points = Annotated[Exact, Field(ge=0)]
Quantity = Annotated[Exact, Field(ge=0)]
Factor = Annotated[Exact, Field(gt=0, le=100)]
Percent = Annotated[Exact, Field(gt=0, le=100)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Hours = Annotated[str, AfterValidator(_hours)]
Length = Annotated[str, AfterValidator(_length)]
Expression = Annotated[str, AfterValidator(_expression)]
Weekday = Annotated[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], BeforeValidator(_weekday)]
Id = Annotated[str, Field(pattern=ID_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Word = Annotated[str, Field(min_length=1, max_length=64)]
_SOME = Field(strict=False, min_length=1)  # TOML knows lists only; an empty one says nothing
Words = Annotated[tuple[Word, ...], _SOME]
Ids = Annotated[tuple[Id, ...], _SOME]


class Part(BaseModel):
    """Base of every table: unknown keys are mistakes, and a loaded programme never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, strict=True)


class Limit(Part):
    """How often one member may have something."""

    uses: Annotated[int, Field(ge=1, le=10_000, description="How many times.")]
    per: Annotated[
        Literal["day", "week", "month", "year", "ever"],
        Field(description="In which window: the business day, ISO week, calendar month or year, or ever."),
    ] = "ever"
    offline: Annotated[
        Literal["holder", "each-till"] | None,
        Field(
            description="While HQ can't be asked: only at the till that holds the limit (`holder`), or at each till up "
            "to the limit (`each-till`; the excess is reported). Rewards are `holder`, rules and activities "
            "`each-till`, where nothing is said."
        ),
    ] = None


Limits = Annotated[tuple[Limit, ...], Field(strict=False, max_length=5)]


class WhenAndWho(Part):
    """Conditions on the time, the store and the member. All that are given must hold."""

    tiers: Annotated[Ids, Field(description="The member's tier is one of these.")] = ()
    segments: Annotated[Words, Field(description="The member is in one of these segments.")] = ()
    stores: Annotated[Words, Field(description="The store is one of these (its identity).")] = ()
    weekdays: Annotated[
        Annotated[tuple[Weekday, ...], _SOME],
        Field(description="The business day is one of these: `mon`, `tue`, …"),
    ] = ()
    hours: Annotated[
        Annotated[tuple[Hours, ...], _SOME],
        Field(
            description="The store's clock is within one of these; the end is not included, and `22:00-02:00` runs "
            "past midnight.",
        ),
    ] = ()
    from_: Annotated[Day | None, Field(alias="from", description="The first business day.")] = None
    until: Annotated[Day | None, Field(description="The last business day, included.")] = None
    birthday: Annotated[
        int | None,
        Field(ge=0, le=MAX_BIRTHDAY_DAYS, description="The birthday is at most this many days away, before or after."),
    ] = None


class Conditions(WhenAndWho):
    """Conditions that can look at the basket too. All that are given must hold."""

    categories: Annotated[
        Words,
        Field(description="Look only at these categories (capital letters don't matter)."),
    ] = ()
    skus: Annotated[
        Words,
        Field(description="Look only at these SKUs; with `categories`, either will do."),
    ] = ()
    except_categories: Annotated[Words, Field(description="Leave these categories out.")] = ()
    except_skus: Annotated[Words, Field(description="Leave these SKUs out.")] = ()
    min_spend: Annotated[
        Amount | None, Field(description="The lines it looks at come to at least this, before rewards.")
    ] = None
    min_quantity: Annotated[
        Quantity | None, Field(description="The lines it looks at hold at least this quantity, all together.")
    ] = None
    first_purchase: Annotated[bool, Field(description="`true`: only the member's first purchase.")] = False
    nth_visit: Annotated[int | None, Field(ge=1, description="Only this visit, counting from 1.")] = None
    every_nth_visit: Annotated[int | None, Field(ge=2, description="Every so many visits.")] = None
    payment_methods: Annotated[Words, Field(description="The sale is paid with one of these.")] = ()
    when: Annotated[
        Expression | None,
        Field(description="A CEL expression that must be true: at most 1 KB and one comprehension."),
    ] = None
