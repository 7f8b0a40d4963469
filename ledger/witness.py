"""The witness: the journal's head, kept in a small file outside the database.

A database file that was put back to an older copy is behind its witness; the till then spends no points until HQ has
been asked. The file is not synced: after a power cut it may lag behind the database, which is harmless.
"""

from enum import StrEnum

from config.paths import HomePaths
from ledger.lives import Head
from ledger.store import View
from ledger.witness_file import WitnessFile, read_line


class WitnessState(StrEnum):
    """What the witness says of the database."""

    AGREES = "agrees"
    ABSENT = "absent"  # a new home, or the witness was lost
    BEHIND = "behind"  # the database is older than its witness
    DIFFERS = "differs"  # same place, another history


def write_witness(paths: HomePaths, head: Head) -> None:
    """Write *head* down at once: for a life that has just begun."""
    file = WitnessFile(paths.witness)
    file.saw(*head)
    file.write()
    file.close()


def read_witness(paths: HomePaths) -> Head | None:
    """What was written down; None when there is nothing that can be trusted."""
    found = read_line(paths.witness)
    return None if found is None else Head(*found)


def witness_state(view: View, paths: HomePaths) -> WitnessState:
    """Compare the database with its witness."""
    witness = read_witness(paths)
    if witness is None:
        return WitnessState.ABSENT
    if view.value("SELECT 1 FROM life WHERE epoch = ?", (witness.epoch,)) is None:
        return WitnessState.BEHIND
    if witness.seq == 0:
        return WitnessState.AGREES
    found = view.value("SELECT hash FROM entry WHERE epoch = ? AND seq = ?", (witness.epoch, witness.seq))
    if found is None:
        return WitnessState.BEHIND
    return WitnessState.AGREES if found == witness.hash else WitnessState.DIFFERS
