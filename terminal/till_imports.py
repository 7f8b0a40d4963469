"""Sales and members of other systems: each at most once, so many a transaction, and nothing of what is wrong."""

from collections import Counter as Counts
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from config.errors import N_, Refused, RegularsError
from ledger import cards, identity, imports, members
from ledger.cards import Card
from ledger.store import Transaction
from loyalty.basket import Basket, basket_problem
from loyalty.bodies import ImportKey, MemberEnrolled
from loyalty.booking import Sale, sale_draft
from loyalty.days import StoreFacts
from loyalty.entries import Draft, Kind, canonical_json
from loyalty.ids import MEMBER_ID_LENGTH, make_id
from loyalty.quote import quote
from terminal.till_account import alone, read_account
from terminal.till_activity_imports import ActivityBatch
from terminal.till_counter import MAX_CLOCK_MS, Counter
from terminal.till_flags import flag_failures, flag_sale
from terminal.till_import_shapes import ImportCounts, ImportedActivity, ImportedMember, ImportedSale, Tally
from terminal.till_member_imports import MemberBatch, Met, card_code
from terminal.till_staff import StaffDesk
from terminal.till_vouchers import new_voucher_codes

BATCH = 1_000
MAX_FIELD = 64
SOURCE = "sales"
Progress = Callable[[ImportCounts], None]
Row = TypeVar("Row")


class ImportDesk:
    """Takes in what another system knows."""

    def __init__(self, counter: Counter, staff: StaffDesk) -> None:
        self._counter = counter
        self._staff = staff

    def sales(
        self, rows: Iterable[ImportedSale], *, enrol_unknown: bool = False, progress: Progress | None = None
    ) -> ImportCounts:
        """Take in sales, judged by the programme in force when they happened.

        Each is kept once, by (store, till, sale id), however often it is imported; at most :data:`BATCH` share a
        transaction, so that a broken-off import goes on where it stopped. A sale with a problem is left out whole.
        Refused ``import_needs_alone`` at a till that has a headquarters.
        """
        self._refuse_paired()
        tally = Tally()
        met: set[str] = set()
        for batch in _batches(rows):
            with self._counter.ledger.write() as tx:
                _SaleBatch(self._counter, tx, tally, enrol_unknown=enrol_unknown).take(batch, met)
            if progress is not None:
                progress(tally.counts())
        return tally.counts()

    def members(
        self, rows: Iterable[ImportedMember], *, check_only: bool = False, progress: Progress | None = None
    ) -> ImportCounts:
        """Take in members with their opening points and tiers; one who was imported before is left as they are.

        Each is kept once, by the other system's reference, or else by all that the row says; so is one whose card is
        known here. *check_only* does everything but keep it.
        Refused ``import_needs_alone`` at a till that has a headquarters.
        """
        self._refuse_paired()
        tally = Tally()
        met = Met()
        for batch in _batches(rows):
            with suppress(_Undone), self._counter.ledger.write() as tx:
                MemberBatch(self._counter, tx, tally).take(batch, met)
                if check_only:
                    raise _Undone
            if progress is not None:
                progress(tally.counts())
        return tally.counts()

    def activities(
        self,
        rows: Iterable[ImportedActivity],
        *,
        manager_pin: str | None = None,
        progress: Progress | None = None,
    ) -> ImportCounts:
        """Take in activities, each judged by the programme in force when it happened; each row counts once.

        A manager vouches with *manager_pin* for those that ask for one.
        Refused ``import_needs_alone`` at a till that has a headquarters.
        """
        self._refuse_paired()
        manager = self._staff.vouching(manager_pin)
        tally = Tally()
        met: Counts[str] = Counts()
        for batch in _batches(rows):
            with self._counter.ledger.write() as tx:
                ActivityBatch(self._counter, tx, tally, manager).take(batch, met)
            if progress is not None:
                progress(tally.counts())
        return tally.counts()

    def _refuse_paired(self) -> None:
        with self._counter.ledger.read() as view:
            if not self._counter.acts_alone(view):
                raise Refused(
                    "import_needs_alone",
                    N_("Imports are done before a till is paired, or at headquarters. Nothing was imported."),
                )


class _Undone(Exception):
    """Rolls a trial back."""


