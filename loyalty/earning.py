"""Earning: which rules hold, what each earns exactly, and the points that come of it, rounded once at the end."""

from collections.abc import Sequence
from math import gcd, lcm, prod
from typing import NamedTuple

from loyalty.conditions import EVERYTHING, Situation, first_miss
from loyalty.days import after_ms, last_until_ms
from loyalty.limits import UnitUse, first_limit_miss, units_of
from loyalty.money import MILLI, split_pro_rata
from loyalty.programme.plan import CapPlan, Effect, LotTerms, Plan, RulePlan
from loyalty.rewards import Left
from loyalty.trace import Miss, Reason, Subject, TraceLine


class LotTimes(NamedTuple):
    """When points can be spent from (None: at once), and until when (None: for ever)."""

    available_ms: int | None
    expires_ms: int | None


class EarnedTogether(NamedTuple):
    """Points with the same times, and their shares by line (canonical order)."""

    times: LotTimes
    millipoints: int
    by_line: tuple[int, ...]


class Earned(NamedTuple):
    """All that a basket earns."""

    millipoints: int
    by_rule: tuple[tuple[str, int], ...]
    lots: tuple[EarnedTogether, ...]
    qualifying_millipoints: int
    uses: tuple[UnitUse, ...]
    trace: tuple[TraceLine, ...]


class _Multiplier(NamedTuple):
    """A factor in force, and what it applies to (*lines* None: all)."""

    subject: Subject
    id: str
    factor_milli: int
    lines: frozenset[int] | None
    rules: frozenset[str]
    bonuses: bool

    def applies_to(self, rule: RulePlan) -> bool:
        if rule.effect is Effect.BONUS and not self.bonuses:
            return False
        return not self.rules or rule.id in self.rules


class _Contribution:
    """What one rule earns: exactly *over* / *under* millipoints, and how they spread over the lines."""

    __slots__ = ("lines", "over", "rule", "under", "weights")

    def __init__(self, rule: RulePlan, over: int, under: int, lines: Sequence[int], weights: list[int]) -> None:
        self.rule, self.over, self.under, self.lines, self.weights = rule, over, under, lines, weights

    def multiply(self, factors: "_Factors") -> None:
        """Apply *factors*; where they differ by line, each line's share counts with its own."""
        if factors.same is not None:
            self.over *= factors.same
            self.under *= factors.scale
            return
        weights = [weight * factors.by_line[line] for line, weight in zip(self.lines, self.weights, strict=True)]
        whole = sum(self.weights)
        if whole:
            self.over *= sum(weights)
            self.under *= whole * factors.scale
            self.weights = weights

    def set(self, millipoints: int) -> None:
        """So many millipoints instead."""
        self.over, self.under = millipoints, 1


class _Factors(NamedTuple):
    """The product of some multipliers in units of 1 / *scale*: the *same* for every line, or *by_line*."""

    scale: int
    same: int | None
    by_line: Sequence[int]


def _factors(multipliers: Sequence[_Multiplier], lines: int) -> _Factors:
    scale = MILLI ** len(multipliers)
    same = prod(multiplier.factor_milli for multiplier in multipliers if multiplier.lines is None)
    by_line = [same] * lines
    some = [multiplier for multiplier in multipliers if multiplier.lines is not None]
    if not some:
        return _Factors(scale, same, by_line)
    for multiplier in some:
        assert multiplier.lines is not None
        for line in range(lines):
            by_line[line] *= multiplier.factor_milli if line in multiplier.lines else MILLI
    return _Factors(scale, None, by_line)


