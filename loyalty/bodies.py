"""What each kind of entry says beside its header. Bodies leave out defaults, and no personal data is in any.

Those of sales and refunds are in :mod:`loyalty.sale_bodies`; HQ's own kinds have theirs in ``hq``.
"""

from typing import Any

import msgspec

from loyalty.days import StoreFacts
from loyalty.entries import Kind, PostingRef
from loyalty.sale_bodies import (
    ImportKey,
    IssuedVoucher,
    RefundedLine,
    SaleCompleted,
    SaleQuote,
    SaleRefunded,
    StampsEarned,
    decode_refund,
    decode_sale,
)

# One place to import bodies from.
__all__ = [
    "BODIES",
    "ActivityRecorded",
    "AllowanceReturned",
    "Body",
    "CardBlocked",
    "CardLinked",
    "CardReplaced",
    "ExpiryReversed",
    "FlagCleared",
    "FlagRaised",
    "ImportKey",
    "IssuedVoucher",
    "KeyRotated",
    "LifeClosed",
    "LifeOpened",
    "MemberBlocked",
    "MemberEnrolled",
    "MemberErased",
    "MemberUnblocked",
    "MembersMerged",
    "OverrideGranted",
    "Paired",
    "PointsAdjusted",
    "PointsExpired",
    "PointsImported",
    "ProfileChanged",
    "ProgrammeActivated",
    "RefundedLine",
    "SaleCompleted",
    "SaleQuote",
    "SaleRefunded",
    "ShiftClosed",
    "ShiftOpened",
    "StaffAdded",
    "StaffChanged",
    "StaffRemoved",
    "StampsEarned",
    "TierChanged",
    "TillSetUp",
    "VoucherIssued",
    "VoucherVoided",
    "decode_body",
    "decode_refund",
    "decode_sale",
]


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all bodies."""


# The till, its people and its shifts.


class TillSetUp(Body, frozen=True):
    """A till was set up; *key_fingerprint* is that of its first key, in hex."""

    store_id: str
    currency: str
    zone: str
    closing_minute: int = 0
    key_fingerprint: str = ""


class Paired(Body, frozen=True):
    """HQ has certified the till's key; *certificate* is what it sent, in base 64."""

    certificate: str
    store_id: str
    till_number: int | None = None


class KeyRotated(Body, frozen=True):
    """The till has a new key; *signature* is the old one's over the new public key, both in hex."""

    public_key: str
    signature: str


class LifeOpened(Body, frozen=True):
    """A new epoch began, after the entry (*parent_epoch*, *parent_seq*, *parent_hash* in hex) of an earlier one."""

    reason: str
    parent_epoch: int | None = None
    parent_seq: int | None = None
    parent_hash: str | None = None
    erasures_replayed: int = 0


class LifeClosed(Body, frozen=True):
    """This is the last entry of its epoch."""

    reason: str


class StaffAdded(Body, frozen=True):
    """Somebody may sign in; names of staff are not in the journal."""

    cashier_id: str
    role: str


class StaffChanged(Body, frozen=True):
    """Somebody's *what* (pin, role, member) was changed; *role* is the one that holds now."""

    cashier_id: str
    role: str
    what: str


class StaffRemoved(Body, frozen=True):
    """Somebody no longer works here."""

    cashier_id: str


class ShiftOpened(Body, frozen=True):
    """A shift began with so much in the drawer."""

    float_minor: int = 0


class ShiftClosed(Body, frozen=True):
    """A shift ended; *shift* is the identity of its opening entry, *counted_minor* None where nobody counted."""

    shift: str
    expected_minor: int = 0
    counted_minor: int | None = None
    sales: int = 0
    refunds: int = 0
    voids: int = 0
    turnover_minor: int = 0
    refunded_minor: int = 0


class ProgrammeActivated(Body, frozen=True):
    """A programme is in force from *start_ms* on."""

    version: str
    start_ms: int
    name: str = ""


class OverrideGranted(Body, frozen=True):
    """A manager allowed *act*, which a cashier may not do alone."""

    manager: str
    act: str
    subject: str = ""


class FlagRaised(Body, frozen=True):
    """Something that a manager should look at."""

    flag: str
    params: dict[str, Any] = {}
    entry: str | None = None


class FlagCleared(Body, frozen=True):
    """A manager has looked at the flag that the entry *raised* told of."""

    raised: str
    note: str = ""


# Members and their cards.


class MemberEnrolled(Body, frozen=True):
    """A member was enrolled; *digest* is the salted digest of the profile, *cards* the codes linked at once."""

    number: str | None = None
    cards: tuple[str, ...] = ()
    digest: str | None = None


class MemberBlocked(Body, frozen=True):
    """A member earns and spends nothing until unblocked."""

    reason: str


class MemberUnblocked(Body, frozen=True):
    """A member earns and spends again."""

    reason: str = ""


class MemberErased(Body, frozen=True):
    """All personal data of a member is gone."""


