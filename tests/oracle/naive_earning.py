"""Earning, naively: exact fractions by rule and line, rounded once at the end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from tests.oracle.naive_rewards import Redeeming
from tests.oracle.plain import (
    Table,
    Visit,
    excluded,
    good_until,
    holds,
    looked_at,
    looks_at_some,
    milli,
    minor,
    points_good_until,
    shared_points,
    waits_until,
    window,
)

PER = ("day", "month")


@dataclass
class EarnedLot:
    """Points with one pair of times, by line."""

    points: int
    available_ms: int | None
    expires_ms: int | None
    by_line: list[int]


@dataclass
class Earned:
    """What a sale earns: by rule, as lots, and what it uses of limits and caps."""

    total: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    lots: list[EarnedLot] = field(default_factory=list)
    qualifying: int = 0
    uses: Counter[str] = field(default_factory=Counter)


def earn(programme: Table, visit: Visit, redeeming: Redeeming, used: Mapping[str, int]) -> Earned:
    """What the sale earns after its rewards."""
    earning = programme.get("earning", {})
    count = [not excluded(earning, line) for line in visit.lines]
    net = earning.get("earn_on", "net") == "net"
    money = [
        (left if net else line.amount_minor) if counts else 0
        for left, line, counts in zip(redeeming.left, visit.lines, count, strict=True)
    ]
    quantities = [
        max(0, line.quantity_milli - (1000 * redeeming.freed[place] if net else 0)) if count[place] else 0
        for place, line in enumerate(visit.lines)
    ]
    rules = _rules_that_count(programme, visit, used)
    exact: dict[str, list[Fraction]] = {}
    for rule in rules:
        if "multiply" not in rule:
            exact[rule["id"]] = _multiplied(
                programme, rules, rule, _points(rule, visit, money, quantities, count), visit
            )
    earned = Earned()
    for rule in rules:
        if rule["id"] in exact:
            points = exact[rule["id"]] = _capped(rule, exact[rule["id"]], visit, used)
            for per in PER:
                # Caps count what a rule earns exactly: the rounding is the sale's.
                if f"cap_per_{per}" in rule and any(points):
                    earned.uses[window(f"earn/{rule['id']}", per, visit.day)] += milli(sum(points, Fraction(0)))
    _round(programme, visit, exact, earned, used)
    _book(programme, visit, rules, exact, earned)
    if "tier" in programme:
        if programme.get("tiers", {}).get("qualify_by") == "spent":
            earned.qualifying = sum(money) * 10
        else:
            earned.qualifying = sum(earned.by_rule.get(rule["id"], 0) for rule in rules if rule.get("qualifies", True))
    return earned


def _rules_that_count(programme: Table, visit: Visit, used: Mapping[str, int]) -> list[Table]:
    holding = []
    for rule in programme.get("rule", ()):
        limits = rule.get("limits", ())
        base = f"rule/{rule['id']}"
        reached = any(
            used.get(window(base, limit.get("per", "ever"), visit.day), 0) >= limit["uses"] for limit in limits
        )
        if holds(rule, visit, looked_at(rule, visit.lines), programme.get("earning")) and not reached:
            holding.append(rule)
    best: dict[str, Table] = {}
    for rule in holding:
        group = rule.get("exclusive_group")
        if group is not None and (group not in best or rule.get("priority", 0) > best[group].get("priority", 0)):
            best[group] = rule
    return [rule for rule in holding if "exclusive_group" not in rule or best[rule["exclusive_group"]] is rule]


def _points(rule: Table, visit: Visit, money: list[int], quantities: list[int], count: list[bool]) -> list[Fraction]:
    """A rule's points by line, before multipliers; last those of a bonus that are of no line, since nothing counts."""
    mine = looked_at(rule, visit.lines)
    weights = [money[place] if place in mine else 0 for place in range(len(money))]
    if "bonus" in rule:
        points = Fraction(rule["bonus"]) if any(count[place] for place in mine) else Fraction(0)
    elif "points_per_item" in rule:
        weights = [quantities[place] if place in mine else 0 for place in range(len(money))]
        points = sum(weights) // 1000 * Fraction(rule["points_per_item"])
    else:
        steps = Fraction(sum(weights), minor(rule["per"]))
        points = (floor(steps) if rule.get("whole_steps") else steps) * Fraction(rule["points"])
    whole = sum(weights)
    if not whole:
        return [Fraction(0)] * len(weights) + [points]
    return [points * weight / whole for weight in weights] + [Fraction(0)]


