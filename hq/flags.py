"""Flags that only HQ can raise, for it sees all stores: a card used in two of them minutes apart, many sales a day."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from hq import schema
from hq.rerun import tell
from hq.rows import Fetched
from loyalty.days import StoreFacts, business_day, day_start_ms
from loyalty.entries import Contra
from loyalty.flags import MINUTE_MS, Flag, SaleSigns, sale_flags
from loyalty.programme.model import Flags

if TYPE_CHECKING:
    from hq.shelf import Shelf

_DAY_MS = 24 * 60 * MINUTE_MS


def raise_flags(shelf: "Shelf", row: Fetched, store: StoreFacts) -> None:
    """Look at the member's other sales around this one; the programme in force says what is odd."""
    programme = shelf.terms.programme
    if programme is None or row.member_id is None or shelf.known(row.member_id) is None:
        return
    flags = programme.model.flags
    if flags.two_stores_minutes is None and flags.sales_per_day is None:
        return
    for each in sale_flags(flags, _signs(shelf, row, store, flags)):
        # What one till can see it has flagged itself.
        if each.flag in (Flag.TWO_STORES, Flag.MANY_SALES):
            tell(shelf, row, each.flag.value, **each.params)


def _signs(shelf: "Shelf", row: Fetched, store: StoreFacts, flags: Flags) -> SaleSigns:
    begins_ms = day_start_ms(business_day(row.at_ms, store), store)
    around_ms = max(_DAY_MS, (flags.two_stores_minutes or 0) * MINUTE_MS)
    postings, lives, tills = schema.postings, schema.lives, schema.tills
    query = (
        select(postings.c.position, postings.c.at_ms, tills.c.till_id, tills.c.store_id)
        .join(lives, lives.c.life == postings.c.life)
        .join(tills, tills.c.till_id == lives.c.till_id)
        .where(
            postings.c.member_id.in_([each.member_id for each in shelf.family(row.member_id)]),
            postings.c.against == Contra.ISSUED,
            postings.c.undoes.is_(None),
            postings.c.at_ms.between(row.at_ms - around_ms, row.at_ms + around_ms),
        )
        .distinct()
    )
    sales = shelf.connection.execute(query).all()
    others = [each for each in sales if each.position != row.position]
    today = [each for each in others if begins_ms <= each.at_ms <= row.at_ms]
    here = shelf.connection.scalar(select(tills.c.store_id).where(tills.c.till_id == row.till_id))
    elsewhere = [(abs(each.at_ms - row.at_ms), each.store_id) for each in others if each.store_id != here]
    ago_ms, where = min(elsewhere, default=(None, None))
    # A single till counts its own sales; only together they may be too many.
    together = len({each.till_id for each in today} | {row.till_id}) > 1
    return SaleSigns(len(today) + 1 if together else 0, elsewhere=where, elsewhere_ms=ago_ms)
