"""Stamp cards that are full only when the stamps of several tills are put together: HQ makes their vouchers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from hq.lending import forget_want, want_back
from hq.records import Member, Pool
from loyalty.acts import full_card_draft
from loyalty.booking import STAMPS
from loyalty.entries import Contra, Leg, UnitMove
from loyalty.programme.model import StampCard

if TYPE_CHECKING:
    from hq.shelf import Shelf

MOST_AT_ONCE: Final = 20


def fill_cards(shelf: "Shelf", member_id: str) -> None:
    """Make the vouchers that a member's stamps are worth; ask tills for stamps that make a full card only together."""
    programme = shelf.terms.programme
    if programme is None or shelf.known(member_id) is None:
        return
    family = shelf.family(member_id)
    for card in programme.model.stamp_cards:
        _fill(shelf, family, card)


def _fill(shelf: "Shelf", family: Sequence[Member], card: StampCard) -> None:
    what = f"{STAMPS}/{card.id}"
    pools = [shelf.pool(each.member_id, what) for each in family]
    for _ in range(MOST_AT_ONCE):
        if sum(max(0, pool.available) for pool in pools) < card.size:
            break
        code = shelf.voucher_code(shelf.journal.next_id())
        if code is None:
            return
        _make_voucher(shelf, family[0], card, pools, code)
    held = [right for each in family for right in shelf.rights_to(each.member_id, what)]
    spread = len(held) + (sum(max(0, pool.available) for pool in pools) > 0)
    if spread > 1 and sum(pool.balance for pool in pools) >= card.size:
        want_back(shelf, family[0].member_id, what)
    else:
        forget_want(shelf, family[0].member_id, what)


def _make_voucher(shelf: "Shelf", root: Member, card: StampCard, pools: Sequence[Pool], code: str) -> None:
    draft = full_card_draft(root.member_id, card, code, at_ms=shelf.now_ms, store=shelf.terms.store_of(root))
    legs, units = [], []
    missing = card.size
    for pool in pools:
        part = min(missing, max(0, pool.available))
        missing -= part
        if part:
            legs.append(Leg(pool.member_id, pool.what, -part, Contra.REDEEMED))
            units.append(UnitMove(STAMPS, card.id, pool.member_id, change=-part))
    # The draft takes all stamps from one id; a merged member has them on several.
    header = draft.header
    header = msgspec.structs.replace(header, legs=(*legs, *header.legs[1:]), units=(*units, *header.units[1:]))
    shelf.booking.post(header)
    shelf.journal.write(draft.kind, body=draft.body, header=header, member_id=root.member_id)