def _multiplied(
    programme: Table, rules: list[Table], rule: Table, points: list[Fraction], visit: Visit
) -> list[Fraction]:
    if "bonus" not in rule:
        for tier in programme.get("tier", ()):
            if tier["id"] == visit.tier:
                points = [each * Fraction(tier.get("multiplier", 1)) for each in points]
    for multiplier in rules:
        if "multiply" not in multiplier or rule["id"] not in multiplier.get("multiplies", (rule["id"],)):
            continue
        if "bonus" in rule and not multiplier.get("multiply_bonuses"):
            continue
        factor = Fraction(multiplier["multiply"])
        mine = looked_at(multiplier, visit.lines) if looks_at_some(multiplier) else range(len(points))
        points = [each * factor if place in mine else each for place, each in enumerate(points)]
    return points


def _capped(rule: Table, points: list[Fraction], visit: Visit, used: Mapping[str, int]) -> list[Fraction]:
    total = sum(points)
    most = total
    if "cap_per_day" in rule or "cap_per_month" in rule:
        most = Fraction(floor(total * 1000), 1000)
    if "cap_per_sale" in rule:
        most = min(most, Fraction(rule["cap_per_sale"]))
    for per in PER:
        if f"cap_per_{per}" in rule:
            room = milli(rule[f"cap_per_{per}"]) - used.get(window(f"earn/{rule['id']}", per, visit.day), 0)
            most = min(most, Fraction(max(0, room), 1000))
    return [each * most / total if total else each for each in points]


def _round(
    programme: Table, visit: Visit, exact: dict[str, list[Fraction]], earned: Earned, used: Mapping[str, int]
) -> None:
    earning = programme.get("earning", {})
    rounding = earning.get("rounding", "floor")
    total = sum((sum(points, Fraction(0)) for points in exact.values()), Fraction(0))
    carry = rounding == "carry"
    half = Fraction(1, 2) if rounding == "nearest" else 0
    points = floor(total * 1000) if carry else floor(total + half) * 1000
    rooms = [milli(earning["cap_per_sale"])] if "cap_per_sale" in earning else []
    rooms += [
        max(0, milli(earning[f"cap_per_{per}"]) - used.get(window("earn", per, visit.day), 0))
        for per in PER
        if f"cap_per_{per}" in earning
    ]
    if rooms and min(rooms) < points:
        points = min(rooms) if carry else min(rooms) // 1000 * 1000
    earned.total = points
    shares = _among_rules(points, [sum(each, Fraction(0)) * 1000 for each in exact.values()])
    earned.by_rule = {rule: share for rule, share in zip(exact, shares, strict=True) if share}


def _among_rules(points: int, exact: list[Fraction]) -> list[int]:
    """The sale's points among its rules: each its own rounded down, what is left by largest remainder."""
    step = 1 if points % 1000 else 1000
    shares = [floor(each / step) * step for each in exact]
    if sum(shares) > points:  # a cap of the programme cut them
        return shared_points(points, exact)
    by_remainder = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: (points - sum(shares)) // step]:
        shares[place] += step
    return shares


def _book(programme: Table, visit: Visit, rules: list[Table], exact: dict[str, list[Fraction]], earned: Earned) -> None:
    """Lots, and the units of limits and caps."""
    earning = programme.get("earning", {})
    weights: dict[tuple[int | None, int | None], list[Fraction]] = {}
    totals: Counter[tuple[int | None, int | None]] = Counter()
    for rule in rules:
        share = earned.by_rule.get(rule["id"], 0)
        if not share:
            continue
        expires = (
            good_until(rule["expires_after"], visit.at_ms, visit.store)
            if "expires_after" in rule
            else points_good_until(programme.get("expiry", {}), visit.at_ms, visit.store)
        )
        times = (waits_until(rule.get("after", earning.get("after")), visit.at_ms, visit.store), expires)
        totals[times] += share
        before = weights.get(times, [Fraction(0)] * len(visit.lines))
        weights[times] = [old + new for old, new in zip(before, exact[rule["id"]][:-1], strict=True)]
        for limit in {
            window(f"rule/{rule['id']}", limit.get("per", "ever"), visit.day) for limit in rule.get("limits", ())
        }:
            earned.uses[limit] += 1
    for per in PER:
        if f"cap_per_{per}" in earning and earned.total:
            earned.uses[window("earn", per, visit.day)] += earned.total
    earned.lots = [
        EarnedLot(total, *times, by_line=_among_lines(total, weights[times])) for times, total in totals.items()
    ]


def _among_lines(points: int, weights: list[Fraction]) -> list[int]:
    """A lot's points among the lines; all to the first where no line earned them."""
    return shared_points(points, weights) if any(weights) else [points] + [0] * (len(weights) - 1)
