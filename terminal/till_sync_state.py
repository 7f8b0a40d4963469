"""Where the till is in its exchange with HQ: one small document in the ledger, and what follows from it."""

import msgspec

from config.errors import Refused
from config.paths import HomePaths
from ledger import identity, lives
from ledger.store import Transaction, View
from ledger.witness import WitnessState, witness_state
from sync.allowance import REVOKED, SENTENCES, STOPPED, WAIT_FOR_HELLO

_NAME = "sync.state"


class SyncState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the till remembers of HQ.

    *greeted_epoch*: the life that HQ has last said yes to; *stopped_epoch*: the one it said another copy goes on from.
    *snapshot_after*: how far the first copy of all members has come (None: it is done). Keys and signatures are hex.
    """

    url: str = ""
    timeline: int = 0
    cursor: int = 0
    greeted_epoch: int = 0
    stopped_epoch: int = 0
    revoked: bool = False
    claim: int | None = None
    snapshot_after: str | None = None
    snapshot_as_of: int = 0
    erasures_done: int = 0
    floor_millipoints: int = 0
    floor_total_millipoints: int = 0
    pulled_once: bool = False
    skew_ms: int = 0
    hq_key: str = ""
    certificate: str = ""
    certificate_signature: str = ""


def read_state(view: View) -> SyncState:
    """The till's place in the exchange."""
    return msgspec.convert(identity.value(view, _NAME, {}), SyncState)


def change_state(tx: Transaction, **changes: object) -> SyncState:
    """Change some of it, within the caller's transaction."""
    state = msgspec.structs.replace(read_state(tx), **changes)
    identity.set_value(tx, _NAME, msgspec.to_builtins(state))
    return state


def refuse_if_stopped(view: View) -> None:
    """Refused ``till_stopped`` at a till that another copy goes on from: it only sends what it has."""
    if read_state(view).stopped_epoch == lives.current_life(view).epoch:
        raise Refused(STOPPED, SENTENCES[STOPPED])


def why_frozen(view: View, paths: HomePaths) -> str | None:
    """Why a paired till lets nobody spend points just now: a reason code, or None.

    A life that HQ has not said yes to (after a restore), or a database that is older than its witness, waits for
    hello; a till that another copy goes on from is stopped.
    """
    state, epoch = read_state(view), lives.current_life(view).epoch
    if state.revoked:
        return REVOKED
    if state.stopped_epoch == epoch:
        return STOPPED
    if state.greeted_epoch != epoch or witness_state(view, paths) in {WitnessState.BEHIND, WitnessState.DIFFERS}:
        return WAIT_FOR_HELLO
    return None
