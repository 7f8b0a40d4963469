"""What is wrong with a programme as a whole, though each of its values is right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from config.errors import N_
from config.formats import currency_exponent
from loyalty.conditions import folded
from loyalty.days import WEEKDAYS, Duration, parse_duration
from loyalty.expression_cost import MAX_STEPS_TOGETHER, steps_of
from loyalty.expressions import ExpressionProblem, check_expression, compile_expression
from loyalty.programme.model import ProgrammeFile, Rule
from loyalty.programme.parts import MAX_EXPRESSION_BYTES, Conditions, Limit, WhenAndWho
from loyalty.programme.places import Path
from loyalty.programme.problems import Finding, closest, raw_ids
from loyalty.programme.reach import check_reach
from loyalty.programme.unused import check_unused
from loyalty.rewards import PointsPayment

_WEEK = 7
_AMOUNTS = ("per", "min_spend", "amount", "max_amount", "price", "worth", "budget")
_CONDITIONAL = ("rule", "reward", "stamp_card", "activity")
_UNKNOWN: Mapping[str, tuple[str, str]] = {
    "tier": (N_("There is no tier “{name}”."), N_("There is no tier “{name}”. Did you mean “{meant}”?")),
    "rule": (N_("There is no rule “{name}”."), N_("There is no rule “{name}”. Did you mean “{meant}”?")),
    "reward": (N_("There is no reward “{name}”."), N_("There is no reward “{name}”. Did you mean “{meant}”?")),
}
_DAYS = {"h": Decimal(1) / 24, "d": Decimal(1), "w": Decimal(7), "m": Decimal(31), "y": Decimal(366)}


def check_model(model: ProgrammeFile, data: Mapping[str, Any], *, is_whole: bool) -> list[Finding]:
    """Every mistake that only the whole file shows.

    *data* is the file as it was read: what it names exists, even where it could not be used (*is_whole* false), and
    then nothing is concluded from what is missing.
    """
    findings = [*_same_ids(model), *_references(model, data), *_conditions(model), *_tiers(model)]
    findings += [*_rules(model), *_rewards(model), *_times(model), *check_unused(model), *_amounts(model)]
    if is_whole:
        findings += [*_outranked(model), *_idle_multipliers(model), *check_reach(model)]
    return findings


def check_expressions(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Every expression in the file that can't be used, whatever else is wrong with its row."""
    steps: dict[str, int] = {}
    for path, when in _expressions(data):
        try:
            check_expression(when)
        except ExpressionProblem as problem:
            yield Finding(path, problem.reason, problem.sentence, dict(problem.params))
            continue
        if not compile_expression(when).program.variables():
            yield Finding(path, "never_changes", N_("This expression is the same for every sale."))
        before = sum(steps.values())
        steps[when] = steps_of(when)
        if before <= MAX_STEPS_TOGETHER < sum(steps.values()):
            sentence = N_("The expressions up to this one take too long together on a large basket; leave some out.")
            yield Finding(path, "expression_too_costly", sentence)


