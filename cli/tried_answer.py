"""What `programme try` answers: a document, and tables for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cli.output import Table, table_text
from cli.run import Run
from cli.trying import Tried
from config.errors import N_
from config.i18n import _

if TYPE_CHECKING:
    from terminal.till_shapes import TillFacts

HEADINGS = (N_("Figure"), N_("In force"), N_("Draft"), N_("Difference"))
_RIGHT = frozenset(HEADINGS[1:])
Row = tuple[str, str, str, str]


def document(tried: Tried) -> dict[str, object]:
    """The comparison as one JSON document; both sides have the same keys."""
    found = tried.comparison
    sides = zip(
        ("in_force", "draft"),
        (tried.in_force, tried.draft),
        (found.in_force, found.draft),
        tried.worth_minor,
        strict=True,
    )
    return {
        "first": None if tried.first is None else tried.first.isoformat(),
        "last": tried.last.isoformat(),
        **{
            side: {
                "name": programme.model.name,
                "version": programme.version,
                **msgspec.to_builtins(outcome),
                "liability_minor": worth_minor,
            }
            for side, programme, outcome, worth_minor in sides
        },
        "members_changed": found.members_changed,
        "most_affected": [
            {**msgspec.to_builtins(change), "name": tried.names.get(change.member_id)} for change in found.most_affected
        ],
    }


def text(run: Run, tried: Tried, facts: "TillFacts") -> str:
    """The comparison in tables."""
    found = tried.comparison
    if not found.in_force.sales:
        return _("Nothing was sold in these days.")
    parts = [table_text(Table(HEADINGS, [*_figures(run, tried, facts), *_tiers(tried)], right=_RIGHT))]
    rewards = list(_rewards(run, tried, facts))
    if rewards:
        headings = (N_("Reward"), N_("In force"), N_("Draft"), N_("Cost in force"), N_("Cost under the draft"))
        parts.append(table_text(Table(headings, rewards, right=frozenset(headings[1:]))))
    parts.append(_("Members affected: {count}").format(count=found.members_changed))
    if found.most_affected:
        parts.append(_members(run, tried, facts))
    return "\n\n".join(parts)


def _figures(run: Run, tried: Tried, facts: "TillFacts") -> Iterator[Row]:
    before, after = tried.comparison.in_force, tried.comparison.draft

    def counted(name: str, old: int, new: int) -> Row:
        return name, str(old), str(new), f"{new - old:+}" if new != old else ""

    def money(name: str, old: int, new: int) -> Row:
        return name, run.money(old, facts), run.money(new, facts), run.money(new - old, facts) if new != old else ""

    def points(name: str, old: int, new: int) -> Row:
        return name, run.points(old), run.points(new), run.points(new - old) if new != old else ""

    yield counted(_("Sales"), before.sales, after.sales)
    yield money(_("To pay"), before.to_pay_minor, after.to_pay_minor)
    yield money(_("Cost of rewards"), before.cost_minor, after.cost_minor)
    yield points(_("Points given"), before.points_given_millipoints, after.points_given_millipoints)
    yield points(_("Points spent"), before.points_spent_millipoints, after.points_spent_millipoints)
    yield points(_("Points left to spend"), before.liability_millipoints, after.liability_millipoints)
    yield money(_("What they can take off at most"), *tried.worth_minor)
    yield counted(_("Vouchers given"), before.vouchers_given, after.vouchers_given)
    yield counted(_("Rewards that can't be had"), before.choices_refused, after.choices_refused)


def _tiers(tried: Tried) -> Iterator[Row]:
    before, after = tried.comparison.in_force.members_by_tier, tried.comparison.draft.members_by_tier
    names = {tier.id: tier.name for programme in (tried.in_force, tried.draft) for tier in programme.model.tier}
    for tier in dict.fromkeys(["", *names]):
        old, new = before.get(tier, 0), after.get(tier, 0)
        if old or new:
            name = _("Members in {tier}").format(tier=names[tier]) if tier else _("Members without a tier")
            yield name, str(old), str(new), f"{new - old:+}" if new != old else ""


def _rewards(run: Run, tried: Tried, facts: "TillFacts") -> Iterator[tuple[str, ...]]:
    before, after = tried.comparison.in_force.rewards, tried.comparison.draft.rewards
    names = {
        reward.id: reward.name for programme in (tried.in_force, tried.draft) for reward in programme.model.rewards
    }
    for reward in sorted(before.keys() | after.keys()):
        sides = (before.get(reward), after.get(reward))
        times = [str(use.times if use else 0) for use in sides]
        costs = [run.money(use.amount_minor if use else 0, facts) for use in sides]
        yield (names.get(reward, reward), *times, *costs)


def _members(run: Run, tried: Tried, facts: "TillFacts") -> str:
    rows = [
        (
            tried.names.get(each.member_id, each.member_id),
            run.points(each.given_before_millipoints),
            run.points(each.given_after_millipoints),
            run.money(each.cost_before_minor, facts),
            run.money(each.cost_after_minor, facts),
        )
        for each in tried.comparison.most_affected
    ]
    headings = (
        N_("Most affected"),
        N_("Points in force"),
        N_("Points under the draft"),
        N_("Took off in force"),
        N_("Took off under the draft"),
    )
    return table_text(Table(headings, rows, right=frozenset(headings[1:])))
