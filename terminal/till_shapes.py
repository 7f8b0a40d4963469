"""What the till service is asked and what it answers about the till, its people, its shifts.

Requests and answers are frozen values, the same for screens, command line and simulation; as JSON
(``msgspec.to_builtins``) they are what the command line prints. Those about members are in
:mod:`terminal.till_member_shapes`, those about sales in :mod:`terminal.till_sale_shapes`. Money is in minor units,
points and quantities in thousandths, times in UTC milliseconds, as the names say.
"""

from typing import Any, Literal

import msgspec

Params = dict[str, Any]
Role = Literal["cashier", "manager"]


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A reason code and its parameters; words for it are in :mod:`terminal.words`."""

    reason: str
    params: Params = {}


class SetUp(msgspec.Struct, frozen=True, kw_only=True):
    """What a new till is made of. *programme* is TOML text (None: the sample); *pin* None: one is made."""

    store: str = "My shop"
    till: str = "Till 1"
    currency: str = "PLN"
    zone: str = "Europe/Warsaw"
    manager: str = "Manager"
    pin: str | None = None
    country: str | None = None
    closing_minute: int = 0
    programme: str | None = None


class SetUpDone(msgspec.Struct, frozen=True, kw_only=True):
    """The till that was set up; *pin* only when it was made here, for it is shown once."""

    till_id: str
    epoch: str
    store_id: str
    store: str
    till: str
    currency: str
    zone: str
    manager_id: str
    manager: str
    pin: str | None
    programme: str


class RestoreDone(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was put back: the new life, what it goes on from, and where the file of before is kept."""

    epoch: str
    parent_epoch: str
    parent_seq: int
    erasures_replayed: int
    paired: bool
    kept_aside: str | None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. *proven*: by PIN, just now or when signing in."""

    cashier_id: str
    name: str
    role: Role
    proven: bool = False

    @property
    def is_manager(self) -> bool:
        """Whether this is a manager who has shown it."""
        return self.proven and self.role == "manager"


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    """A cashier or manager; *member_id* is their own membership, watched for earning on strangers' sales."""

    cashier_id: str
    name: str
    role: Role
    active: bool
    member_id: str | None = None


class ProgrammeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the programme; *state* is ``in_force``, ``waiting`` or ``past``."""

    id: str
    name: str
    version: str
    start_ms: int
    state: Literal["in_force", "waiting", "past"]


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift that is open."""

    shift_id: int
    opened_ms: int
    opened_by: str | None
    float_minor: int


class ShiftClosed(msgspec.Struct, frozen=True, kw_only=True):
    """A closed shift.

    *paid_minor* is what was to pay less what was refunded, by the way of payment (``""``: none was said).
    *expected_minor* is the float plus what of it was paid in cash, or in no way that was said; *difference_minor* is
    what was counted less what was expected.
    """

    shift_id: int
    opened_ms: int
    closed_ms: int
    opened_by: str | None
    closed_by: str | None
    float_minor: int
    sales: int
    refunds: int
    voids: int
    turnover_minor: int
    to_pay_minor: int
    refunded_minor: int
    expected_minor: int
    counted_minor: int | None
    difference_minor: int | None
    points_earned_millipoints: int
    points_spent_millipoints: int
    members_enrolled: int
    paid_minor: dict[str, int] = {}

    @property
    def elsewhere_minor(self) -> int:
        """What was paid in ways that leave no money in the drawer."""
        return self.to_pay_minor - self.refunded_minor - (self.expected_minor - self.float_minor)


class TillFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on every screen's first line, and behind it. *today* is the business day."""

    till_id: str
    epoch: str
    store_id: str
    store: str
    till: str
    currency: str
    zone: str
    country: str
    training: bool
    paired: bool
    programme: ProgrammeShown | None
    language: str
    today: str
    shift: Shift | None
    head_seq: int
    unsynced: int
    print_queue: int


class VoucherShown(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher; *status* is ``open``, ``used``, ``void`` or ``expired``."""

    code: str
    reward: str
    name: str
    status: str
    issued_ms: int | None
    expires_ms: int | None
    member_id: str | None = None
