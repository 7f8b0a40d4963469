"""Limits that tills went beyond together while HQ could not be asked: bounded by the rules, and reported."""

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, select

from hq import schema
from hq.records import Raised
from hq.rows import Fetched
from loyalty.booking import LIMIT
from loyalty.days import StoreFacts, business_day
from loyalty.entries import Header, UnitMove
from loyalty.ids import EntryId
from loyalty.limits import EVERYBODY, unit_name
from loyalty.programme.plan import Plan

if TYPE_CHECKING:
    from hq.shelf import Shelf

LIMIT_EXCEEDED: Final = "limit_exceeded"


def report_excess(shelf: "Shelf", row: Fetched, header: Header, version: str, currency: str, store: StoreFacts) -> None:
    """Tell of each limit that an entry used and that has been used more often than its programme *version* allows."""
    used = [move for move in header.units if move.kind == LIMIT and move.to is None and move.change < 0]
    programme = shelf.terms.programmes.get(shelf.connection, version) if used else None
    if programme is None:
        return
    most = limits_on(programme.plan(currency), business_day(row.at_ms, store))
    for move in used:
        times = _times(shelf, move)
        if move.unit in most and times > max(most[move.unit], _told(shelf, move)):
            params: dict[str, str | int] = {"unit": move.unit, "limit": most[move.unit], "times": times}
            entry_id = str(EntryId(row.till_id, row.epoch, row.seq))
            shelf.tell(Raised(LIMIT_EXCEEDED, row.position, entry_id, move.member or None, params))


def limits_on(plan: Plan, day: date) -> dict[str, int]:
    """The most of each unit that the programme allows in the windows that hold *day*."""
    limits = [limit for rule in plan.rules for limit in rule.limits]
    limits += [limit for reward in plan.rewards for limit in reward.limits]
    limits += [limit for activity in plan.activities for limit in activity.limits]
    most = [(unit_name(limit.base, limit.per, day), limit.uses) for limit in limits]
    caps = [*plan.caps.windows, *(cap for rule in plan.rules for cap in rule.caps.windows)]
    most += [(cap.unit(day), cap.most_millipoints) for cap in caps]
    most += [(f"stock/{each.id}", each.stock) for each in plan.rewards if each.stock is not None]
    most += [(f"budget/{each.id}", each.budget_minor) for each in plan.rewards if each.budget_minor is not None]
    lowest: dict[str, int] = {}
    for unit, limit in most:
        lowest[unit] = min(limit, lowest.get(unit, limit))
    return lowest


def _times(shelf: "Shelf", move: UnitMove) -> int:
    """How much of the unit was used, over all ids of the member."""
    table = schema.uses
    ids = [EVERYBODY] if move.member == EVERYBODY else [each.member_id for each in shelf.family(move.member)]
    query = select(func.sum(table.c.times)).where(table.c.member_id.in_(ids), table.c.unit == move.unit)
    return int(shelf.connection.scalar(query) or 0)


def _told(shelf: "Shelf", move: UnitMove) -> int:
    """The most uses of the unit that operators were told of already."""
    table = schema.exceptions
    whose = [None] if move.member == EVERYBODY else [each.member_id for each in shelf.family(move.member)]
    of_them = table.c.member_id.is_(None) if move.member == EVERYBODY else table.c.member_id.in_(whose)
    query = select(table.c.params).where(table.c.reason == LIMIT_EXCEEDED, of_them)
    told = [msgspec.json.decode(each, type=dict[str, str | int]) for each in shelf.connection.scalars(query)]
    told += [each.params for each in shelf.raised if each.reason == LIMIT_EXCEEDED and each.member_id in whose]
    return max((int(each["times"]) for each in told if each["unit"] == move.unit), default=0)
