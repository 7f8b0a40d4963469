"""What a till may let a member spend while HQ can't be asked, and which accounts pay for it.

Right: granted + own − used − returned, from the till's own journal, never from acknowledgements. What goes beyond it is
stand-in: only up to the floor, and only for a member whom HQ has confirmed.
"""

from typing import Final

import msgspec

from config.errors import N_, Refused
from loyalty.entries import AccountMove

NEEDS_HQ = "needs_hq"
NOT_ENOUGH = "not_enough_points"
NOT_DUE = "points_not_due"
WAIT_FOR_HELLO = "restored_wait_hello"
STOPPED = "till_stopped"
REVOKED = "till_revoked"
MERGE_UNCONFIRMED = "merge_unconfirmed"


class Purse(msgspec.Struct, frozen=True, kw_only=True):
    """What a till knows when a member wants to spend; all in millipoints, read in the sale's own transaction.

    *rights*: what each account of the member (all ids) may still spend here. *shown*: the balance on the screen; *due*:
    how much of it is neither pending nor expired. *own_share*: the points of the card that is used, when its merge is
    not confirmed. *reserved*: what other baskets of this till have in hand. *debt*: as last pulled; *standins*: of this
    member, not yet in the pulled row; *all_standins*: of all members, not yet in theirs. *frozen*: why nothing may be
    spent at all.
    """

    rights: tuple[AccountMove, ...]
    shown: int
    due: int
    own_share: int | None = None
    reserved: int = 0
    confirmed: bool = False
    debt: int = 0
    standins: int = 0
    all_standins: int = 0
    floor: int = 0
    floor_total: int = 0
    frozen: str | None = None

    @property
    def right(self) -> int:
        """What may be spent here without asking, if it is due."""
        return max(0, sum(max(0, each.amount) for each in self.rights) - self.reserved)

    @property
    def standin_room(self) -> int:
        """How much this till may stand in for the member; nothing through a card whose merge is not confirmed."""
        if not self.confirmed or self.own_share is not None:
            return 0
        room = self.floor - self.debt - self.standins
        return max(0, min(room, self.floor_total - self.all_standins) if self.floor_total else room)


class Spendable(msgspec.Struct, frozen=True):
    """How much can be spent now, how much of that is stand-in, and why not more: reason codes, the nearest first."""

    millipoints: int
    why_not: tuple[str, ...] = ()
    standin: int = 0


def spendable(purse: Purse) -> Spendable:
    """What the member can spend here now, without asking HQ."""
    if purse.frozen is not None:
        return Spendable(0, (purse.frozen,))
    bounds = [(max(0, purse.shown), NOT_ENOUGH), (max(0, purse.due), NOT_DUE)]
    if purse.own_share is not None:
        bounds.append((max(0, purse.own_share), MERGE_UNCONFIRMED))
    bounds.append((purse.right, NEEDS_HQ))
    inside = min(amount for amount, _ in bounds)
    standin = purse.standin_room if inside == purse.right else 0
    nearest = tuple(reason for amount, reason in bounds if amount == inside)
    return Spendable(inside + standin, nearest if inside + standin < purse.shown else (), standin)


def pay(purse: Purse, amount: int) -> tuple[tuple[AccountMove, ...], int]:
    """Which accounts pay *amount* and how much is stand-in; Refused when it can't be decided here."""
    limit = spendable(purse)
    if amount > limit.millipoints:
        reason = limit.why_not[0] if limit.why_not else NOT_ENOUGH
        raise Refused(reason, SENTENCES[reason], spendable_millipoints=limit.millipoints)
    left, used = amount, []
    free = purse.right
    for account in sorted(purse.rights, key=lambda each: each.member):
        part = min(max(0, account.amount), left, free)
        if part:
            used.append(AccountMove(account.member, part))
            left -= part
            free -= part
    return tuple(used), left


def take_back(purse: Purse, amount: int) -> tuple[AccountMove, ...]:
    """Which of this till's accounts a refund charges first; the rest HQ takes from what is available."""
    left, used = amount, []
    for account in sorted(purse.rights, key=lambda each: each.member):
        part = min(max(0, account.amount), left)
        if part:
            used.append(AccountMove(account.member, part))
            left -= part
    return tuple(used)


SENTENCES: Final = {
    NEEDS_HQ: N_("These points were earned elsewhere, and HQ can't be asked now. Spend fewer, or try again later."),
    NOT_ENOUGH: N_("The member has fewer points than that. Nothing was changed."),
    NOT_DUE: N_("Some of these points can't be spent yet, or no longer. Nothing was changed."),
    MERGE_UNCONFIRMED: N_("This card was joined with another one, which HQ has yet to confirm. Nothing was changed."),
    WAIT_FOR_HELLO: N_("This till was restored: points can be spent once HQ has been reached. Nothing is lost."),
    REVOKED: N_("HQ no longer trusts this till: no points can be spent here until it is paired again."),
    STOPPED: N_("A copy of this till goes on in its place: this one no longer sells. Pair it again."),
}
