"""The till's side of the exchange as a state machine: what to send next, and what an answer changes.

It does no I/O. Whoever drives it sends :meth:`Exchange.next` and hands the answer to :meth:`Exchange.receive`, in any
order, late, twice or never: only answers to requests of this very exchange count, and each is judged again by what the
till knows when it arrives.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from config.seams import Clock, RandomSource
from loyalty.ids import make_epoch
from sync.rules import ALL_RULES, Rules
from sync.store import Standing, TillStore
from sync.wire import (
    Authorise,
    Authorised,
    Hello,
    Helloed,
    LifePlace,
    Page,
    Pull,
    Push,
    Pushed,
    PushRefused,
    Snapshot,
    SnapshotAsk,
    pack_entries,
)

HELLO_EVERY_MS: Final = 60 * 60_000
MAX_REFUSALS: Final = 5
TILL_REVOKED: Final = "till_revoked"


class Path(StrEnum):
    """Where a message goes, below HQ's address."""

    HELLO = "v1/hello"
    PUSH = "v1/push"
    PULL = "v1/pull"
    AUTHORISE = "v1/authorise"
    SNAPSHOT = "v1/snapshot"


class Request(msgspec.Struct, frozen=True):
    """One message to HQ; *number* tells it from every other of this exchange."""

    number: int
    path: Path
    message: Hello | Push | Pull | Authorise | SnapshotAsk


Answer = Helloed | Pushed | PushRefused | Page | Authorised | Snapshot


