"""``regulars hq verify``: the chains of all journals, and every figure derived again from the entries."""

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from hq import schema
from hq.database import Database
from hq.invariants import broken_invariants
from hq.records import Life
from hq.replay import Replay
from hq.rows import account_row, from_life, pool_row
from hq.stored import stored_entry
from loyalty.ids import HQ_TILL_ID
from sync.rules import ALL_RULES, Rules

MAX_DIFFERENCES = 100
_ENTRY_DOMAIN = b"regulars/entry/1\x00"
_MEMBER_FIELDS = ("root", "balance", "rights", "held", "debt", "clawed")


@dataclass(frozen=True)
class Verification:
    """How many entries there are, HQ's own head, and what does not agree."""

    entries: int
    head: str
    differences: list[str] = field(default_factory=list)


def verify(database: Database, rules: Rules = ALL_RULES, risk: int = 0) -> Verification:
    """Walk every chain and book every entry again, in one snapshot; changes nothing."""
    with database.read() as connection:
        lives = _lives(connection)
        heads = schema.heads
        several = select(heads.c.life).group_by(heads.c.life).having(func.count() > 1)
        chains = _Chains(lives, set(connection.scalars(several).all()))
        replay = Replay(_young(lives), rules)
        count, head = 0, b""
        for row in connection.execute(select(schema.entries).order_by(schema.entries.c.position)):
            count += 1
            chains.take(row.life, row.seq, row.hash, row.text)
            entry = stored_entry(row, replay.books.life(row.life))
            if entry.life.till_id == HQ_TILL_ID:
                head = row.hash
            replay.take(entry)
        found = [*chains.wrong, *replay.wrong]
        found += [f"{kind} is missing" for kind, _ in replay.books.emitted]
        found += _compare(connection, replay)
        found += broken_invariants(connection, risk)
    return Verification(count, head.hex(), found[:MAX_DIFFERENCES])


class _Chains:
    """Follows every branch of every life; only of those that have several are all places remembered."""

    def __init__(self, lives: dict[int, Life], branched: set[int]) -> None:
        self._known = {life.life: {(0, life.genesis or b"")} for life in lives.values()}
        self._names = {life.life: f"{life.till_id}/{life.epoch}" for life in lives.values()}
        self._branched = branched
        self.wrong: list[str] = []

    def take(self, life: int, seq: int, digest: bytes, text: bytes) -> None:
        """One entry: it must follow one of the entries before it."""
        before = [known for place, known in self._known[life] if place == seq - 1]
        if not any(hashlib.sha256(_ENTRY_DOMAIN + each + text).digest() == digest for each in before):
            self.wrong.append(f"entry {self._names[life]}/{seq} does not follow the one before it")
        if life not in self._branched:
            self._known[life].clear()
        self._known[life].add((seq, digest))


def _lives(connection: Connection) -> dict[int, Life]:
    query = select(schema.lives, schema.tills.c.store_id).join_from(
        schema.lives, schema.tills, schema.tills.c.till_id == schema.lives.c.till_id, isouter=True
    )
    return {row.life: from_life(row) for row in connection.execute(query)}


def _young(lives: dict[int, Life]) -> dict[int, Life]:
    """The lives as they were before any of their entries."""
    return {
        number: Life(number, life.till_id, life.epoch, life.account, store_id=life.store_id)
        for number, life in lives.items()
    }


def _compare(connection: Connection, replay: Replay) -> list[str]:
    """What the database keeps against what follows from the entries."""
    books, found = replay.books, []
    stored = {row.member_id: row for row in connection.execute(select(schema.members))}
    for member_id, member in books.members.items():
        row = stored.get(member_id)
        for name in _MEMBER_FIELDS:
            was = getattr(row, name) if row is not None else None
            if was != getattr(member, name):
                found.append(f"member {member_id}: {name} is {was}, the entries say {getattr(member, name)}")
    accounts = {(row.member_id, row.life, row.what): tuple(row) for row in connection.execute(select(schema.accounts))}
    for key, account in books.accounts.items():
        mine = account_row(account)
        if accounts.pop(key, (*mine[:3], 0, 0, 0, 0)) != mine:
            found.append(f"account {key}: the entries say {mine}")
    found += [f"account {key}: no entry speaks of it" for key in accounts]
    pools = {(row.member_id, row.what): tuple(row) for row in connection.execute(select(schema.pools))}
    for place, pool in books.pools.items():
        if pools.get(place, (*place, 0, 0, 0))[:5] != pool_row(pool)[:5]:
            found.append(f"units {place}: the entries say {pool_row(pool)}")
    postings = {(row.position, row.leg): row for row in connection.execute(select(schema.postings))}
    for at, posting in books.postings.items():
        kept = postings.pop(at, None)
        values = (posting.booked, posting.state, posting.undone, posting.liability)
        if kept is None or (kept.booked, kept.state, kept.undone, kept.liability) != values:
            found.append(f"posting {at}: the entries say {values}")
    found += [f"posting {at}: no entry has it" for at in postings]
    return found
