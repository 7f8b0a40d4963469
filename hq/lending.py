"""Grants: what HQ sets aside for one till to let a member spend without asking.

A grant is always "to", never "by"; within what is available, due and unexpired; to an open life; never while HQ
recovers.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, delete, select, update

from hq import schema
from hq.lots import posted_legs
from hq.records import OPEN, Account, Life
from hq.tills import Till
from hq.unit_booking import LIMITS
from loyalty.entries import POINTS
from loyalty.ids import HQ_TILL_ID
from loyalty.lots import due, replay

if TYPE_CHECKING:
    from hq.shelf import Shelf

ALLOWANCE_GRANTED = "allowance_granted"
MAX_LENT = 200
WANTED_MS = 60_000
# What HQ itself asks for it goes on asking for; each till hears of a wish so often at most.
WANTED_BY_HQ_MS = 30 * 24 * 60 * 60_000
TELL_AGAIN_MS = 10_000


def raise_to(shelf: "Shelf", till: Till, life: Life, member_id: str, to: int, unsynced_debits: int) -> int:
    """Raise what is granted on (member, life) to *to*, all or as much as there is; what is granted now."""
    account = shelf.account(member_id, life.account, POINTS)
    if not shelf.rules.grants_are_totals:
        to += account.granted
    missing = to - account.granted
    if missing <= 0 or not _may_grant(shelf, life) or shelf.known(member_id) is None:
        return account.granted
    free = max(0, _free_and_due(shelf, [member_id]).get(member_id, 0) - max(0, unsynced_debits))
    if missing > free:
        _want(shelf, till.till_id, member_id, POINTS, WANTED_MS)
    more = min(missing, free) if shelf.rules.lend_only_available else missing
    if more > 0:
        _grant(shelf, life, [(account, account.granted + more)])
    return account.granted


def raise_units_to(shelf: "Shelf", till: Till, life: Life, member_id: str, units: Sequence[tuple[str, int]]) -> None:
    """The same for units: a voucher, stamps, a member's limits that no till holds change their holder."""
    if not _may_grant(shelf, life) or shelf.known(member_id) is None:
        return
    for what, to in units[:MAX_LENT]:
        account = shelf.account(member_id, life.account, what)
        missing = to - account.granted
        if missing <= 0:
            continue
        free = _free_units(shelf, member_id, what) if shelf.rules.units_have_one_holder else missing
        if missing > free:
            _want(shelf, till.till_id, member_id, what, WANTED_MS)
        if free > 0:
            _grant(shelf, life, [(account, account.granted + min(missing, free))])


def lend(shelf: "Shelf", till: Till, life: Life) -> None:
    """Lend to a till what is free of the members whose last entry was there, or whom it asked for before others."""
    if not _may_grant(shelf, life):
        return
    members, wanted = schema.members, schema.wanted
    waiting = (wanted.c.member_id == members.c.member_id) & (wanted.c.what == POINTS)
    waiting &= (wanted.c.until_ms > shelf.now_ms) & (wanted.c.till_id != HQ_TILL_ID)
    mine = select(wanted.c.member_id).where(waiting, wanted.c.till_id == till.till_id).exists()
    others = select(wanted.c.member_id).where(waiting, wanted.c.till_id != till.till_id).exists()
    query = (
        select(members.c.member_id)
        .where(members.c.free > 0, mine | ((members.c.last_till == till.till_id) & ~others))
        .order_by(members.c.member_id)
        .limit(MAX_LENT)
    )
    roots = shelf.connection.scalars(query).all()
    raises = []
    for member_id, free in _free_and_due(shelf, roots).items():
        account = shelf.account(member_id, life.account, POINTS)
        if free > 0:
            raises.append((account, account.granted + free))
    _grant(shelf, life, raises)
    _lend_units(shelf, till, life)


def wanted_of(shelf: "Shelf", till: Till, life: Life) -> tuple[str, ...]:
    """Members of whom others need what this till has a right to; said again only after a while."""
    table, accounts = schema.wanted, schema.accounts
    shelf.connection.execute(delete(table).where(table.c.until_ms <= shelf.now_ms))
    wishes = _wishes(shelf.now_ms).where(accounts.c.life == life.account, table.c.till_id != till.till_id)
    columns = (table.c.member_id.label("root"), table.c.what, table.c.till_id, accounts.c.member_id)
    found = shelf.connection.execute(wishes.with_only_columns(*columns)).all()
    for row in found:
        place = (table.c.member_id == row.root, table.c.what == row.what, table.c.till_id == row.till_id)
        shelf.connection.execute(update(table).where(*place).values(told_ms=shelf.now_ms))
    return tuple(dict.fromkeys(row.member_id for row in found))