class Exchange:
    """One till's conversation with HQ, from one start of the program to the next."""

    def __init__(self, store: TillStore, *, clock: Clock, random: RandomSource, rules: Rules = ALL_RULES) -> None:
        self._store = store
        self._clock = clock
        self._random = random
        self._rules = rules
        self._number = 0
        self._asked: dict[int, Request] = {}
        self._hello_at_ms: int | None = None
        self._challenge = b""
        self._confirmed: dict[int, int] = {}
        self._refusals = 0
        self._pulled_all = False
        # HQ recovers, and we have sent something since: it wants to hear where we stand now.
        self._awaited = self._sent_since = False
        # HQ no longer trusts this till: it only sends what it has.
        self._revoked = False

    @property
    def up_to_date(self) -> bool:
        """Whether everything was sent and pulled, as far as this till knows."""
        return self._hello_at_ms is not None and self._pulled_all and self._next_push(self._store.standing()) is None

    def next(self, wait_s: int = 0) -> Request:
        """The next message: what does not wait for a pull, then a pull, which HQ may answer after *wait_s* seconds."""
        urgent = self.urgent()
        if urgent is not None:
            return urgent
        standing = self._store.standing()
        wait = wait_s if self._pulled_all else 0
        return self._request(Path.PULL, Pull(standing.timeline, standing.cursor, standing.current.epoch, wait))

    def urgent(self) -> Request | None:
        """Hello when HQ must know where we are, then what waits to be sent, then the first copy; None: only a pull."""
        standing = self._store.standing()
        if self._revoked and (push := self._next_push(standing)) is not None:
            return self._request(Path.PUSH, push)
        if self._needs_hello(standing):
            return self._request(Path.HELLO, self._hello(standing))
        push = self._next_push(standing)
        if push is not None:
            return self._request(Path.PUSH, push)
        if standing.snapshot_after is not None:
            after, as_of = standing.snapshot_after, standing.snapshot_as_of
            return self._request(Path.SNAPSHOT, SnapshotAsk(standing.timeline, standing.current.epoch, after, as_of))
        return None

    def authorise(self, member: str, raise_to: int, units: Iterable[tuple[str, int]] = ()) -> Request:
        """A request to raise what is granted on one account to a total; it may overtake every other message."""
        standing = self._store.standing()
        ask = Authorise(standing.timeline, standing.current.epoch, member, raise_to, units=tuple(units))
        return self._request(Path.AUTHORISE, ask)

    def receive(self, request: Request, answer: Answer) -> None:
        """Take in the answer to *request*; one that came already, or to another exchange, changes nothing."""
        if self._asked.pop(request.number, None) is not request:
            return
        standing = self._store.standing()
        message = request.message
        match answer:
            case Helloed() if isinstance(message, Hello):
                self._helloed(standing, message, answer)
            case Pushed() if isinstance(message, Push):
                self._pushed(standing, message, answer)
            case PushRefused() if isinstance(message, Push):
                self._push_refused(standing, message, answer)
            case Page() if isinstance(message, Pull):
                self._page(standing, message, answer)
            case Snapshot() if isinstance(message, SnapshotAsk):
                self._snapshot(standing, message, answer)
            case Authorised() if isinstance(message, Authorise):
                self._authorised(standing, message, answer)

    def say_hello(self) -> None:
        """Begin the conversation anew: HQ asked for it, or the network came back."""
        self._hello_at_ms = None

    def refused(self, reason: str) -> bool:
        """HQ refused a message for *reason*; whether there is something else to try at once."""
        if reason == "say_hello":
            self.say_hello()
            return True
        if reason != TILL_REVOKED:
            return False
        first, self._revoked = not self._revoked, True
        if first:
            self._store.revoked()
        return self._next_push(self._store.standing()) is not None

    # -- what to send

    def _needs_hello(self, standing: Standing) -> bool:
        if self._hello_at_ms is None or (standing.must_hello and not standing.stopped):
            return True
        if self._awaited and self._sent_since and self._next_push(standing) is None:
            return True
        return not 0 <= self._clock.monotonic_ms() - self._hello_at_ms < HELLO_EVERY_MS

    def _hello(self, standing: Standing) -> Hello:
        life = standing.current
        return Hello(
            epoch=life.epoch,
            last_seq=life.last_seq,
            head=life.head,
            timeline=standing.timeline,
            clock_ms=self._clock.now_ms(),
            parent=life.parent,
            fingerprint=life.fingerprint,
            restored=standing.restored,
            claim=standing.claim,
            challenge=self._challenge,
            granted=self._store.granted(),
            erasures_done=standing.erasures_done,
            numbers_left=standing.numbers_left,
            lives=standing.lives,
        )

    def _next_push(self, standing: Standing) -> Push | None:
        if self._refusals > MAX_REFUSALS:
            # HQ takes none of it, whatever is said: the hello of the next hour tries again.
            return None
        acked = self._store.acked()
        for life in standing.lives:
            after = self._confirmed.get(life.epoch, acked.get(life.epoch, 0))
            batch = self._store.outgoing(life.epoch, after) if after < life.last_seq else None
            if batch is not None:
                return Push(
                    timeline=standing.timeline,
                    epoch=life.epoch,
                    first_seq=batch.first_seq,
                    prev_hash=batch.prev_hash,
                    entries=pack_entries(list(batch.texts)),
                    head=batch.head,
                    signature=batch.signature,
                    profiles=batch.profiles,
                )
        return None

    def _request(self, path: Path, message: Hello | Push | Pull | Authorise | SnapshotAsk) -> Request:
        self._number += 1
        request = Request(self._number, path, message)
        self._asked[request.number] = request
        while len(self._asked) > 1000:
            self._asked.pop(next(iter(self._asked)))
        return request

    # -- what answers change

    def _helloed(self, standing: Standing, asked: Hello, answer: Helloed) -> None:
        life = standing.current
        if asked.epoch != life.epoch or asked.claim != standing.claim or answer.timeline < standing.timeline:
            return
        self._challenge = b""
        self._refusals = 0 if self._refusals > MAX_REFUSALS else self._refusals
        self._awaited, self._sent_since = answer.recovering, False
        if answer.timeline > standing.timeline:
            # HQ was restored. It hears what we were granted in the hello that follows.
            self._store.new_timeline(answer.timeline)
            self._hello_at_ms, self._pulled_all = None, False
            return
        self._position(standing, answer.heads)
        if answer.pair_again:
            if not standing.stopped:
                self._store.stop()
            self._hello_at_ms = self._clock.monotonic_ms()
        elif answer.challenge:
            # Only a till that still stands where it stood may confirm it: an old message of ours must not seal us.
            if (asked.last_seq, asked.head) == (life.last_seq, life.head):
                self._challenge = answer.challenge
        elif answer.sealed:
            self._next_life(standing, answer)
        else:
            self._revoked = False
            self._store.took_hello(answer)
            if answer.block is not None:
                self._store.give_block(answer.block)
            self._hello_at_ms = self._clock.monotonic_ms()

    def _next_life(self, standing: Standing, answer: Helloed) -> None:
        if standing.stopped:
            self._hello_at_ms = self._clock.monotonic_ms()
        elif standing.claim is None:
            self._store.claim(make_epoch(self._random.token(8)))
        elif answer.next_epoch == standing.claim:
            self._store.next_life(standing.claim)
            self._pulled_all = False

    def _position(self, standing: Standing, heads: Iterable[LifePlace]) -> None:
        """Send each life from where HQ says it has it, as far as that is our own branch; else from its start."""
        reached: dict[int, int] = {}
        ours_are = {life.epoch for life in standing.lives}
        for place in (each for each in heads if each.epoch in ours_are):
            ours = self._store.hash_at(place.epoch, place.seq) == place.hash
            reached[place.epoch] = max(reached.get(place.epoch, 0), place.seq if ours else 0)
        for epoch, seq in reached.items():
            self._confirmed[epoch] = seq
            self._store.acknowledge(epoch, seq)

    def _pushed(self, standing: Standing, asked: Push, answer: Pushed) -> None:
        if asked.timeline != standing.timeline:
            return
        self._refusals, self._sent_since = 0, True
        if answer.acked > self._confirmed.get(asked.epoch, 0):
            self._confirmed[asked.epoch] = answer.acked
            self._store.acknowledge(asked.epoch, answer.acked)
        if answer.sealed and asked.epoch == standing.current.epoch and not standing.stopped:
            self._hello_at_ms = None

    def _push_refused(self, standing: Standing, asked: Push, answer: PushRefused) -> None:
        self._refusals += 1
        if answer.reason == "gap" and self._refusals < MAX_REFUSALS:
            self._position(standing, answer.heads or (LifePlace(asked.epoch, 0, b""),))
        elif self._refusals <= MAX_REFUSALS:
            self._hello_at_ms = None

    def _page(self, standing: Standing, asked: Pull, page: Page) -> None:
        places = self._places(standing, page.includes)
        fresh = page.timeline == standing.timeline and page.start == standing.cursor and asked.epoch == _epoch(standing)
        if page.timeline != standing.timeline or (page.sealed and not standing.stopped):
            self._hello_at_ms = None
        if (not fresh and self._rules.pages_in_order) or places is None:
            return
        self._store.apply_page(page, places)
        self._pulled_all = not page.more
        if page.wanted and not standing.stopped:
            self._store.give_back(page.wanted)

    def _snapshot(self, standing: Standing, asked: SnapshotAsk, piece: Snapshot) -> None:
        places = self._places(standing, piece.includes)
        if piece.timeline != standing.timeline:
            self._hello_at_ms = None
        elif places is not None and asked.after == standing.snapshot_after and asked.epoch == _epoch(standing):
            self._store.apply_snapshot(piece, places)

    def _authorised(self, standing: Standing, asked: Authorise, answer: Authorised) -> None:
        if answer.timeline != standing.timeline or asked.epoch != _epoch(standing):
            return
        places = self._places(standing, answer.includes)
        if places is not None:
            self._store.apply_authorised(asked.member, answer, places)

    def _places(self, standing: Standing, includes: Iterable[LifePlace]) -> dict[int, int] | None:
        """Up to which of our entries an answer counts; None when it speaks of another branch than ours."""
        found: dict[int, int] = {}
        told = set()
        for place in includes:
            told.add(place.epoch)
            if self._store.hash_at(place.epoch, place.seq) == place.hash:
                found[place.epoch] = max(found.get(place.epoch, 0), place.seq)
        mine = {life.epoch for life in standing.lives if life.last_seq}
        return None if (told & mine) - set(found) else found


def _epoch(standing: Standing) -> int:
    return standing.current.epoch
