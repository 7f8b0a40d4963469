"""What nobody can get to: rewards, tiers and rules out of reach, and costs that are probably not meant."""

from collections.abc import Iterator
from decimal import Decimal

from config.errors import N_
from loyalty.programme.model import ProgrammeFile
from loyalty.programme.places import Path
from loyalty.programme.problems import Finding
from loyalty.rewards import PointsPayment, Reward


def check_reach(model: ProgrammeFile) -> list[Finding]:
    """The findings on a whole file."""
    lost = set(_lost_tiers(model))
    return [*_tiers(model, lost), *_rewards(model, lost), *_vouchers(model), *_odd_costs(model)]


def _tiers(model: ProgrammeFile, lost: set[str]) -> Iterator[Finding]:
    """Tiers that nobody reaches, and what only they may have."""
    for place, tier in enumerate(model.tier):
        if tier.id in lost:
            sentence = N_("Nothing earns qualifying points, so nobody reaches it.")
            most = _most_qualifying(model)
            if most is not None:
                sentence = N_("It needs more qualifying points than the {most} that can be earned in the window.")
            yield Finding(("tier", place, "from_points"), "out_of_reach", sentence, {"most": f"{most or 0:f}"})
    for place, rule in enumerate(model.rules):
        if rule.tiers and set(rule.tiers) <= lost:
            sentence = N_("Nobody reaches the tiers that it asks for, so it never fires.")
            yield Finding(("rule", place, "tiers"), "never_fires", sentence)
    for table, rows in (("reward", model.rewards), ("stamp_card", model.stamp_cards), ("activity", model.activities)):
        for place, row in enumerate(rows):
            if row.tiers and set(row.tiers) <= lost:
                sentence = N_("Nobody reaches the tiers that may have it.")
                yield Finding((table, place, "tiers"), "out_of_reach", sentence)


def _lost_tiers(model: ProgrammeFile) -> Iterator[str]:
    most = _most_qualifying(model)
    for tier in model.tier:
        if most is not None and tier.from_points > most:
            yield tier.id


def _most_qualifying(model: ProgrammeFile) -> Decimal | None:
    """The most qualifying points that one window can hold; None: no bound."""
    if model.tiers.qualify_by == "spent" or any(row.points and row.qualifies for row in model.activities):
        return None
    if not any(rule.multiply is None and rule.qualifies for rule in model.rules):
        return Decimal(0)
    if model.earning.cap_per_month is None or model.tiers.window == "lifetime":
        return None
    months = model.tiers.months + 1 if model.tiers.window == "rolling" else 12
    return model.earning.cap_per_month * months


def _rewards(model: ProgrammeFile, lost: set[str]) -> Iterator[Finding]:
    """Rewards that cost more than anybody can have, or need a voucher that nobody gets."""
    given = _given_vouchers(model)
    had = _had_vouchers(model, lost)
    earns = any(rule.multiply is None for rule in model.rules) or any(row.points for row in model.activities)
    most = _most_points(model)
    for place, reward in enumerate(model.rewards):
        path: Path = ("reward", place)
        if reward.needs_voucher and reward.id not in had:
            sentence = N_("It needs a voucher, and nothing gives one.")
            if reward.id in given:
                sentence = N_("It needs a voucher, and nobody can have what gives one.")
            yield Finding((*path, "needs_voucher"), "out_of_reach", sentence)
        cost = _cost(reward)
        if cost and not reward.needs_voucher and reward.id not in given:
            if not earns:
                yield Finding((*path, "points"), "out_of_reach", N_("It costs points, and nothing earns any."))
            elif most is not None and cost > most:
                sentence = N_("It costs {cost} points, and {most} is the most that can be had before they expire.")
                params = {"cost": f"{cost:f}", "most": f"{most:f}"}
                yield Finding((*path, "points"), "out_of_reach", sentence, params)


def _given_vouchers(model: ProgrammeFile) -> set[str]:
    """The rewards for which something gives vouchers."""
    gives = [reward.gives_voucher() for reward in model.rewards]
    return _vouchers_of_acts(model) | {each[0] for each in gives if each is not None}


def _vouchers_of_acts(model: ProgrammeFile) -> set[str]:
    """The rewards for which stamp cards and activities give vouchers."""
    given = {card.reward for card in model.stamp_cards}
    return given | {activity.voucher for activity in model.activities if activity.voucher is not None}


def _had_vouchers(model: ProgrammeFile, lost: set[str]) -> set[str]:
    """The rewards whose vouchers somebody can have: a reward that gives one may need a voucher itself."""
    had = _vouchers_of_acts(model)
    while True:
        more = {
            gives[0]
            for reward in model.rewards
            if (gives := reward.gives_voucher()) is not None
            and (not reward.needs_voucher or reward.id in had)
            and not (reward.tiers and set(reward.tiers) <= lost)
        }
        if more <= had:
            return had
        had |= more


def _vouchers(model: ProgrammeFile) -> Iterator[Finding]:
    """Vouchers that are good for nothing."""
    payments = {reward.id for reward in model.rewards if isinstance(reward, PointsPayment)}
    named: list[tuple[Path, str | None]] = [
        (("stamp_card", place, "reward"), card.reward) for place, card in enumerate(model.stamp_cards)
    ]
    named += [(("activity", place, "voucher"), row.voucher) for place, row in enumerate(model.activities)]
    for place, reward in enumerate(model.rewards):
        gives = reward.gives_voucher()
        named.append((("reward", place, "gives"), None if gives is None else gives[0]))
    for path, reward_id in named:
        if reward_id in payments:
            sentence = N_("Points as payment don't go by voucher, so a voucher for it is good for nothing.")
            yield Finding(path, "useless_voucher", sentence)


def _cost(reward: Reward) -> Decimal:
    if isinstance(reward, PointsPayment):
        return max(reward.minimum, reward.step or reward.points)
    return reward.points


def _most_points(model: ProgrammeFile) -> Decimal | None:
    """The most points that a member can have at once, where monthly caps and expiry bound them; None: no bound."""
    cap, expiry = model.earning.cap_per_month, model.expiry
    if cap is None or expiry.model != "rolling" or any(row.points for row in model.activities):
        return None
    return cap * (expiry.months + 1 + (1 if expiry.to_month_end else 0))


def _odd_costs(model: ProgrammeFile) -> Iterator[Finding]:
    """Rewards whose cost is probably not meant."""
    given = _given_vouchers(model)
    for place, reward in enumerate(model.rewards):
        if isinstance(reward, PointsPayment):
            continue
        if reward.needs_voucher and reward.points:
            sentence = N_("With its voucher it costs no points, so this cost never counts.")
            yield Finding(("reward", place, "points"), "unused_cost", sentence, severity="warning")
        if not reward.needs_voucher and not reward.points and reward.id not in given and not reward.limits:
            sentence = N_("It costs nothing and has no limit: every member gets it every time.")
            yield Finding(("reward", place, "id"), "free_for_all", sentence, severity="warning")
