"""The messages between tills and HQ: msgpack structs, compressed, with every size bounded.

Fields may be added with a default; none is ever removed or renamed, so that a message of any version ever shipped
can be read: unknown fields are ignored, missing ones have their default.
"""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from config.errors import N_, WrongUse
from loyalty.entries import PostingRef
from loyalty.profiles import Consent, Version
from sync.columns import Columns, from_columns, to_columns
from sync.packing import deflate, inflate, unreadable

PROTOCOL: Final = 1
MAX_ENTRIES: Final = 500
MAX_BATCH_BYTES: Final = 8 << 20
MAX_ROWS: Final = 500
MAX_WAIT_S: Final = 25
CONTENT_TYPE: Final = "application/vnd.regulars+msgpack"

Message = TypeVar("Message", bound=msgspec.Struct)

# What a message says is bounded where it is read, so that nothing behind has to wonder whether it can be kept.
MAX_NUMBER: Final = 2**63 - 1
MAX_LIVES: Final = 10_000
MAX_UNITS: Final = 1_000
Number = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
Time = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Word = Annotated[str, Meta(max_length=200, pattern="^[^\x00]*$")]
Hash = Annotated[bytes, Meta(max_length=64)]


class LifePlace(msgspec.Struct, frozen=True, array_like=True):
    """A place in a journal: entry *seq* of *epoch*, whose hash is *hash* (seq 0: the genesis)."""

    epoch: Number
    seq: Number
    hash: Hash


class LifeHead(msgspec.Struct, frozen=True, omit_defaults=True):
    """One life of a till's journal: where it came from and how far it has got."""

    epoch: Number
    last_seq: Number
    head: Hash
    parent: LifePlace | None = None
    fingerprint: Hash = b""


class SignedProgramme(msgspec.Struct, frozen=True, omit_defaults=True):
    """A programme: its TOML *text* (*version* is its digest), in force from *start_ms*; *signature* is HQ's."""

    programme_id: Word
    version: Word
    start_ms: Time
    text: str
    signature: Hash = b""


class NumberBlock(msgspec.Struct, frozen=True, array_like=True):
    """*size* numbers that one epoch of one till may give out: block *block* of issuer *issuer*."""

    issuer: Word
    block: Number
    size: Number


class CardKey(msgspec.Struct, frozen=True, array_like=True):
    """The key that checks the cards of one issuer."""

    issuer: Word
    version: Number
    key: Hash


class Store(msgspec.Struct, frozen=True, omit_defaults=True):
    """A shop as HQ knows it."""

    store_id: str
    name: str
    zone: str = "UTC"
    currency: str = "EUR"
    closing_minute: int = 0


class Pair(msgspec.Struct, frozen=True, omit_defaults=True):
    """A till asks to belong to HQ: the one-time *code*, its key, and the journal it already has."""

    code: Word
    till_id: Word
    public_key: Hash
    epoch: Number
    lives: Annotated[tuple[LifeHead, ...], Meta(max_length=MAX_LIVES)] = ()
    programmes: tuple[SignedProgramme, ...] = ()
    card_keys: tuple[CardKey, ...] = ()
    block: NumberBlock | None = None
    name: Word = ""
    clock_ms: Time = 0


class Paired(msgspec.Struct, frozen=True, omit_defaults=True):
    """The till belongs to HQ now."""

    timeline: int
    till_number: int
    store: Store
    hq_key: bytes
    certificate: bytes
    certificate_signature: bytes
    block: NumberBlock
    card_keys: tuple[CardKey, ...] = ()
    clock_ms: int = 0


