"""HQ put back from a backup: a new timeline, and patience until every till has said what it knows."""

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from config.seams import RandomSource
from hq import kept, schema
from hq.kept import Keeper
from hq.lives import knows
from hq.people import ERASED, erase
from hq.records import OPEN, Life, Raised
from hq.tills import PAIRED, REVOKED, Till, all_tills, change_till
from loyalty.entries import POINTS, genesis_hash
from loyalty.ids import HQ_TILL_ID
from sync.signing import fingerprint
from sync.wire import Hello

if TYPE_CHECKING:
    from hq.shelf import Shelf

BLOCKS_JUMPED: Final = 1000
HQ_RESTORED = "hq_restored"
GRANTS_ADOPTED = "grants_adopted"
TILL_RECOVERED = "till_recovered"
POSTINGS_LOST = "hq_postings_lost"


def new_timeline(now_ms: int, before: int, random: RandomSource) -> int:
    """A number above every timeline there was, and different from what another restore would choose."""
    return max(before + 1, (now_ms << 10) + int.from_bytes(random.token(2), "big") % 1024)


def begin_timeline(shelf: "Shelf", timeline: int, hq_key: bytes) -> None:
    """Open a life of HQ's own journal; its number is the timeline."""
    lives, heads = schema.lives, schema.heads
    query = select(lives).where(lives.c.till_id == HQ_TILL_ID).order_by(lives.c.life.desc()).limit(1)
    last = shelf.connection.execute(query).first()
    parent = None
    if last is not None:
        head = shelf.connection.execute(select(heads).where(heads.c.life == last.life)).first()
        parent = (last.epoch, head.seq, head.hash) if head else (last.epoch, 0, last.genesis)
    number = shelf.next_number("life")
    life = Life(number, HQ_TILL_ID, timeline, number)
    if parent is not None:
        life.parent_epoch, life.parent_seq, life.parent_hash = parent
    life.genesis = genesis_hash(HQ_TILL_ID, timeline, fingerprint(hq_key), parent)
    shelf.add_life(life)
    shelf.database.upsert_many(shelf.connection, schema.facts, [("timeline", str(timeline).encode())])


def begin(shelf: "Shelf", timeline: int, hq_key: bytes, keeper: Keeper) -> None:
    """After a restore: new timeline, numbers jump ahead, erasures and revocations are replayed, tills are awaited."""
    begin_timeline(shelf, timeline, hq_key)
    tills = schema.tills
    shelf.connection.execute(update(tills).values(greeted=0))
    waiting = update(tills).where(tills.c.status == PAIRED).values(recovering=1)
    shelf.connection.execute(waiting)
    shelf.next_number("block", BLOCKS_JUMPED)
    if shelf.rules.erasure_outlives_backups:
        replay_kept(shelf, keeper)
    awaited = _awaited(shelf)
    shelf.recovering = awaited > 0
    shelf.journal.write(HQ_RESTORED, body={"timeline": timeline, "awaited": awaited})


def replay_kept(shelf: "Shelf", keeper: Keeper) -> None:
    """Do again what is kept outside the backup: forget whom we must forget, trust no revoked till."""
    distrusted = dict.fromkeys(each.till_id for each in all_tills(shelf.connection) if each.status == REVOKED)
    for kind, key in keeper.read():
        if kind == kept.ERASED:
            member = shelf.known(key)
            if member is not None and member.status != ERASED:
                erase(shelf, key)
        elif kind == kept.REVOKED:
            distrusted[key] = None
        elif kind == kept.TRUSTED_AGAIN:
            distrusted.pop(key, None)
            change_till(shelf.connection, key, status=PAIRED, recovering=1)
    for till_id in distrusted:
        change_till(shelf.connection, till_id, status=REVOKED, recovering=0)


def adopt_grants(shelf: "Shelf", life: Life, ask: Hello) -> None:
    """Believe a till, while HQ recovers, on what it has been granted; the larger total holds."""
    if life.state != OPEN or not shelf.rules.recovery_adopts_grants:
        return
    told = []
    for member_id, amount in ask.granted or ():
        if len(member_id) > 64 or not 0 <= amount < 10**15 or "\x00" in member_id:
            continue
        account = shelf.account(member_id, life.account, POINTS)
        if amount > account.granted:
            shelf.booking.grant(account, amount)
            told.append([member_id, POINTS, amount])
    if told:
        shelf.journal.write(GRANTS_ADOPTED, body={"till_id": life.till_id, "epoch": life.epoch, "to": told})


def till_has_told_all(shelf: "Shelf", till: Till, life: Life, ask: Hello) -> None:
    """A till whose whole journal HQ has is awaited no longer; after the last one debts are repaid again."""
    if life.state != OPEN or not all(_known(shelf, till, each.epoch, each.last_seq, each.head) for each in ask.lives):
        return
    if not _known(shelf, till, ask.epoch, ask.last_seq, ask.head):
        return
    wait_no_more(shelf, till)


def wait_no_more(shelf: "Shelf", till: Till) -> None:
    """Nothing more is expected of a till; after the last one HQ lends, expires and repays again."""
    change_till(shelf.connection, till.till_id, recovering=0)
    shelf.recovering = _awaited(shelf) > 0
    shelf.journal.write(TILL_RECOVERED, body={"till_id": till.till_id, "all": not shelf.recovering})
    if not shelf.recovering:
        finish(shelf)


def finish(shelf: "Shelf") -> None:
    """All have told: repay debts from what is free, and show which points HQ's restore has lost."""
    members = schema.members
    odd = select(members.c.root).where((members.c.debt > 0) | (members.c.free < 0)).distinct()
    for root in sorted({*shelf.connection.scalars(odd).all(), *shelf.touched_roots()}):
        shelf.booking.settle(root, shelf.now_ms)
        lost = shelf.booking.name_lost(root)
        if lost > 0:
            shelf.tell(Raised(POSTINGS_LOST, member_id=root, params={"millipoints": lost}))


def _awaited(shelf: "Shelf") -> int:
    """How many tills have not yet told all they know."""
    tills = schema.tills
    return shelf.connection.scalar(select(func.count()).where(tills.c.recovering == 1)) or 0


def _known(shelf: "Shelf", till: Till, epoch: int, seq: int, head: bytes) -> bool:
    life = shelf.life_of(till.till_id, epoch)
    return life is not None and knows(shelf.connection, life, seq, head)
