"""Days, shares and conditions as docs/programme.md tells them, written once more and as plainly as possible."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.basket import Line
from loyalty.days import StoreFacts

Table = Mapping[str, Any]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHOOSING = ("categories", "skus", "except_categories", "except_skus")

# The expressions that the cases use, and what they mean.
EXPRESSIONS: Mapping[str, Callable[["Visit"], bool]] = {
    "total_minor >= 3000 && weekday != 'sun'": lambda visit: (
        sum(line.amount_minor for line in visit.lines) >= 3000 and visit.day.weekday() != 6
    ),
    "lines.exists(l, l.amount_minor < 100)": lambda visit: any(line.amount_minor < 100 for line in visit.lines),
}


@dataclass(frozen=True)
class Visit:
    """The circumstances of a sale; *lines* in the order of (category, SKU, amount, quantity)."""

    at_ms: int
    store: StoreFacts
    lines: Sequence[Line]
    payment_method: str | None
    visits: int
    tier: str | None
    segments: Sequence[str]
    birthday_windows: Sequence[int]

    @property
    def day(self) -> date:
        """The business day."""
        return business_day(self.at_ms, self.store)


def clock(at_ms: int, store: StoreFacts) -> datetime:
    """The store's clock."""
    return datetime.fromtimestamp(at_ms // 1000, ZoneInfo(store.zone))


def business_day(at_ms: int, store: StoreFacts) -> date:
    """The day to which a time belongs: before the closing minute it is the day before."""
    local = clock(at_ms, store)
    early = local.hour * 60 + local.minute < store.closing_minute
    return local.date() - timedelta(days=1) if early else local.date()


def day_begins(day: date, store: StoreFacts) -> int:
    """When a business day begins."""
    wall = datetime.combine(day, time(), ZoneInfo(store.zone)) + timedelta(minutes=store.closing_minute)
    return int(wall.astimezone(UTC).timestamp()) * 1000


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def later(day: date, length: str) -> date:
    """A day some days, weeks, months or years later; hours count as the days that they begin."""
    number, unit = int(length[:-1]), length[-1]
    if unit == "h":
        return day + timedelta(days=ceil(number / 24))
    if unit in "dw":
        return day + timedelta(days=number * (7 if unit == "w" else 1))
    return months_later(day, number * (12 if unit == "y" else 1))


def waits_until(length: str | None, at_ms: int, store: StoreFacts) -> int | None:
    """When something that waits so long is over: at the beginning of a day, hours exactly."""
    if length is None:
        return None
    if length.endswith("h"):
        return at_ms + int(length[:-1]) * 3_600_000
    return day_begins(later(business_day(at_ms, store), length), store)


def good_until(length: str | None, at_ms: int, store: StoreFacts) -> int | None:
    """Until when something is good for so long: to the end of a day, hours exactly."""
    if length is None or length.endswith("h"):
        return waits_until(length, at_ms, store)
    return day_begins(later(business_day(at_ms, store), length) + timedelta(days=1), store)


def points_good_until(expiry: Table, at_ms: int, store: StoreFacts) -> int | None:
    """When points earned now expire under the programme's model."""
    model, day = expiry.get("model", "never"), business_day(at_ms, store)
    if model == "never":
        return None
    if model == "calendar":
        month, dom = (int(part) for part in expiry.get("on", "12-31").split("-"))
        needed = later(day, expiry["at_least"]) if "at_least" in expiry else day
        year = day.year
        while (last := date(year, month, min(dom, monthrange(year, month)[1]))) < needed:
            year += 1
    else:
        last = months_later(day, expiry.get("months", 12))
        if expiry.get("to_month_end", True):
            last = last.replace(day=monthrange(last.year, last.month)[1])
    return day_begins(last + timedelta(days=1), store)


def window(base: str, per: str, day: date) -> str:
    """The name under which something is counted in the window that holds *day*."""
    if per == "ever":
        return base
    year, week, _ = day.isocalendar()
    names = {"day": f"{day}", "week": f"{year}-W{week:02}", "month": f"{day:%Y-%m}", "year": f"{day:%Y}"}
    return f"{base}@{names[per]}"


def shared(total: int, weights: Sequence[Fraction | int], step: int = 1) -> list[int]:
    """*total* in proportion to *weights*: each share rounded down to *step*, one more for the largest remainders."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(total) * weight / whole / step for weight in weights]
    shares = [floor(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: total // step - sum(shares)]:
        shares[place] += 1
    return [share * step for share in shares]


def shared_points(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Points in proportion to *weights*: as whole points if the total is whole."""
    return shared(total, weights, 1 if total % 1000 else 1000)


def milli(points: Fraction | int) -> int:
    """Points of the file in thousandths."""
    return int(Fraction(points) * 1000)


def minor(amount: Fraction | int) -> int:
    """An amount of the file in minor units."""
    return int(Fraction(amount) * 100)


def is_named(line: Line, categories: Sequence[str], skus: Sequence[str]) -> bool:
    """Whether a line is of one of these categories or SKUs, whatever its capital letters."""
    return line.category.lower() in {name.lower() for name in categories} or (
        line.sku is not None and line.sku.lower() in {name.lower() for name in skus}
    )


def excluded(table: Table, line: Line) -> bool:
    """Whether ``[earning]`` or ``[redeeming]`` leaves the line out."""
    return is_named(line, table.get("exclude_categories", ()), table.get("exclude_skus", ()))


def looked_at(part: Table, lines: Sequence[Line]) -> list[int]:
    """The places of the lines that a rule or reward looks at."""
    chosen = [
        place
        for place, line in enumerate(lines)
        if not ("categories" in part or "skus" in part)
        or is_named(line, part.get("categories", ()), part.get("skus", ()))
    ]
    return [
        place
        for place in chosen
        if not is_named(lines[place], part.get("except_categories", ()), part.get("except_skus", ()))
    ]


def looks_at_some(part: Table) -> bool:
    """Whether a rule or reward looks at some lines only."""
    return any(key in part for key in CHOOSING)


def holds(part: Table, visit: Visit, mine: Sequence[int], leaving_out: Table | None = None) -> bool:
    """Whether all conditions of *part* hold; *mine* are the places of the lines it looks at.

    What *leaving_out* excludes counts neither for the spend nor for the quantity.
    """
    count = [place for place in mine if not excluded(leaving_out or {}, visit.lines[place])]
    spend = sum(visit.lines[place].amount_minor for place in count)
    quantity = sum(visit.lines[place].quantity_milli for place in count)
    number = visit.visits + 1
    return all(
        (
            "tiers" not in part or visit.tier in part["tiers"],
            "segments" not in part or bool(set(part["segments"]) & set(visit.segments)),
            "stores" not in part or visit.store.store_id in part["stores"],
            "weekdays" not in part or WEEKDAYS[visit.day.weekday()] in part["weekdays"],
            "hours" not in part or any(_within(hours, visit) for hours in part["hours"]),
            "from" not in part or part["from"] <= visit.day,
            "until" not in part or visit.day <= part["until"],
            "birthday" not in part or part["birthday"] in visit.birthday_windows,
            not looks_at_some(part) or bool(mine),
            spend >= minor(part.get("min_spend", 0)),
            quantity >= milli(part.get("min_quantity", 0)),
            not part.get("first_purchase") or visit.visits == 0,
            "nth_visit" not in part or number == part["nth_visit"],
            "every_nth_visit" not in part or number % part["every_nth_visit"] == 0,
            "payment_methods" not in part or visit.payment_method in part["payment_methods"],
            "when" not in part or EXPRESSIONS[part["when"]](visit),
        )
    )


def _within(hours: str, visit: Visit) -> bool:
    """Whether the store's clock is within ``22:00-02:00``."""
    local = clock(visit.at_ms, visit.store)
    now = f"{local:%H:%M}"
    start, end = hours.split("-")
    return start <= now < end if start < end else now >= start or now < end
