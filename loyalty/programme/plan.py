"""A programme made ready for one currency: conditions as functions, amounts in minor units, points in thousandths."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from config.errors import N_, WrongUse
from config.formats import currency_exponent
from loyalty.conditions import Check, LineFilter, compile_conditions, compile_when_and_who, folded, line_filter
from loyalty.days import Duration, parse_duration
from loyalty.expiry import ExpiryPlan
from loyalty.limits import Cap, CompiledLimit, compile_limits
from loyalty.money import MILLI
from loyalty.programme.model import Activity, Caps, ProgrammeFile, Rule, StampCard
from loyalty.programme.parts import Limit, WhenAndWho
from loyalty.rewards import Discounter, Payment, Reward
from loyalty.tiers import TierLevel, TierPlan

ToMinor = Callable[[Decimal], int]


class Effect(Enum):
    """What a rule does."""

    PER_AMOUNT = auto()
    PER_ITEM = auto()
    BONUS = auto()
    MULTIPLY = auto()


class LotTerms(NamedTuple):
    """When points can be spent and how long; None: as the programme says for all."""

    after: Duration | None
    expires_after: Duration | None


class CapPlan(NamedTuple):
    """The most that may be earned in a sale, and in windows that are counted."""

    per_sale_millipoints: int | None
    windows: tuple[Cap, ...]


class RulePlan(NamedTuple):
    """A rule made ready. *lines* are those it looks at, *counted* those of them that earn."""

    id: str
    checks: tuple[Check, ...]
    lines: LineFilter
    counted: LineFilter
    effect: Effect
    amount_milli: int
    per_minor: int
    whole_steps: bool
    multiplies: frozenset[str]
    multiply_bonuses: bool
    group: str | None
    priority: int
    limits: tuple[CompiledLimit, ...]
    caps: CapPlan
    terms: LotTerms
    qualifies: bool


class RewardPlan(NamedTuple):
    """A reward made ready; *place* is where it stands in the file."""

    id: str
    place: int
    checks: tuple[Check, ...]
    lines: LineFilter
    discounter: Discounter
    payment: Payment | None
    cost_millipoints: int
    needs_voucher: bool
    takes_off: bool
    group: str | None
    max_per_sale: int
    limits: tuple[CompiledLimit, ...]
    stock: int | None
    budget_minor: int | None
    gives: tuple[str, Duration | None] | None


class CardPlan(NamedTuple):
    """A stamp card made ready."""

    id: str
    checks: tuple[Check, ...]
    lines: LineFilter
    per: str
    stamps: int
    cap_per_sale: int | None
    size: int
    reward: str
    voucher_valid: Duration | None


class ActivityPlan(NamedTuple):
    """An activity made ready."""

    id: str
    checks: tuple[Check, ...]
    millipoints: int
    voucher: str | None
    voucher_valid: Duration | None
    proof: str
    limits: tuple[CompiledLimit, ...]
    terms: LotTerms
    qualifies: bool


class Plan(NamedTuple):
    """The whole programme made ready for *currency*."""

    currency: str
    major_minor: int
    net: bool
    rounding: str
    counted: LineFilter
    after: Duration | None
    caps: CapPlan
    rules: tuple[RulePlan, ...]
    rule_places: dict[str, int]
    tiers: TierPlan
    qualify_by: str
    rewards: tuple[RewardPlan, ...]
    cards: tuple[CardPlan, ...]
    activities: tuple[ActivityPlan, ...]
    expiry: ExpiryPlan
    refund_policy: str

    def reward(self, reward_id: str) -> RewardPlan | None:
        """The reward of that id."""
        return next((reward for reward in self.rewards if reward.id == reward_id), None)

    def activity(self, activity_id: str) -> ActivityPlan | None:
        """The activity of that id."""
        return next((activity for activity in self.activities if activity.id == activity_id), None)


def compile_plan(model: ProgrammeFile, currency: str) -> Plan:
    """*model* made ready; WrongUse when it is for another currency, or has an amount that is too fine for this one."""
    to_minor = _to_minor(model, currency)
    earning = model.earning
    excluded = LineFilter(
        except_categories=folded(earning.exclude_categories), except_skus=folded(earning.exclude_skus)
    )
    redeemable = LineFilter(
        except_categories=folded(model.redeeming.exclude_categories), except_skus=folded(model.redeeming.exclude_skus)
    )
    return Plan(
        currency=currency,
        major_minor=to_minor(Decimal(1)),
        net=earning.earn_on == "net",
        rounding=earning.rounding,
        counted=excluded,
        after=_duration(earning.after),
        caps=_caps("earn", earning),
        rules=tuple(_rule(rule, excluded, to_minor) for rule in model.rules),
        rule_places={rule.id: place for place, rule in enumerate(model.rules)},
        tiers=tier_plan(model),
        qualify_by=model.tiers.qualify_by,
        rewards=tuple(_reward(reward, place, redeemable, to_minor) for place, reward in enumerate(model.rewards)),
        cards=tuple(_card(card, to_minor) for card in model.stamp_cards),
        activities=tuple(_activity(activity) for activity in model.activities),
        expiry=expiry_plan(model),
        refund_policy=model.refunds.policy,
    )


def birthday_days(model: ProgrammeFile) -> tuple[int, ...]:
    """The numbers of days around a birthday that *model* asks for, and 0, which expressions ask for."""
    parts: Iterable[WhenAndWho] = (*model.rules, *model.rewards, *model.stamp_cards, *model.activities)
    return tuple(sorted({0} | {part.birthday for part in parts if part.birthday is not None}))


def counted_units(model: ProgrammeFile) -> tuple[tuple[str, str], ...]:
    """The names of all limits, caps, stocks, budgets and daily stamps that *model* counts, each with its window."""
    limited: list[tuple[str, Sequence[Limit]]] = [
        *((f"rule/{rule.id}", rule.limits) for rule in model.rules),
        *((f"reward/{reward.id}", reward.limits) for reward in model.rewards),
        *((f"activity/{activity.id}", activity.limits) for activity in model.activities),
    ]
    units: list[tuple[str, str]] = [(base, limit.per) for base, limits in limited for limit in limits]
    capped: list[tuple[str, Caps]] = [("earn", model.earning), *((f"earn/{rule.id}", rule) for rule in model.rules)]
    units += [(cap.base, cap.per) for base, caps in capped for cap in _caps(base, caps).windows]
    units += [(f"stock/{reward.id}", "ever") for reward in model.rewards if reward.stock is not None]
    units += [(f"budget/{reward.id}", "ever") for reward in model.rewards if reward.budget is not None]
    units += [(f"stamp/{card.id}", "day") for card in model.stamp_cards if card.per == "visit"]
    return tuple(dict.fromkeys(units))


def _to_minor(model: ProgrammeFile, currency: str) -> ToMinor:
    if model.currency is not None and model.currency != currency:
        raise WrongUse(
            "programme_currency",
            N_("The programme is for {programme} and the store sells in {store}; nothing was changed."),
            programme=model.currency,
            store=currency,
        )
    exponent = currency_exponent(currency)

    def to_minor(amount: Decimal) -> int:
        scaled = amount.scaleb(exponent)
        if scaled != scaled.to_integral_value():
            raise WrongUse(
                "programme_amount_too_fine",
                N_("The programme's amount {amount} can't be paid in {currency}; nothing was changed."),
                amount=str(amount),
                currency=currency,
            )
        return int(scaled)

    return to_minor


def _rule(rule: Rule, excluded: LineFilter, to_minor: ToMinor) -> RulePlan:
    effect, amount = _effect(rule)
    lines = line_filter(rule)
    counted = _without(lines, excluded)
    return RulePlan(
        id=rule.id,
        checks=compile_conditions(rule, to_minor, counted),
        lines=lines,
        counted=counted,
        effect=effect,
        amount_milli=int(amount * MILLI),
        per_minor=1 if rule.per is None else to_minor(rule.per),
        whole_steps=rule.whole_steps,
        multiplies=frozenset(rule.multiplies),
        multiply_bonuses=rule.multiply_bonuses,
        group=rule.exclusive_group,
        priority=rule.priority,
        limits=compile_limits(f"rule/{rule.id}", rule.limits, holder_by_default=False),
        caps=_caps(f"earn/{rule.id}", rule),
        terms=LotTerms(_duration(rule.after), _duration(rule.expires_after)),
        qualifies=rule.qualifies,
    )


def _effect(rule: Rule) -> tuple[Effect, Decimal]:
    if rule.points is not None:
        return Effect.PER_AMOUNT, rule.points
    if rule.points_per_item is not None:
        return Effect.PER_ITEM, rule.points_per_item
    if rule.bonus is not None:
        return Effect.BONUS, rule.bonus
    assert rule.multiply is not None
    return Effect.MULTIPLY, rule.multiply


def _caps(base: str, caps: Caps) -> CapPlan:
    windows = ((caps.cap_per_day, "day"), (caps.cap_per_month, "month"))
    return CapPlan(
        None if caps.cap_per_sale is None else int(caps.cap_per_sale * MILLI),
        tuple(Cap(base, int(most * MILLI), per) for most, per in windows if most is not None),
    )


def _reward(reward: Reward, place: int, redeemable: LineFilter, to_minor: ToMinor) -> RewardPlan:
    payment = reward.payment(to_minor)
    return RewardPlan(
        id=reward.id,
        place=place,
        checks=compile_conditions(reward, to_minor),
        lines=_without(line_filter(reward), redeemable),
        discounter=reward.discounter(to_minor),
        payment=payment,
        cost_millipoints=0 if payment is not None else int(reward.points * MILLI),
        needs_voucher=reward.needs_voucher,
        takes_off=reward.takes_off,
        group=reward.exclusive_group,
        max_per_sale=reward.max_per_sale,
        limits=compile_limits(f"reward/{reward.id}", reward.limits, holder_by_default=True),
        stock=reward.stock,
        budget_minor=None if reward.budget is None else to_minor(reward.budget),
        gives=reward.gives_voucher(),
    )


def _card(card: StampCard, to_minor: ToMinor) -> CardPlan:
    return CardPlan(
        id=card.id,
        checks=compile_conditions(card, to_minor),
        lines=line_filter(card),
        per=card.per,
        stamps=card.stamps,
        cap_per_sale=card.cap_per_sale,
        size=card.size,
        reward=card.reward,
        voucher_valid=_duration(card.voucher_valid),
    )


def _activity(activity: Activity) -> ActivityPlan:
    return ActivityPlan(
        id=activity.id,
        checks=tuple(compile_when_and_who(activity)),
        millipoints=int(activity.points * MILLI),
        voucher=activity.voucher,
        voucher_valid=_duration(activity.voucher_valid),
        proof=activity.proof,
        limits=compile_limits(f"activity/{activity.id}", activity.limits, holder_by_default=False),
        terms=LotTerms(_duration(activity.after), _duration(activity.expires_after)),
        qualifies=activity.qualifies,
    )


def tier_plan(model: ProgrammeFile) -> TierPlan:
    """How tiers are won and lost."""
    levels = tuple(
        TierLevel(tier.id, int(tier.from_points * MILLI), int(tier.multiplier * MILLI)) for tier in model.tier
    )
    return TierPlan(levels, model.tiers.window, model.tiers.months, _duration(model.tiers.grace))


def expiry_plan(model: ProgrammeFile) -> ExpiryPlan:
    """How points expire."""
    expiry = model.expiry
    month, day = expiry.on.split("-")
    return ExpiryPlan(
        expiry.model, expiry.months, expiry.to_month_end, (int(month), int(day)), _duration(expiry.at_least)
    )


def _duration(text: str | None) -> Duration | None:
    return None if text is None else parse_duration(text)


def _without(lines: LineFilter, excluded: LineFilter) -> LineFilter:
    """*lines* but for those that *excluded* leaves out."""
    return lines._replace(
        except_categories=lines.except_categories | excluded.except_categories,
        except_skus=lines.except_skus | excluded.except_skus,
    )
