"""A shop in memory: sells and refunds through the real arithmetic, and keeps what a ledger would keep."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

import msgspec

from loyalty.account import Account, Voucher
from loyalty.acts import adjustment_draft, expiry_draft, expiry_reversed_draft
from loyalty.basket import Basket, Line
from loyalty.booking import Sale, Sources, sale_draft
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, Draft, PostingRef, postings, sums
from loyalty.expiry import expiries_due
from loyalty.facts import MemberFacts, build_account
from loyalty.ids import EntryId
from loyalty.lots import PostedLeg, replay
from loyalty.programme.load import Programme, load_programme
from loyalty.quote import quote
from loyalty.quoted import Choice, Quote
from loyalty.refund_booking import PairedTill, refund_draft
from loyalty.refunds import MemberNow, Refund, RefundLine, SoldSale, refund
from loyalty.sale_bodies import SaleCompleted, SaleRefunded
from loyalty.tiers import ManualTier

MEMBER = "MEMBER0000000001"
TILL = "TILL000001"
WARSAW = StoreFacts("main", "Europe/Warsaw")
BASE = '[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n'


def at(text: str, zone: str = "Europe/Warsaw") -> int:
    """The UTC milliseconds of a local time such as ``2026-05-05 12:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


TUESDAY = at("2026-05-05 12:00")
WEDNESDAY = at("2026-05-06 12:00")


def programme(text: str) -> Programme:
    """A programme of *text*, with a name."""
    return load_programme(f'name = "Test"\n{text}')


def basket(*lines: tuple[str, int] | tuple[str, int, int] | Line, currency: str = "PLN", paid: str = "") -> Basket:
    """A basket of (category, amount_minor, quantity_milli) rows."""
    made = (line if isinstance(line, Line) else Line(*line) for line in lines)
    return Basket(currency, tuple(made), paid or None)


def quoted(text: str, bought: Basket, *choices: Choice, at_ms: int = TUESDAY, account: Account | None = None) -> Quote:
    """The quote of one basket for a member who is nobody yet, or for *account*."""
    return quote(programme(text), account or Account(MEMBER), bought, choices, at_ms, WARSAW)


def points(text: str, bought: Basket, *choices: Choice, at_ms: int = TUESDAY, account: Account | None = None) -> int:
    """The millipoints that one basket earns."""
    return quoted(text, bought, *choices, at_ms=at_ms, account=account).points_earned_millipoints


