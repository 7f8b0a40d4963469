"""One row of a till's journal: its kinds, its header of effects, its canonical bytes, its hash, its postings.

The header is the same for every kind, so that any reader, however old, can book an entry whose kind it does not know.
The typed bodies of the kinds are in :mod:`loyalty.bodies`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from loyalty.ids import EntryId

POINTS = "points"
QUALIFYING = "qualifying"

_ENTRY_DOMAIN = b"regulars/entry/1\x00"
_GENESIS_DOMAIN = b"regulars/genesis/1\x00"
MAX_ENTRY_BYTES = 1 << 20
# Whoever reads a header knows that what it says can be kept, added up and shown: bounds are checked while it is read.
MAX_AMOUNT: Final = 10**15
# The year 9000: a time that every calendar still knows, in every zone.
MAX_AT_MS: Final = 221_845_392_000_000
Word = Annotated[str, Meta(max_length=200)]
Amount = Annotated[int, Meta(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
Total = Annotated[int, Meta(ge=0, le=MAX_AMOUNT)]
Place = Annotated[int, Meta(ge=0, le=2**63 - 1)]
TimeMs = Annotated[int, Meta(ge=0, le=MAX_AT_MS)]
_SEQUENCES = (list, tuple)
_PLAIN = frozenset({int, str, bool, type(None)})


class Kind(StrEnum):
    """What happened. A reader keeps kinds that it does not know."""

    TILL_SET_UP = "till_set_up"
    PAIRED = "paired"
    KEY_ROTATED = "key_rotated"
    LIFE_OPENED = "life_opened"
    LIFE_CLOSED = "life_closed"
    STAFF_ADDED = "staff_added"
    STAFF_CHANGED = "staff_changed"
    STAFF_REMOVED = "staff_removed"
    SHIFT_OPENED = "shift_opened"
    SHIFT_CLOSED = "shift_closed"
    PROGRAMME_ACTIVATED = "programme_activated"
    MEMBER_ENROLLED = "member_enrolled"
    MEMBER_BLOCKED = "member_blocked"
    MEMBER_UNBLOCKED = "member_unblocked"
    MEMBER_ERASED = "member_erased"
    MEMBERS_MERGED = "members_merged"
    PROFILE_CHANGED = "profile_changed"
    CARD_LINKED = "card_linked"
    CARD_BLOCKED = "card_blocked"
    CARD_REPLACED = "card_replaced"
    SALE_COMPLETED = "sale_completed"
    SALE_REFUNDED = "sale_refunded"
    SALE_VOIDED = "sale_voided"
    SALE_IMPORTED = "sale_imported"
    POINTS_ADJUSTED = "points_adjusted"
    POINTS_IMPORTED = "points_imported"
    POINTS_EXPIRED = "points_expired"
    EXPIRY_REVERSED = "expiry_reversed"
    TIER_CHANGED = "tier_changed"
    ACTIVITY_RECORDED = "activity_recorded"
    VOUCHER_ISSUED = "voucher_issued"
    VOUCHER_VOIDED = "voucher_voided"
    ALLOWANCE_RETURNED = "allowance_returned"
    OVERRIDE_GRANTED = "override_granted"
    FLAG_RAISED = "flag_raised"
    FLAG_CLEARED = "flag_cleared"


class Contra(StrEnum):
    """The accounts that stand against members'."""

    ISSUED = "programme/issued"
    REDEEMED = "programme/redeemed"
    EXPIRED = "programme/expired"
    ADJUSTED = "programme/adjusted"


