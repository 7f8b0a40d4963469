"""Allowance accounts: what a till may spend of a member's points or units without asking, and how that changes."""

from hq.books import Books
from hq.records import Account, Life
from loyalty.entries import POINTS


class Allowances:
    """Changes accounts, and with each the sum of the member's rights."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def grant(self, account: Account, to: int) -> None:
        """Raise what is granted on *account* to *to*; a lower total changes nothing."""
        more = to - account.granted
        if more > 0:
            account.granted = to
            self._change_rights(account, more)
            self._books.touch(account.member_id)

    def raise_own(self, life: Life, member_id: str, what: str, amount: int) -> None:
        """The till of *life* has brought in *amount*, and may spend it; what a life that is over brings is free."""
        if not self._books.rules.earned_is_set_aside and what == POINTS:
            return
        account = self._books.account(member_id, life.account, what)
        account.own += amount
        self._change_rights(account, amount)
        if self._books.life(life.account).closed:
            self.free(account)

    def charge(self, life: Life, member_id: str, what: str, most: int) -> int:
        """Charge the life's account up to its right; how much that was."""
        account = self._books.account(member_id, life.account, what)
        part = max(0, min(most, account.right))
        account.used += part
        self._change_rights(account, -part)
        return part

    def give_back(self, life: Life, member_id: str, what: str, amount: int) -> None:
        """The till returns *amount*; at most its right counts."""
        account = self._books.account(member_id, life.account, what)
        self._return(account, max(0, min(amount, account.right)))
        self._books.touch(member_id)

    def free(self, account: Account) -> int:
        """Give back all that *account* may still spend; how much that was."""
        right = max(0, account.right)
        if right:
            self._return(account, right)
            self._books.touch(account.member_id)
        return right

    def _return(self, account: Account, amount: int) -> None:
        account.returned += amount
        self._change_rights(account, -amount)

    def _change_rights(self, account: Account, change: int) -> None:
        if account.what == POINTS:
            self._books.member(account.member_id).rights += change
        else:
            self._books.pool(account.member_id, account.what).rights += change
