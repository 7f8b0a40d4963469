"""HQ without a network: every message of a till as a method, each one transaction.

The HTTP application, the command line and the simulation all call this; clock and randomness are handed in. What
operators do is in :mod:`hq.office`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from config.errors import N_, Refused
from config.seams import Clock, RandomSource
from hq import lending, lives, pairing, people, recovery, schema
from hq.database import Database
from hq.ingest import read_batch, take_batch
from hq.kept import Keeper, KeptInMemory
from hq.nonces import use_nonce
from hq.pages import Reader
from hq.records import OPEN, Life
from hq.rows import from_life
from hq.secrets import load_keys, make_keys, read_facts
from hq.shelf import Shelf
from hq.terms import Programmes, Terms
from hq.tills import REVOKED, Till, change_till, find_till, require_till
from loyalty.ids import EntryId
from sync.rules import ALL_RULES, Rules
from sync.signing import head_is_signed, signature_wrong
from sync.wire import (
    MAX_ROWS,
    Authorise,
    Authorised,
    Hello,
    Helloed,
    LifePlace,
    Page,
    Pair,
    Paired,
    Pull,
    Push,
    Pushed,
    PushRefused,
    Snapshot,
    SnapshotAsk,
)

NUMBERS_LOW = 200
# The code of the voucher that an entry of HQ makes, by the key of its cards.
VoucherCode = Callable[[bytes, EntryId], str]
CHALLENGE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Policy:
    """What HQ lets tills do while it can't be asked: points a member may owe, and all members of one till together."""

    floor_millipoints: int = 0
    floor_total_millipoints: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """How far HQ has got: its timeline, the last change number, and the tills that hold what others want."""

    timeline: int
    last: int
    wanted_from: frozenset[str]

    def concern(self, till_id: str, ask: Pull) -> bool:
        """Whether a pull would bring the till anything."""
        return self.timeline != ask.timeline or self.last > ask.cursor or till_id in self.wanted_from


