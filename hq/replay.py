"""HQ's books derived again from its entries alone, in memory, with the same booking as the ingest."""

from collections import defaultdict
from collections.abc import Callable

import msgspec

from hq.booking import DEBT_BOOKED, DEBT_CANCELLED, DEBT_REPAID, Booking
from hq.cases import SUSPENSE_ACCEPTED
from hq.elsewhere import REFUND_SETTLED
from hq.headers import posting_of
from hq.lending import ALLOWANCE_GRANTED
from hq.lives import LIFE_SEALED
from hq.pairing import TILL_PAIRED
from hq.people import MEMBERS_MERGED
from hq.records import SEALED, Account, Arrived, Life, Member, Pool, Posting, Raised
from hq.recovery import GRANTS_ADOPTED, HQ_RESTORED, TILL_RECOVERED
from loyalty.entries import Leg, PostingRef
from loyalty.ids import HQ_TILL_ID
from sync.rules import ALL_RULES, Rules

LIFE_WRITTEN_OFF = "life_written_off"
_DERIVED = frozenset({DEBT_BOOKED, DEBT_REPAID, DEBT_CANCELLED})


class ReplayBooks:
    """Implements :class:`hq.books.Books` without a database."""

    def __init__(self, lives: dict[int, Life], rules: Rules = ALL_RULES) -> None:
        self.rules = rules
        self.recovering = False
        self.members: dict[str, Member] = {}
        self.accounts: dict[tuple[str, int, str], Account] = {}
        self.pools: dict[tuple[str, str], Pool] = {}
        self.postings: dict[tuple[int, int], Posting] = {}
        self.emitted: list[tuple[str, tuple[Leg, ...]]] = []
        self._families: dict[str, list[Member]] = {}
        self._lives = lives
        self._numbers = {(life.till_id, life.epoch): life for life in lives.values()}
        self._debts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._places: defaultdict[tuple[int, int], list[Posting]] = defaultdict(list)
        self._of_entry: defaultdict[int, list[Posting]] = defaultdict(list)
        self._waits: defaultdict[tuple[str, int], list[tuple[PostingRef, Posting]]] = defaultdict(list)

    def member(self, member_id: str, at_ms: int = 0) -> Member:
        if member_id not in self.members:
            self.members[member_id] = Member(member_id, member_id, at_ms)
            self._families[member_id] = [self.members[member_id]]
        return self.members[member_id]

    def family(self, member_id: str) -> list[Member]:
        return self._families[self.member(member_id).root]

    def join(self, survivor: str, merged: str) -> None:
        """Make all ids of *merged* ids of *survivor*."""
        for each in self._families.pop(merged):
            each.root = survivor
            self._families[survivor].append(each)
        self._families[survivor].sort(key=lambda each: (each.member_id != survivor, each.member_id))

    def account(self, member_id: str, life: int, what: str) -> Account:
        return self.accounts.setdefault((member_id, life, what), Account(member_id, what, life))

    def accounts_of(self, life: int) -> list[Account]:
        found = [account for key, account in self.accounts.items() if key[1] == life]
        return sorted(found, key=lambda each: (each.member_id, each.what))

    def pool(self, member_id: str, what: str) -> Pool:
        return self.pools.setdefault((member_id, what), Pool(member_id, what))

    def debts(self, member_id: str) -> dict[str, int]:
        return self._debts[member_id]

    def find(self, ref: PostingRef, member_id: str) -> Posting | None:
        life = self._numbers.get((ref.till_id, ref.epoch))
        if life is None:
            return None
        found = [each for each in self._places[life.life, ref.seq] if each.leg == ref.leg]
        family = {each.member_id for each in self.family(member_id)}
        found.sort(key=lambda each: (each.member_id not in family, each.position))
        return found[0] if found else None

    def life(self, number: int) -> Life:
        return self._lives[number]

    def life_of(self, till_id: str, epoch: int) -> Life:
        """The life that a till calls *epoch*."""
        return self._numbers[till_id, epoch]

    def add(self, posting: Posting) -> None:
        self.postings[posting.position, posting.leg] = posting
        self._places[posting.life, posting.seq].append(posting)
        self._of_entry[posting.position].append(posting)

    def postings_of(self, position: int) -> list[Posting]:
        """All postings of one entry."""
        return self._of_entry[position]

    def wait(self, ref: PostingRef, posting: Posting) -> None:
        self._waits[ref.till_id, ref.epoch].append((ref, posting))

    def waiting_for(self, life: Life, first_seq: int, last_seq: int) -> list[tuple[PostingRef, Posting]]:
        waiting = self._waits.get((life.till_id, life.epoch), ())
        return sorted((each for each in waiting if first_seq <= each[0].seq <= last_seq), key=lambda each: each[0].seq)

    def settled(self, ref: PostingRef, posting: Posting) -> None:
        self._waits[ref.till_id, ref.epoch].remove((ref, posting))

    def own_entry(self, kind: str, legs: tuple[Leg, ...], member_id: str, at_ms: int) -> None:  # noqa: ARG002
        self.emitted.append((kind, legs))

    def tell(self, raised: Raised) -> None:
        """Operators were told when it happened."""

    def use(self, member_id: str, unit: str, change: int) -> None:
        """Uses of limits are sums of the entries; nothing else depends on them here."""

    def touch(self, member_id: str) -> None:
        """No row is read from here."""


