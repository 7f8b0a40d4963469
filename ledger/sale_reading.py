"""What the ledger's figures need of a sale's or a refund's body, read tolerantly: unknown bodies just count less."""

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


class ReadDiscount(msgspec.Struct, frozen=True):
    """What one reward took off, and what it cost."""

    reward: str = ""
    amount_minor: int = 0
    points_millipoints: int = 0


class ReadRule(msgspec.Struct, frozen=True):
    """What one rule gave."""

    rule: str = ""
    millipoints: int = 0


class _Quote(msgspec.Struct, frozen=True):
    total_minor: int = 0
    to_pay_minor: int = 0
    discounts: tuple[ReadDiscount, ...] = ()
    earned_by_rule: tuple[ReadRule, ...] = ()


class _Sale(msgspec.Struct, frozen=True):
    basket: _Basket = _Basket()
    quote: _Quote = _Quote()


class _Reversal(msgspec.Struct, frozen=True):
    sale: str | None = None
    whole: bool = False
    refunded_minor: int = 0
    lines: tuple[ReadLine, ...] = ()


class SaleReading(msgspec.Struct, frozen=True):
    """The figures of a sale, or of a refund that names its *sale*; a refund's amounts are positive."""

    is_sale: bool
    is_void: bool = False
    sale: str | None = None
    whole: bool = False
    total_minor: int = 0
    to_pay_minor: int = 0
    lines: tuple[ReadLine, ...] = ()
    discounts: tuple[ReadDiscount, ...] = ()
    rules: tuple[ReadRule, ...] = ()


_decode_sale = msgspec.json.Decoder(_Sale).decode
_decode_reversal = msgspec.json.Decoder(_Reversal).decode


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
