"""A member's lots at HQ, from its stored postings."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, select

from hq import schema
from hq.database import among
from hq.records import BOOKED
from hq.rows import parse_ref
from loyalty.entries import POINTS, PostingRef
from loyalty.ids import HQ_TILL_ID, EntryId
from loyalty.lots import Lots, PostedLeg, Renewal, replay

_POSTINGS, _LIVES = schema.postings.c, schema.lives.c
_NAMED = (_POSTINGS.member_id, _LIVES.till_id, _LIVES.epoch, _POSTINGS.seq, _POSTINGS.leg, _POSTINGS.undoes)
_SAID = (_POSTINGS.at_ms, _POSTINGS.booked, _POSTINGS.against, _POSTINGS.available_ms, _POSTINGS.expires_ms)


def posted_legs(connection: Connection, member_ids: Sequence[str], currency: str) -> dict[str, list[PostedLeg]]:
    """What is booked in *currency* for each of the given ids."""
    table, lives = schema.postings, schema.lives
    found: defaultdict[str, list[PostedLeg]] = defaultdict(list)
    query = (
        select(*_NAMED, *_SAID)
        .join(lives, lives.c.life == table.c.life)
        .where(
            among(connection, table.c.member_id, member_ids),
            table.c.currency == currency,
            table.c.state == BOOKED,
            table.c.booked != 0,
        )
    )
    for member_id, till_id, epoch, seq, place, undoes, *said in connection.execute(query):
        at_ms, booked, against, available_ms, expires_ms = said
        ref = PostingRef(till_id, epoch, seq, place)
        leg = PostedLeg(ref, at_ms, booked, against, available_ms, expires_ms, parse_ref(undoes))
        found[member_id].append(leg)
    return found


def newest_entry(connection: Connection, member_ids: Sequence[str]) -> str:
    """The last entry of a till that moved anything of a member, as people name it; nothing when there is none."""
    table, lives = schema.postings, schema.lives
    query = (
        select(lives.c.till_id, lives.c.epoch, table.c.seq)
        .join(lives, lives.c.life == table.c.life)
        .where(table.c.member_id.in_(member_ids), lives.c.till_id != HQ_TILL_ID)
        .order_by(table.c.position.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return "" if row is None else str(EntryId(*row))


def lots_of(connection: Connection, member_ids: Sequence[str], renewal: Renewal | None = None) -> Lots:
    """The lots of one member, over all its ids."""
    legs = posted_legs(connection, member_ids, POINTS)
    return replay([leg for of in legs.values() for leg in of], renewal)