class Hello(msgspec.Struct, frozen=True, omit_defaults=True):
    """A till says which life it leads and how far that has got.

    *claim*: the next epoch's number, made and stored before asking, when *epoch* is known to be sealed.
    *restored*: this life began with a restore. *granted*: what it has seen granted, when the timeline is new to it.
    *lives*: all lives of the till, the oldest first, the current one included.
    """

    epoch: Number
    last_seq: Number
    head: Hash
    timeline: Number
    clock_ms: Time
    parent: LifePlace | None = None
    fingerprint: Hash = b""
    restored: bool = False
    claim: Number | None = None
    challenge: Hash = b""
    granted: tuple[tuple[Word, Number], ...] | None = None
    erasures_done: Number = 0
    numbers_left: Number | None = None
    lives: Annotated[tuple[LifeHead, ...], Meta(max_length=MAX_LIVES)] = ()
    version: int = PROTOCOL


class Helloed(msgspec.Struct, frozen=True, omit_defaults=True):
    """HQ's view of that life, and in *heads* of every branch of every life of the till.

    *sealed*, *pair_again* and *challenge* say what to do about it; *next_epoch* confirms a claim.
    """

    timeline: int
    clock_ms: int
    acked: int = 0
    hash_at_acked: bytes = b""
    heads: tuple[LifePlace, ...] = ()
    sealed: bool = False
    next_epoch: int | None = None
    pair_again: bool = False
    challenge: bytes = b""
    block: NumberBlock | None = None
    floor_millipoints: int = 0
    floor_total_millipoints: int = 0
    recovering: bool = False


class ProfileChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """What entry *version* says of a member's profile; None empties a field. The entry holds its salted digest."""

    member: Word
    version: Version
    salt: Hash
    fields: dict[str, str | None] = {}
    consents: tuple[Consent, ...] = ()


class ProfileField(msgspec.Struct, frozen=True, array_like=True):
    """One field of a member's profile, and which writing of it this is."""

    field: str
    value: str | None
    version: Version


class Push(msgspec.Struct, frozen=True, omit_defaults=True):
    """Entries *first_seq*… of *epoch* by column, after *prev_hash*; *signature* is the till's over the last hash."""

    timeline: Number
    epoch: Number
    first_seq: Annotated[int, Meta(ge=1, le=2**53)]
    prev_hash: Hash
    entries: Columns
    head: Hash
    signature: Hash
    profiles: tuple[ProfileChange, ...] = ()
    version: int = PROTOCOL


class Pushed(msgspec.Struct, frozen=True, omit_defaults=True):
    """HQ has committed the life up to *acked*; *sealed* when it found a fork in it."""

    acked: int
    sealed: bool = False


class PushRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """Nothing was taken: *reason* is ``gap`` (send from one of *heads*) or ``say_hello``."""

    reason: str
    timeline: int
    heads: tuple[LifePlace, ...] = ()


class Lot(msgspec.Struct, frozen=True, array_like=True):
    """What is left of one credit of points, in millipoints."""

    ref: PostingRef
    at_ms: int
    amount: int
    available_ms: int | None = None
    expires_ms: int | None = None


class MemberId(msgspec.Struct, frozen=True, array_like=True):
    """One id of a member: its own share of the balance, what this till has been granted, whether the merge is sure."""

    member: str
    balance: int
    granted: int = 0
    confirmed: bool = True


class UnitRow(msgspec.Struct, frozen=True, array_like=True):
    """Units of *what* (``voucher/CODE``, ``stamps/CARD``): all there are, and how many are *granted* to this till."""

    what: str
    member: str
    count: int
    granted: int = 0
    reward: str | None = None
    expires_ms: int | None = None


class CardRow(msgspec.Struct, frozen=True, array_like=True):
    """A code that identifies the member."""

    code: str
    member: str
    status: str = "active"


class MemberRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole member, merged ids included, as HQ has it; amounts in millipoints.

    *suspended* names entries of the pulling till that HQ has but does not count, *waiting* those it counts later.
    """

    root: str
    ids: tuple[MemberId, ...]
    balance: int
    debt: int = 0
    held: int = 0
    enrolled_ms: int = 0
    status: str = "active"
    tier: str | None = None
    tier_until_ms: int | None = None
    visits: int = 0
    lots: tuple[Lot, ...] = ()
    qualifying: tuple[Lot, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()
    units: tuple[UnitRow, ...] = ()
    cards: tuple[CardRow, ...] = ()
    profile: tuple[ProfileField, ...] = ()
    consents: tuple[Consent, ...] = ()
    suspended: tuple[tuple[int, int], ...] = ()
    waiting: tuple[tuple[int, int], ...] = ()
    last_at_ms: int | None = None


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """Something every till is told: ``erased``, ``programme``, ``revoked``, ``card_key`` or ``day_total``."""

    kind: str
    key: str
    payload: bytes


class Pull(msgspec.Struct, frozen=True, omit_defaults=True):
    """What has changed since *cursor*? HQ may wait up to *wait_s* seconds before it says: nothing."""

    timeline: Number
    cursor: Number
    epoch: Number
    wait_s: Number = 0
    version: int = PROTOCOL


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """Changes between *start* and *to*, read in one snapshot as of *read_at*, which holds the till's *includes*.

    *wanted*: members of whom another till needs what this one may spend. *erasures*: the change number of the last
    erasure in it. *sealed*: the till's life is over, it should say hello.
    """

    timeline: int
    start: int
    to: int
    read_at: int
    more: bool = False
    includes: tuple[LifePlace, ...] = ()
    rows: tuple[MemberRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    wanted: tuple[str, ...] = ()
    erasures: int = 0
    sealed: bool = False


class Authorise(msgspec.Struct, frozen=True, omit_defaults=True):
    """Raise what is granted on the account of *member* to *raise_to* (never "by")."""

    timeline: Number
    epoch: Number
    member: Word
    raise_to: Number
    unsynced_debits: Number = 0
    units: Annotated[tuple[tuple[Word, Number], ...], Meta(max_length=MAX_UNITS)] = ()


class Authorised(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is granted now, and the member's row with its own *includes*, as of *read_at*."""

    timeline: int
    granted: int
    read_at: int
    includes: tuple[LifePlace, ...] = ()
    row: MemberRow | None = None


class SnapshotAsk(msgspec.Struct, frozen=True, omit_defaults=True):
    """All members, from *after* (the last root received) on; *as_of* is the first answer's cursor."""

    timeline: Number
    epoch: Number
    after: Word = ""
    as_of: Number = 0


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of all members; the last one (*more* is false) brings all notices too: pull from *cursor* on."""

    timeline: int
    cursor: int
    read_at: int
    last: str
    more: bool = False
    includes: tuple[LifePlace, ...] = ()
    rows: tuple[MemberRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    erasures: int = 0


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why HQ refused: a stable *reason* and an English sentence; never what was in the request."""

    reason: str
    message: str
    params: dict[str, str | int] = {}


def pack_entries(texts: list[bytes]) -> Columns:
    """Entries' canonical bytes by column."""
    return to_columns(texts)


def unpack_entries(columns: Columns) -> list[bytes]:
    """The canonical bytes of at most :data:`MAX_ENTRIES` entries, at most :data:`MAX_BATCH_BYTES` together."""
    texts = from_columns(columns, MAX_BATCH_BYTES)
    if not 0 < len(texts) <= MAX_ENTRIES:
        raise WrongUse(
            "batch_size",
            N_("A batch holds 1 to {most} entries. Nothing was changed; send them in pieces."),
            most=MAX_ENTRIES,
        )
    return texts


def encode(message: msgspec.Struct, coding: str = "zstd") -> bytes:
    """*message* as it travels; *coding* is ``zstd``, ``gzip`` or ``identity``."""
    return deflate(msgspec.msgpack.encode(message), coding)


def decode(data: bytes, kind: type[Message], coding: str = "zstd") -> Message:
    """The message in *data*; WrongUse when it is too large, of another coding, or not a message of *kind*."""
    try:
        return msgspec.msgpack.decode(inflate(data, coding), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise unreadable() from error
