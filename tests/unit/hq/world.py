"""A small world for tests: HQ on a real database, and tills in memory that use the exchange as a real till does."""

import copy
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path as FilePath
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from unittest.mock import patch

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from config.errors import Refused
from hq import schema
from hq.backup import backup, put_back
from hq.database import Database, open_database
from hq.kept import KeptInMemory
from hq.office import Office
from hq.records import Arrived
from hq.service import Headquarters, Policy
from hq.shelf import Shelf
from hq.stored import stored_entry
from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.entries import (
    POINTS,
    AccountMove,
    Contra,
    Entry,
    Header,
    Kind,
    Leg,
    PostingRef,
    UnitMove,
    canonical_bytes,
    canonical_json,
    chain_hash,
    genesis_hash,
)
from loyalty.ids import HQ_TILL_ID, EntryId, make_epoch, make_id
from loyalty.profiles import Consent, Version
from loyalty.programme.load import Programme, load_programme
from loyalty.sale_bodies import SaleCompleted, SaleQuote, SaleRefunded
from sync.allowance import Purse, pay, take_back
from sync.exchange import Exchange, Path, Request
from sync.rules import ALL_RULES, Rules
from sync.signing import fingerprint, public_bytes, sign_head
from sync.store import Outgoing, Standing
from sync.wire import (
    MAX_ENTRIES,
    Authorised,
    Helloed,
    LifeHead,
    LifePlace,
    MemberRow,
    Notice,
    NumberBlock,
    Page,
    Pair,
    Paired,
    ProfileChange,
    Snapshot,
)

DAY_MS = 86_400_000
LIMITS = "limit/*"
NOTHING = Header()


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, now_ms: int = 1_760_000_000_000) -> None:
        self.at = now_ms

    def now_ms(self) -> int:
        return self.at

    def monotonic_ms(self) -> int:
        return self.at

    def boot_id(self) -> str:
        return "boot"


