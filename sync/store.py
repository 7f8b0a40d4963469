"""What the exchange needs of a till: its journal, its place in the exchange, and where pulled rows go.

Implemented over the ledger by :mod:`terminal.till_sync`. Every method is one transaction of its own.
"""

from typing import Protocol

import msgspec

from sync.wire import Authorised, Helloed, LifeHead, NumberBlock, Page, Paired, ProfileChange, Snapshot


class Standing(msgspec.Struct, frozen=True):
    """Where the till is, read in one snapshot.

    *claim*: the next epoch's number, stored before HQ is asked. *must_hello*: nothing is spent until HQ has spoken.
    *stopped*: another copy of this till goes on; this one only sends what it has. *lives*: the oldest first, the
    current one last. *snapshot_after*: how far the first copy of all members has come; None when it is done.
    """

    till_id: str
    timeline: int
    cursor: int
    lives: tuple[LifeHead, ...]
    must_hello: bool = False
    stopped: bool = False
    restored: bool = False
    claim: int | None = None
    snapshot_after: str | None = None
    snapshot_as_of: int = 0
    erasures_done: int = 0
    numbers_left: int | None = None

    @property
    def current(self) -> LifeHead:
        """The life that entries are appended to."""
        return self.lives[-1]


class Outgoing(msgspec.Struct, frozen=True):
    """Entries to push: their canonical bytes, the hash before the first, the hash of the last, and what goes beside."""

    first_seq: int
    prev_hash: bytes
    texts: tuple[bytes, ...]
    head: bytes
    signature: bytes
    profiles: tuple[ProfileChange, ...] = ()


class TillStore(Protocol):
    """The till's side of the exchange."""

    def standing(self) -> Standing:
        """Where the till is."""

    def acked(self) -> dict[int, int]:
        """Up to which entry of each epoch HQ has confirmed; only for knowing what to send, never for display."""

    def outgoing(self, epoch: int, after_seq: int) -> Outgoing | None:
        """The next batch of a life, within the wire's bounds; None when there is nothing after *after_seq*."""

    def hash_at(self, epoch: int, seq: int) -> bytes | None:
        """The hash of that entry (seq 0: the life's genesis); None when this till does not have it."""

    def granted(self) -> tuple[tuple[str, int], ...]:
        """What has been seen granted to the current life, by member id."""

    def paired(self, answer: Paired) -> None:
        """Store the certificate and write the ``paired`` entry."""

    def acknowledge(self, epoch: int, seq: int) -> None:
        """HQ has the life up to *seq*: what comes after waits to be sent."""

    def new_timeline(self, timeline: int) -> None:
        """HQ was restored: pull everything anew; what was granted stays."""

    def took_hello(self, answer: Helloed) -> None:
        """HQ knows this life as it is: spend again; floors, skew."""

    def give_block(self, block: NumberBlock) -> None:
        """Card numbers for the current life."""

    def claim(self, epoch: int) -> None:
        """Remember the next life's number before HQ is asked for it."""

    def next_life(self, epoch: int) -> None:
        """Close the current life and open *epoch*."""

    def stop(self) -> None:
        """Another copy goes on: close this life and sell no more."""

    def revoked(self) -> None:
        """HQ no longer trusts this till: no points are spent until it is paired again."""

    def apply_page(self, page: Page, places: dict[int, int]) -> None:
        """Take in rows and notices together with the cursor; *places*: up to which own entry they count."""

    def apply_snapshot(self, piece: Snapshot, places: dict[int, int]) -> None:
        """Take in a piece of the first copy of all members."""

    def apply_authorised(self, member: str, answer: Authorised, places: dict[int, int]) -> None:
        """Take in what is granted now, and the member's row."""

    def give_back(self, members: tuple[str, ...]) -> None:
        """Return what no basket reserves of the allowances that other tills want."""
