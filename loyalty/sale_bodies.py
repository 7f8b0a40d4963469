"""The bodies of sales and refunds: all that is needed to make their arithmetic again."""

import msgspec

from loyalty.account import Account, Voucher
from loyalty.basket import Basket
from loyalty.days import StoreFacts
from loyalty.quoted import Choice, Discount, EarnedLot, RulePoints


class StampsEarned(msgspec.Struct, frozen=True, omit_defaults=True):
    """Stamps on one card: earned by *lines* (empty: by all), *vouchers* made of cards of *size* stamps."""

    card: str
    earned: int
    vouchers: int = 0
    size: int = 0
    lines: tuple[int, ...] = ()


class IssuedVoucher(msgspec.Struct, frozen=True, omit_defaults=True):
    """A voucher that was made; *source* is ``stamps/<card>``, ``reward/<id>`` or ``activity/<id>``."""

    code: str
    reward: str
    source: str = ""
    expires_ms: int | None = None


class SaleQuote(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the sale came to."""

    total_minor: int
    to_pay_minor: int
    discounts: tuple[Discount, ...] = ()
    points_earned_millipoints: int = 0
    points_spent_millipoints: int = 0
    earned: tuple[EarnedLot, ...] = ()
    earned_by_rule: tuple[RulePoints, ...] = ()
    qualifying_millipoints: int = 0
    stamps: tuple[StampsEarned, ...] = ()
    vouchers_won: tuple[IssuedVoucher, ...] = ()
    vouchers_spent: tuple[Voucher, ...] = ()
    tier_after: str | None = None


class ImportKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an imported sale comes from, and its identity there."""

    store: str
    till: str
    sale_id: str


class SaleCompleted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sale: what was bought, the account as the till saw it, the programme, the choices, and what it came to.

    *account* is None for a sale without a member. A lot of ``quote.earned`` leaves out *by_line* where the points
    spread over the lines in proportion to what is paid for each. *clock_skew_ms* is what the till's clock was found
    to be ahead at its last contact.
    """

    store: StoreFacts
    programme: str
    basket: Basket
    quote: SaleQuote
    account: Account | None = None
    choices: tuple[Choice, ...] = ()
    refund_policy: str = "may_go_negative"
    clock_skew_ms: int = 0
    imported: ImportKey | None = None


class RefundedLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came back of line *line* (from 0) of the sale: its share before rewards, and the money given back."""

    line: int
    category: str
    amount_minor: int
    refunded_minor: int
    quantity_milli: int = 1000
    sku: str | None = None


class SaleRefunded(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines of a sale came back; a void has the same body. *sale* is the identity of the sale's entry.

    *whole*: nothing of the sale is left after this. *taken_back* and *shortfall* are by earned lot: the points taken
    back, and those that the policy did not take. *given_back_millipoints* were spent in the sale. *stamps_filled* are
    those of vouchers that came back to a card with less than no stamps.
    """

    sale: str
    store: StoreFacts
    lines: tuple[RefundedLine, ...] = ()
    refunded_minor: int = 0
    whole: bool = False
    sale_store: str | None = None
    taken_back: tuple[int, ...] = ()
    shortfall: tuple[int, ...] = ()
    given_back_millipoints: int = 0
    qualifying_millipoints: int = 0
    stamps: dict[str, int] = {}
    stamps_filled: dict[str, int] = {}
    vouchers_returned: tuple[Voucher, ...] = ()
    vouchers_cancelled: tuple[str, ...] = ()
    reason: str = ""
    manager: str | None = None


def decode_sale(body: bytes | msgspec.Raw) -> SaleCompleted:
    """The body of a sale."""
    return _SALE.decode(body)


def decode_refund(body: bytes | msgspec.Raw) -> SaleRefunded:
    """The body of a refund or a void."""
    return _REFUND.decode(body)


_SALE = msgspec.json.Decoder(SaleCompleted)
_REFUND = msgspec.json.Decoder(SaleRefunded)