class PostingRef(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Names one leg of one entry: the *leg*-th (from 0) of entry (till_id, epoch, seq)."""

    till_id: Word
    epoch: Place
    seq: Place
    leg: Place


class Leg(msgspec.Struct, frozen=True, omit_defaults=True):
    """One effect on a member's balance; its opposite goes to the account *against*.

    *amount* is in thousandths for points and qualifying points, in whole units for ``stamps/<card>`` and
    ``voucher/<reward>``. A credit of points is a lot: it can be spent from *available_ms* on (None: at once) and until
    *expires_ms* (exclusive; None: for ever). *undoes* names the posting that this one gives back or takes back,
    or the lot that an expiry empties.
    """

    member: Word
    currency: Word
    amount: Amount
    against: Word
    available_ms: TimeMs | None = None
    expires_ms: TimeMs | None = None
    undoes: PostingRef | None = None


class AccountMove(msgspec.Struct, frozen=True, array_like=True):
    """An amount (> 0, millipoints) on the allowance account of *member* at the till that writes the entry."""

    member: Word
    amount: Total


class UnitMove(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happened to units, each of which has one holder.

    *kind* is ``voucher``, ``stamps`` or ``limit``; *unit* the voucher's code, the stamp card's or the limit's name;
    *change* how many came (> 0) or were used (< 0); *to* the new holder when units change hands (``hq`` or a till).
    """

    kind: Word
    unit: Word
    member: Word
    change: Amount = 0
    to: Word | None = None


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """All effects of an entry, readable without knowing its kind."""

    legs: tuple[Leg, ...] = ()
    own: tuple[AccountMove, ...] = ()
    used: tuple[AccountMove, ...] = ()
    returned: tuple[AccountMove, ...] = ()
    standin_millipoints: Total = 0
    units: tuple[UnitMove, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """An entry before the journal has given it its place. *body* is a Struct of :mod:`loyalty.bodies`."""

    kind: str
    body: msgspec.Struct
    header: Header = Header()
    member_id: str | None = None
    cashier_id: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """One row of a journal. *body* is canonical JSON; *hash* is 32 bytes."""

    till_id: str
    epoch: int
    seq: int
    kind: str
    at_ms: int
    boot_id: str
    monotonic_ms: int
    cashier_id: str | None
    member_id: str | None
    header: Header
    body: msgspec.Raw
    hash: bytes

    @property
    def id(self) -> EntryId:
        """The entry's identity."""
        return EntryId(self.till_id, self.epoch, self.seq)


class Posting(NamedTuple):
    """One leg of the double entry: *amount* of *currency* on *account*."""

    account: str
    currency: str
    amount: int


def canonical_json(value: object) -> bytes:
    """*value* as JSON with sorted keys and no spaces; TypeError when it holds a float."""
    plain = msgspec.to_builtins(value, builtin_types=(bytes,))
    _refuse_floats(plain)
    return msgspec.json.encode(plain, order="sorted")


def canonical_bytes(entry: Entry) -> bytes:
    """What is hashed: every field but the hash, in a fixed order, as canonical JSON.

    The body goes in as it stands: whoever makes an entry makes its body with :func:`canonical_json`.
    """
    return msgspec.json.encode(
        [
            entry.till_id,
            entry.epoch,
            entry.seq,
            entry.kind,
            entry.at_ms,
            entry.boot_id,
            entry.monotonic_ms,
            entry.cashier_id,
            entry.member_id,
            entry.header,
            entry.body,
        ],
        order="sorted",
    )


def chain_hash(previous: bytes, entry: Entry) -> bytes:
    """The entry's hash: SHA-256(domain ‖ previous hash ‖ canonical bytes)."""
    return hashlib.sha256(_ENTRY_DOMAIN + previous + canonical_bytes(entry)).digest()


def genesis_hash(till_id: str, epoch: int, key_fingerprint: bytes, parent: tuple[int, int, bytes] | None) -> bytes:
    """The hash before an epoch's first entry; *parent* is (epoch, seq, hash) of the life before it."""
    before = [parent[0], parent[1], parent[2].hex()] if parent else None
    content = canonical_json([till_id, epoch, key_fingerprint.hex(), before])
    return hashlib.sha256(_GENESIS_DOMAIN + content).digest()


def member_account(member_id: str) -> str:
    """The account that holds a member's balances."""
    return f"member/{member_id}"


def liability_account(store_id: str) -> str:
    """The account that holds what a store owes for points spent beyond what there was."""
    return f"store/{store_id}/liability"


def postings(header: Header) -> tuple[Posting, ...]:
    """The double entry of *header*: two postings a leg, in the order of the legs; they sum to zero per currency."""
    pairs = (
        (
            Posting(member_account(leg.member), leg.currency, leg.amount),
            Posting(leg.against, leg.currency, -leg.amount),
        )
        for leg in header.legs
    )
    return tuple(posting for pair in pairs for posting in pair)


def sums(rows: Iterable[Posting]) -> dict[str, int]:
    """What *rows* add up to, per currency; all zero for whole entries."""
    totals: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        totals[row.currency] += row.amount
    return dict(totals)


def _refuse_floats(plain: object) -> None:
    waiting = [plain]
    for value in waiting:
        kind = type(value)
        if kind in _PLAIN:
            continue
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, _SEQUENCES):
            waiting.extend(value)
        elif isinstance(value, float):
            raise TypeError("no float may enter the journal")