class SeededRandom:
    """The same bytes in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)


@dataclass
class StoredLife:
    """One life of a till in memory."""

    epoch: int
    parent: LifePlace | None
    genesis: bytes
    entries: list[tuple[Entry, bytes]] = field(default_factory=list)
    acked: int = 0

    @property
    def head(self) -> bytes:
        return self.entries[-1][0].hash if self.entries else self.genesis

    def hash_at(self, seq: int) -> bytes | None:
        if seq == 0:
            return self.genesis
        return self.entries[seq - 1][0].hash if seq <= len(self.entries) else None


@dataclass
class StoredRow:
    """A pulled row and what of this till it counts."""

    row: MemberRow
    read_at: int
    places: dict[int, int]


class MemoryTill:
    """A till's store and its counter, in memory; :class:`copy.deepcopy` of its ``state`` is a backup."""

    def __init__(self, name: str, clock: HandClock, random: SeededRandom, rules: Rules = ALL_RULES) -> None:
        self.name, self.clock, self.random, self.rules = name, clock, random, rules
        self.till_id = make_id(random.token(8), 10)
        self.key = Ed25519PrivateKey.from_private_bytes(random.token(32))
        self.public = public_bytes(self.key.public_key())
        self.lives: list[StoredLife] = []
        self.is_paired = False
        self.timeline = self.cursor = self.erasures_done = self.floor = self.floor_total = 0
        self.rows: dict[str, StoredRow] = {}
        self.grants: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.must_hello = self.stopped = self.restored = False
        self.claimed: int | None = None
        self.snapshot_after: str | None = None
        self.blocks: list[NumberBlock] = []
        self.profiles: dict[tuple[int, int], ProfileChange] = {}
        self.notices: dict[tuple[str, str], bytes] = {}
        self.reserved: defaultdict[str, int] = defaultdict(int)
        self.before_commit: str | None = None
        self._open(make_epoch(random.token(8)))

    # -- the journal

    @property
    def life(self) -> StoredLife:
        return self.lives[-1]

    def _open(self, epoch: int) -> None:
        before = self.lives[-1] if self.lives else None
        parent = LifePlace(before.epoch, len(before.entries), before.head) if before else None
        place = (parent.epoch, parent.seq, parent.hash) if parent else None
        genesis = genesis_hash(self.till_id, epoch, fingerprint(self.public), place)
        self.lives.append(StoredLife(epoch, parent, genesis))

    def write(
        self, kind: str, header: Header = NOTHING, member: str | None = None, body: object = None, at_ms: int = 0
    ) -> EntryId:
        life = self.life
        entry = Entry(
            till_id=self.till_id,
            epoch=life.epoch,
            seq=len(life.entries) + 1,
            kind=kind,
            at_ms=at_ms or self.clock.now_ms(),
            boot_id="boot",
            monotonic_ms=self.clock.monotonic_ms(),
            cashier_id="C1",
            member_id=member,
            header=header,
            body=msgspec.Raw(canonical_json({} if body is None else body)),
            hash=b"",
        )
        entry = msgspec.structs.replace(entry, hash=chain_hash(life.head, entry))
        life.entries.append((entry, canonical_bytes(entry)))
        return entry.id

    def all_entries(self) -> list[Entry]:
        return [entry for life in self.lives for entry, _ in life.entries]

    # -- what the screen knows

    def root_of(self, member: str) -> str:
        for root, stored in self.rows.items():
            if any(each.member == member for each in stored.row.ids):
                return root
        return member

    def ids_of(self, member: str) -> list[str]:
        stored = self.rows.get(self.root_of(member))
        return [each.member for each in stored.row.ids] if stored else [member]

    def above(self, member: str) -> list[Entry]:
        """Own entries of the member that its pulled row does not count."""
        ids = set(self.ids_of(member))
        stored = self.rows.get(self.root_of(member))
        places = stored.places if stored else {}
        if not self.rules.pages_say_what_they_include and stored:
            places = {life.epoch: life.acked for life in self.lives}
        touches = (e for e in self.all_entries() if ids & {e.member_id, *(leg.member for leg in e.header.legs)})
        return [entry for entry in touches if entry.seq > places.get(entry.epoch, 0)]

    def shown(self, member: str) -> int:
        ids = set(self.ids_of(member))
        stored = self.rows.get(self.root_of(member))
        total = stored.row.balance if stored else 0
        for entry in self.above(member):
            for leg in entry.header.legs:
                confirmed = leg.undoes is None or leg.amount < 0 or entry.header.own
                if leg.member in ids and leg.currency == POINTS and confirmed:
                    total += leg.amount
        return total

    def rights(self, member: str, what: str = POINTS) -> tuple[AccountMove, ...]:
        stored = self.rows.get(self.root_of(member))
        suspended = set(stored.row.suspended) if stored else set()
        found = []
        for each in sorted(self.ids_of(member)):
            right = self.grants[each, what]
            for entry, _ in self.life.entries:
                right += self._moved(entry, each, what, suspended)
            found.append(AccountMove(each, max(0, right)))
        return tuple(found)

    def _moved(self, entry: Entry, member: str, what: str, suspended: set[tuple[int, int]]) -> int:
        header = entry.header
        if what == LIMITS and entry.kind == Kind.MEMBER_ENROLLED:
            return int(entry.member_id == member)
        if what != POINTS:
            mine = (unit for unit in header.units if unit.member == member and f"{unit.kind}/{unit.unit}" == what)
            return sum(-(abs(unit.change) or 1) if unit.to else unit.change for unit in mine)
        kept = (entry.epoch, entry.seq) not in suspended
        moved = sum(each.amount for each in header.own if each.member == member and kept)
        moved -= sum(each.amount for each in (*header.used, *header.returned) if each.member == member)
        stored = self.rows.get(self.root_of(member))
        included = stored is not None and entry.seq <= stored.places.get(entry.epoch, 0)
        if not self.rules.right_survives_sync and included and entry.header.own:
            return 0
        return moved

    def right(self, member: str) -> int:
        return sum(each.amount for each in self.rights(member))

    def purse(self, member: str) -> Purse:
        stored = self.rows.get(self.root_of(member))
        frozen = "restored_wait_hello" if self.must_hello and self.rules.restored_waits else None
        standins = sum(entry.header.standin_millipoints for entry in self.above(member))
        return Purse(
            rights=self.rights(member),
            shown=self.shown(member),
            due=2**60,
            reserved=self.reserved[member] if self.rules.baskets_share_one_right else 0,
            confirmed=stored is not None or not self.rules.standin_for_confirmed_only,
            debt=stored.row.debt if stored else 0,
            standins=standins if self.rules.standin_counts_until_included else 0,
            floor=self.floor,
            floor_total=self.floor_total,
            frozen="till_stopped" if self.stopped else frozen,
        )

    # -- what a cashier does

    def enrol(self, member: str, phone: str | None = None) -> EntryId:
        entry = self.write(Kind.MEMBER_ENROLLED, member=member)
        if phone:
            self.profile(member, entry, phone=phone)
        return entry

    def profile(self, member: str, entry: EntryId, consents: Iterable[Consent] = (), **fields: str | None) -> None:
        version = Version(self.clock.now_ms(), self.till_id, entry.epoch, entry.seq)
        change = ProfileChange(member, version, b"salt", fields, tuple(consents))
        self.profiles[entry.epoch, entry.seq] = change

    def edit(self, member: str, consents: Iterable[Consent] = (), **fields: str | None) -> None:
        self.profile(member, self.write(Kind.PROFILE_CHANGED, member=member), consents, **fields)

    def earn(self, member: str, amount: int, available_ms: int | None = None, expires_ms: int | None = None) -> EntryId:
        leg = Leg(member, POINTS, amount, Contra.ISSUED, available_ms, expires_ms)
        return self.write(Kind.SALE_COMPLETED, Header(legs=(leg,), own=(AccountMove(member, amount),)), member)

    def redeem(self, member: str, amount: int) -> EntryId:
        """Spend points; Refused when this till can't decide it."""
        if not self.is_paired:
            used: tuple[AccountMove, ...] = (AccountMove(member, min(amount, max(0, self.shown(member)))),)
            standin = 0
            if self.shown(member) < amount:
                raise Refused("not_enough_points", "too few")
        else:
            used, standin = pay(self.purse(member), amount)
        leg = Leg(member, POINTS, -amount, Contra.REDEEMED)
        return self.write(Kind.SALE_COMPLETED, Header(legs=(leg,), used=used, standin_millipoints=standin), member)

    def refund_earned(self, sale: EntryId, member: str, amount: int) -> EntryId:
        leg = Leg(member, POINTS, -amount, Contra.ISSUED, undoes=PostingRef(*sale, 0))
        used = take_back(self.purse(member), amount)
        return self.write(Kind.SALE_REFUNDED, Header(legs=(leg,), used=used), member)

    def refund_spent(self, sale: EntryId, member: str, amount: int, standin: int = 0) -> EntryId:
        leg = Leg(member, POINTS, amount, Contra.REDEEMED, undoes=PostingRef(*sale, 0))
        here = sale.till_id == self.till_id and sale.epoch == self.life.epoch
        closed = any(e.kind == Kind.SHIFT_CLOSED and e.seq > sale.seq for e, _ in self.life.entries)
        mine = here and not closed and amount > standin
        if not self.rules.given_back_waits:
            mine, standin = True, 0
        own = (AccountMove(member, amount - standin),) if mine else ()
        return self.write(Kind.SALE_REFUNDED, Header(legs=(leg,), own=own), member)

    def sale_with_body(self, member: str, amount_minor: int) -> EntryId:
        """A sale that says what was paid."""
        quote = SaleQuote(amount_minor, amount_minor)
        basket = Basket("PLN", (Line("groceries", amount_minor),))
        body = SaleCompleted(StoreFacts("S1", "UTC"), "v1", basket, quote)
        return self.write(Kind.SALE_COMPLETED, member=member, body=body)

    def refund_with_body(self, sale: EntryId, member: str, amount_minor: int) -> EntryId:
        """Its money given back in store S2."""
        body = SaleRefunded(str(sale), StoreFacts("S2", "UTC"), refunded_minor=amount_minor, sale_store="S1")
        return self.write(Kind.SALE_REFUNDED, member=member, body=body)

    def give_units(self, member: str, kind: str, unit: str, change: int, to: str | None = None) -> EntryId:
        return self.write("units_moved", Header(units=(UnitMove(kind, unit, member, change, to),)), member)

    def use_unit(self, member: str, kind: str, unit: str, times: int = 1) -> EntryId:
        held = sum(each.amount for each in self.rights(member, f"{kind}/{unit}"))
        if held < times and self.rules.units_have_one_holder:
            raise Refused("needs_hq", "held elsewhere")
        return self.give_units(member, kind, unit, -times)

    def use_limit(self, member: str, limit: str, most: int) -> EntryId:
        """Use a limit that has a holder; Refused when another one holds it, or when it is used up."""
        if not any(each.amount for each in self.rights(member, LIMITS)) and self.rules.units_have_one_holder:
            raise Refused("limit_held_elsewhere", "held elsewhere")
        stored = self.rows.get(self.root_of(member))
        used = dict(stored.row.uses).get(limit, 0) if stored else 0
        used -= sum(unit.change for entry in self.above(member) for unit in entry.header.units if unit.unit == limit)
        if used >= most:
            raise Refused("limit_reached", "used up")
        return self.give_units(member, "limit", limit, -1)

    def close_shift(self) -> EntryId:
        return self.write(Kind.SHIFT_CLOSED)

    def return_all(self, member: str) -> None:
        moves = tuple(each for each in self.rights(member) if each.amount)
        if moves:
            self.write(Kind.ALLOWANCE_RETURNED, Header(returned=moves), member)

    # -- the exchange's store

    def standing(self) -> Standing:
        lives = tuple(
            LifeHead(life.epoch, len(life.entries), life.head, life.parent, fingerprint(self.public))
            for life in self.lives
        )
        return Standing(
            till_id=self.till_id,
            timeline=self.timeline,
            cursor=self.cursor,
            lives=lives,
            must_hello=self.must_hello,
            stopped=self.stopped,
            restored=self.restored,
            claim=self.claimed,
            snapshot_after=self.snapshot_after,
            erasures_done=self.erasures_done,
        )

    def acked(self) -> dict[int, int]:
        return {life.epoch: life.acked for life in self.lives}

    def outgoing(self, epoch: int, after_seq: int) -> Outgoing | None:
        life = self._life(epoch)
        chosen = life.entries[after_seq : after_seq + MAX_ENTRIES]
        prev = life.hash_at(after_seq)
        if not chosen or prev is None:
            return None
        last = chosen[-1][0]
        signature = sign_head(self.key, self.till_id, epoch, last.seq, last.hash)
        found = (self.profiles.get((epoch, entry.seq)) for entry, _ in chosen)
        texts = tuple(text for _, text in chosen)
        return Outgoing(after_seq + 1, prev, texts, last.hash, signature, tuple(each for each in found if each))

    def hash_at(self, epoch: int, seq: int) -> bytes | None:
        return next((life.hash_at(seq) for life in self.lives if life.epoch == epoch), None)

    def granted(self) -> tuple[tuple[str, int], ...]:
        return tuple((member, amount) for (member, what), amount in sorted(self.grants.items()) if what == POINTS)

    def paired(self, answer: Paired) -> None:
        self.is_paired, self.timeline = True, answer.timeline
        self.blocks.append(answer.block)
        self.write(Kind.PAIRED)

    def acknowledge(self, epoch: int, seq: int) -> None:
        self._life(epoch).acked = seq

    def new_timeline(self, timeline: int) -> None:
        self.timeline, self.cursor = timeline, 0
        for stored in self.rows.values():
            stored.read_at = -1

    def took_hello(self, answer: Helloed) -> None:
        self.must_hello = self.restored = False
        self.floor, self.floor_total = answer.floor_millipoints, answer.floor_total_millipoints

    def give_block(self, block: NumberBlock) -> None:
        self.blocks.append(block)

    def claim(self, epoch: int) -> None:
        self.claimed = epoch

    def next_life(self, epoch: int) -> None:
        self.write(Kind.LIFE_CLOSED)
        self._open(epoch)
        self.grants.clear()
        self.cursor, self.claimed, self.must_hello = 0, None, True

    def stop(self) -> None:
        self.write(Kind.LIFE_CLOSED)
        self.stopped = True

    def revoked(self) -> None:
        self.must_hello = True

    def apply_page(self, page: Page, places: dict[int, int]) -> None:
        for row in page.rows:
            self._put(row, page.read_at, places)
        for notice in page.notices:
            self._heed(notice)
        self.cursor = page.to
        self.erasures_done = max(self.erasures_done, page.erasures)

    def apply_snapshot(self, piece: Snapshot, places: dict[int, int]) -> None:
        for row in piece.rows:
            self._put(row, piece.read_at, places)
        for notice in piece.notices:
            self._heed(notice)
        self.erasures_done = max(self.erasures_done, piece.erasures)
        self.snapshot_after = piece.last if piece.more else None
        if not piece.more:
            self.cursor = piece.cursor

    def apply_authorised(self, member: str, answer: Authorised, places: dict[int, int]) -> None:
        self.grants[member, POINTS] = max(self.grants[member, POINTS], answer.granted)
        if not self.rules.grants_are_totals:
            self.grants[member, POINTS] += answer.granted
        if answer.row is not None:
            self._put(answer.row, answer.read_at, places)

    def give_back(self, members: tuple[str, ...]) -> None:
        for member in members:
            if not self.reserved[member]:
                self.return_all(member)

    # -- disasters

    def restore_from(self, old: "MemoryTill", *, new_life: bool = True) -> "MemoryTill":
        """What a restored copy of *old* looks like: a new life, and nothing spent until hello."""
        till = copy_till(old)
        till.name = self.name
        till.must_hello = till.restored = True
        till.claimed = None
        if new_life:
            till._open(make_epoch(till.random.token(8)))
            till.grants.clear()
        return till

    def _life(self, epoch: int) -> StoredLife:
        return next(life for life in self.lives if life.epoch == epoch)

    def _put(self, row: MemberRow, read_at: int, places: dict[int, int]) -> None:
        ids = {each.member for each in row.ids}
        covered = [root for root, each in self.rows.items() if ids & {one.member for one in each.row.ids}]
        if self.rules.pages_in_order and any(self.rows[root].read_at > read_at for root in covered):
            return
        for root in covered if self.rules.rows_cover_whole_members else [row.root]:
            self.rows.pop(root, None)
        self.rows[row.root] = StoredRow(row, read_at, places)
        for each in row.ids:
            self.grants[each.member, POINTS] = max(self.grants[each.member, POINTS], each.granted)
        for unit in row.units:
            self.grants[unit.member, unit.what] = max(self.grants[unit.member, unit.what], unit.granted)

    def _heed(self, notice: Notice) -> None:
        self.notices[notice.kind, notice.key] = notice.payload
        if notice.kind == "erased":
            self.profiles = {place: each for place, each in self.profiles.items() if each.member != notice.key}
            for root, stored in list(self.rows.items()):
                if any(each.member == notice.key for each in stored.row.ids):
                    self.rows[root] = StoredRow(
                        msgspec.structs.replace(stored.row, profile=(), cards=()), stored.read_at, stored.places
                    )


