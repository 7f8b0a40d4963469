"""The lives (epochs) of a till's journal: which is current, what came before, where each one's head is."""

from typing import NamedTuple

import msgspec

from ledger.identity import fingerprint
from ledger.store import Transaction, View
from loyalty.entries import genesis_hash

CURRENT = "current"
CLOSED = "closed"
SEALED = "sealed"
LEFT = "left"


class Life(msgspec.Struct, frozen=True):
    """One life. *account* names the allowance account that its entries move; *state* is one of the words above.

    ``left``: a restore went on from it, or from its copy, in a new life. *acked_seq* is what HQ has confirmed.
    """

    number: int
    epoch: int
    parent_epoch: int | None
    parent_seq: int | None
    parent_hash: bytes | None
    genesis: bytes
    key_fingerprint: bytes
    account: int
    opened_ms: int
    state: str
    acked_seq: int


class Head(NamedTuple):
    """The last entry of a life; *seq* 0 and the genesis hash before its first."""

    epoch: int
    seq: int
    hash: bytes


def lives(view: View) -> tuple[Life, ...]:
    """Every life, the oldest first."""
    return tuple(Life(*row) for row in view.rows("SELECT * FROM life ORDER BY number"))


def current_life(view: View) -> Life:
    """The life that entries are appended to."""
    row = view.row("SELECT * FROM life ORDER BY number DESC LIMIT 1")
    assert row is not None, "an open ledger has a life"
    return Life(*row)


def head(view: View, epoch: int | None = None) -> Head:
    """Where the life *epoch* (the current one by default) stands; KeyError when there is no such life."""
    life = current_life(view) if epoch is None else _life(view, epoch)
    row = view.row("SELECT epoch, seq, hash FROM entry WHERE epoch = ? ORDER BY seq DESC LIMIT 1", (life.epoch,))
    return Head(*row) if row else Head(life.epoch, 0, life.genesis)


def open_life(tx: Transaction, epoch: int, *, at_ms: int) -> Life:
    """Begin a new life after the current one; numbers of the old life's card blocks are never given out again."""
    parent = head(tx) if tx.value("SELECT 1 FROM life") else None
    before = (parent.epoch, parent.seq, parent.hash) if parent else None
    till_id, public_key, paired = tx.rows("SELECT till_id, public_key, paired FROM till")[0]
    print_of_key = fingerprint(public_key)
    if parent:
        tx.execute("UPDATE life SET state = ? WHERE state = ?", (LEFT, CURRENT))
        tx.execute("UPDATE number_block SET next_serial = size WHERE epoch <> ?", (epoch,))
    number = 1 + (tx.value("SELECT MAX(number) FROM life") or 0)
    # Before pairing all lives share one allowance account (SYNC.md 0).
    account = number if paired or parent is None else current_life(tx).account
    tx.execute(
        "INSERT INTO life VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            number,
            epoch,
            *(before or (None, None, None)),
            genesis_hash(till_id, epoch, print_of_key, before),
            print_of_key,
            account,
            at_ms,
            CURRENT,
        ),
    )
    return current_life(tx)


def mark_life(tx: Transaction, epoch: int, state: str) -> None:
    """Set the state of a life: ``closed`` by its close entry, ``sealed`` when HQ says so."""
    tx.execute("UPDATE life SET state = ? WHERE epoch = ?", (state, epoch))


def acknowledge(tx: Transaction, epoch: int, seq: int) -> None:
    """HQ has everything of *epoch* up to *seq*; an older acknowledgement that arrives late changes nothing."""
    tx.execute("UPDATE life SET acked_seq = MAX(acked_seq, ?) WHERE epoch = ?", (seq, epoch))


def unsynced(view: View) -> int:
    """How many entries HQ has not confirmed."""
    return sum(head(view, life.epoch).seq - life.acked_seq for life in lives(view))


def pair(tx: Transaction) -> None:
    """From now on HQ decides: later lives get an account each."""
    tx.execute("UPDATE till SET paired = 1")


def _life(view: View, epoch: int) -> Life:
    row = view.row("SELECT * FROM life WHERE epoch = ?", (epoch,))
    if row is None:
        raise KeyError(epoch)
    return Life(*row)
