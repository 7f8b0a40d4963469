"""Looking after the till's file: proving it, copying it, and what this machine has."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from config.i18n import _
from ledger import backup, sqlite, verify, witness
from ledger.backup import BackupDone
from ledger.lives import Head
from loyalty.ids import EPOCH_LENGTH, to_base32
from terminal.till_counter import Counter
from terminal.till_shapes import Params

Progress = Callable[[int, int], None]


class DifferenceShown(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the file that is not as it must be."""

    reason: str
    params: Params


class VerifyResult(msgspec.Struct, frozen=True, kw_only=True):
    """All is well when *differences* is empty; *head* is the newest entry's identity and hash."""

    entries: int
    head: "HeadShown"
    differences: tuple[DifferenceShown, ...]


class HeadShown(msgspec.Struct, frozen=True, kw_only=True):
    """The newest entry of the present life; *epoch* as text of 13 letters, *hash* in hex."""

    epoch: str
    seq: int
    hash: str


class BackupShown(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was checked after it was written."""

    file: str
    size_bytes: int
    entries: int
    head: HeadShown


class DoctorFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something this machine has or lacks; *value* for people, *ok* False where something should be done."""

    id: str
    value: str
    ok: bool


class UpkeepDesk:
    """Verify, backup, and the facts that `doctor` tells."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def verify(self, progress: Progress | None = None) -> VerifyResult:
        """Walk the whole journal and work out every derived figure again; *progress* gets (done, in all)."""
        found = verify.verify(self._counter.ledger, progress)
        return VerifyResult(
            entries=found.entries,
            head=_head(found.head),
            differences=tuple(DifferenceShown(reason=each.reason, params=each.params) for each in found.differences),
        )

    def backup(self, file: Path | None = None) -> BackupShown:
        """Copy the till's file, and check the copy; without a name, into the home's backups, named by the day."""
        done = backup.backup(self._counter.ledger, self._usual_name() if file is None else file)
        return _backup_shown(done)

    def doctor(self) -> tuple[DoctorFact, ...]:
        """The facts about the till's own file. Devices have their own."""
        ledger = self._counter.ledger
        with ledger.read() as view:
            state = witness.witness_state(view, ledger.paths)
            till = self._counter.till(view)
        shared = _("two programs may work on one home") if sqlite.SHARED_HOME else _("one program at a time")
        headquarters = _("paired") if till.paired else _("none: this till is its own")
        return (
            DoctorFact(id="sqlite", value=f"{sqlite.VERSION}, {shared}", ok=sqlite.SHARED_HOME),
            DoctorFact(id="witness", value=str(state), ok=state != witness.WitnessState.BEHIND),
            DoctorFact(id="headquarters", value=headquarters, ok=True),
        )

    def _usual_name(self) -> Path:
        folder = self._counter.ledger.paths.backups_dir
        with self._counter.ledger.read() as view:
            today: date = self._counter.today(view)
        stem = f"{today.isoformat()}-{self._counter.clock.now_ms()}"
        return folder / f"till-{stem}.db"


def _head(head: Head) -> HeadShown:
    return HeadShown(epoch=to_base32(head.epoch, EPOCH_LENGTH), seq=head.seq, hash=head.hash.hex())


def _backup_shown(done: BackupDone) -> BackupShown:
    return BackupShown(file=str(done.file), size_bytes=done.size_bytes, entries=done.entries, head=_head(done.head))