def wanted_from(connection: Connection, now_ms: int) -> frozenset[str]:
    """The tills that hold what somebody else wants, and should be told."""
    lives, wanted = schema.lives, schema.wanted
    holders = _wishes(now_ms).join(lives, lives.c.life == schema.accounts.c.life)
    query = holders.where(lives.c.till_id != wanted.c.till_id).with_only_columns(lives.c.till_id).distinct()
    return frozenset(connection.scalars(query).all())


def want_back(shelf: "Shelf", member_id: str, what: str) -> None:
    """HQ itself needs what tills hold of a member: to let it expire, or to fill a stamp card."""
    _want(shelf, HQ_TILL_ID, member_id, what, WANTED_BY_HQ_MS)


def forget_want(shelf: "Shelf", member_id: str, what: str) -> None:
    """HQ needs it no longer."""
    table = schema.wanted
    place = (table.c.member_id == member_id, table.c.what == what, table.c.till_id == HQ_TILL_ID)
    shelf.connection.execute(delete(table).where(*place))


def _wishes(now_ms: int) -> "Select[Any]":
    """Wishes that a till may be told of, with the accounts that could serve them."""
    wanted, members, accounts = schema.wanted, schema.members, schema.accounts
    right = accounts.c.granted + accounts.c.own - accounts.c.used - accounts.c.returned
    return (
        select(wanted.c.member_id)
        .join(members, members.c.root == wanted.c.member_id)
        .join(accounts, (accounts.c.member_id == members.c.member_id) & (accounts.c.what == wanted.c.what))
        .where(right > 0, wanted.c.until_ms > now_ms, wanted.c.told_ms <= now_ms - TELL_AGAIN_MS)
    )


def _may_grant(shelf: "Shelf", life: Life) -> bool:
    return life.state == OPEN and not (shelf.recovering and shelf.rules.recovery_freezes_grants)


def _grant(shelf: "Shelf", life: Life, raises: Sequence[tuple[Account, int]]) -> None:
    told = []
    for account, to in raises:
        shelf.booking.grant(account, to)
        told.append([account.member_id, account.what, to])
    if told:
        shelf.journal.write(ALLOWANCE_GRANTED, body={"till_id": life.till_id, "epoch": life.epoch, "to": told})


def _free_and_due(shelf: "Shelf", member_ids: Sequence[str]) -> dict[str, int]:
    """Of each member: what is available and can be spent now, neither pending nor past its expiry."""
    families = {each: shelf.family(each) for each in member_ids}
    ids = [member.member_id for family in families.values() for member in family]
    legs = posted_legs(shelf.connection, ids, POINTS)
    found = {}
    for member_id, family in families.items():
        available = sum(each.available for each in family)
        renewal = shelf.terms.renewal_of(family[0])
        lots = replay([leg for each in family for leg in legs.get(each.member_id, ())], renewal).lots
        # What is not due may be lent already; to be sure, all rights are taken to be of what is due.
        ready = due(lots, shelf.now_ms) - sum(each.rights + each.held for each in family)
        found[member_id] = max(0, min(available, ready))
    return found


def _lend_units(shelf: "Shelf", till: Till, life: Life) -> None:
    pools, members, wanted = schema.pools, schema.members, schema.wanted
    asked_for = (wanted.c.member_id == members.c.root) & (wanted.c.what == pools.c.what)
    asked_for &= wanted.c.till_id != till.till_id
    root = members.alias("root")
    query = (
        select(pools.c.member_id, pools.c.what)
        .join(members, members.c.member_id == pools.c.member_id)
        .join(root, root.c.member_id == members.c.root)
        .where(root.c.last_till == till.till_id, pools.c.balance > pools.c.rights)
        .where(~select(wanted.c.what).where(asked_for, wanted.c.until_ms > shelf.now_ms).exists())
        .order_by(pools.c.member_id, pools.c.what)
        .limit(MAX_LENT)
    )
    raises = []
    for row in shelf.connection.execute(query).all():
        account = shelf.account(row.member_id, life.account, row.what)
        raises.append((account, account.granted + shelf.pool(row.member_id, row.what).available))
    _grant(shelf, life, raises)


def _free_units(shelf: "Shelf", member_id: str, what: str) -> int:
    """Units that nobody holds; the limits of a member whose enrolment HQ never saw are still nobody's."""
    pool = shelf.pool(member_id, what)
    return 1 if what == LIMITS and not pool.balance else pool.available


def _want(shelf: "Shelf", till_id: str, member_id: str, what: str, for_ms: int) -> None:
    table = schema.wanted
    root = shelf.family(member_id)[0].member_id
    place = (table.c.member_id == root, table.c.what == what, table.c.till_id == till_id)
    told_ms = shelf.connection.scalar(select(table.c.told_ms).where(*place)) or 0
    row = (root, what, till_id, shelf.now_ms + for_ms, told_ms)
    shelf.database.upsert_many(shelf.connection, table, [row])
