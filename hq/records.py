"""What HQ keeps in mind while it books: members, allowance accounts, pools of units, postings, lives.

Plain mutable records, one per row of :mod:`hq.schema`, their fields in the order of its columns;
:class:`hq.shelf.Shelf` fetches them and puts them back.
"""

from dataclasses import dataclass, field

from loyalty.entries import Header, PostingRef

BOOKED = "booked"
WAITING = "waiting"
SUSPENDED = "suspended"
OPEN = "open"
SEALED = "sealed"
# A life that another copy of the till had already gone on from: it may send what it has, and nothing else.
COPIED = "copied"
# Over, but its till was paired again: it may go on to one more life, though another copy has gone on already.
PAIRED_AGAIN = "paired_again"


@dataclass(slots=True)
class Life:
    """One epoch of one till. *account*: the life whose allowance accounts it uses: its own, or that of its pairing.

    *paired_seq*: entries up to it were written before pairing. *shift_closed_seq*: up to where shifts are closed.
    """

    life: int
    till_id: str
    epoch: int
    account: int
    parent_epoch: int | None = None
    parent_seq: int | None = None
    parent_hash: bytes | None = None
    genesis: bytes | None = None
    state: str = OPEN
    paired_seq: int = 0
    shift_closed_seq: int = 0
    closed: int = 0
    store_id: str = ""


@dataclass(slots=True)
class Member:
    """One member id; sums over the ids of one *root* are the member's. Amounts in millipoints.

    *rights*: what all its allowance accounts may still spend. *held*: taken back in advance by refunds that wait.
    *clawed*: what refunds took, or HQ's restore has lost, although it was not there. *tier* was given by hand at
    *tier_at_ms*.
    """

    member_id: str
    root: str
    enrolled_ms: int
    status: str = "active"
    confirmed: int = 1
    balance: int = 0
    rights: int = 0
    held: int = 0
    debt: int = 0
    clawed: int = 0
    visits: int = 0
    last_at_ms: int = 0
    last_till: str | None = None
    tier: str | None = None
    tier_until_ms: int | None = None
    tier_at_ms: int = 0
    next_expiry_ms: int | None = None
    free: int = 0
    hq_seq: int = 0

    @property
    def available(self) -> int:
        """This id's share of what is neither lent, nor earned and kept at a till, nor held for a refund."""
        return self.balance - self.rights - self.held


@dataclass(slots=True)
class Account:
    """The allowance account of (member id, life) for points, or for units of one name; four totals that only grow."""

    member_id: str
    what: str
    life: int
    granted: int = 0
    own: int = 0
    used: int = 0
    returned: int = 0

    @property
    def right(self) -> int:
        """What its till may still spend without asking."""
        return self.granted + self.own - self.used - self.returned

    def is_used(self) -> bool:
        """Whether there is anything to remember."""
        return bool(self.granted or self.own or self.used or self.returned)


@dataclass(slots=True)
class Pool:
    """All units of one name that a member has. *excess*: how many were used beyond what there was."""

    member_id: str
    what: str
    balance: int = 0
    rights: int = 0
    excess: int = 0
    reward: str | None = None
    expires_ms: int | None = None

    @property
    def available(self) -> int:
        """Units that no till holds."""
        return self.balance - self.rights

    def is_used(self) -> bool:
        """Whether there is anything to remember."""
        return bool(self.balance or self.rights or self.excess or self.reward)


@dataclass(slots=True)
class Posting:
    """One leg of an entry as HQ books it: *amount* says the entry, *booked* counts.

    *undone*: what refunds have taken back or given back of it. *liability*: what of a redemption was not covered.
    *charged*: what a waiting take-back has taken from its till's account.
    """

    position: int
    leg: int
    life: int
    seq: int
    member_id: str
    currency: str
    amount: int
    booked: int
    against: str
    at_ms: int
    available_ms: int | None = None
    expires_ms: int | None = None
    undoes: PostingRef | None = None
    state: str = BOOKED
    undone: int = 0
    liability: int = 0
    charged: int = 0
    own_member: str | None = None
    own_amount: int = 0


@dataclass(slots=True)
class Arrived:
    """An entry on its way into the books. *suspended*: the reason why HQ does not accept it, if any."""

    position: int
    life: Life
    seq: int
    hash: bytes
    kind: str
    at_ms: int
    member_id: str | None
    header: Header
    text: bytes
    body: bytes = b""
    suspended: str | None = None
    received_ms: int = 0


@dataclass(slots=True)
class Raised:
    """Something an operator should look at."""

    reason: str
    position: int | None = None
    entry_id: str | None = None
    member_id: str | None = None
    params: dict[str, str | int] = field(default_factory=dict)
