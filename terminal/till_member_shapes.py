"""What the till service is asked and what it answers about members."""

import msgspec

from terminal.till_sale_shapes import SaleBrief
from terminal.till_shapes import VoucherShown, Why


class CardShown(msgspec.Struct, frozen=True, kw_only=True):
    """A card: *code* is the text that is scanned (and drawn), *format* how it is printed."""

    code: str
    format: str
    kind: str = "own"
    status: str = "active"
    member_id: str | None = None


class MemberMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list of members; *how* they were found: card, number, phone, email or name."""

    member_id: str
    name: str | None
    phone: str | None
    cards: tuple[CardShown, ...] = ()
    number: str | None = None
    status: str = "active"
    how: str | None = None


class Matches(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found; *more*: there are further ones."""

    matches: tuple[MemberMatch, ...]
    more: bool = False


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A new member; all may be left out.

    *birthday* is YYYY-MM-DD or MM-DD; *consents* maps channels to the version of the text that was shown. *segments*
    are words with commas between, and only a manager may give them.
    """

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: str | None = None
    language: str | None = None
    segments: str | None = None
    card: str | None = None
    consents: dict[str, str] = {}
    even_if_duplicate: bool = False


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The new member's identity, number and cards; *duplicates* who looks like the same person."""

    member_id: str
    number: str | None
    cards: tuple[CardShown, ...]
    duplicates: tuple[MemberMatch, ...] = ()


class ProfileEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What to change; None empties a field, what is left out stays. Only a manager may change *segments*."""

    name: str | msgspec.UnsetType | None = msgspec.UNSET
    phone: str | msgspec.UnsetType | None = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    birthday: str | msgspec.UnsetType | None = msgspec.UNSET
    language: str | msgspec.UnsetType | None = msgspec.UNSET
    note: str | msgspec.UnsetType | None = msgspec.UNSET
    segments: str | msgspec.UnsetType | None = msgspec.UNSET


class ConsentText(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer is shown before they agree; *text* is English, marked for translation."""

    channel: str
    text: str
    version: str


class ConsentShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the member agreed to a channel, since when, and to which text."""

    channel: str
    given: bool
    at_ms: int
    text_version: str | None


class ProfileShown(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data; every field may be unknown."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: str | None = None
    language: str | None = None
    note: str | None = None
    segments: str | None = None
    consents: tuple[ConsentShown, ...] = ()


class LotShown(msgspec.Struct, frozen=True, kw_only=True):
    """Points that were earned together. *earned_ms* is None where only HQ knows; None elsewhere: at once, for ever."""

    amount_millipoints: int
    earned_ms: int | None
    available_ms: int | None
    expires_ms: int | None


class TierShown(msgspec.Struct, frozen=True, kw_only=True):
    """The tier and the way to the next. *progress_permille* 0 to 1000; *until_ms* when it could end, None: no end."""

    id: str
    name: str
    until_ms: int | None
    next: str | None
    next_name: str | None
    missing_millipoints: int
    progress_permille: int


class StampsShown(msgspec.Struct, frozen=True, kw_only=True):
    """A stamp card as it stands."""

    card: str
    name: str
    stamps: int
    size: int


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a member's history; *points_millipoints* is what it changed."""

    entry_id: str
    position: int
    at_ms: int
    kind: str
    points_millipoints: int
    cashier: str | None = None
    store: str | None = None
    amount_minor: int | None = None
    sale_id: str | None = None
    reason: str | None = None


class MemberShown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is shown about a member. *birthday_in_days* < 0: it was some days ago."""

    member_id: str
    number: str | None
    name: str | None
    status: str
    points_millipoints: int
    pending_millipoints: int
    spendable_millipoints: int
    debt_millipoints: int
    why_not: tuple[Why, ...]
    lots: tuple[LotShown, ...]
    next_expiry: LotShown | None
    tier: TierShown | None
    qualifying_millipoints: int
    stamps: tuple[StampsShown, ...]
    vouchers: tuple[VoucherShown, ...]
    cards: tuple[CardShown, ...]
    history: tuple[HistoryRow, ...]
    profile: ProfileShown
    enrolled_ms: int | None = None
    visits: int = 0
    birthday_in_days: int | None = None
    greeting: str | None = None


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """A member whose personal data are gone."""

    member_id: str
    at_ms: int


class MemberFound(msgspec.Struct, frozen=True, kw_only=True, tag="member", tag_field="found"):
    """Exactly one member; *via* says by what: card, number, phone, email, name, rotating."""

    member: MemberShown
    via: str


class SeveralFound(msgspec.Struct, frozen=True, kw_only=True, tag="several", tag_field="found"):
    """More than one member: the cashier picks."""

    matches: tuple[MemberMatch, ...]
    more: bool


class NobodyFound(msgspec.Struct, frozen=True, kw_only=True, tag="nobody", tag_field="found"):
    """No member: *enrol* is filled in with what was typed or scanned."""

    enrol: Enrolment


class SaleFound(msgspec.Struct, frozen=True, kw_only=True, tag="sale", tag_field="found"):
    """The code of a receipt."""

    sale: SaleBrief


class SaleElsewhere(msgspec.Struct, frozen=True, kw_only=True, tag="sale_elsewhere", tag_field="found"):
    """The code of a receipt of another till, which this till does not know yet."""

    sale_id: str


class VoucherFound(msgspec.Struct, frozen=True, kw_only=True, tag="voucher", tag_field="found"):
    """A voucher's code, and whose it is."""

    voucher: VoucherShown
    member: MemberShown | None


class ProductFound(msgspec.Struct, frozen=True, kw_only=True, tag="product", tag_field="found"):
    """An article's number."""

    sku: str


class AmountTyped(msgspec.Struct, frozen=True, kw_only=True, tag="amount", tag_field="found"):
    """An amount of money."""

    amount_minor: int


class NotACard(msgspec.Struct, frozen=True, kw_only=True, tag="not_a_card", tag_field="found"):
    """A code that means nothing here; *reason* says why."""

    reason: str


Found = (
    MemberFound
    | SeveralFound
    | NobodyFound
    | SaleFound
    | SaleElsewhere
    | VoucherFound
    | ProductFound
    | AmountTyped
    | NotACard
)