class Replay:
    """Books entries one by one, in the order in which HQ took them; :attr:`wrong` says where HQ's own don't fit."""

    def __init__(self, lives: dict[int, Life], rules: Rules = ALL_RULES) -> None:
        self.books = ReplayBooks(lives, rules)
        self.wrong: list[str] = []
        self._booking = Booking(self.books)
        self._own: dict[str, Callable[[Arrived, dict[str, object]], None]] = {
            ALLOWANCE_GRANTED: self._granted,
            GRANTS_ADOPTED: self._granted,
            LIFE_SEALED: self._sealed,
            LIFE_WRITTEN_OFF: self._written_off,
            MEMBERS_MERGED: self._merged,
            SUSPENSE_ACCEPTED: self._accepted,
            HQ_RESTORED: self._restored,
            TILL_RECOVERED: self._recovered,
            TILL_PAIRED: self._paired,
        }
        self._suspended: dict[int, Arrived] = {}

    def take(self, entry: Arrived) -> None:
        """One entry, with its place in the order."""
        if entry.life.till_id != HQ_TILL_ID:
            if entry.suspended:
                self._suspended[entry.position] = entry
            self._booking.book(entry)
            return
        if entry.kind == REFUND_SETTLED:
            self._booking.book(entry)
            return
        for place, leg in enumerate(entry.header.legs):
            self.books.add(posting_of(entry, place, leg))
        if entry.kind in _DERIVED:
            expected = self.books.emitted.pop(0) if self.books.emitted else None
            if expected != (entry.kind, entry.header.legs):
                self.wrong.append(f"{entry.kind} at position {entry.position} does not follow from the entries before")
            return
        act = self._own.get(entry.kind)
        if act is not None:
            act(entry, msgspec.json.decode(entry.body))
        elif entry.header.legs:
            self._booking.post(entry.header)
            for member_id in dict.fromkeys(leg.member for leg in entry.header.legs):
                self._booking.settle(member_id, entry.at_ms)

    def _granted(self, entry: Arrived, body: dict[str, object]) -> None:  # noqa: ARG002
        told = msgspec.convert(body, _Granted)
        life = self.books.life_of(told.till_id, told.epoch)
        for member_id, what, to in told.to:
            self._booking.grant(self.books.account(member_id, life.account, what), to)

    def _sealed(self, entry: Arrived, body: dict[str, object]) -> None:  # noqa: ARG002
        told = msgspec.convert(body, _LifeName)
        self.books.life_of(told.till_id, told.epoch).state = SEALED

    def _written_off(self, entry: Arrived, body: dict[str, object]) -> None:
        told = msgspec.convert(body, _LifeName)
        self._booking.close_life(self.books.life_of(told.till_id, told.epoch), entry.at_ms)

    def _merged(self, entry: Arrived, body: dict[str, object]) -> None:
        told = msgspec.convert(body, _Merged)
        self.books.join(told.survivor, told.merged)
        self._booking.settle(told.survivor, entry.at_ms)

    def _accepted(self, entry: Arrived, body: dict[str, object]) -> None:  # noqa: ARG002
        position = msgspec.convert(body, _Position).position
        self._booking.accept(self._suspended.pop(position), self.books.postings_of(position))

    def _paired(self, entry: Arrived, body: dict[str, object]) -> None:  # noqa: ARG002
        told = msgspec.convert(body, _Paired)
        for epoch in told.epochs[:-1]:
            self.books.life_of(told.till_id, epoch).closed = 1

    def _restored(self, entry: Arrived, body: dict[str, object]) -> None:  # noqa: ARG002
        self.books.recovering = msgspec.convert(body, _Awaited).awaited > 0

    def _recovered(self, entry: Arrived, body: dict[str, object]) -> None:
        if not msgspec.convert(body, _Recovered).all:
            return
        self.books.recovering = False
        for root in sorted({each.root for each in self.books.members.values()}):
            self._booking.settle(root, entry.at_ms)
            self._booking.name_lost(root)


class _Granted(msgspec.Struct):
    till_id: str
    epoch: int
    to: list[tuple[str, str, int]]


class _LifeName(msgspec.Struct):
    till_id: str
    epoch: int


class _Merged(msgspec.Struct):
    survivor: str
    merged: str


class _Position(msgspec.Struct):
    position: int


class _Paired(msgspec.Struct):
    till_id: str
    epochs: list[int]


class _Awaited(msgspec.Struct):
    awaited: int


class _Recovered(msgspec.Struct):
    all: bool
