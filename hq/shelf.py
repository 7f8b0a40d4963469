"""The records of one transaction: fetched in bulk, changed by booking, put back in bulk at the end."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table, select

from hq import schema
from hq.booking import Booking
from hq.database import Database, Row
from hq.journal import OwnJournal
from hq.posting_shelf import PostingShelf
from hq.records import Account, Arrived, Life, Member, Pool, Posting, Raised
from hq.rows import (
    account_row,
    from_account,
    from_life,
    from_member,
    from_pool,
    life_row,
    member_row,
    pool_row,
)
from hq.terms import Programmes, Terms
from loyalty.entries import Header, Leg, PostingRef, canonical_json
from loyalty.ids import EntryId
from sync.rules import Rules

Kept = TypeVar("Kept")


class Shelf:
    """Implements :class:`hq.books.Books` on one open write transaction."""

    def __init__(
        self,
        database: Database,
        connection: Connection,
        rules: Rules,
        now_ms: int,
        programmes: Programmes,
        voucher_code: Callable[[EntryId], str | None],
    ) -> None:
        self.rules = rules
        self.now_ms = now_ms
        self.connection = connection
        self.terms = Terms(connection, programmes, now_ms)
        self.voucher_code = voucher_code
        # What must outlive a restore of HQ: (kind, key), for the keeper.
        self.to_keep: list[tuple[str, str]] = []
        self._database = database
        self._members: dict[str, Member] = {}
        self._families: dict[str, list[Member]] = {}
        self._accounts: dict[tuple[str, int, str], Account] = {}
        self._pools: dict[tuple[str, str], Pool] = {}
        self._debts: dict[str, dict[str, int]] = {}
        # (member id, life) whose accounts, and (member id, None) whose pools, are all here; ids that are nowhere.
        self._fetched: set[tuple[str, int | None]] = set()
        self._absent: set[str] = set()
        self._lives: dict[int, Life] = {}
        self._life_numbers: dict[tuple[str, int], int] = {}
        self._postings = PostingShelf(database, connection)
        self._new_entries: list[Arrived] = []
        self._uses: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._touched: dict[str, None] = {}
        # What operators are told when this transaction ends.
        self.raised: list[Raised] = []
        self._before: dict[int, Row] = {}
        self._counters: dict[str, int] = {}
        self.journal = OwnJournal(self)
        self.booking = Booking(self)
        self.recovering = bool(
            connection.scalar(select(schema.tills.c.till_id).where(schema.tills.c.recovering == 1).limit(1))
        )

    # -- fetching

    def fetch(self, member_ids: Iterable[str], life: Life) -> None:
        """Bring in what booking a batch of *life* will ask for: its members' families, accounts and pools."""
        wanted = [each for each in dict.fromkeys(member_ids) if (each, life.account) not in self._fetched]
        if not wanted:
            return
        self._fetch_members([each for each in wanted if each not in self._members])
        for row in self._database.rows_among(self.connection, schema.accounts, "member_id", wanted, life=life.account):
            account = from_account(row)
            if (account.member_id, account.life, account.what) not in self._accounts:
                self._keep_account(account)
        for row in self._database.rows_among(self.connection, schema.pools, "member_id", wanted):
            pool = from_pool(row)
            if (pool.member_id, pool.what) not in self._pools:
                self._keep_pool(pool)
        self._fetched.update((each, life.account) for each in wanted)
        self._fetched.update((each, None) for each in wanted)

    def member(self, member_id: str, at_ms: int = 0) -> Member:
        found = self._members.get(member_id)
        if found is None:
            self._fetch_members([member_id])
            found = self._members.get(member_id)
        if found is None:
            found = Member(member_id, member_id, at_ms or self.now_ms)
            self._members[member_id] = found
            self._families[member_id] = [found]
        return found

    def known(self, member_id: str) -> Member | None:
        """That id's record, if HQ has heard of it."""
        if member_id not in self._members:
            self._fetch_members([member_id])
        return self._members.get(member_id)

    def family(self, member_id: str) -> list[Member]:
        return self._families[self.member(member_id).root]

    def join(self, survivor: str, merged: str) -> None:
        """Make all ids of *merged* ids of *survivor* (both are roots)."""
        for each in self._families.pop(merged):
            each.root = survivor
            self._families[survivor].append(each)
        self._families[survivor].sort(key=lambda each: (each.member_id != survivor, each.member_id))

    def account(self, member_id: str, life: int, what: str) -> Account:
        key = (member_id, life, what)
        found = self._accounts.get(key)
        if found is None:
            row = None
            if (member_id, life) not in self._fetched:
                table = schema.accounts
                condition = (table.c.member_id == member_id, table.c.life == life, table.c.what == what)
                row = self.connection.execute(select(table).where(*condition)).first()
            if row is None:
                return self._accounts.setdefault(key, Account(member_id, what, life))
            found = from_account(row)
            self._keep_account(found)
        return found

    def accounts_of(self, life: int) -> list[Account]:
        table = schema.accounts
        for row in self.connection.execute(select(table).where(table.c.life == life)):
            account = from_account(row)
            if (account.member_id, life, account.what) not in self._accounts:
                self._keep_account(account)
        found = [account for key, account in self._accounts.items() if key[1] == life]
        return sorted(found, key=lambda each: (each.member_id, each.what))

    def accounts_of_member(self, member_ids: Sequence[str]) -> list[Account]:
        """Every account of the given ids."""
        table = schema.accounts
        for row in self.connection.execute(select(table).where(table.c.member_id.in_(member_ids))):
            account = from_account(row)
            if (account.member_id, account.life, account.what) not in self._accounts:
                self._keep_account(account)
        return [account for account in self._accounts.values() if account.member_id in member_ids]

    def rights_to(self, member_id: str, what: str) -> list[int]:
        """What each till that may spend anything of *what* may spend."""
        accounts = (each for each in self.accounts_of_member([member_id]) if each.what == what)
        return [each.right for each in accounts if each.right > 0]

    def pool(self, member_id: str, what: str) -> Pool:
        key = (member_id, what)
        found = self._pools.get(key)
        if found is None:
            row = None
            if (member_id, None) not in self._fetched:
                table = schema.pools
                condition = (table.c.member_id == member_id, table.c.what == what)
                row = self.connection.execute(select(table).where(*condition)).first()
            if row is None:
                return self._pools.setdefault(key, Pool(member_id, what))
            found = from_pool(row)
            self._keep_pool(found)
        return found

    def debts(self, member_id: str) -> dict[str, int]:
        if member_id not in self._debts:
            table = schema.debts
            rows = self.connection.execute(select(table).where(table.c.member_id == member_id))
            self._debts[member_id] = {row.store_id: row.amount for row in rows}
        return self._debts[member_id]

    def life(self, number: int) -> Life:
        if number not in self._lives:
            row = self.connection.execute(_LIVES.where(schema.lives.c.life == number)).one()
            self._keep_life(from_life(row))
        return self._lives[number]

    def life_of(self, till_id: str, epoch: int) -> Life | None:
        """The life that a till calls *epoch*, if HQ knows it."""
        number = self._life_numbers.get((till_id, epoch))
        if number is None:
            table = schema.lives
            row = self.connection.execute(_LIVES.where(table.c.till_id == till_id, table.c.epoch == epoch)).first()
            if row is None:
                return None
            number = row.life
            if number not in self._lives:
                self._keep_life(from_life(row))
        return self._lives[number]

    def new_children(self, life: Life) -> list[int]:
        """Epochs that went on from *life* in this very transaction."""
        lives = self._lives.values()
        return [each.epoch for each in lives if (each.till_id, each.parent_epoch) == (life.till_id, life.epoch)]

    def add_life(self, life: Life) -> Life:
        """A life that HQ has just heard of."""
        self._lives[life.life] = life
        self._life_numbers[(life.till_id, life.epoch)] = life.life
        return life

    # -- what booking asks for

    def find(self, ref: PostingRef, member_id: str) -> Posting | None:
        life = self.life_of(ref.till_id, ref.epoch)
        if life is None:
            return None
        found = self._postings.at(life.life, ref)
        # Of two branches of a fork that of the same member is meant.
        family = {each.member_id for each in self.family(member_id)}
        found.sort(key=lambda each: (each.member_id not in family, each.position))
        return found[0] if found else None

    def postings_of(self, position: int) -> list[Posting]:
        """All postings of one entry."""
        return self._postings.of_entry(position)

    def add(self, posting: Posting) -> None:
        self._postings.add(posting)

    def wait(self, ref: PostingRef, posting: Posting) -> None:
        self._postings.wait(ref, posting)

    def settled(self, ref: PostingRef, posting: Posting) -> None:
        self._postings.settled(ref, posting)

    def waiting_for(self, life: Life, first_seq: int, last_seq: int) -> list[tuple[PostingRef, Posting]]:
        waiting = self._postings.waits_for(life.till_id, life.epoch)
        if not waiting:
            return []
        return [each for seq in sorted(waiting) if first_seq <= seq <= last_seq for each in list(waiting[seq])]

    def own_entry(self, kind: str, legs: tuple[Leg, ...], member_id: str, at_ms: int) -> None:
        self.journal.write(kind, header=Header(legs=legs), member_id=member_id, at_ms=at_ms)

    def tell(self, raised: Raised) -> None:
        self.raised.append(raised)

    def use(self, member_id: str, unit: str, change: int) -> None:
        self._uses[member_id, unit] -= change

    def touch(self, member_id: str) -> None:
        self._touched[member_id] = None

    def touched_roots(self) -> list[str]:
        """The members that this transaction has changed so far."""
        return list(dict.fromkeys(self.member(each).root for each in self._touched))

    @property
    def database(self) -> Database:
        """Where this transaction writes."""
        return self._database

    # -- entries and counters

    def next_number(self, counter: str, step: int = 1) -> int:
        """The first of the next *step* numbers of *counter*, from 1 on."""
        if counter not in self._counters:
            table = schema.counters
            found = self.connection.scalar(select(table.c.value).where(table.c.name == counter))
            self._counters[counter] = found or 0
        self._counters[counter] += step
        return self._counters[counter] - step + 1

    def add_entry(self, entry: Arrived) -> None:
        """An entry that is booked now."""
        self._new_entries.append(entry)

    # -- putting back

    def flush(self) -> None:
        """Write everything that changed; each touched member gets a change number."""
        self.journal.flush()
        self._number_changes()
        put, connection = self._database.upsert_many, self.connection
        entries = [
            (e.position, e.life.life, e.seq, e.hash, e.kind, e.member_id, e.at_ms, e.received_ms, e.suspended, e.text)
            for e in self._new_entries
        ]
        self._database.insert_many(connection, schema.entries, entries)
        self._postings.flush()
        # What was asked for but never used needs no row.
        accounts = (each for each in self._accounts.values() if id(each) in self._before or each.is_used())
        pools = (each for each in self._pools.values() if id(each) in self._before or each.is_used())
        self._put_changed(schema.members, self._members.values(), member_row)
        self._put_changed(schema.accounts, accounts, account_row)
        self._put_changed(schema.pools, pools, pool_row)
        self._put_changed(schema.lives, self._lives.values(), life_row)
        debts = [(member_id, store, amount) for member_id, of in self._debts.items() for store, amount in of.items()]
        put(connection, schema.debts, debts)
        self._flush_uses()
        self._flush_raised()
        put(connection, schema.counters, list(self._counters.items()))

    def let_go(self) -> None:
        """The transaction is over. Its parts know each other: only so are they freed at once, with all records."""
        vars(self).clear()

    def _number_changes(self) -> None:
        roots = dict.fromkeys(self.member(each).root for each in self._touched)
        first = self.next_number("hq_seq", len(roots)) if roots else 0
        for number, root in enumerate(roots, first):
            family = self._families[root]
            free = 0
            for each in family:
                free += each.available
                each.free = 0
            family[0].free = free
            family[0].hq_seq = number
        self._touched.clear()

    def _put_changed(self, table: Table, records: Iterable[Kept], to_row: Callable[[Kept], Row]) -> None:
        new, changed = [], []
        for each in records:
            row, before = to_row(each), self._before.get(id(each))
            if before is None:
                new.append(row)
            elif before != row:
                changed.append(row)
        # Nobody else writes: what was not there when it was asked for is not there now.
        self._database.insert_many(self.connection, table, new)
        self._database.upsert_many(self.connection, table, changed)

    def _flush_uses(self) -> None:
        if not self._uses:
            return
        table = schema.uses
        ids = sorted({member_id for member_id, _ in self._uses})
        rows = self._database.rows_among(self.connection, table, "member_id", ids)
        before = {(member_id, unit): times for member_id, unit, times in rows}
        sums = [(*key, before.get(key, 0) + change) for key, change in self._uses.items()]
        self._database.upsert_many(self.connection, table, sums)

    def _flush_raised(self) -> None:
        first = self.next_number("exceptions", len(self.raised)) if self.raised else 0
        rows = [
            (number, r.reason, r.position, r.entry_id, r.member_id, canonical_json(r.params), self.now_ms, None, None)
            for number, r in enumerate(self.raised, first)
        ]
        self._database.insert_many(self.connection, schema.exceptions, rows)

    # -- inner fetching

    def _fetch_members(self, member_ids: Sequence[str]) -> None:
        unknown = [each for each in member_ids if each not in self._absent]
        if not unknown:
            return
        found = self._database.rows_among(self.connection, schema.members, "member_id", unknown)
        roots = list({from_member(row).root for row in found})
        whole = self._database.rows_among(self.connection, schema.members, "root", roots) if roots else []
        fetched = [from_member(row) for row in whole]
        for member in sorted(fetched, key=lambda each: (each.member_id != each.root, each.member_id)):
            if member.member_id not in self._members:
                self._members[member.member_id] = member
                self._families.setdefault(member.root, []).append(member)
                self._before[id(member)] = member_row(member)
        self._absent.update(each for each in unknown if each not in self._members)

    def _keep_account(self, account: Account) -> None:
        self._accounts[account.member_id, account.life, account.what] = account
        self._before[id(account)] = account_row(account)

    def _keep_pool(self, pool: Pool) -> None:
        self._pools[pool.member_id, pool.what] = pool
        self._before[id(pool)] = pool_row(pool)

    def _keep_life(self, life: Life) -> None:
        self._lives[life.life] = life
        self._life_numbers[life.till_id, life.epoch] = life.life
        self._before[id(life)] = life_row(life)


_LIVES = select(schema.lives, schema.tills.c.store_id).join_from(
    schema.lives, schema.tills, schema.tills.c.till_id == schema.lives.c.till_id, isouter=True
)
