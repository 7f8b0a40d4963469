"""A receipt as data: everything that is on the paper, before anyone thinks of paper.

The till fills it from a committed entry; a print job stores it as JSON; a layout turns it into rows. No loyalty
arithmetic happens here: every figure is printed as it was handed in. Money is in minor units of the receipt's
currency, points in thousandths, quantities in thousandths, times in UTC milliseconds.
"""

from enum import StrEnum

import msgspec

HASH_PREFIX_LETTERS = 12


class Mark(StrEnum):
    """What a receipt says across its head so that nobody takes it for something else."""

    TRAINING = "training"
    COPY = "copy"
    REFUND = "refund"
    VOID = "void"


class CodeFormat(StrEnum):
    """How a code is drawn."""

    QR = "qr"
    CODE128 = "code128"
    EAN13 = "ean13"


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """A machine-readable code: its *text* is made by the till, only its drawing is ours."""

    text: str
    format: CodeFormat = CodeFormat.QR


class Shop(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who sells: printed at the head. *logo* asks for the shop's picture, which lives in the settings."""

    name: str
    address: tuple[str, ...] = ()
    till: str = ""
    cashier: str = ""
    logo: bool = False


class ReceiptLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: *amount_minor* is the line's total."""

    text: str
    amount_minor: int
    quantity_milli: int = 1000


class ReceiptReward(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reward that was given: what it took off (≥ 0) and what it cost in points (≥ 0)."""

    text: str
    amount_minor: int = 0
    points_millipoints: int = 0


class EarnedBy(msgspec.Struct, frozen=True):
    """Points and the rule that gave them, by its name."""

    text: str
    millipoints: int


class Points(msgspec.Struct, frozen=True, omit_defaults=True):
    """The member's points around this receipt; a refund takes back (earned < 0) and gives back (spent < 0)."""

    before_millipoints: int
    earned_millipoints: int
    spent_millipoints: int
    after_millipoints: int
    pending_millipoints: int = 0


class TierProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    """The member's tier and how far the next one is."""

    tier: str
    next_tier: str | None = None
    missing_millipoints: int = 0


class Expiry(msgspec.Struct, frozen=True):
    """The points that expire next, and the moment from which they are gone."""

    millipoints: int
    at_ms: int


class StampCard(msgspec.Struct, frozen=True):
    """A stamp card: *stamps* of *size* are on it."""

    text: str
    stamps: int
    size: int


class VoucherWon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A voucher won with this sale; each has a code of its own."""

    text: str
    code: Code
    expires_ms: int | None = None


class JournalPlace(msgspec.Struct, frozen=True):
    """Where the entry stands in the till's journal: the paper is a witness outside the machine."""

    seq: int
    hash_prefix: str


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One receipt. What is None or empty is not printed; *language* is the member's, *zone* the store's."""

    shop: Shop
    currency: str
    zone: str
    at_ms: int
    language: str = "en"
    entry_id: str = ""
    refunded_entry_id: str | None = None
    lines: tuple[ReceiptLine, ...] = ()
    total_minor: int | None = None
    rewards: tuple[ReceiptReward, ...] = ()
    to_pay_minor: int | None = None
    member_name: str | None = None
    points: Points | None = None
    earned: tuple[EarnedBy, ...] = ()
    tier: TierProgress | None = None
    expiry: Expiry | None = None
    stamps: tuple[StampCard, ...] = ()
    vouchers: tuple[VoucherWon, ...] = ()
    sale_code: Code | None = None
    card: Code | None = None
    journal: JournalPlace | None = None
    marks: tuple[Mark, ...] = ()


def encode(receipt: Receipt) -> bytes:
    """*receipt* as JSON, as print jobs keep it."""
    return msgspec.json.encode(receipt)


def decode(stored: bytes) -> Receipt:
    """The receipt that :func:`encode` wrote; msgspec.ValidationError (a ValueError) for anything else."""
    return msgspec.json.decode(stored, type=Receipt)


def marked(receipt: Receipt, mark: Mark) -> Receipt:
    """*receipt* with *mark* on it, once."""
    if mark in receipt.marks:
        return receipt
    return msgspec.structs.replace(receipt, marks=(*receipt.marks, mark))