class Shop:
    """One till that was never paired, and one member."""

    def __init__(self, text: str, store: StoreFacts = WARSAW) -> None:
        self.programme = programme(text)
        self.store = store
        self.points: list[PostedLeg] = []
        self.qualifying: list[PostedLeg] = []
        self.stamps: Counter[str] = Counter()
        self.vouchers: dict[str, Voucher] = {}
        self.uses: Counter[str] = Counter()
        self.everybodys: Counter[str] = Counter()
        self.visits = 0
        self.birthday_windows: tuple[int, ...] = ()
        self.segments: tuple[str, ...] = ()
        self.manual_tier: ManualTier | None = None
        self.sales: dict[EntryId, SoldSale] = {}
        self._seq = count(1)
        self._codes = count(1)

    def account(self, at_ms: int) -> Account:
        facts = MemberFacts(
            MEMBER,
            points=self.points,
            qualifying=self.qualifying,
            stamps=dict(self.stamps),
            vouchers=tuple(self.vouchers.values()),
            uses=dict(self.uses),
            shop_uses=dict(self.everybodys),
            visits=self.visits,
            birthday_windows=self.birthday_windows,
            segments=self.segments,
            manual_tier=self.manual_tier,
        )
        return build_account(self.programme, facts, at_ms, self.store)

    @property
    def balance(self) -> int:
        return sum(leg.amount for leg in self.points)

    def quote(self, bought: Basket, *choices: Choice, at_ms: int = TUESDAY) -> Quote:
        return quote(self.programme, self.account(at_ms), bought, choices, at_ms, self.store)

    def sell(self, bought: Basket, *choices: Choice, at_ms: int = TUESDAY, sources: Sources | None = None) -> SoldSale:
        account = self.account(at_ms)
        found = quote(self.programme, account, bought, choices, at_ms, self.store, offers=False)
        assert not found.refused, found.refused
        sale = Sale(self.programme, account, bought, choices, at_ms, self.store, found)
        codes = [f"V{next(self._codes)}" for _ in found.vouchers_won]
        draft = sale_draft(sale, codes=codes, sources=sources)
        entry = self.book(draft, at_ms)
        self.visits += 1
        assert isinstance(draft.body, SaleCompleted)
        self.sales[entry] = SoldSale(entry, draft.body, draft.header)
        return self.sales[entry]

    def refund(
        self,
        sale: SoldSale,
        lines: Sequence[RefundLine] | None = None,
        *,
        at_ms: int = WEDNESDAY,
        paired: PairedTill | None = None,
    ) -> Refund:
        sale = self.sales[sale.sale_id]
        now = MemberNow(
            self.balance, dict(self.stamps), tuple(self.vouchers.values()), self.programme.model.stamp_cards
        )
        back = refund(sale, lines, now, at_ms=at_ms)
        draft = refund_draft(back, store=self.store, paired=paired)
        self.book(draft, at_ms)
        for voucher in back.vouchers_returned:
            self.vouchers[voucher.code] = voucher
        if back.whole:
            self.visits -= 1
        assert isinstance(draft.body, SaleRefunded)
        self.sales[sale.sale_id] = sale._replace(so_far=(*sale.so_far, draft.body))
        return back

    def book(self, draft: Draft, at_ms: int) -> EntryId:
        """What a ledger does with an entry; checks that it is whole."""
        entry = EntryId(TILL, 1, next(self._seq))
        header = draft.header
        assert not any(sums(postings(header)).values())
        assert all(move.amount > 0 for move in (*header.own, *header.used))
        assert msgspec.json.decode(msgspec.json.encode(draft.body), type=type(draft.body)) == draft.body
        made: list[tuple[str, int | None]] = []
        for place, leg in enumerate(header.legs):
            posted = PostedLeg(
                PostingRef(*entry, place), at_ms, leg.amount, leg.against, leg.available_ms, leg.expires_ms, leg.undoes
            )
            if leg.currency == POINTS:
                self.points.append(posted)
            elif leg.currency == QUALIFYING:
                self.qualifying.append(posted)
            elif leg.currency.startswith("stamps/"):
                self.stamps[leg.currency.removeprefix("stamps/")] += leg.amount
            elif leg.amount > 0:
                made.append((leg.currency.removeprefix("voucher/"), leg.expires_ms))
        rows = iter(made)
        for move in header.units:
            if move.kind == "limit":
                (self.uses if move.member else self.everybodys)[move.unit] -= move.change
            elif move.kind == "voucher" and move.change > 0:
                self.vouchers[move.unit] = Voucher(move.unit, *next(rows))
            elif move.kind == "voucher":
                del self.vouchers[move.unit]
        return entry

    def adjust(self, millipoints: int, *, at_ms: int) -> None:
        """Points given or taken by hand."""
        if millipoints:
            adjusted = adjustment_draft(
                self.programme,
                MEMBER,
                millipoints,
                reason="By hand",
                manager="M1",
                balance_millipoints=self.balance,
                at_ms=at_ms,
                store=self.store,
            )
            self.book(adjusted, at_ms)

    def expire(self, at_ms: int) -> None:
        """Give back what expired too much, then post what has expired: what a till that is its own HQ does."""
        for overdone in replay(self.points, self.programme.expiry.renewal(self.store)).overdone:
            self.book(expiry_reversed_draft(MEMBER, overdone), at_ms)
        lots = expiries_due(self.account(at_ms).lots, at_ms)
        if lots:
            self.book(expiry_draft(MEMBER, lots), at_ms)

    def state(self, at_ms: int) -> Account:
        """All that a member has, comparable: counts of nothing are left out."""
        account = self.account(at_ms)
        return msgspec.structs.replace(
            account,
            uses={unit: used for unit, used in self.uses.items() if used},
            shop_uses={unit: used for unit, used in self.everybodys.items() if used},
        )

    def give(self, millipoints: int, at_ms: int = TUESDAY - 86_400_000, *, expires_ms: int | None = None) -> PostingRef:
        """Points from nowhere."""
        ref = PostingRef(TILL, 1, next(self._seq), 0)
        self.points.append(PostedLeg(ref, at_ms, millipoints, "programme/adjusted", expires_ms=expires_ms))
        return ref
