"""Grants: what HQ sets aside for one till to let a member spend without asking.

A grant is always "to", never "by"; within what is available, due and unexpired; to an open life; never while HQ
recovers.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from hq import schema
from hq.lots import posted_legs
from hq.records import OPEN, Account, Life
from hq.tills import Till
from loyalty.entries import POINTS
from loyalty.lots import due, replay

if TYPE_CHECKING:
    from hq.shelf import Shelf

ALLOWANCE_GRANTED = "allowance_granted"
MAX_LENT = 200
WANTED_MS = 60_000


def raise_to(shelf: "Shelf", till: Till, life: Life, member_id: str, to: int, unsynced_debits: int) -> int:
    """Raise what is granted on (member, life) to *to*, all or as much as there is; what is granted now."""
    account = shelf.account(member_id, life.account, POINTS)
    if not shelf.rules.grants_are_totals:
        to += account.granted
    missing = to - account.granted
    if missing <= 0 or not _may_grant(shelf, life) or shelf.known(member_id) is None:
        return account.granted
    free = max(0, _free_and_due(shelf, [member_id]).get(member_id, 0) - unsynced_debits)
    if missing > free:
        _want(shelf, till, member_id, POINTS)
    more = min(missing, free) if shelf.rules.lend_only_available else missing
    if more > 0:
        _grant(shelf, life, [(account, account.granted + more)])
    return account.granted


def raise_units_to(shelf: "Shelf", till: Till, life: Life, member_id: str, units: Sequence[tuple[str, int]]) -> None:
    """The same for units: a voucher or stamps that no till holds change their holder."""
    for what, to in units[:MAX_LENT]:
        account = shelf.account(member_id, life.account, what)
        missing = to - account.granted
        if missing <= 0 or not _may_grant(shelf, life):
            continue
        free = shelf.pool(member_id, what).available if shelf.rules.units_have_one_holder else missing
        if missing > free:
            _want(shelf, till, member_id, what)
        if free > 0:
            _grant(shelf, life, [(account, account.granted + min(missing, free))])


def lend(shelf: "Shelf", till: Till, life: Life) -> None:
    """Lend to a till what is free of the members whose last entry was there, or whom it asked for before others."""
    if not _may_grant(shelf, life):
        return
    members, wanted = schema.members, schema.wanted
    waiting = wanted.c.member_id == members.c.member_id
    waiting &= wanted.c.until_ms > shelf.now_ms
    mine = select(wanted.c.member_id).where(waiting, wanted.c.till_id == till.till_id).exists()
    others = select(wanted.c.member_id).where(waiting, wanted.c.till_id != till.till_id).exists()
    query = (
        select(members.c.member_id)
        .where(members.c.free > 0, mine | ((members.c.last_till == till.till_id) & ~others))
        .order_by(members.c.member_id)
        .limit(MAX_LENT)
    )
    roots = list(shelf.connection.scalars(query).all())
    raises = []
    for member_id, free in _free_and_due(shelf, roots).items():
        account = shelf.account(member_id, life.account, POINTS)
        if free > 0:
            raises.append((account, account.granted + free))
    _grant(shelf, life, raises)
    _lend_units(shelf, till, life)


def wanted_of(shelf: "Shelf", till: Till, life: Life) -> tuple[str, ...]:
    """Members of whom other tills need what this one has a right to."""
    table, accounts = schema.wanted, schema.accounts
    shelf.connection.execute(delete(table).where(table.c.until_ms <= shelf.now_ms))
    query = select(table.c.member_id, table.c.what).where(table.c.till_id != till.till_id).distinct()
    found = []
    for row in shelf.connection.execute(query).all():
        for each in shelf.family(row.member_id):
            held = (
                accounts.c.member_id == each.member_id,
                accounts.c.life == life.account,
                accounts.c.what == row.what,
            )
            if shelf.connection.execute(select(accounts.c.life).where(*held)).first():
                account = shelf.account(each.member_id, life.account, row.what)
                if account.right > 0:
                    found.append(each.member_id)
    return tuple(dict.fromkeys(found))


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
        lots = replay([leg for each in family for leg in legs.get(each.member_id, ())]).lots
        # What is not due may be lent already; to be sure, all rights are taken to be of what is due.
        ready = due(lots, shelf.now_ms) - sum(each.rights + each.held for each in family)
        found[member_id] = max(0, min(available, ready))
    return found


def _lend_units(shelf: "Shelf", till: Till, life: Life) -> None:
    pools, members = schema.pools, schema.members
    query = (
        select(pools.c.member_id, pools.c.what)
        .join(members, members.c.member_id == pools.c.member_id)
        .where(members.c.last_till == till.till_id, pools.c.balance > pools.c.rights)
        .limit(MAX_LENT)
    )
    raises = []
    for row in shelf.connection.execute(query).all():
        account = shelf.account(row.member_id, life.account, row.what)
        raises.append((account, account.granted + shelf.pool(row.member_id, row.what).available))
    _grant(shelf, life, raises)


def _want(shelf: "Shelf", till: Till, member_id: str, what: str) -> None:
    table = schema.wanted
    root = shelf.family(member_id)[0].member_id
    row = {"member_id": root, "what": what, "till_id": till.till_id}
    place = (table.c.member_id == root, table.c.what == what, table.c.till_id == till.till_id)
    shelf.connection.execute(delete(table).where(*place))
    shelf.connection.execute(insert(table).values(until_ms=shelf.now_ms + WANTED_MS, told_ms=0, **row))