class Headquarters:
    """The core of HQ over one database."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        random: RandomSource,
        keeper: Keeper | None = None,
        policy: Policy = Policy(),
        rules: Rules = ALL_RULES,
        page_rows: int = MAX_ROWS,
        voucher_code: VoucherCode | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.random = random
        self.keeper = keeper or KeptInMemory()
        self.policy = policy
        self.rules = rules
        self.programmes = Programmes()
        self._voucher_code = voucher_code
        self._page_rows = page_rows
        with self.write() as shelf:
            keys = load_keys(shelf.connection)
            if keys is None:
                keys = make_keys(database, shelf.connection, random)
                first = recovery.new_timeline(shelf.now_ms, 0, random)
                recovery.begin_timeline(shelf, first, keys.public)
            self.keys = keys

    @contextmanager
    def write(self, nonce: str = "") -> Iterator[Shelf]:
        """One transaction of HQ: everything that is changed on the shelf is saved together or not at all.

        *nonce*: what the request was signed with; it is used up by what the request changes.
        """
        with self.database.write() as connection:
            now_ms = self.clock.now_ms()
            if nonce:
                use_nonce(connection, nonce, now_ms)
            shelf = Shelf(self.database, connection, self.rules, now_ms, self.programmes, self._code_of_voucher)
            try:
                yield shelf
                shelf.flush()
                to_keep = shelf.to_keep
            finally:
                shelf.let_go()
            for kind, key in to_keep:
                self.keeper.add(kind, key)

    def _code_of_voucher(self, entry_id: EntryId) -> str | None:
        return None if self._voucher_code is None else self._voucher_code(self.keys.card_key, entry_id)

    @property
    def timeline(self) -> int:
        """The timeline as of now; another process may have begun a new one."""
        with self.database.read() as connection:
            return int(read_facts(connection, ("timeline",))["timeline"])

    # -- what tills send

    def pair(self, ask: Pair, nonce: str = "") -> Paired:
        """Take a till in by its one-time code."""
        with self.write(nonce) as shelf:
            return pairing.pair(shelf, ask, self.keys, _timeline(shelf))

    def hello(self, till_id: str, ask: Hello, nonce: str = "") -> Helloed:
        """Say how the till's life stands, and what it has to do about it."""
        with self.write(nonce) as shelf:
            till = self._trusted(shelf, till_id)
            timeline = _timeline(shelf)
            same = ask.timeline == timeline
            seen: dict[str, object] = {"last_seen_ms": shelf.now_ms, "skew_ms": shelf.now_ms - ask.clock_ms}
            seen["erasures_done"] = max(till.erasures_done, ask.erasures_done) if same else till.erasures_done
            if same:
                seen["greeted"] = timeline
            change_till(shelf.connection, till_id, **seen)
            verdict = lives.judge(shelf, till, ask, self.random.token(CHALLENGE_BYTES))
            life = verdict.life
            if life is not None and till.recovering:
                recovery.adopt_grants(shelf, life, ask)
                if same:
                    recovery.till_has_told_all(shelf, till, life, ask)
            return self._helloed(shelf, till, ask, verdict, timeline)

    def push(self, till_id: str, ask: Push, nonce: str = "") -> Pushed | PushRefused:
        """Book a batch of entries; it is committed when this returns."""
        batch = read_batch(till_id, ask)
        last = batch.parsed[-1].seq
        with self.write(nonce) as shelf:
            till = self._known(shelf, till_id)
            if not head_is_signed(_key(till), ask.signature, till_id, ask.epoch, last, ask.head):
                raise signature_wrong()
            answer = take_batch(shelf, till, _timeline(shelf), ask, batch)
            if isinstance(answer, Pushed) and till.status != REVOKED:
                people.take_profiles(shelf, ask.profiles, till.skew_ms)
            return answer

    def pull(self, till_id: str, ask: Pull, nonce: str = "") -> Page:
        """Lend what is free, then read what has changed."""
        with self.write(nonce) as shelf:
            till = self._trusted(shelf, till_id)
            life = self._life(shelf, till, ask.epoch)
            if ask.timeline == _timeline(shelf) == till.greeted:
                lending.lend(shelf, till, life)
            wanted = lending.wanted_of(shelf, till, life)
            # A till moves its cursor in the transaction that applies the page: what lies before it is done there.
            done = ask.cursor if ask.timeline == _timeline(shelf) else 0
            change_till(
                shelf.connection, till_id, last_seen_ms=shelf.now_ms, erasures_done=max(till.erasures_done, done)
            )
        with self.database.read() as connection:
            page = self._reader(connection, till).page(ask, life, most=self._page_rows)
        return msgspec.structs.replace(page, wanted=wanted, sealed=life.state != OPEN)

    def news(self) -> News:
        """How far HQ has got; one look serves every till that waits."""
        with self.database.read() as connection:
            numbers = schema.counters
            last = connection.scalar(select(numbers.c.value).where(numbers.c.name == "hq_seq")) or 0
            holders = lending.wanted_from(connection, self.clock.now_ms())
            return News(int(read_facts(connection, ("timeline",))["timeline"]), last, holders)

    def authorise(self, till_id: str, ask: Authorise, nonce: str = "") -> Authorised:
        """Raise what is granted, as far as there is; the member's row comes with the answer."""
        with self.write(nonce) as shelf:
            till = self._trusted(shelf, till_id)
            life = self._life(shelf, till, ask.epoch)
            timeline = _timeline(shelf)
            granted = 0
            if ask.timeline == timeline == till.greeted:
                granted = lending.raise_to(shelf, till, life, ask.member, ask.raise_to, ask.unsynced_debits)
                lending.raise_units_to(shelf, till, life, ask.member, ask.units)
        with self.database.read() as connection:
            reader = self._reader(connection, till)
            return Authorised(timeline, granted, reader.read_at, reader.includes(), reader.row(ask.member, life))

    def snapshot(self, till_id: str, ask: SnapshotAsk, nonce: str = "") -> Snapshot:
        """A piece of all members, for a till that begins."""
        if nonce:
            with self.database.write() as connection:
                use_nonce(connection, nonce, self.clock.now_ms())
        with self.database.read() as connection:
            till = require_till(connection, till_id)
            _refuse_revoked(till)
            life = _read_life(connection, till, ask.epoch)
            return self._reader(connection, till).snapshot(ask, life, most=self._page_rows)

    def key_of(self, till_id: str) -> Ed25519PublicKey | None:
        """The key that signs this till's requests, if HQ knows the till."""
        with self.database.read() as connection:
            till = find_till(connection, till_id)
        return _key(till) if till else None

    # -- inner

    def _helloed(self, shelf: Shelf, till: Till, ask: Hello, verdict: lives.Verdict, timeline: int) -> Helloed:
        life = verdict.life
        heads = [
            head for each in lives.lives_of(shelf, till.till_id) for head in lives.heads_of(shelf.connection, each)
        ]
        # The till's own places as far as they are here: its branch may end before one that HQ has of the same life.
        heads += [place for place in _places_of(ask) if self._has(shelf, till, place)]
        current = [head for head in heads if head.epoch == ask.epoch]
        acked = current[-1] if current else LifePlace(ask.epoch, 0, b"")
        sealed = life is not None and life.state != OPEN
        block = None
        if life is not None and not sealed and not verdict.pair_again:
            low = ask.numbers_left is not None and ask.numbers_left < NUMBERS_LOW
            new = self.rules.new_life_new_numbers and not pairing.has_block(shelf, till.till_id, life.epoch)
            block = pairing.give_block(shelf, till.till_id, life.epoch) if low or new else None
        return Helloed(
            timeline=timeline,
            clock_ms=shelf.now_ms,
            acked=acked.seq,
            hash_at_acked=acked.hash,
            heads=tuple(heads),
            sealed=sealed,
            next_epoch=verdict.next_epoch,
            pair_again=verdict.pair_again,
            challenge=verdict.challenge,
            block=block,
            floor_millipoints=self.policy.floor_millipoints,
            floor_total_millipoints=self.policy.floor_total_millipoints,
            recovering=shelf.recovering,
        )

    def _has(self, shelf: Shelf, till: Till, place: LifePlace) -> bool:
        life = shelf.life_of(till.till_id, place.epoch)
        return life is not None and lives.knows(shelf.connection, life, place.seq, place.hash)

    def _reader(self, connection: Connection, till: Till) -> Reader:
        timeline = int(read_facts(connection, ("timeline",))["timeline"])
        return Reader(connection, till, timeline, self.rules, Terms(connection, self.programmes, self.clock.now_ms()))

    def _known(self, shelf: Shelf, till_id: str) -> Till:
        return require_till(shelf.connection, till_id)

    def _trusted(self, shelf: Shelf, till_id: str) -> Till:
        till = self._known(shelf, till_id)
        _refuse_revoked(till)
        return till

    def _life(self, shelf: Shelf, till: Till, epoch: int) -> Life:
        life = shelf.life_of(till.till_id, epoch)
        if life is None:
            raise _say_hello()
        return life


def _read_life(connection: Connection, till: Till, epoch: int) -> Life:
    table = schema.lives
    row = connection.execute(
        select(table, schema.tills.c.store_id)
        .join(schema.tills, schema.tills.c.till_id == table.c.till_id)
        .where(table.c.till_id == till.till_id, table.c.epoch == epoch)
    ).first()
    if row is None:
        raise _say_hello()
    return from_life(row)


def _places_of(ask: Hello) -> list[LifePlace]:
    """Where each of the till's lives stands."""
    told = [LifePlace(each.epoch, each.last_seq, each.head) for each in ask.lives]
    return [*told, LifePlace(ask.epoch, ask.last_seq, ask.head)]


def _timeline(shelf: Shelf) -> int:
    return int(read_facts(shelf.connection, ("timeline",))["timeline"])


def _key(till: Till) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(till.public_key)


def _refuse_revoked(till: Till) -> None:
    if till.status == REVOKED:
        raise Refused(
            "till_revoked", N_("HQ no longer trusts this till. What it has saved can still be sent; ask HQ to pair it.")
        )


def _say_hello() -> Refused:
    return Refused("say_hello", N_("HQ does not know this life of the till yet. Nothing was changed; say hello first."))
