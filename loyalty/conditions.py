"""Conditions made ready: each looks at a situation and says why it does not hold, or nothing."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty import expressions
from loyalty.account import Account
from loyalty.basket import Basket
from loyalty.days import WEEKDAYS, Moment, StoreFacts
from loyalty.money import MILLI
from loyalty.programme.parts import Conditions, WhenAndWho
from loyalty.trace import Miss, Reason

if TYPE_CHECKING:
    import cel


class LineFilter(NamedTuple):
    """Which lines something looks at; names in lower case, empty sets for "any" and "none"."""

    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    except_categories: frozenset[str] = frozenset()
    except_skus: frozenset[str] = frozenset()


EVERYTHING = LineFilter()


class Situation:
    """A basket, a member and a moment, laid out for quick looking.

    Lines stand in canonical order (by category, SKU, amount, quantity), so that nothing depends on the order in which
    they were entered; *order* tells where each stood in the basket.
    """

    __slots__ = (
        "_context",
        "_expressions",
        "_matched",
        "account",
        "basket",
        "categories",
        "gross",
        "now",
        "order",
        "quantity_milli",
        "skus",
        "store",
        "total_minor",
    )

    def __init__(self, account: Account, basket: Basket, now: Moment, store: StoreFacts) -> None:
        self.account, self.basket, self.now, self.store = account, basket, now, store
        rows = sorted(
            (line.category.casefold(), (line.sku or "").casefold(), line.amount_minor, line.quantity_milli, place)
            for place, line in enumerate(basket.lines)
        )
        self.order = [row[4] for row in rows]
        self.categories = [row[0] for row in rows]
        self.skus = [row[1] for row in rows]
        self.gross = [row[2] for row in rows]
        self.quantity_milli = [row[3] for row in rows]
        self.total_minor = sum(self.gross)
        self._matched: dict[LineFilter, tuple[int, ...]] = {EVERYTHING: tuple(range(len(rows)))}
        self._context: cel.Context | None = None
        self._expressions: dict[str, Miss | None] = {}

    def matched(self, wanted: LineFilter) -> tuple[int, ...]:
        """The lines that *wanted* looks at, in canonical order."""
        lines = self._matched.get(wanted)
        if lines is None:
            lines = self._matched[wanted] = tuple(self._match(wanted))
        return lines

    def _match(self, wanted: LineFilter) -> Sequence[int]:
        categories, skus = wanted.categories, wanted.skus
        lines: Sequence[int] = range(len(self.gross))
        if categories or skus:
            lines = [line for line in lines if self.categories[line] in categories or self.skus[line] in skus]
        if wanted.except_categories or wanted.except_skus:
            no_categories, no_skus = wanted.except_categories, wanted.except_skus
            lines = [
                line for line in lines if self.categories[line] not in no_categories and self.skus[line] not in no_skus
            ]
        return lines

    def expression_miss(self, source: str) -> Miss | None:
        """Why the expression is not true here; each is looked at once, and only when it is asked for."""
        if source not in self._expressions:
            self._expressions[source] = self._expression_miss(source)
        return self._expressions[source]

    def _expression_miss(self, source: str) -> Miss | None:
        try:
            if self._context is None:
                self._context = expressions.context(self._variables())
            holds = expressions.compile_expression(source).holds(self._context)
        except (expressions.ExpressionFailed, expressions.ExpressionProblem, ImportError) as error:
            return Miss(Reason.EXPRESSION_FAILED, {"error": str(error)})
        return None if holds else Miss(Reason.EXPRESSION_FALSE, {})

    def _variables(self) -> dict[str, Any]:
        account = self.account
        return {
            "total_minor": self.total_minor,
            "lines": [
                {
                    "category": self.basket.lines[place].category,
                    "sku": self.basket.lines[place].sku or "",
                    "amount_minor": self.basket.lines[place].amount_minor,
                    "quantity_milli": self.basket.lines[place].quantity_milli,
                }
                for place in self.order
            ],
            "categories": sorted({line.category for line in self.basket.lines}),
            "payment_method": self.basket.payment_method or "",
            "day": self.now.day.isoformat(),
            "weekday": WEEKDAYS[self.now.weekday],
            "hour": self.now.minute // 60,
            "minute": self.now.minute % 60,
            "store": self.store.store_id,
            "tier": account.tier or "",
            "segments": list(account.segments),
            "visits": account.visits,
            "points": max(0, account.points_millipoints) // MILLI,
            "birthday": 0 in account.birthday_windows,
        }


Check = Callable[[Situation], Miss | None]
ToMinor = Callable[[Decimal], int]


def line_filter(conditions: Conditions) -> LineFilter:
    """Which lines *conditions* look at."""
    return LineFilter(
        folded(conditions.categories),
        folded(conditions.skus),
        folded(conditions.except_categories),
        folded(conditions.except_skus),
    )


def folded(words: Sequence[str]) -> frozenset[str]:
    """*words* without capital letters."""
    return frozenset(word.casefold() for word in words)


def first_miss(checks: Sequence[Check], situation: Situation) -> Miss | None:
    """The first of *checks* that does not hold."""
    for check in checks:
        miss = check(situation)
        if miss is not None:
            return miss
    return None


def compile_when_and_who(conditions: WhenAndWho) -> list[Check]:
    """The checks on member, store and time, the cheapest first."""
    checks: list[Check] = []
    if conditions.tiers:
        checks.append(_among(conditions.tiers, lambda s: s.account.tier or "", Reason.WRONG_TIER))
    if conditions.stores:
        checks.append(_among(conditions.stores, lambda s: s.store.store_id, Reason.WRONG_STORE))
    if conditions.weekdays:
        checks.append(_among(conditions.weekdays, lambda s: WEEKDAYS[s.now.weekday], Reason.WRONG_WEEKDAY))
    if conditions.segments:
        checks.append(_segment(conditions.segments))
    if conditions.from_ is not None or conditions.until is not None:
        checks.append(_dates(conditions))
    if conditions.hours:
        checks.append(_hours(conditions.hours))
    if conditions.birthday is not None:
        checks.append(_birthday(conditions.birthday))
    return checks


def compile_conditions(
    conditions: Conditions, to_minor: ToMinor, counted: LineFilter | None = None
) -> tuple[Check, ...]:
    """All checks of *conditions*, the cheapest first; money in minor units by *to_minor*.

    *counted* are the lines that count for its least spend and quantity: those it looks at, where nothing is said.
    """
    checks = compile_when_and_who(conditions)
    if conditions.payment_methods:
        methods = folded(conditions.payment_methods)
        needed = sorted(conditions.payment_methods)
        checks.append(
            lambda s: (
                None
                if (s.basket.payment_method or "").casefold() in methods
                else Miss(Reason.WRONG_PAYMENT, {"needed": needed, "is": s.basket.payment_method or ""})
            )
        )
    if conditions.first_purchase:
        checks.append(
            lambda s: Miss(Reason.NOT_FIRST_PURCHASE, {"visits": s.account.visits}) if s.account.visits else None
        )
    checks += _visits(conditions)
    checks += _amounts(conditions, to_minor, counted)
    if conditions.when is not None:
        checks.append(_expression(conditions.when))
    return tuple(checks)


def _among(needed: Sequence[str], value: Callable[[Situation], str], reason: Reason) -> Check:
    allowed, listed = frozenset(needed), list(needed)
    return lambda s: None if (found := value(s)) in allowed else Miss(reason, {"needed": listed, "is": found})


def _segment(needed: Sequence[str]) -> Check:
    allowed, miss = folded(needed), Miss(Reason.WRONG_SEGMENT, {"needed": list(needed)})
    return lambda s: miss if allowed.isdisjoint(folded(s.account.segments)) else None


def _dates(conditions: WhenAndWho) -> Check:
    first, last = conditions.from_, conditions.until
    not_yet = Miss(Reason.NOT_YET, {"from": first.isoformat() if first else ""})
    no_more = Miss(Reason.NO_MORE, {"until": last.isoformat() if last else ""})

    def check(situation: Situation) -> Miss | None:
        day = situation.now.day
        if first is not None and day < first:
            return not_yet
        return no_more if last is not None and day > last else None

    return check


def _hours(needed: Sequence[str]) -> Check:
    spans = [(_minute(span[:5]), _minute(span[6:])) for span in needed]
    listed = list(needed)

    def check(situation: Situation) -> Miss | None:
        minute = situation.now.minute
        for begin, end in spans:
            if begin <= minute < end if begin < end else (minute >= begin or minute < end):
                return None
        return Miss(Reason.WRONG_HOUR, {"needed": listed, "is": f"{minute // 60:02}:{minute % 60:02}"})

    return check


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _birthday(days: int) -> Check:
    miss = Miss(Reason.NO_BIRTHDAY, {"days": days})
    return lambda s: None if days in s.account.birthday_windows else miss


def _visits(conditions: Conditions) -> list[Check]:
    checks: list[Check] = []
    nth, every = conditions.nth_visit, conditions.every_nth_visit
    if nth is not None:
        checks.append(lambda s: None if _visit(s) == nth else _wrong_visit(s, needed=nth))
    if every is not None:
        checks.append(lambda s: _wrong_visit(s, every=every) if _visit(s) % every else None)
    return checks


def _visit(situation: Situation) -> int:
    """The number of this visit, from 1."""
    return situation.account.visits + 1


def _wrong_visit(situation: Situation, **needed: int) -> Miss:
    return Miss(Reason.WRONG_VISIT, {**needed, "is": _visit(situation)})


def _amounts(conditions: Conditions, to_minor: ToMinor, counted: LineFilter | None) -> list[Check]:
    wanted = line_filter(conditions)
    counted = wanted if counted is None else counted
    checks: list[Check] = []
    if wanted != EVERYTHING:
        miss = Miss(Reason.NO_MATCHING_LINE, {"categories": list(conditions.categories), "skus": list(conditions.skus)})
        checks.append(lambda s: None if s.matched(wanted) else miss)
    if conditions.min_spend is not None:
        checks.append(_min_spend(counted, to_minor(conditions.min_spend)))
    if conditions.min_quantity is not None:
        checks.append(_min_quantity(counted, int(conditions.min_quantity * MILLI)))
    return checks


def _min_spend(wanted: LineFilter, needed_minor: int) -> Check:
    def check(situation: Situation) -> Miss | None:
        gross = situation.gross
        is_minor = sum([gross[line] for line in situation.matched(wanted)])
        if is_minor >= needed_minor:
            return None
        return Miss(Reason.SPEND_TOO_LOW, {"needed_minor": needed_minor, "is_minor": is_minor})

    return check


def _min_quantity(wanted: LineFilter, needed_milli: int) -> Check:
    def check(situation: Situation) -> Miss | None:
        quantity = situation.quantity_milli
        is_milli = sum([quantity[line] for line in situation.matched(wanted)])
        if is_milli >= needed_milli:
            return None
        return Miss(Reason.TOO_FEW_ITEMS, {"needed_milli": needed_milli, "is_milli": is_milli})

    return check


def _expression(source: str) -> Check:
    # Compiled, and its library loaded, when first needed: most sales never get here.
    return lambda situation: situation.expression_miss(source)