def _expressions(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every expression with its path, but for those whose length is said to be wrong already."""
    for table in _CONDITIONAL:
        rows = data.get(table)
        for place, row in enumerate(rows if isinstance(rows, list) else ()):
            when = row.get("when") if isinstance(row, dict) else None
            if isinstance(when, str) and len(when.encode()) <= MAX_EXPRESSION_BYTES:
                yield (table, place, "when"), when


def _tables(model: ProgrammeFile) -> dict[str, Sequence[Any]]:
    return {
        "rule": model.rules,
        "tier": model.tier,
        "reward": model.rewards,
        "stamp_card": model.stamp_cards,
        "activity": model.activities,
    }


def _same_ids(model: ProgrammeFile) -> Iterator[Finding]:
    for table, rows in _tables(model).items():
        seen: set[str] = set()
        for place, row in enumerate(rows):
            if row.id in seen:
                yield Finding((table, place, "id"), "same_id", N_("Two of them have the id “{id}”."), {"id": row.id})
            seen.add(row.id)


def _references(model: ProgrammeFile, data: Mapping[str, Any]) -> Iterator[Finding]:
    tiers, rules, rewards = (raw_ids(data, table) for table in ("tier", "rule", "reward"))
    for path, part in _parts(model):
        for number, tier in enumerate(part.tiers):
            yield from _unknown((*path, "tiers", number), tier, tiers, "tier")
    for place, rule in enumerate(model.rules):
        for number, other in enumerate(rule.multiplies):
            yield from _unknown(("rule", place, "multiplies", number), other, rules, "rule")
    for place, card in enumerate(model.stamp_cards):
        yield from _unknown(("stamp_card", place, "reward"), card.reward, rewards, "reward")
    for place, reward in enumerate(model.rewards):
        gives = reward.gives_voucher()
        if gives is not None:
            yield from _unknown(("reward", place, "gives"), gives[0], rewards, "reward")
    for place, activity in enumerate(model.activities):
        if activity.voucher is not None:
            yield from _unknown(("activity", place, "voucher"), activity.voucher, rewards, "reward")


def _unknown(path: Path, name: str, known: Iterable[str], what: str) -> Iterator[Finding]:
    names = list(known)
    if name in names:
        return
    meant = closest(name, names)
    sentence, with_meant = _UNKNOWN[what]
    if meant is None:
        yield Finding(path, "unknown_name", sentence, {"what": what, "name": name})
    else:
        yield Finding(path, "unknown_name", with_meant, {"what": what, "name": name, "meant": meant})


def _parts(model: ProgrammeFile) -> Iterator[tuple[Path, WhenAndWho]]:
    """Everything that has conditions, with its path."""
    for table in _CONDITIONAL:
        for place, part in enumerate(_tables(model)[table]):
            yield (table, place), part


def _conditions(model: ProgrammeFile) -> Iterator[Finding]:
    for path, part in _parts(model):
        yield from _windows(path, part)
        if isinstance(part, Conditions):
            yield from _basket_conditions(path, part)


def _windows(path: Path, part: WhenAndWho) -> Iterator[Finding]:
    first, last = part.from_, part.until
    if first is None or last is None:
        return
    params = {"from": first.isoformat(), "until": last.isoformat()}
    if first > last:
        sentence = N_("It ends on {until}, before it begins on {from}.")
        yield Finding((*path, "until"), "contradictory_window", sentence, params)
        return
    days = [first + timedelta(days=number) for number in range(min(_WEEK, (last - first).days + 1))]
    if part.weekdays and not {WEEKDAYS[day.weekday()] for day in days} & set(part.weekdays):
        sentence = N_("None of its weekdays lies between {from} and {until}.")
        yield Finding((*path, "weekdays"), "contradictory_window", sentence, params)


def _basket_conditions(path: Path, part: Conditions) -> Iterator[Finding]:
    if part.first_purchase and (part.every_nth_visit is not None or (part.nth_visit or 1) != 1):
        sentence = N_("The first purchase is the first visit, so this never holds.")
        yield Finding((*path, "first_purchase"), "never_holds", sentence)
    if part.nth_visit is not None and part.every_nth_visit is not None and part.nth_visit % part.every_nth_visit:
        sentence = N_("Visit {nth} is never one of every {every}.")
        params = {"nth": part.nth_visit, "every": part.every_nth_visit}
        yield Finding((*path, "nth_visit"), "never_holds", sentence, params)
    yield from _no_lines(path, part, [], [], N_("It leaves out everything that it looks at."))


def _no_lines(
    path: Path, part: Conditions, categories: Sequence[str], skus: Sequence[str], sentence: str
) -> Iterator[Finding]:
    """A finding when all that *part* looks at is left out, by itself or by *categories* and *skus*."""
    if not part.categories and not part.skus:
        return
    left = folded(part.categories) - folded(part.except_categories) - folded(categories)
    left_skus = folded(part.skus) - folded(part.except_skus) - folded(skus)
    if not left and not left_skus:
        yield Finding((*path, "categories" if part.categories else "skus"), "never_holds", sentence)


def _tiers(model: ProgrammeFile) -> Iterator[Finding]:
    for place, (lower, higher) in enumerate(zip(model.tier, model.tier[1:], strict=False), start=1):
        params = {"tier": higher.name, "below": lower.name}
        if higher.from_points <= lower.from_points:
            sentence = N_("“{tier}” is listed above “{below}”, and needs no more points than it.")
            yield Finding(("tier", place, "from_points"), "tier_below", sentence, params)
        if higher.multiplier < lower.multiplier:
            sentence = N_("“{tier}” multiplies by less than “{below}”.")
            yield Finding(("tier", place, "multiplier"), "tier_worse", sentence, params, "warning")


def _rules(model: ProgrammeFile) -> Iterator[Finding]:
    earning = model.earning
    multiplying = {rule.id for rule in model.rules if rule.multiply is not None}
    for place, rule in enumerate(model.rules):
        path: Path = ("rule", place)
        sentence = N_("All that it looks at is excluded under [earning], so it never fires.")
        if next(_no_lines(path, rule, [], [], ""), None) is None:
            yield from _no_lines(path, rule, earning.exclude_categories, earning.exclude_skus, sentence)
        for key in ("cap_per_sale", "cap_per_day", "cap_per_month"):
            if getattr(rule, key) == 0:
                yield Finding((*path, key), "never_fires", N_("Its cap is 0, so it never fires."))
        for number, other in enumerate(rule.multiplies):
            if other in multiplying:
                sentence = N_("“{name}” earns no points that could be multiplied.")
                yield Finding((*path, "multiplies", number), "never_fires", sentence, {"name": other})
        yield from _same_windows(path, rule.limits)


def _idle_multipliers(model: ProgrammeFile) -> Iterator[Finding]:
    for place, rule in enumerate(model.rules):
        if rule.multiply is not None and not _has_something_to_multiply(rule, model.rules):
            sentence = N_("There is no rule whose points it could multiply.")
            yield Finding(("rule", place, "multiply"), "never_fires", sentence)


def _has_something_to_multiply(multiplier: Rule, rules: Sequence[Rule]) -> bool:
    return any(
        rule.multiply is None
        and (rule.bonus is None or multiplier.multiply_bonuses)
        and (not multiplier.multiplies or rule.id in multiplier.multiplies)
        for rule in rules
    )


def _same_windows(path: Path, limits: Sequence[Limit]) -> Iterator[Finding]:
    windows = [limit.per for limit in limits]
    for number, window in enumerate(windows):
        if window in windows[:number]:
            sentence = N_("There is another limit per {per}.")
            yield Finding((*path, "limits", number), "same_limit", sentence, {"per": window})


def _outranked(model: ProgrammeFile) -> Iterator[Finding]:
    """Rules that another one of their group always beats."""
    for place, rule in enumerate(model.rules):
        for other_place, other in enumerate(model.rules):
            if other is rule or other.exclusive_group is None or other.exclusive_group != rule.exclusive_group:
                continue
            beats = other.priority > rule.priority or (other.priority == rule.priority and other_place < place)
            if beats and _always_holds(other):
                sentence = N_("“{other}” always holds and has priority in the group, so this never fires.")
                yield Finding(("rule", place, "exclusive_group"), "never_fires", sentence, {"other": other.id})
                break


def _always_holds(rule: Rule) -> bool:
    return not rule.limits and not (set(Conditions.model_fields) & rule.model_fields_set)


def _rewards(model: ProgrammeFile) -> Iterator[Finding]:
    for place, reward in enumerate(model.rewards):
        path: Path = ("reward", place)
        sentence = N_("All that it looks at is excluded under [redeeming], so nobody can have it.")
        if next(_no_lines(path, reward, [], [], ""), None) is None:
            redeeming = model.redeeming
            yield from _no_lines(path, reward, redeeming.exclude_categories, redeeming.exclude_skus, sentence)
        if reward.budget == 0:
            yield Finding((*path, "budget"), "out_of_reach", N_("Its budget is 0, so nobody can have it."))
        yield from _same_windows(path, reward.limits)
        if isinstance(reward, PointsPayment):
            yield from _payment(path, reward)


def _payment(path: Path, reward: PointsPayment) -> Iterator[Finding]:
    step = reward.step or reward.points
    if reward.minimum % step:
        sentence = N_("The minimum is not a whole number of steps, so the least that can be taken is more.")
        yield Finding((*path, "minimum"), "minimum_no_step", sentence, severity="warning")
    if reward.needs_voucher:
        yield Finding((*path, "needs_voucher"), "out_of_reach", N_("Points as payment don't go by voucher."))


def _times(model: ProgrammeFile) -> Iterator[Finding]:
    """Points that expire before they can be spent."""
    rows: list[tuple[Path, str | None, str | None]] = [(("earning",), model.earning.after, None)]
    rows += [(("rule", place), rule.after, rule.expires_after) for place, rule in enumerate(model.rules)]
    rows += [(("activity", place), row.after, row.expires_after) for place, row in enumerate(model.activities)]
    for path, own_after, expires_after in rows:
        after = own_after or model.earning.after
        life = _longest_life(model) if expires_after is None else _days(parse_duration(expires_after))
        if after is not None and life is not None and _days(parse_duration(after)) >= life:
            key = "after" if own_after is not None else "expires_after"
            if own_after is None and expires_after is None:
                continue
            sentence = N_("Its points would expire before they can be spent.")
            yield Finding((*path, key), "expires_while_pending", sentence)


def _amounts(model: ProgrammeFile) -> Iterator[Finding]:
    """Amounts that can't be paid in the currency that the file names."""
    if model.currency is None:
        return
    decimals = currency_exponent(model.currency)
    for path, part in _parts(model):
        for key in _AMOUNTS:
            amount = getattr(part, key, None)
            if isinstance(amount, Decimal) and amount != round(amount, decimals):
                sentence = N_("{amount} can't be paid in {currency}.")
                params = {"amount": f"{amount:f}", "currency": model.currency}
                yield Finding((*path, key), "amount_too_fine", sentence, params)


def _longest_life(model: ProgrammeFile) -> Decimal | None:
    """The longest that points can live, in days; None: no bound."""
    if model.expiry.model == "rolling":
        return Decimal(31 * (model.expiry.months + (1 if model.expiry.to_month_end else 0)))
    return Decimal(2 * 366) if model.expiry.model == "calendar" else None


def _days(length: Duration) -> Decimal:
    return length.number * _DAYS[length.unit]
