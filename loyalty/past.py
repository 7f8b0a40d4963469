"""What happened, event by event, as a what-if plays it again."""

from collections.abc import Sequence
from typing import NamedTuple

from loyalty.account import ACTIVE
from loyalty.activities import Proof
from loyalty.basket import Basket
from loyalty.days import StoreFacts
from loyalty.entries import Entry
from loyalty.quoted import Choice
from loyalty.refunds import RefundLine


class PastSale(NamedTuple):
    """A sale as it was. *comes_back*: a refund of it will follow, so it has to be remembered."""

    key: str
    at_ms: int
    store: StoreFacts
    basket: Basket
    member_id: str | None = None
    choices: Sequence[Choice] = ()
    segments: tuple[str, ...] = ()
    birthday_windows: tuple[int, ...] = ()
    status: str = ACTIVE
    comes_back: bool = False


class PastRefund(NamedTuple):
    """A refund of the sale *key*, as it was."""

    key: str
    at_ms: int
    lines: Sequence[RefundLine]


class PastActivity(NamedTuple):
    """An activity as it was recorded."""

    at_ms: int
    store: StoreFacts
    member_id: str
    activity: str
    proof: Proof
    segments: tuple[str, ...] = ()
    birthday_windows: tuple[int, ...] = ()


class PastEntry(NamedTuple):
    """An entry whose effects no rule decides: an enrolment, an adjustment, a tier given by hand, and all that was
    before the days that are played."""

    entry: Entry


Event = PastSale | PastRefund | PastActivity | PastEntry