def copy_till(till: MemoryTill) -> MemoryTill:
    """A raw copy of a till's file, its key included."""
    key, random, clock = till.key, till.random, till.clock
    memo = {id(key): key, id(random): random, id(clock): clock}
    return copy.deepcopy(till, memo)


class Crashed(Exception):
    """The power is gone."""


class Copies(Protocol):
    """Backups of a database that is no file."""

    def copy(self, database: Database) -> str:
        """The name of a copy."""

    def put_back(self, database: Database, name: str) -> Database:
        """The copy in place of the database."""


class World:
    """HQ, its office, and some paired tills."""

    def __init__(
        self,
        where: object,
        *,
        tills: int = 2,
        floor: int = 0,
        rules: Rules = ALL_RULES,
        page_rows: int = 500,
        copies: Copies | None = None,
    ) -> None:
        self.copies = copies
        self.clock, self.random, self.rules = HandClock(), SeededRandom(), rules
        self.where = where
        self.keeper = KeptInMemory()
        self.policy = Policy(floor_millipoints=floor)
        self.page_rows = page_rows
        self.database: Database = where if isinstance(where, Database) else _database_at(FilePath(str(where)))
        self.hq = self._headquarters()
        self.office = Office(self.hq)
        self.office.add_store("S1", "Shop 1", "UTC", "PLN")
        self.office.add_store("S2", "Shop 2", "UTC", "PLN")
        self.exchanges: dict[int, Exchange] = {}
        self.tills = [self.new_till(f"T{number}") for number in range(tills)]
        self.members = count(1)
        self.check_every_batch = True

    def _headquarters(self) -> Headquarters:
        return Headquarters(
            self.database,
            clock=self.clock,
            random=self.random,
            keeper=self.keeper,
            policy=self.policy,
            rules=self.rules,
            page_rows=self.page_rows,
            voucher_code=lambda _key, entry_id: f"V{entry_id.seq:011d}",
        )

    def publish(self, text: str, start_ms: int = 0) -> Programme:
        """A programme of HQ's, in force from *start_ms* on."""
        programme = load_programme(text)
        self.office.publish(programme.model.name, programme.version, text, start_ms)
        return programme

    def work_behind(self) -> None:
        """Everything that HQ does behind the ingest."""
        while self.office.work_behind():
            self.check()

    def new_till(self, name: str, store_id: str = "S1") -> MemoryTill:
        till = MemoryTill(name, self.clock, self.random, self.rules)
        self.pair(till, store_id)
        return till

    def pair(self, till: MemoryTill, store_id: str = "S1") -> Paired:
        code = self.office.add_till(store_id, till.name)
        answer = self.hq.pair(self.pair_request(till, code))
        till.paired(answer)
        return answer

    def pair_request(self, till: MemoryTill, code: str) -> Pair:
        lives = till.standing().lives
        return Pair(code=code, till_id=till.till_id, public_key=till.public, epoch=lives[-1].epoch, lives=lives)

    def exchange(self, till: MemoryTill) -> Exchange:
        if id(till) not in self.exchanges:
            self.exchanges[id(till)] = Exchange(till, clock=self.clock, random=self.random, rules=self.rules)
        return self.exchanges[id(till)]

    def answer(self, till: MemoryTill, request: Request):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """What HQ answers; the invariants are checked after it."""
        act = {
            Path.HELLO: self.hq.hello,
            Path.PUSH: self.hq.push,
            Path.PULL: self.hq.pull,
            Path.AUTHORISE: self.hq.authorise,
            Path.SNAPSHOT: self.hq.snapshot,
        }[request.path]
        answer = act(till.till_id, request.message)  # type: ignore[operator]
        if self.check_every_batch:
            self.check()
        return answer

    def step(self, till: MemoryTill) -> Request:
        """One message and its answer."""
        exchange = self.exchange(till)
        request = exchange.next()
        exchange.receive(request, self.answer(till, request))
        return request

    def sync(self, *tills: MemoryTill, most: int = 60) -> None:
        """Let tills send and pull until they have nothing to say."""
        for till in tills or self.tills:
            exchange = self.exchange(till)
            self.step_until_pulled(till, exchange, most)

    def step_until_pulled(self, till: MemoryTill, exchange: Exchange, most: int) -> None:
        for _ in range(most):
            request = self.step(till)
            if request.path is Path.PULL and exchange.up_to_date:
                return
        raise AssertionError(f"{till.name} never comes to rest")

    def push(self, till: MemoryTill) -> None:
        """Send what waits, and pull nothing."""
        exchange = self.exchange(till)
        for _ in range(20):
            request = exchange.next()
            if request.path in (Path.PULL, Path.SNAPSHOT):
                return
            exchange.receive(request, self.answer(till, request))

    def authorise(self, till: MemoryTill, member: str, need: int) -> None:
        """Ask HQ to let the till spend *need* on this member."""
        request = self.authorise_request(till, member, need)
        self.exchange(till).receive(request, self.answer(till, request))

    def authorise_request(self, till: MemoryTill, member: str, need: int) -> Request:
        short = max(0, need - till.right(member))
        return self.exchange(till).authorise(member, till.grants[member, POINTS] + short)

    def member(self, till: MemoryTill, amount: int = 0, phone: str | None = None) -> str:
        """A member enrolled at *till*, with points HQ knows of and has lent to nobody else."""
        member = f"M{next(self.members):015d}"
        till.enrol(member, phone)
        if amount:
            till.earn(member, amount)
        self.sync(till)
        return member

    @contextmanager
    def crash_before_commit(self) -> Iterator[None]:
        """HQ dies when everything is written and nothing is committed yet."""
        flush = Shelf.flush

        def die(shelf: Shelf) -> None:
            flush(shelf)
            raise Crashed

        with patch.object(Shelf, "flush", die), suppress(Crashed):
            yield

    def hq_backup(self) -> str:
        """HQ's database as it is now."""
        if self.copies is not None:
            return self.copies.copy(self.hq.database)
        file = FilePath(str(self.where)).with_name(f"backup-{next(self.members)}.db")
        backup(self.hq.database, file)
        return str(file)

    def hq_restore(self, kept: str) -> None:
        """HQ's database put back."""
        if self.copies is not None:
            self.database = self.copies.put_back(self.hq.database, kept)
        else:
            self.hq.database.close()
            self.database = put_back(FilePath(kept), FilePath(str(self.where)))
        self.hq = self._headquarters()
        self.office = Office(self.hq)
        self.office.restored()

    def own_entries(self) -> list[Arrived]:
        """What HQ itself has written, in its order."""
        with self.hq.write() as shelf:
            rows = shelf.connection.execute(select(schema.entries).order_by(schema.entries.c.position)).all()
            entries = [stored_entry(row, shelf.life(row.life)) for row in rows]
        return [entry for entry in entries if entry.life.till_id == HQ_TILL_ID]

    def check(self) -> None:
        """The invariants of HQ; raises AssertionError that names the one that is broken."""
        broken = self.office.invariants()
        assert not broken, broken

    def verify(self) -> None:
        """Everything HQ keeps is derived again from its entries."""
        found = self.office.verify()
        assert not found.differences, found.differences

    def balance(self, member: str) -> int:
        return self.office.member(member).balance_millipoints

    def available(self, member: str) -> int:
        return self.office.member(member).available_millipoints

    def debt(self, member: str) -> int:
        return self.office.member(member).debt_millipoints


def _database_at(path: FilePath) -> Database:
    """HQ's database in a file; a new one begins as a copy of one that has its tables already."""
    if not path.exists():
        path.write_bytes(_empty_database())
    return open_database(path)


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        path = FilePath(folder) / "hq.db"
        open_database(path).close()
        return path.read_bytes()


class NewWorld(Protocol):
    """Makes a world, on whatever database the tests of the folder use."""

    def __call__(self, **wishes: Any) -> World:
        """A world with HQ and some paired tills."""


def own_hash(text: str) -> bytes:
    """Some 32 bytes."""
    return hashlib.sha256(text.encode()).digest()
