"""A till's file that was put back to an older copy: noticed when the till is opened, before anything is done."""

from ledger.identity import till_facts
from ledger.restore import forget_again
from ledger.store import Ledger
from ledger.witness import WitnessState, witness_state
from terminal.till_sync_state import change_state

_OLDER = frozenset({WitnessState.BEHIND, WitnessState.DIFFERS})


def notice_rollback(ledger: Ledger) -> None:
    """Where the file is older than its witness: spend nothing until HQ has been asked, and forget the erased again.

    It is written down at once, for the next sale moves the witness to where the file is.
    """
    with ledger.read() as view:
        if witness_state(view, ledger.paths) not in _OLDER:
            return
    with ledger.write() as tx:
        if till_facts(tx).paired:
            # The next life's number may be in use already, by the entries that this file does not know.
            change_state(tx, greeted_epoch=0, claim=None)
        forget_again(tx, ledger.paths, ledger.clock.now_ms())
