"""Earning: which rules hold, what each earns exactly, and the points that come of it, rounded once at the end."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from loyalty.conditions import EVERYTHING, Situation, first_miss
from loyalty.limits import UnitUse, first_limit_miss, units_of
from loyalty.money import MILLI, split_pro_rata
from loyalty.programme.plan import CapPlan, Effect, LotTerms, Plan, RulePlan
from loyalty.rewards import Left
from loyalty.trace import Miss, Reason, Subject, TraceLine


class EarnedTerms(NamedTuple):
    """Points earned on the same terms, with their exact weights by line (canonical order)."""

    terms: LotTerms
    millipoints: int
    by_line: tuple[int, ...]


class Earned(NamedTuple):
    """All that a basket earns."""

    millipoints: int
    by_rule: tuple[tuple[str, int], ...]
    by_terms: tuple[EarnedTerms, ...]
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
    """What one rule earns: exact millipoints, and how they spread over the lines."""

    __slots__ = ("lines", "millipoints", "rule", "weights")

    def __init__(self, rule: RulePlan, millipoints: Fraction, lines: Sequence[int], weights: list[int]) -> None:
        self.rule, self.millipoints, self.lines, self.weights = rule, millipoints, lines, weights

    def multiply(self, multipliers: Sequence[_Multiplier]) -> None:
        """Apply *multipliers*: those that look at some lines count for the share of these lines."""
        scale = MILLI ** len(multipliers)
        if all(multiplier.lines is None for multiplier in multipliers):
            factor = 1
            for multiplier in multipliers:
                factor *= multiplier.factor_milli
            self.millipoints *= Fraction(factor, scale)
            return
        weights = []
        for line, weight in zip(self.lines, self.weights, strict=True):
            factor = weight
            for multiplier in multipliers:
                applies = multiplier.lines is None or line in multiplier.lines
                factor *= multiplier.factor_milli if applies else MILLI
            weights.append(factor)
        whole = sum(self.weights)
        if whole:
            self.millipoints *= Fraction(sum(weights), whole * scale)
            self.weights = weights


class _Earner:
    """One pass over the rules for one basket."""

    def __init__(self, plan: Plan, situation: Situation, left: Left) -> None:
        self.plan, self.situation, self.left = plan, situation, left
        self.trace: list[TraceLine] = []
        self.uses: list[UnitUse] = []
        self.taken: dict[str, int] = {}

    def earn(self) -> Earned:
        holding = self._holding()
        multipliers = self._tier_multiplier()
        multipliers += [self._multiplier(rule) for rule in holding if rule.effect is Effect.MULTIPLY]
        adding = [self._contribution(rule) for rule in holding if rule.effect is not Effect.MULTIPLY]
        contributions = [contribution for contribution in adding if contribution is not None]
        self._multiply(contributions, multipliers)
        contributions = [contribution for contribution in contributions if self._cap(contribution)]
        exact = sum((contribution.millipoints for contribution in contributions), Fraction(0))
        total = self._programme_caps(self._rounded(exact))
        parts = _parts(total, [contribution.millipoints for contribution in contributions])
        for contribution, part in zip(contributions, parts, strict=True):
            if part:
                self.uses += units_of(contribution.rule.limits, self.situation.now.day)
            self._say(Subject.RULE, contribution.rule.id, Reason.EARNED, applied=True, millipoints=part)
        rows = list(zip(contributions, parts, strict=True))
        return Earned(
            total,
            tuple((contribution.rule.id, part) for contribution, part in rows),
            self._by_terms(rows),
            self._qualifying(rows),
            tuple(self.uses),
            tuple(self.trace),
        )

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
        if rule.effect is Effect.BONUS:
            millipoints = Fraction(rule.amount_milli if lines else 0)
        elif rule.effect is Effect.PER_ITEM:
            weights = self._items(lines)
            millipoints = Fraction(sum(weights) // MILLI * rule.amount_milli)
        else:
            whole = sum(weights)
            if rule.whole_steps:
                millipoints = Fraction(whole // rule.per_minor * rule.amount_milli)
            else:
                millipoints = Fraction(whole * rule.amount_milli, rule.per_minor)
        if not millipoints:
            self._miss(rule, Miss(Reason.NOTHING_COUNTED, {}))
            return None
        return _Contribution(rule, millipoints, lines, weights)

    def _items(self, lines: Sequence[int]) -> list[int]:
        """The quantities that count: under ``net`` what was given free does not."""
        quantity, freed = self.situation.quantity_milli, self.left.freed_milli
        return [quantity[line] - (freed[line] if self.plan.net else 0) for line in lines]

    def _multiply(self, contributions: Sequence[_Contribution], multipliers: Sequence[_Multiplier]) -> None:
        multiplied: set[tuple[Subject, str]] = set()
        for contribution in contributions:
            relevant = [multiplier for multiplier in multipliers if multiplier.applies_to(contribution.rule)]
            if relevant:
                contribution.multiply(relevant)
                multiplied.update((multiplier.subject, multiplier.id) for multiplier in relevant)
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
            contribution.millipoints = Fraction(int(contribution.millipoints))
        lost = contribution.millipoints - most
        if lost > 0:
            contribution.millipoints = Fraction(most)
            self._say(
                Subject.CAP, rule.id, Reason.CAPPED, applied=True, limit_millipoints=most, lost_millipoints=int(lost)
            )
        if not contribution.millipoints:
            self._miss(rule, Miss(Reason.CAP_REACHED, {"limit_millipoints": most}))
            return False
        day = self.situation.now.day
        self.uses += [UnitUse(cap.unit(day), int(contribution.millipoints)) for cap in rule.caps.windows]
        return True

    def _room(self, caps: CapPlan) -> int | None:
        """The most that *caps* leave room for, or None where there are none."""
        account, day = self.situation.account, self.situation.now.day
        rooms = [cap.room(account, day) for cap in caps.windows]
        if caps.per_sale_millipoints is not None:
            rooms.append(caps.per_sale_millipoints)
        return min(rooms, default=None)

    def _rounded(self, exact: Fraction) -> int:
        if self.plan.rounding == "carry":
            return int(exact)
        whole = int(exact / MILLI + Fraction(1, 2)) if self.plan.rounding == "nearest" else int(exact / MILLI)
        rounded = whole * MILLI
        if rounded != exact:
            lost = int(exact) - rounded
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

    def _by_terms(self, rows: Sequence[tuple[_Contribution, int]]) -> tuple[EarnedTerms, ...]:
        grouped: dict[LotTerms, list[tuple[_Contribution, int]]] = {}
        for contribution, part in rows:
            if part:
                grouped.setdefault(contribution.rule.terms, []).append((contribution, part))
        return tuple(
            EarnedTerms(terms, sum(part for _, part in members), self._by_line(members))
            for terms, members in grouped.items()
        )

    def _by_line(self, members: Sequence[tuple[_Contribution, int]]) -> tuple[int, ...]:
        """The points of *members* by line, in proportion to what each line earned exactly."""
        weights = [0] * len(self.situation.gross)
        rates = [contribution.millipoints / (sum(contribution.weights) or 1) for contribution, _ in members]
        common = lcm(*[rate.denominator for rate in rates])
        for (contribution, _), rate in zip(members, rates, strict=True):
            scaled = rate.numerator * (common // rate.denominator)
            for line, weight in zip(contribution.lines, contribution.weights, strict=True):
                weights[line] += scaled * weight
        return split_points(sum(part for _, part in members), weights)

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


def _parts(total: int, exact: Sequence[Fraction]) -> tuple[int, ...]:
    """*total* in parts that are each as near as can be to *exact*: rounded down, the rest by largest remainder."""
    if not exact:
        return ()
    unit = 1 if total % MILLI else MILLI
    floors = [int(part / unit) for part in exact]
    rest = total // unit - sum(floors)
    if not 0 <= rest <= len(floors):
        common = lcm(*[part.denominator for part in exact])
        return split_points(total, [int(part * common) for part in exact])
    by_remainder = sorted(range(len(floors)), key=lambda place: (-(exact[place] / unit - floors[place]), place))
    for place in by_remainder[:rest]:
        floors[place] += 1
    return tuple(part * unit for part in floors)
