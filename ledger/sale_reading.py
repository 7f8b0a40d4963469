"""What the ledger's figures need of an entry's body, read tolerantly: a body of a newer form just counts less."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import msgspec

from loyalty.entries import Entry, Kind

SALES = frozenset({Kind.SALE_COMPLETED, Kind.SALE_IMPORTED})
REVERSALS = frozenset({Kind.SALE_REFUNDED, Kind.SALE_VOIDED})


class ReadLine(msgspec.Struct, frozen=True):
    """One line: its total before rewards, and its quantity in thousandths."""

    category: str = ""
    amount_minor: int = 0
    quantity_milli: int = 1000
    sku: str | None = None


class _Basket(msgspec.Struct, frozen=True):
    lines: tuple[ReadLine, ...] = ()
    payment_method: str | None = None


class ReadDiscount(msgspec.Struct, frozen=True):
    """What one reward took off, and what it cost."""

    reward: str = ""
    amount_minor: int = 0
    points_millipoints: int = 0


class ReadRule(msgspec.Struct, frozen=True, array_like=True):
    """What one rule gave."""

    rule: str = ""
    millipoints: int = 0


class _Quote(msgspec.Struct, frozen=True):
    total_minor: int = 0
    to_pay_minor: int = 0
    discounts: tuple[ReadDiscount, ...] = ()
    earned_by_rule: tuple[ReadRule, ...] = ()
    tier_after: str | None = None


class _Sale(msgspec.Struct, frozen=True):
    basket: _Basket = _Basket()
    quote: _Quote = _Quote()


class _Reversal(msgspec.Struct, frozen=True):
    sale: str | None = None
    whole: bool = False
    refunded_minor: int = 0
    lines: tuple[ReadLine, ...] = ()


class _Activity(msgspec.Struct, frozen=True):
    activity: str = ""
    millipoints: int = 0


class _Flag(msgspec.Struct, frozen=True):
    flag: str = ""


class ReadSubject(NamedTuple):
    """What reports count by name: *subject* is ``activity`` or ``flag``."""

    subject: str
    name: str
    millipoints: int


class SaleReading(msgspec.Struct, frozen=True):
    """The figures of a sale, or of a refund that names its *sale*; a refund's amounts are positive.

    *payment_method* is a sale's; a refund is paid back in the way its sale was paid.
    """

    is_sale: bool
    is_void: bool = False
    sale: str | None = None
    whole: bool = False
    total_minor: int = 0
    to_pay_minor: int = 0
    lines: tuple[ReadLine, ...] = ()
    discounts: tuple[ReadDiscount, ...] = ()
    rules: tuple[ReadRule, ...] = ()
    tier_after: str | None = None
    payment_method: str | None = None


T = TypeVar("T")
_decode_activity = msgspec.json.Decoder(_Activity).decode
_decode_flag = msgspec.json.Decoder(_Flag).decode
_decode_sale = msgspec.json.Decoder(_Sale).decode
_decode_reversal = msgspec.json.Decoder(_Reversal).decode


def read_subject(entry: Entry) -> ReadSubject | None:
    """The activity that *entry* records, or the flag that it raises."""
    if entry.kind == Kind.ACTIVITY_RECORDED:
        activity = _read(_decode_activity, entry.body, _Activity())
        return ReadSubject("activity", activity.activity, activity.millipoints)
    if entry.kind == Kind.FLAG_RAISED:
        return ReadSubject("flag", _read(_decode_flag, entry.body, _Flag()).flag, 0)
    return None


def read_sale(entry: Entry) -> SaleReading | None:
    """The figures of *entry*; None when it is neither a sale nor a refund."""
    if entry.kind in SALES or entry.kind in REVERSALS:
        return read_sale_body(entry.kind, entry.body)
    return None


def read_sale_body(kind: str, body: bytes | str) -> SaleReading:
    """The figures of a sale's or a refund's *body*."""
    try:
        return _read_sale(body) if kind in SALES else _read_reversal(kind, body)
    except msgspec.ValidationError:
        # A body of a newer form: its header is booked, its figures are not known here.
        return SaleReading(is_sale=kind in SALES, is_void=kind == Kind.SALE_VOIDED)


def _read_sale(content: bytes | str) -> SaleReading:
    body = _decode_sale(content)
    return SaleReading(
        is_sale=True,
        total_minor=body.quote.total_minor,
        to_pay_minor=body.quote.to_pay_minor,
        lines=body.basket.lines,
        discounts=body.quote.discounts,
        rules=body.quote.earned_by_rule,
        tier_after=body.quote.tier_after,
        payment_method=body.basket.payment_method,
    )


def _read_reversal(kind: str, content: bytes | str) -> SaleReading:
    body = _decode_reversal(content)
    return SaleReading(
        is_sale=False,
        is_void=kind == Kind.SALE_VOIDED,
        sale=body.sale,
        whole=body.sale is not None and (body.whole or kind == Kind.SALE_VOIDED),
        to_pay_minor=body.refunded_minor,
        lines=body.lines,
    )


def _read(decode: Callable[[bytes | str], T], body: bytes | str, unknown: T) -> T:
    try:
        return decode(body)
    except msgspec.ValidationError:
        return unknown
