"""What goes wrong in a simulated fleet, and how often."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from config.errors import N_, WrongUse
from simulation.chance import Chance

MAX_LOSS_PERMILLE = 300
MAX_REPLAY_PERMILLE = 500
MAX_LATE_PERMILLE = 250


class Fault(StrEnum):
    """A kind of fault; each is counted when it has happened."""

    LOSS = "loss"  # a request or an answer that never arrives
    REPLAY = "replay"  # the same message twice, the second one any time later
    REORDERING = "reordering"  # a message that arrives after later ones
    PARTITION = "partition"  # no way to HQ for a while
    ONE_WAY = "one_way_partition"  # HQ hears the till, the till hears nothing
    TILL_BEFORE_COMMIT = "till_crash_before_commit"  # the till's program is killed inside a transaction
    TILL_AFTER_COMMIT = "till_crash_after_commit"  # killed after COMMIT, before anybody was told
    HQ_BEFORE_COMMIT = "hq_crash_before_commit"
    HQ_AFTER_COMMIT = "hq_crash_mid_answer"  # HQ has saved and dies before it answers
    RESTORED = "restored_backup"  # `regulars restore` of an older backup
    ROLLED_BACK = "rolled_back_file"  # the database file alone is put back to an older copy
    CLONE = "clone"  # a raw copy of a home sells beside the original
    REPLACED = "replaced_till"  # a backup goes on on another machine, the old one sells on
    DESTROYED = "destroyed_till"  # a till is gone with all it had; HQ revokes it and writes it off
    REVOKED = "revocation"  # HQ trusts a till no longer; it sells on and sends what it has
    HQ_RESTORED = "hq_restore"  # HQ is put back from a backup
    CLOCK_JUMP = "clock_jump"  # a till's clock is days off
    UNKNOWN_KIND = "unknown_entry_kind"  # a newer till writes what this HQ has never heard of
    MIXED_VERSIONS = "mixed_versions"  # a message of a later version, with fields that the other side does not know


NETWORK = (Fault.LOSS, Fault.REPLAY, Fault.REORDERING, Fault.PARTITION, Fault.ONE_WAY)
CRASHES = (Fault.TILL_BEFORE_COMMIT, Fault.TILL_AFTER_COMMIT, Fault.HQ_BEFORE_COMMIT, Fault.HQ_AFTER_COMMIT)


def read_faults(text: str | None) -> frozenset[Fault]:
    """The faults that *text* names, comma-separated; all of them for None or ``all``, none for ``none``. WrongUse."""
    if text is None or text == "all":
        return frozenset(Fault)
    if text == "none":
        return frozenset()
    names = [name.strip() for name in text.split(",")]
    known = {str(fault): fault for fault in Fault}
    for name in names:
        if name not in known:
            raise WrongUse(
                "fault_unknown",
                N_("There is no fault {name}. Nothing was run. These can be named: {known}."),
                name=name[:40],
                known=", ".join(known),
            )
    return frozenset(known[name] for name in names)


@dataclass
class Faults:
    """Which faults may happen in this run, how often, and how often they did."""

    chance: Chance
    kinds: frozenset[Fault]
    counts: Counter[Fault] = field(default_factory=Counter)
    loss_permille: int = 0
    replay_permille: int = 0
    late_permille: int = 0

    def __post_init__(self) -> None:
        self.loss_permille = self.chance.between(0, MAX_LOSS_PERMILLE)
        self.replay_permille = self.chance.between(0, MAX_REPLAY_PERMILLE)
        self.late_permille = self.chance.between(0, MAX_LATE_PERMILLE)

    def strikes(self, fault: Fault, permille: int) -> bool:
        """Whether *fault* happens now; counted if it does."""
        if fault not in self.kinds or not self.chance.happens(permille):
            return False
        self.counts[fault] += 1
        return True

    def may(self, fault: Fault, permille: int) -> bool:
        """The same for a fault that is counted later, once it has really happened."""
        return fault in self.kinds and self.chance.happens(permille)

    def told(self, kinds: Iterable[Fault] = tuple(Fault)) -> dict[str, int]:
        """How often each kind happened."""
        return {str(kind): self.counts[kind] for kind in kinds}
