"""Lives (epochs) of tills: hello, challenges, sealing, claims, and the recovery of a restored HQ."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, insert, select

from hq import schema
from hq.records import COPIED, OPEN, PAIRED_AGAIN, SEALED, Life, Raised
from hq.tills import Till, change_till
from loyalty.entries import genesis_hash
from loyalty.ids import EPOCH_MAX
from sync.signing import fingerprint
from sync.wire import Hello, LifeHead, LifePlace

if TYPE_CHECKING:
    from hq.shelf import Shelf

CHALLENGE_MS = 10 * 60_000
LIFE_SEALED = "life_sealed"
LIFE_FORKED = "life_forked"
LIFE_COPIED = "life_copied"


class Verdict:
    """What HQ answers about a life: at most one of the three is set."""

    def __init__(self, life: Life | None) -> None:
        self.life = life
        self.pair_again = False
        self.challenge = b""
        self.next_epoch: int | None = None


def judge(shelf: "Shelf", till: Till, ask: Hello, challenge: bytes) -> Verdict:
    """Register the lives that *ask* names, and say how the current one stands. *challenge*: fresh random bytes."""
    confirmed = _challenge_answered(shelf, till, ask)
    verdict = _register_all(shelf, till, ask, confirmed=confirmed)
    life = verdict.life
    if verdict.pair_again or life is None:
        if not verdict.pair_again:
            verdict.challenge = _ask_again(shelf, till, ask, challenge)
        return verdict
    if life.state == OPEN and _is_behind(shelf.connection, life, ask):
        if confirmed or not shelf.rules.seal_needs_challenge:
            seal(shelf, till, life, "rolled_back")
        else:
            verdict.challenge = _ask_again(shelf, till, ask, challenge)
            return verdict
    if life.state == COPIED:
        verdict.pair_again = True
    elif life.state != OPEN:
        _claim(shelf, till, life, ask, verdict)
    return verdict


def seal(shelf: "Shelf", till: Till, life: Life, reason: str) -> None:
    """End a life: nothing more is granted to it; what it still pushes is booked. Frees nothing."""
    if life.state != OPEN:
        return
    life.state = SEALED
    shelf.journal.write(LIFE_SEALED, body={"till_id": life.till_id, "epoch": life.epoch, "reason": reason})
    if till.open_epoch == life.epoch:
        change_till(shelf.connection, till.till_id, open_epoch=None)
    shelf.tell(Raised(LIFE_FORKED if reason == "fork" else LIFE_SEALED, params={"till": till.till_id, "why": reason}))
    if not shelf.rules.sealing_frees_nothing:
        shelf.booking.close_life(life, shelf.now_ms)


def register(
    shelf: "Shelf", till: Till, epoch: int, *, parent: LifePlace | None, parent_epoch: int | None, key_print: bytes
) -> Life:
    """Note a life of *till*; its genesis is known once its *parent*'s last hash is."""
    life = Life(
        life=shelf.next_number("life"),
        till_id=till.till_id,
        epoch=epoch,
        account=0,
        parent_epoch=parent_epoch,
        store_id=till.store_id,
    )
    life.account = life.life
    if parent is not None or parent_epoch is None:
        set_parent(life, parent, key_print)
    change_till(shelf.connection, till.till_id, open_epoch=epoch)
    return shelf.add_life(life)


def set_parent(life: Life, parent: LifePlace | None, key_print: bytes) -> None:
    """Say where a life came from, which fixes the hash before its first entry."""
    before = (parent.epoch, parent.seq, parent.hash) if parent else None
    life.parent_seq, life.parent_hash = (parent.seq, parent.hash) if parent else (None, None)
    life.genesis = genesis_hash(life.till_id, life.epoch, key_print, before)


def knows(connection: Connection, life: Life, seq: int, digest: bytes) -> bool:
    """Whether HQ has exactly that entry of the life (seq 0: its genesis)."""
    if seq == 0:
        return digest == life.genesis
    table = schema.entries
    place = (table.c.life == life.life, table.c.seq == seq, table.c.hash == digest)
    return connection.execute(select(table.c.position).where(*place)).first() is not None


def heads_of(connection: Connection, life: Life) -> list[LifePlace]:
    """The last entry of each branch of a life, the longest branch first; its genesis when it has none."""
    table = schema.heads
    rows = connection.execute(select(table).where(table.c.life == life.life).order_by(table.c.seq.desc(), table.c.hash))
    found = [LifePlace(life.epoch, row.seq, row.hash) for row in rows]
    return found or ([LifePlace(life.epoch, 0, life.genesis)] if life.genesis is not None else [])


def lives_of(shelf: "Shelf", till_id: str) -> list[Life]:
    """All lives of a till, the oldest first."""
    table = schema.lives
    numbers = shelf.connection.scalars(
        select(table.c.life).where(table.c.till_id == till_id).order_by(table.c.life)
    ).all()
    return [shelf.life(number) for number in numbers]


def children_of(shelf: "Shelf", life: Life) -> list[int]:
    """The epochs that went on from *life*."""
    table = schema.lives
    query = select(table.c.epoch).where(table.c.till_id == life.till_id, table.c.parent_epoch == life.epoch)
    stored = set(shelf.connection.scalars(query).all())
    return sorted(stored | set(shelf.new_children(life)))


