"""Each sale's quote made again from its own body; and, apart from it, what the till took for true.

A difference is an exception with both results; it changes nothing that was booked.
"""

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from hq import schema
from hq.lots import posted_legs
from hq.records import Raised
from hq.rows import Fetched
from loyalty.booking import differences, rerun
from loyalty.entries import QUALIFYING, Contra, canonical_json
from loyalty.ids import EntryId
from loyalty.programme.load import Programme
from loyalty.sale_bodies import SaleCompleted
from loyalty.tiers import ManualTier, standing

if TYPE_CHECKING:
    from hq.shelf import Shelf

QUOTE_DIFFERS: Final = "quote_differs"
FACTS_DIFFER: Final = "facts_differ"
BODY_NOT_CANONICAL: Final = "body_not_canonical"
PROGRAMME_UNKNOWN: Final = "programme_unknown"
PROGRAMME_TOO_EARLY: Final = "programme_before_its_start"
CLOCK_AHEAD: Final = "sale_in_the_future"
MAX_AHEAD_MS: Final = 24 * 60 * 60_000
_LETTERS: Final = 200


def run_again(shelf: "Shelf", row: Fetched, sale: SaleCompleted, body: bytes) -> None:
    """Make one sale's quote again, with the programme, tier, visits and clock that it names."""
    if canonical_json(msgspec.json.decode(body)) != body:
        tell(shelf, row, BODY_NOT_CANONICAL)
    true_ms = row.at_ms - sale.clock_skew_ms
    if true_ms > row.received_ms + MAX_AHEAD_MS:
        tell(shelf, row, CLOCK_AHEAD)
    programme = shelf.terms.programmes.get(shelf.connection, sale.programme)
    if programme is None:
        tell(shelf, row, PROGRAMME_UNKNOWN, version=sale.programme[:64])
        return
    found = differences(programme, sale, row.at_ms)
    for each in found:
        both = {"till": str(each.kept)[:_LETTERS], "hq": str(each.again)[:_LETTERS]}
        tell(shelf, row, QUOTE_DIFFERS, figure=each.figure, **both)
    if not found:
        _check_facts(shelf, row, programme, sale)
    versions = schema.programmes
    start_ms = shelf.connection.scalar(select(versions.c.start_ms).where(versions.c.version == sale.programme))
    if start_ms is not None and true_ms < start_ms:
        tell(shelf, row, PROGRAMME_TOO_EARLY, version=sale.programme[:64])


def tell(shelf: "Shelf", row: Fetched, reason: str, **params: str | int) -> None:
    """Show an operator what is odd about an entry."""
    entry_id = str(EntryId(row.till_id, row.epoch, row.seq))
    shelf.tell(Raised(reason, row.position, entry_id, row.member_id, dict(params)))


def _check_facts(shelf: "Shelf", row: Fetched, programme: Programme, sale: SaleCompleted) -> None:
    """Whether the sale would have come out otherwise with the tier and the visits that HQ knows of.

    A till that had not heard of everything is no cheat: what it gave stands, and is shown.
    """
    account = sale.account
    if account is None or shelf.known(account.member_id) is None:
        return
    facts = {"tier": _tier(shelf, row, programme, sale), "visits": account.visits or _has_bought(shelf, row)}
    known = msgspec.structs.replace(account, **facts)
    if known == account:
        return
    again = rerun(programme, msgspec.structs.replace(sale, account=known), row.at_ms)
    quote = sale.quote
    for figure in ("to_pay_minor", "points_earned_millipoints"):
        was, would_be = getattr(quote, figure), getattr(again, figure)
        if was != would_be:
            tell(shelf, row, FACTS_DIFFER, figure=figure, till=was, hq=would_be)


def _tier(shelf: "Shelf", row: Fetched, programme: Programme, sale: SaleCompleted) -> str | None:
    """The member's tier just before the sale, by the points that qualify of which HQ knows now."""
    assert sale.account is not None
    family = shelf.family(sale.account.member_id)
    legs = posted_legs(shelf.connection, [each.member_id for each in family], QUALIFYING)
    place = (row.till_id, row.epoch, row.seq)
    mine = [leg for of in legs.values() for leg in of if (leg.ref.till_id, leg.ref.epoch, leg.ref.seq) != place]
    root = family[0]
    manual = None
    if root.tier is not None and root.tier_at_ms <= row.at_ms:
        manual = ManualTier(root.tier, 1 << 62 if root.tier_until_ms is None else root.tier_until_ms)
    return standing(mine, programme.tiers, row.at_ms, sale.store, manual).tier


def _has_bought(shelf: "Shelf", row: Fetched) -> int:
    """1 when the member has earned with a sale before this one, else 0."""
    table = schema.postings
    ids = [each.member_id for each in shelf.family(row.member_id)]
    query = select(table.c.position).where(
        table.c.member_id.in_(ids),
        table.c.against == Contra.ISSUED,
        table.c.at_ms < row.at_ms,
        table.c.position != row.position,
        table.c.undoes.is_(None),
        table.c.booked > table.c.undone,
    )
    return int(shelf.connection.execute(query.limit(1)).first() is not None)
