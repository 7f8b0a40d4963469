"""The records that booking reads and changes, as a protocol: over a database, or in memory."""

from typing import Protocol

from hq.records import Account, Life, Member, Pool, Posting, Raised
from loyalty.entries import Leg, PostingRef
from sync.rules import Rules


class Books(Protocol):
    """The records that booking reads and changes; what is handed out is put back by whoever owns them."""

    rules: Rules
    recovering: bool

    def member(self, member_id: str, at_ms: int = 0) -> Member:
        """That id's record, made when it is new."""

    def family(self, member_id: str) -> list[Member]:
        """All ids of the member that *member_id* belongs to, the root first."""

    def account(self, member_id: str, life: int, what: str) -> Account:
        """That allowance account, made when it is new."""

    def accounts_of(self, life: int) -> list[Account]:
        """Every allowance account of a life."""

    def pool(self, member_id: str, what: str) -> Pool:
        """That pool of units, made when it is new."""

    def debts(self, member_id: str) -> dict[str, int]:
        """What the member id owes, by the store that bears it; changed in place."""

    def find(self, ref: PostingRef, member_id: str) -> Posting | None:
        """The posting that *ref* names, if its entry is here."""

    def life(self, number: int) -> Life:
        """A life by its number."""

    def add(self, posting: Posting) -> None:
        """A new posting."""

    def wait(self, ref: PostingRef, posting: Posting) -> None:
        """Keep *posting* until the entry that *ref* names is here and its shift is closed."""

    def waiting_for(self, life: Life, first_seq: int, last_seq: int) -> list[tuple[PostingRef, Posting]]:
        """Postings that wait for entries of *life* between two places."""

    def settled(self, ref: PostingRef, posting: Posting) -> None:
        """*posting* waits no longer."""

    def own_entry(self, kind: str, legs: tuple[Leg, ...], member_id: str, at_ms: int) -> None:
        """Write an entry of HQ's own; its legs are booked already."""

    def tell(self, raised: Raised) -> None:
        """Show something to an operator."""

    def use(self, member_id: str, unit: str, change: int) -> None:
        """Count a use of a limit."""

    def touch(self, member_id: str) -> None:
        """The member's row has changed."""