def _register_all(shelf: "Shelf", till: Till, ask: Hello, *, confirmed: bool) -> Verdict:
    verdict = Verdict(None)
    known = [*ask.lives] if any(each.epoch == ask.epoch for each in ask.lives) else [*ask.lives, _head_of(ask)]
    for each in known:
        life = shelf.life_of(till.till_id, each.epoch)
        if life is not None and not _came_from(life, till, each):
            verdict.pair_again = True
            return verdict
        if life is None:
            life = _go_on(shelf, till, each, verdict, confirmed=confirmed)
            if life is None:
                return verdict
        if each.epoch == ask.epoch:
            verdict.life = life
    return verdict


def _go_on(shelf: "Shelf", till: Till, each: LifeHead, verdict: Verdict, *, confirmed: bool) -> Life | None:
    """Register a life that went on from a known one, if that one is over and has no other child."""
    if not _is_epoch(each.epoch):
        verdict.pair_again = True
        return None
    before = shelf.life_of(till.till_id, each.parent.epoch) if each.parent else None
    if before is None:
        # A life out of nowhere: this till, or this HQ, has lost what came before it.
        if not confirmed:
            return None
        for life in lives_of(shelf, till.till_id):
            seal(shelf, till, life, "replaced")
    else:
        if shelf.rules.one_child_per_life and any(epoch != each.epoch for epoch in children_of(shelf, before)):
            shelf.tell(Raised(LIFE_COPIED, params={"till": till.till_id}))
            copy = _registered(shelf, till, each)
            copy.state = COPIED
            change_till(shelf.connection, till.till_id, open_epoch=till.open_epoch)
            return copy
        if before.state == OPEN:
            if shelf.rules.seal_needs_challenge and not confirmed:
                return None
            seal(shelf, till, before, "restored")
    return _registered(shelf, till, each)


def _registered(shelf: "Shelf", till: Till, each: LifeHead) -> Life:
    parent_epoch = each.parent.epoch if each.parent else None
    key_print = _print_of(till, each)
    return register(shelf, till, each.epoch, parent=each.parent, parent_epoch=parent_epoch, key_print=key_print)


def _claim(shelf: "Shelf", till: Till, life: Life, ask: Hello, verdict: Verdict) -> None:
    """The life is over: the first claim gets the next one; asked again, the same answer."""
    children = children_of(shelf, life)
    if ask.claim is None:
        return
    if ask.claim in children:
        verdict.next_epoch = ask.claim
    elif (children and life.state != PAIRED_AGAIN and shelf.rules.one_child_per_life) or not _is_epoch(ask.claim):
        verdict.pair_again = True
    else:
        life.state = SEALED
        register(shelf, till, ask.claim, parent=None, parent_epoch=life.epoch, key_print=b"")
        verdict.next_epoch = ask.claim


def _is_behind(connection: Connection, life: Life, ask: Hello) -> bool:
    """Whether HQ has entries after the till's own last one: the till was rolled back, or this message is old."""
    if not knows(connection, life, ask.last_seq, ask.head):
        return False
    table = schema.entries
    following = select(func.count()).where(table.c.life == life.life, table.c.seq == ask.last_seq + 1)
    return bool(connection.scalar(following))


def _challenge_answered(shelf: "Shelf", till: Till, ask: Hello) -> bool:
    """Whether *ask* answers a challenge of HQ with the head it was put to; each is good once."""
    if not ask.challenge:
        return False
    table = schema.challenges
    row = shelf.connection.execute(select(table).where(table.c.challenge == ask.challenge)).first()
    shelf.connection.execute(delete(table).where(table.c.challenge == ask.challenge))
    return (
        row is not None
        and (row.till_id, row.epoch, row.head) == (till.till_id, ask.epoch, ask.head)
        and row.expires_ms > shelf.now_ms
    )


def _ask_again(shelf: "Shelf", till: Till, ask: Hello, challenge: bytes) -> bytes:
    table = schema.challenges
    shelf.connection.execute(delete(table).where(table.c.expires_ms <= shelf.now_ms))
    shelf.connection.execute(
        insert(table).values(
            challenge=challenge,
            till_id=till.till_id,
            epoch=ask.epoch,
            head=ask.head,
            expires_ms=shelf.now_ms + CHALLENGE_MS,
        )
    )
    return challenge


def _came_from(life: Life, till: Till, each: LifeHead) -> bool:
    """Whether *life* has the parent that *each* says; the first to open a claimed life says it."""
    parent = each.parent
    if life.parent_epoch != (parent.epoch if parent else None):
        return False
    if life.genesis is None:
        set_parent(life, parent, _print_of(till, each))
        return True
    return parent is None or (life.parent_seq, life.parent_hash) == (parent.seq, parent.hash)


def _is_epoch(number: int) -> bool:
    return 0 < number <= EPOCH_MAX


def _head_of(ask: Hello) -> LifeHead:
    return LifeHead(ask.epoch, ask.last_seq, ask.head, ask.parent, ask.fingerprint)


def _print_of(till: Till, each: LifeHead) -> bytes:
    return each.fingerprint or fingerprint(till.public_key)
