"""How an entry changes HQ's books: from its header alone, whatever its kind.

Every effect follows from the entries in their order, so that :mod:`hq.verify` can derive the books again. What HQ adds
by itself while booking (a debt, its repayment) becomes an entry of HQ's own journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hq.allowances import Allowances
from hq.books import Books
from hq.headers import Share, entry_id_of, is_redemption, members_of, posting_of, take_shares
from hq.records import BOOKED, SEALED, SUSPENDED, WAITING, Account, Arrived, Life, Member, Posting, Raised
from hq.unit_booking import LIMITS, UnitBooking
from loyalty.entries import POINTS, Contra, Header, Kind, Leg, PostingRef, liability_account
from loyalty.ids import HQ_TILL_ID

DEBT_BOOKED = "debt_booked"
DEBT_REPAID = "debt_repaid"
DEBT_CANCELLED = "debt_cancelled"
REFUND_CUT = "refund_more_than_sold"
LATE_MS = 60_000
_SHIFT_KINDS = frozenset({Kind.SHIFT_CLOSED, Kind.LIFE_CLOSED})


@dataclass(slots=True)
class _Act:
    """One entry while it is being booked. *own*: not yet given to a credit; *charged*: not yet used by a debit."""

    entry: Arrived
    own: list[Share]
    charged: int
    parts: dict[int, int]


class Booking:
    """Books entries into :class:`Books`."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._rules = books.rules
        self._allowances = Allowances(books)
        self._units = UnitBooking(books, self._allowances)

    def book(self, entry: Arrived) -> None:
        """Book *entry*; one that is suspended only takes, it gives nothing."""
        life, header = entry.life, entry.header
        members = members_of(entry)
        act = self._begin(entry)
        if entry.suspended:
            self._books.tell(Raised(entry.suspended, entry.position, entry_id_of(entry), entry.member_id))
        for place, leg in enumerate(header.legs):
            self._leg(act, place, leg)
        self._units.book(entry)
        if not entry.suspended:
            self._give_back_returned(entry)
            self._remember(entry)
        self._retry(life, entry.seq, entry.seq)
        is_late = header.legs and entry.received_ms - entry.at_ms > LATE_MS
        for member_id in members:
            if is_late:
                # An expiry that was posted meanwhile may have taken too much.
                self._will_expire(member_id, entry.at_ms)
            self._books.touch(member_id)
            self.settle(member_id, entry.at_ms)

    def accept(self, entry: Arrived, postings: Iterable[Posting]) -> None:
        """An operator accepts a suspended *entry*: what it gives counts from now on, free: its till gets no right."""
        for posting in postings:
            if posting.state == SUSPENDED:
                self._accept(posting)
        self._units.accept(entry)
        self._give_back_returned(entry)
        self._remember(entry)
        self._retry(entry.life, entry.seq, entry.seq)
        for member_id in members_of(entry):
            self._books.touch(member_id)
            self.settle(member_id, entry.at_ms)

    def settle(self, member_id: str, at_ms: int) -> None:
        """Repay debt from what is available; never while HQ recovers."""
        if self._books.recovering or not self._rules.available_pays_standin:
            return
        family = self._books.family(member_id)
        debt = 0
        for each in family:
            debt += each.debt
        if not debt:
            return
        room = min(debt, sum(each.available for each in family))
        for each in family:
            room -= self._repay(each, room, at_ms)

    def name_lost(self, member_id: str) -> int:
        """What tills may still spend of a member beyond what there is, since HQ's restore lost it; it is named now."""
        family = self._books.family(member_id)
        lost = max(0, -sum(each.available + each.clawed for each in family))
        family[0].clawed += lost
        return lost

    def close_life(self, life: Life, at_ms: int) -> int:
        """A life is over: its accounts are free and its shifts are closed. The sum of points freed.

        One that was led before pairing shares the accounts of the life that was paired: it frees nothing.
        """
        freed = 0
        touched = set()
        for account in self._books.accounts_of(life.life):
            right = self._allowances.free(account)
            freed += right if account.what == POINTS else 0
            touched.add(account.member_id)
        life.closed = 1
        for member_id in sorted(touched):
            self.settle(member_id, at_ms)
        if self._rules.life_close_settles_refunds:
            self._retry(life, 0, 2**62)
        return freed

    def grant(self, account: Account, to: int) -> None:
        """Raise what is granted on *account* to *to*; a lower total changes nothing."""
        if account.what == LIMITS:
            self._units.enrol(account.member_id, None)
        self._allowances.grant(account, to)

    def post(self, header: Header) -> None:
        """Book what HQ itself decides. What is taken beyond the free points is clawed."""
        for leg in header.legs:
            if leg.currency == POINTS and leg.amount < 0:
                free = max(0, self._available(leg.member))
                self._books.member(leg.member).clawed += max(0, -leg.amount - free)
            self._credit(leg.member, leg.currency, leg.amount)
            self._will_expire(leg.member, leg.expires_ms)
            self._books.touch(leg.member)
        self._units.post(header)

    def _begin(self, entry: Arrived) -> _Act:
        """Charge the accounts and say which debit gets how much of it: redemptions first."""
        legs = entry.header.legs
        charged = left = self._charge(entry)
        debits = [place for place, leg in enumerate(legs) if leg.amount < 0 and leg.currency == POINTS]
        parts = {}
        debits.sort(key=lambda place: not is_redemption(legs[place]))
        for place in debits:
            parts[place] = min(left, -legs[place].amount)
            left -= parts[place]
        own = [Share(move.member, move.amount) for move in entry.header.own]
        return _Act(entry, own, charged, parts)

    # -- accounts

    def _charge(self, entry: Arrived) -> int:
        """Charge the accounts that the header names, each up to its right; how much that was together."""
        if entry.suspended and not self._rules.suspended_debits_are_booked:
            return 0
        charged = 0
        for move in entry.header.used:
            charged += self._allowances.charge(entry.life, move.member, POINTS, move.amount)
        return charged

    def _give_back_returned(self, entry: Arrived) -> None:
        for move in entry.header.returned:
            self._allowances.give_back(entry.life, move.member, POINTS, move.amount)

    def _credit(self, member_id: str, currency: str, amount: int) -> None:
        if currency == POINTS:
            self._books.member(member_id).balance += amount

    def _will_expire(self, member_id: str, expires_ms: int | None) -> None:
        """Remember when the member's next points expire; an earlier time than the true one does no harm."""
        if expires_ms is not None:
            member = self._books.member(member_id)
            member.next_expiry_ms = min(expires_ms, member.next_expiry_ms or expires_ms)

    # -- legs

    def _leg(self, act: _Act, place: int, leg: Leg) -> None:
        entry = act.entry
        posting = posting_of(entry, place, leg)
        self._books.add(posting)
        if leg.undoes is not None:
            # An expiry that was posted meanwhile may have taken too much.
            self._will_expire(leg.member, entry.at_ms)
        if leg.currency != POINTS:
            posting.state = SUSPENDED if entry.suspended and leg.amount > 0 else BOOKED
            posting.booked = 0 if posting.state == SUSPENDED else leg.amount
        elif leg.amount < 0:
            self._debit(act, posting, leg)
        elif entry.suspended and self._rules.suspended_earn_gives_no_right:
            posting.state, posting.booked = SUSPENDED, 0
        elif leg.undoes is not None and leg.against == Contra.REDEEMED:
            shares = take_shares(act.own, leg.amount)
            if shares:
                posting.own_member, posting.own_amount = shares[0].member_id, sum(share.amount for share in shares)
            self._wait_or_apply(posting, leg.undoes)
        else:
            self._credit(leg.member, POINTS, leg.amount)
            self._will_expire(leg.member, leg.expires_ms)
            for share in take_shares(act.own, leg.amount):
                self._allowances.raise_own(entry.life, share.member_id, POINTS, share.amount)

    def _accept(self, posting: Posting) -> None:
        if posting.undoes is not None and posting.against == Contra.REDEEMED:
            self._wait_or_apply(posting, posting.undoes)
            return
        posting.state, posting.booked = BOOKED, posting.amount
        self._credit(posting.member_id, posting.currency, posting.amount)
        self._will_expire(posting.member_id, posting.expires_ms)

    def _debit(self, act: _Act, posting: Posting, leg: Leg) -> None:
        if act.entry.suspended and not self._rules.suspended_debits_are_booked:
            posting.state, posting.booked = SUSPENDED, 0
            return
        part = act.parts[posting.leg]
        # What was charged has left the rights, but not yet the balance: it is not free.
        free = self._available(leg.member) - act.charged
        act.charged -= part
        is_take_back = leg.undoes is not None and leg.against == Contra.ISSUED
        if leg.undoes is not None and is_take_back and self._rules.take_back_is_never_debt:
            posting.charged = part
            self._books.member(leg.member).held += part
            self._wait_or_apply(posting, leg.undoes)
            return
        over = -leg.amount - part
        self._credit(leg.member, POINTS, leg.amount)
        if not (is_redemption(leg) or is_take_back):
            self._books.member(leg.member).clawed += over
            return
        covered = 0 if self._books.recovering or not self._rules.available_pays_standin else max(0, min(over, free))
        if over > covered:
            self._owe(act.entry, posting, over - covered)

    def _available(self, member_id: str) -> int:
        return sum(each.available for each in self._books.family(member_id))

    # -- debts

    def _owe(self, entry: Arrived, posting: Posting, amount: int) -> None:
        """The store bears *amount* of a redemption, and the member owes it."""
        store_id = entry.life.store_id
        member = self._books.member(posting.member_id)
        posting.liability = amount
        member.debt += amount
        member.balance += amount
        debts = self._books.debts(member.member_id)
        debts[store_id] = debts.get(store_id, 0) + amount
        ref = PostingRef(entry.life.till_id, entry.life.epoch, entry.seq, posting.leg)
        leg = Leg(member.member_id, POINTS, amount, liability_account(store_id), undoes=ref)
        self._books.own_entry(DEBT_BOOKED, (leg,), member.member_id, entry.at_ms)

    def _repay(self, member: Member, most: int, at_ms: int, target: Posting | None = None) -> int:
        """Lower the debt of one id by at most *most*, first that of *target*'s store; how much it was."""
        room = amount = max(0, min(most, member.debt))
        if not amount:
            return 0
        debts = self._books.debts(member.member_id)
        store_id, undoes = None, None
        if target is not None:
            life = self._books.life(target.life)
            store_id, undoes = life.store_id, PostingRef(life.till_id, life.epoch, target.seq, target.leg)
        legs = []
        for store in sorted(debts, key=lambda each: (each != store_id, each)):
            part = min(room, debts[store])
            if part:
                debts[store] -= part
                room -= part
                legs.append(Leg(member.member_id, POINTS, -part, liability_account(store), undoes=undoes))
        member.debt -= amount
        member.balance -= amount
        self._books.touch(member.member_id)
        kind = DEBT_CANCELLED if target is not None else DEBT_REPAID
        self._books.own_entry(kind, tuple(legs), member.member_id, at_ms)
        return amount

    # -- refunds

    def _wait_or_apply(self, posting: Posting, ref: PostingRef) -> None:
        posting.state, posting.booked = WAITING, 0
        if not self._apply(posting, ref):
            self._books.wait(ref, posting)

    def _apply(self, posting: Posting, ref: PostingRef) -> bool:
        """Book what a refund takes back or gives back, if its sale is here and, for what it gives, confirmed."""
        target = self._books.find(ref, posting.member_id)
        if target is None or target.state != BOOKED:
            return False
        if posting.amount > 0 and not self._confirmed(posting, target):
            return False
        amount = max(0, min(abs(posting.amount), abs(target.booked) - target.undone))
        target.undone += amount
        posting.state = BOOKED
        if amount < abs(posting.amount):
            self._books.tell(Raised(REFUND_CUT, position=posting.position, member_id=posting.member_id))
        if posting.amount < 0:
            self._take_back(posting, amount)
        else:
            self._give_back(posting, target, amount)
        self._books.touch(posting.member_id)
        return True

    def _confirmed(self, posting: Posting, target: Posting) -> bool:
        if target.life == posting.life or not self._rules.given_back_waits:
            return True
        life = self._books.life(target.life)
        return life.shift_closed_seq >= target.seq or (life.closed != 0 and self._rules.life_close_settles_refunds)

    def _take_back(self, posting: Posting, amount: int) -> None:
        member = self._books.member(posting.member_id)
        member.held -= posting.charged
        member.balance -= amount
        member.clawed += max(0, amount - posting.charged)
        posting.booked = -amount

    def _give_back(self, posting: Posting, target: Posting, amount: int) -> None:
        member = self._books.member(posting.member_id)
        posting.booked = amount
        member.balance += amount
        self._will_expire(posting.member_id, posting.expires_ms)
        cancelled = 0
        if self._rules.refund_cancels_liability:
            room = min(amount, target.liability)
            for each in self._books.family(target.member_id):
                cancelled += self._repay(each, room - cancelled, posting.at_ms, target)
            target.liability -= cancelled
        if posting.own_member is not None:
            share = min(posting.own_amount, amount - cancelled)
            self._allowances.raise_own(self._books.life(posting.life), posting.own_member, POINTS, share)

    def _retry(self, life: Life, first_seq: int, last_seq: int) -> None:
        for ref, posting in self._books.waiting_for(life, first_seq, last_seq):
            if self._apply(posting, ref):
                self._books.settled(ref, posting)
                # Not for the legs of an entry half booked: what its later debits were charged would seem free.
                self.settle(posting.member_id, posting.at_ms)

    def _close_shift(self, entry: Arrived) -> None:
        life = entry.life
        life.shift_closed_seq = max(life.shift_closed_seq, entry.seq)
        if entry.kind == Kind.LIFE_CLOSED:
            life.state = SEALED
            if self._rules.close_frees_all:
                self.close_life(life, entry.at_ms)
        self._retry(life, 0, entry.seq)

    # -- what else an entry says

    def _remember(self, entry: Arrived) -> None:
        if entry.kind in _SHIFT_KINDS:
            self._close_shift(entry)
        if entry.member_id is None:
            return
        member = self._books.member(entry.member_id, entry.at_ms)
        root = self._books.family(entry.member_id)[0]
        if entry.header.legs and entry.life.till_id != HQ_TILL_ID:
            root.last_till = entry.life.till_id
            root.last_at_ms = max(root.last_at_ms, entry.at_ms)
        match entry.kind:
            case Kind.MEMBER_ENROLLED:
                member.enrolled_ms = entry.at_ms
                self._units.enrol(member.member_id, None if entry.suspended else entry.life)
            case Kind.SALE_COMPLETED | Kind.SALE_IMPORTED:
                member.visits += 1
            case Kind.SALE_VOIDED:
                member.visits -= 1
            case Kind.MEMBER_BLOCKED:
                member.status = "blocked"
            case Kind.MEMBER_UNBLOCKED:
                member.status = "active"