class MembersMerged(Body, frozen=True):
    """Two members are one person: *merged* goes on as *survivor*."""

    survivor: str
    merged: str
    confirmed: bool = True


class ProfileChanged(Body, frozen=True):
    """A profile or a consent was changed; *digest* is the salted digest of the change."""

    digest: str


class CardLinked(Body, frozen=True):
    """A card identifies the entry's member from now on."""

    code: str
    format: str = ""
    kind: str = "own"


class CardBlocked(Body, frozen=True):
    """A card no longer works."""

    code: str
    reason: str = ""


class CardReplaced(Body, frozen=True):
    """A card no longer works; *new_code* does instead."""

    code: str
    new_code: str


# Points, vouchers and tiers otherwise.


class PointsAdjusted(Body, frozen=True):
    """A manager changed a balance by hand."""

    millipoints: int
    reason: str
    manager: str


class PointsImported(Body, frozen=True):
    """A balance came from another system."""

    millipoints: int
    source: str = ""
    tier: str | None = None
    tier_until_ms: int | None = None


class PointsExpired(Body, frozen=True):
    """Lots came to their end; the legs name each."""

    millipoints: int


class ExpiryReversed(Body, frozen=True):
    """An expiry of *lot* is undone as far as it took too much: *sale* is the sale or refund that became known later."""

    lot: PostingRef
    sale: str
    millipoints: int


class TierChanged(Body, frozen=True):
    """A tier was given by hand until *until_ms*; None ends it."""

    tier: str | None
    until_ms: int | None = None
    manager: str | None = None
    reason: str = ""


class ActivityRecorded(Body, frozen=True):
    """A member did something other than buy."""

    activity: str
    programme: str
    store: StoreFacts
    millipoints: int = 0
    reference: str | None = None
    manager: str | None = None
    vouchers_won: tuple[IssuedVoucher, ...] = ()


class VoucherIssued(Body, frozen=True):
    """A voucher was made outside a sale: of a full stamp card (*stamps* of *card* used), or by hand."""

    voucher: IssuedVoucher
    card: str | None = None
    stamps: int = 0
    manager: str | None = None
    reason: str = ""


class VoucherVoided(Body, frozen=True):
    """A voucher no longer works."""

    code: str
    reward: str
    reason: str = ""
    manager: str | None = None


class AllowanceReturned(Body, frozen=True):
    """The till gave points back that it need not lend; the header says whose and how many."""


BODIES: dict[str, type[msgspec.Struct]] = {
    Kind.TILL_SET_UP: TillSetUp,
    Kind.PAIRED: Paired,
    Kind.KEY_ROTATED: KeyRotated,
    Kind.LIFE_OPENED: LifeOpened,
    Kind.LIFE_CLOSED: LifeClosed,
    Kind.STAFF_ADDED: StaffAdded,
    Kind.STAFF_CHANGED: StaffChanged,
    Kind.STAFF_REMOVED: StaffRemoved,
    Kind.SHIFT_OPENED: ShiftOpened,
    Kind.SHIFT_CLOSED: ShiftClosed,
    Kind.PROGRAMME_ACTIVATED: ProgrammeActivated,
    Kind.MEMBER_ENROLLED: MemberEnrolled,
    Kind.MEMBER_BLOCKED: MemberBlocked,
    Kind.MEMBER_UNBLOCKED: MemberUnblocked,
    Kind.MEMBER_ERASED: MemberErased,
    Kind.MEMBERS_MERGED: MembersMerged,
    Kind.PROFILE_CHANGED: ProfileChanged,
    Kind.CARD_LINKED: CardLinked,
    Kind.CARD_BLOCKED: CardBlocked,
    Kind.CARD_REPLACED: CardReplaced,
    Kind.SALE_COMPLETED: SaleCompleted,
    Kind.SALE_IMPORTED: SaleCompleted,
    Kind.SALE_REFUNDED: SaleRefunded,
    Kind.SALE_VOIDED: SaleRefunded,
    Kind.POINTS_ADJUSTED: PointsAdjusted,
    Kind.POINTS_IMPORTED: PointsImported,
    Kind.POINTS_EXPIRED: PointsExpired,
    Kind.EXPIRY_REVERSED: ExpiryReversed,
    Kind.TIER_CHANGED: TierChanged,
    Kind.ACTIVITY_RECORDED: ActivityRecorded,
    Kind.VOUCHER_ISSUED: VoucherIssued,
    Kind.VOUCHER_VOIDED: VoucherVoided,
    Kind.ALLOWANCE_RETURNED: AllowanceReturned,
    Kind.OVERRIDE_GRANTED: OverrideGranted,
    Kind.FLAG_RAISED: FlagRaised,
    Kind.FLAG_CLEARED: FlagCleared,
}


def decode_body(kind: str, body: bytes | msgspec.Raw) -> msgspec.Struct | None:
    """The typed body of an entry; None for a *kind* that is not known here. msgspec.ValidationError if wrong."""
    known = BODIES.get(kind)
    return None if known is None else msgspec.json.decode(body, type=known)