class _Earner:
    """One pass over the rules for one basket."""

    def __init__(self, plan: Plan, situation: Situation, left: Left) -> None:
        self.plan, self.situation, self.left = plan, situation, left
        self.trace: list[TraceLine] = []
        self.uses: list[UnitUse] = []
        self.taken: dict[str, int] = {}
        self.known_times: dict[LotTerms, LotTimes] = {}

    def earn(self) -> Earned:
        holding = self._holding()
        multipliers = self._tier_multiplier()
        multipliers += [self._multiplier(rule) for rule in holding if rule.effect is Effect.MULTIPLY]
        adding = [self._contribution(rule) for rule in holding if rule.effect is not Effect.MULTIPLY]
        contributions = [contribution for contribution in adding if contribution is not None]
        self._multiply(contributions, multipliers)
        contributions = [contribution for contribution in contributions if self._cap(contribution)]
        common = lcm(*[contribution.under for contribution in contributions])
        exact = [contribution.over * (common // contribution.under) for contribution in contributions]
        total = self._programme_caps(self._rounded(sum(exact), common))
        parts = _parts(total, exact, common)
        for contribution, part in zip(contributions, parts, strict=True):
            if part:
                self.uses += units_of(contribution.rule.limits, self.situation.now.day)
            self._say(Subject.RULE, contribution.rule.id, Reason.EARNED, applied=True, millipoints=part)
        rows = list(zip(contributions, parts, strict=True))
        return Earned(
            total,
            tuple((contribution.rule.id, part) for contribution, part in rows),
            self._lots(rows),
            self._qualifying(rows),
            tuple(self.uses),
            self._trace_in_order(),
        )

    def _trace_in_order(self) -> tuple[TraceLine, ...]:
        """Rules in the order of the file, then what else there is to say."""
        places, last = self.plan.rule_places, len(self.plan.rules)
        return tuple(sorted(self.trace, key=lambda line: places[line.id] if line.subject is Subject.RULE else last))

    def _say(self, subject: Subject, name: str, reason: Reason, *, applied: bool = False, **params: object) -> None:
        self.trace.append(TraceLine(subject, name, applied, reason, params))

    def _miss(self, rule: RulePlan, miss: Miss) -> None:
        self.trace.append(TraceLine(Subject.RULE, rule.id, False, miss.reason, miss.params))

    def _holding(self) -> list[RulePlan]:
        """The rules that hold and are not outranked in their group."""
        situation, account = self.situation, self.situation.account
        holding: list[RulePlan] = []
        winners: dict[str, RulePlan] = {}
        for rule in self.plan.rules:
            miss = first_miss(rule.checks, situation) if rule.checks else None
            if miss is None and rule.limits:
                miss = first_limit_miss(rule.limits, account, situation.now.day, self.taken)
            if miss is not None:
                self._miss(rule, miss)
                continue
            holding.append(rule)
            if rule.group is not None:
                best = winners.get(rule.group)
                if best is None or rule.priority > best.priority:
                    winners[rule.group] = rule
        counting: list[RulePlan] = []
        for rule in holding:
            winner = rule if rule.group is None else winners[rule.group]
            if winner is rule:
                counting.append(rule)
            else:
                self._say(Subject.RULE, rule.id, Reason.OUTRANKED, by=winner.id, group=rule.group)
        return counting

    def _tier_multiplier(self) -> list[_Multiplier]:
        tiers = self.plan.tiers
        level = tiers.level_of(self.situation.account.tier)
        if level < 0 or tiers.levels[level].multiplier_milli == MILLI:
            return []
        held = tiers.levels[level]
        return [_Multiplier(Subject.TIER, held.id, held.multiplier_milli, None, frozenset(), bonuses=False)]

    def _multiplier(self, rule: RulePlan) -> _Multiplier:
        lines = None if rule.lines == EVERYTHING else frozenset(self.situation.matched(rule.lines))
        return _Multiplier(Subject.RULE, rule.id, rule.amount_milli, lines, rule.multiplies, rule.multiply_bonuses)

    def _contribution(self, rule: RulePlan) -> _Contribution | None:
        """What *rule* earns before multipliers, or None where nothing counts."""
        lines = self.situation.matched(rule.counted)
        basis = self.left.minor if self.plan.net else self.situation.gross
        weights = [basis[line] for line in lines]
        over, under = 0, 1
        if rule.effect is Effect.BONUS:
            over = rule.amount_milli if lines else 0
        elif rule.effect is Effect.PER_ITEM:
            weights = self._items(lines)
            over = sum(weights) // MILLI * rule.amount_milli
        elif rule.whole_steps:
            over = sum(weights) // rule.per_minor * rule.amount_milli
        else:
            over, under = sum(weights) * rule.amount_milli, rule.per_minor
        if not over:
            self._miss(rule, Miss(Reason.NOTHING_COUNTED, {}))
            return None
        return _Contribution(rule, over, under, lines, weights)

    def _items(self, lines: Sequence[int]) -> list[int]:
        """The quantities that count: under ``net`` what was given free does not."""
        quantity, freed = self.situation.quantity_milli, self.left.freed_milli
        return [quantity[line] - (freed[line] if self.plan.net else 0) for line in lines]

    def _multiply(self, contributions: Sequence[_Contribution], multipliers: Sequence[_Multiplier]) -> None:
        multiplied: set[tuple[Subject, str]] = set()
        known: dict[tuple[_Multiplier, ...], _Factors] = {}
        for contribution in contributions:
            relevant = tuple([multiplier for multiplier in multipliers if multiplier.applies_to(contribution.rule)])
            if not relevant:
                continue
            if relevant not in known:
                known[relevant] = _factors(relevant, len(self.situation.gross))
                multiplied.update((multiplier.subject, multiplier.id) for multiplier in relevant)
            contribution.multiply(known[relevant])
        for multiplier in multipliers:
            if (multiplier.subject, multiplier.id) in multiplied:
                factor = multiplier.factor_milli
                self._say(multiplier.subject, multiplier.id, Reason.MULTIPLIED, applied=True, factor_milli=factor)
            else:
                self._say(multiplier.subject, multiplier.id, Reason.NOTHING_TO_MULTIPLY)

    def _cap(self, contribution: _Contribution) -> bool:
        """Cut a rule's points to its own caps; False where nothing is left."""
        rule = contribution.rule
        most = self._room(rule.caps)
        if most is None:
            return True
        if rule.caps.windows:
            contribution.set(contribution.over // contribution.under)
        if not most or not contribution.over:
            self._miss(rule, Miss(Reason.CAP_REACHED, {"limit_millipoints": most}))
            return False
        lost = contribution.over - most * contribution.under
        if lost > 0:
            cut = {"limit_millipoints": most, "lost_millipoints": lost // contribution.under}
            self._say(Subject.CAP, rule.id, Reason.CAPPED, applied=True, **cut)
            contribution.set(most)
        day = self.situation.now.day
        self.uses += [UnitUse(cap.unit(day), contribution.over) for cap in rule.caps.windows]
        return True

    def _room(self, caps: CapPlan) -> int | None:
        """The most that *caps* leave room for, or None where there are none."""
        account, day = self.situation.account, self.situation.now.day
        rooms = [cap.room(account, day) for cap in caps.windows]
        if caps.per_sale_millipoints is not None:
            rooms.append(caps.per_sale_millipoints)
        return min(rooms, default=None)

    def _rounded(self, over: int, under: int) -> int:
        """*over* / *under* millipoints, rounded as the programme says."""
        if self.plan.rounding == "carry":
            return over // under
        unit = under * MILLI
        half = unit // 2 if self.plan.rounding == "nearest" else 0
        rounded = (over + half) // unit * MILLI
        lost = over // under - rounded
        if lost:
            self._say(Subject.ROUNDING, self.plan.rounding, Reason.ROUNDED, applied=True, lost_millipoints=lost)
        return rounded

    def _programme_caps(self, total: int) -> int:
        """Cut the rounded points to the programme's own caps, to whole points unless thousandths are kept."""
        most = self._room(self.plan.caps)
        if most is None:
            return total
        if total > most:
            kept = most if self.plan.rounding == "carry" else most - most % MILLI
            self._say(
                Subject.CAP, "", Reason.CAPPED, applied=True, limit_millipoints=most, lost_millipoints=total - kept
            )
            total = kept
        if total:
            day = self.situation.now.day
            self.uses += [UnitUse(cap.unit(day), total) for cap in self.plan.caps.windows]
        return total

    def _lots(self, rows: Sequence[tuple[_Contribution, int]]) -> tuple[EarnedTogether, ...]:
        """Points by the times that their terms come to, however these are written."""
        grouped: dict[LotTimes, list[tuple[_Contribution, int]]] = {}
        for contribution, part in rows:
            if part:
                grouped.setdefault(self._times(contribution.rule.terms), []).append((contribution, part))
        return tuple(
            EarnedTogether(times, sum(part for _, part in members), self._by_line(members))
            for times, members in grouped.items()
        )

    def _times(self, terms: LotTerms) -> LotTimes:
        times = self.known_times.get(terms)
        if times is None:
            now, store, after = self.situation.now, self.situation.store, terms.after or self.plan.after
            available_ms = None if after is None else after_ms(after, now, store)
            own = terms.expires_after
            expires_ms = self.plan.expiry.expires_ms(now, store) if own is None else last_until_ms(own, now, store)
            times = self.known_times[terms] = LotTimes(available_ms, expires_ms)
        return times

    def _by_line(self, members: Sequence[tuple[_Contribution, int]]) -> tuple[int, ...]:
        """The points of *members* by line, in proportion to what each line earned exactly."""
        by_line = [0] * len(self.situation.gross)
        spreads = []
        for contribution, _ in members:
            divisor = gcd(*contribution.weights) or 1
            weights = [weight // divisor for weight in contribution.weights]
            spreads.append((contribution, weights, sum(weights) or 1))
        common = lcm(*[contribution.under * whole for contribution, _, whole in spreads])
        for contribution, weights, whole in spreads:
            rate = contribution.over * (common // (contribution.under * whole))
            for line, weight in zip(contribution.lines, weights, strict=True):
                by_line[line] += rate * weight
        return split_points(sum(part for _, part in members), by_line)

    def _qualifying(self, rows: Sequence[tuple[_Contribution, int]]) -> int:
        if not self.plan.tiers.levels:
            return 0
        if self.plan.qualify_by == "earned":
            return sum(part for contribution, part in rows if contribution.rule.qualifies)
        basis = self.left.minor if self.plan.net else self.situation.gross
        counted = sum(basis[line] for line in self.situation.matched(self.plan.counted))
        return counted * MILLI // self.plan.major_minor


def earn(plan: Plan, situation: Situation, left: Left) -> Earned:
    """What the basket of *situation* earns, once rewards have left *left* to pay."""
    return _Earner(plan, situation, left).earn()


def split_points(millipoints: int, weights: Sequence[int]) -> tuple[int, ...]:
    """*millipoints* (≥ 0) in shares by *weights*; whole points stay whole."""
    unit = 1 if millipoints % MILLI else MILLI
    return tuple(share * unit for share in split_pro_rata(millipoints // unit, weights))


def _parts(total: int, exact: Sequence[int], under: int) -> tuple[int, ...]:
    """*total* in parts as near as can be to *exact* / *under*: rounded down, the rest by largest remainder."""
    unit = 1 if total % MILLI else MILLI
    parts = [part // (under * unit) for part in exact]
    rest = total // unit - sum(parts)
    if not 0 <= rest <= len(parts):
        return split_points(total, exact)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(exact[place] % (under * unit)), place))
    for place in by_remainder[:rest]:
        parts[place] += 1
    return tuple(part * unit for part in parts)