class _SaleBatch:
    """The sales of one transaction."""

    def __init__(self, counter: Counter, tx: Transaction, tally: Tally, *, enrol_unknown: bool) -> None:
        self._counter = counter
        self._tx = tx
        self._tally = tally
        self._enrol_unknown = enrol_unknown
        self._till = identity.till_facts(tx)

    def take(self, batch: Sequence[ImportedSale], met: set[str]) -> None:
        """Take the sales that are new; *met* holds the keys that this import has come upon before."""
        keys = [_key(sale) for sale in batch]
        seen = imports.seen(self._tx, SOURCE, keys)
        for sale, key in zip(batch, keys, strict=True):
            self._tally.read += 1
            if key in met:
                self._tally.refuse(sale, "rows_not_adjacent")
            elif key in seen:
                self._tally.repeated += 1
            else:
                self._take(sale, key)
            met.add(key)

    def _take(self, sale: ImportedSale, key: str) -> None:
        basket = Basket(self._till.currency, sale.lines)
        reason = _problem(sale, basket)
        if reason is not None:
            self._tally.refuse(sale, reason)
            return
        try:
            programme = self._counter.programme(self._tx, sale.at_ms)
        except RegularsError as error:
            self._tally.refuse(sale, error.reason)
            return
        store = StoreFacts(sale.store, self._till.zone, self._till.closing_minute)
        member_id = None if sale.card is None else self._member(sale, sale.card)
        if sale.card is not None and member_id is None:
            return
        member = (
            None
            if member_id is None
            else read_account(self._counter, self._tx, programme, member_id, sale.at_ms, store)
        )
        account = None if member is None else member.account
        quoted = quote(programme, account, basket, (), sale.at_ms, store, offers=False)
        draft = sale_draft(
            Sale(programme, account, basket, (), sale.at_ms, store, quoted),
            cashier_id=self._counter.session.cashier_id,
            codes=new_voucher_codes(self._tx, len(quoted.vouchers_won)),
            imported=ImportKey(sale.store, sale.till, sale.sale_id),
        )
        if account is not None:
            draft = alone(draft, account.points_millipoints)
        entry = self._counter.append(self._tx, draft, sale.at_ms)
        imports.remember(self._tx, SOURCE, key, entry)
        flag_sale(self._counter, self._tx, programme, entry)
        flag_failures(self._counter, self._tx, quoted, entry)
        by_hand = member is not None and member.facts.member.tier_manual
        if account is not None and quoted.tier_after != quoted.tier_before and not by_hand:
            members.set_tier(self._tx, account.member_id, quoted.tier_after, None)
        self._tally.imported += 1
        self._tally.lines += len(sale.lines)
        self._tally.earned_millipoints += quoted.points_earned_millipoints

    def _member(self, sale: ImportedSale, card: str) -> str | None:
        """Whose card it is; an unknown one enrols somebody without a name, or refuses the sale."""
        code = card_code(card)
        found = cards.find(self._tx, code)
        if len(found) > 1:
            self._tally.refuse(sale, "card_ambiguous")
            return None
        if found:
            return found[0].member_id
        if not self._enrol_unknown:
            self._tally.refuse(sale, "card_unknown")
            return None
        return self._enrol(code, sale.at_ms)

    def _enrol(self, code: str, at_ms: int) -> str:
        member_id = make_id(self._counter.random.token(10), MEMBER_ID_LENGTH)
        body = MemberEnrolled(cards=(code,))
        draft = Draft(Kind.MEMBER_ENROLLED, body, member_id=member_id, cashier_id=self._counter.session.cashier_id)
        self._counter.append(self._tx, draft, at_ms)
        members.add(self._tx, member_id, enrolled_ms=at_ms)
        cards.link(self._tx, Card(code=code, member_id=member_id, format="", kind="foreign", linked_ms=at_ms))
        self._tally.enrolled += 1
        return member_id


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _key(sale: ImportedSale) -> str:
    return canonical_json([sale.store, sale.till, sale.sale_id]).decode()


def _problem(sale: ImportedSale, basket: Basket) -> str | None:
    """The reason code of the first thing wrong with *sale*, or None."""
    texts = (sale.sale_id, sale.store, sale.till)
    if any(not text.strip() or len(text) > MAX_FIELD for text in texts):
        return "import_field_out_of_range"
    if sale.card is not None and not 0 < len(sale.card.strip()) <= MAX_FIELD:
        return "card_out_of_range"
    if not 0 <= sale.at_ms <= MAX_CLOCK_MS:
        return "time_absurd"
    return basket_problem(basket)
