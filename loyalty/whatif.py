"""What if: past sales played again under a programme.

Pure: whoever calls hands the past over, event by event in the order of time, and may count them for a progress bar.
What was before (:class:`~loyalty.past.PastEntry`) is the same under every programme; then each goes its own way: what
a sale earns under one can be spent later under that one only. A reward that was used is used again where the programme
allows it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from loyalty.account import ACTIVE, Account, Voucher
from loyalty.activities import activity, activity_draft
from loyalty.bodies import PointsImported, TierChanged, decode_body, decode_refund
from loyalty.booking import LIMIT, STAMPS, VOUCHER, Sale, sale_draft
from loyalty.compared import Fared, Outcome, RewardUse
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, Entry, Header, Kind, PostingRef
from loyalty.facts import MemberFacts, build_account
from loyalty.ids import EntryId
from loyalty.lots import PostedLeg
from loyalty.past import Event, PastActivity, PastRefund, PastSale
from loyalty.programme.load import Programme
from loyalty.quote import quote
from loyalty.quoted import Quote
from loyalty.refund_booking import refund_draft
from loyalty.refunds import MemberNow, SoldSale, refund
from loyalty.sale_bodies import SaleCompleted, SaleRefunded
from loyalty.tiers import ManualTier

_FOREVER_MS = 1 << 62


class _Member:
    """A member as the replay makes them."""

    def __init__(self, member_id: str) -> None:
        self.member_id = member_id
        self.points: list[PostedLeg] = []
        self.qualifying: list[PostedLeg] = []
        self.stamps: Counter[str] = Counter()
        self.vouchers: dict[str, Voucher] = {}
        self.uses: Counter[str] = Counter()
        self.visits = 0
        self.manual_tier: ManualTier | None = None
        self.erased = False

    def facts(
        self,
        everybodys: Mapping[str, int],
        segments: tuple[str, ...] = (),
        windows: tuple[int, ...] = (),
        status: str = ACTIVE,
    ) -> MemberFacts:
        return MemberFacts(
            member_id=self.member_id,
            status=status,
            points=self.points,
            qualifying=self.qualifying,
            stamps=dict(self.stamps),
            vouchers=tuple(self.vouchers.values()),
            uses=dict(self.uses),
            shop_uses=dict(everybodys),
            visits=self.visits,
            segments=segments,
            birthday_windows=windows,
            manual_tier=self.manual_tier,
        )


class Replay:
    """One programme going through the past."""

    def __init__(self, programme: Programme, currency: str) -> None:
        self.programme, self.currency = programme, currency
        self._members: dict[str, _Member] = {}
        self._everybodys: Counter[str] = Counter()
        self._sold: dict[str, SoldSale] = {}
        self._seq = 0
        self._sums: Counter[str] = Counter()
        self._rewards: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._given: Counter[str] = Counter()
        self._cost: Counter[str] = Counter()

    def play(self, event: Event) -> None:
        """Let *event* happen; events come in the order of time."""
        self._seq += 1
        if isinstance(event, PastSale):
            self._sale(event)
        elif isinstance(event, PastRefund):
            self._refund(event)
        elif isinstance(event, PastActivity):
            self._activity(event)
        else:
            self._as_it_was(event.entry)

    def outcome(self, at_ms: int, store: StoreFacts) -> Outcome:
        """What it has come to, with tiers and points as they stand at *at_ms*."""
        tiers: Counter[str] = Counter()
        liability = 0
        for member in self._members.values():
            if member.erased:
                continue
            account = build_account(self.programme, member.facts({}), at_ms, store)
            tiers[account.tier or ""] += 1
            liability += sum(lot.amount_millipoints for lot in account.lots if not lot.is_expired(at_ms))
        sums = self._sums
        return Outcome(
            sales=sums["sales"],
            turnover_minor=sums["turnover"],
            to_pay_minor=sums["to_pay"],
            cost_minor=sums["turnover"] - sums["to_pay"],
            points_given_millipoints=self._given.total(),
            points_spent_millipoints=sums["spent"],
            liability_millipoints=liability,
            rewards={reward: RewardUse(*use) for reward, use in sorted(self._rewards.items())},
            members_by_tier=dict(sorted(tiers.items())),
            vouchers_given=sums["vouchers"],
            choices_refused=sums["refused"],
        )

    def fared(self) -> dict[str, Fared]:
        """How each member fared."""
        return {
            member_id: Fared(self._given[member_id], self._cost[member_id])
            for member_id in self._given.keys() | self._cost.keys()
        }

    def _member(self, member_id: str) -> _Member:
        member = self._members.get(member_id)
        if member is None:
            member = self._members[member_id] = _Member(member_id)
        return member

    def _sale(self, event: PastSale) -> None:
        total = event.basket.total_minor
        self._sums.update(sales=1, turnover=total)
        if event.member_id is None and not event.comes_back:
            self._sums["to_pay"] += total
            return
        member = None if event.member_id is None else self._member(event.member_id)
        sale = self._quoted(event, member)
        codes = [f"{self._seq}-{number}" for number in range(len(sale.quoted.vouchers_won))]
        draft = sale_draft(sale, codes=codes)
        self._sums["to_pay"] += sale.quoted.to_pay_minor
        if member is not None:
            member.visits += 1
            self._book(draft.header, event.at_ms, self._ref)
            self._count(member.member_id, sale.quoted)
        if event.comes_back:
            assert isinstance(draft.body, SaleCompleted)
            self._sold[event.key] = SoldSale(EntryId("", 0, self._seq), draft.body, draft.header)

    def _quoted(self, event: PastSale, member: _Member | None) -> Sale:
        """The sale under this programme, with those of its rewards that can be had."""
        account: Account | None = None
        if member is not None:
            facts = member.facts(self._everybodys, event.segments, event.birthday_windows, event.status)
            account = build_account(self.programme, facts, event.at_ms, event.store)
        choices = [msgspec.structs.replace(choice, voucher=None) for choice in event.choices]
        quoted = quote(self.programme, account, event.basket, choices, event.at_ms, event.store, offers=False)
        if quoted.refused:
            self._sums["refused"] += len(quoted.refused)
            refused = [each.choice for each in quoted.refused]
            choices = [choice for choice in choices if choice not in refused]
            quoted = quote(self.programme, account, event.basket, choices, event.at_ms, event.store, offers=False)
        return Sale(self.programme, account, event.basket, choices, event.at_ms, event.store, quoted)

    def _count(self, member_id: str, quoted: Quote) -> None:
        self._sums.update(spent=quoted.points_spent_millipoints, vouchers=len(quoted.vouchers_won))
        self._given[member_id] += quoted.points_earned_millipoints
        for discount in quoted.discounts:
            use = self._rewards[discount.reward]
            use[0] += 1
            use[1] += discount.amount_minor
            use[2] += discount.points_millipoints
            self._cost[member_id] += discount.amount_minor

    def _refund(self, event: PastRefund) -> None:
        sale = self._sold.get(event.key)
        if sale is None:
            return
        account = sale.body.account
        member = None if account is None else self._member(account.member_id)
        now = MemberNow()
        if member is not None:
            balance = sum(leg.amount for leg in member.points)
            cards = self.programme.model.stamp_cards
            now = MemberNow(balance, member.stamps, tuple(member.vouchers.values()), cards)
        back = refund(sale, event.lines, now, at_ms=event.at_ms)
        draft = refund_draft(back, store=sale.body.store)
        assert isinstance(draft.body, SaleRefunded)
        self._sold[event.key] = sale._replace(so_far=(*sale.so_far, draft.body))
        gross = sum(line.amount_minor for line in back.lines)
        self._sums.update(turnover=-gross, to_pay=-back.refunded_minor, spent=-back.given_back_millipoints)
        if member is None:
            return
        self._book(draft.header, event.at_ms, self._ref)
        for voucher in back.vouchers_returned:
            member.vouchers[voucher.code] = voucher
        self._given[member.member_id] -= back.taken_back_millipoints
        self._cost[member.member_id] -= gross - back.refunded_minor
        member.visits -= back.whole

    def _activity(self, event: PastActivity) -> None:
        member = self._member(event.member_id)
        facts = member.facts(self._everybodys, event.segments, event.birthday_windows)
        account = build_account(self.programme, facts, event.at_ms, event.store)
        granted = activity(
            self.programme,
            account,
            event.activity,
            event.proof,
            currency=self.currency,
            at_ms=event.at_ms,
            store=event.store,
        )
        if not granted.possible:
            self._sums["refused"] += 1
            return
        codes = tuple(f"{self._seq}-{number}" for number in range(len(granted.vouchers_won)))
        draft = activity_draft(self.programme, account, granted, event.proof, event.store, codes=codes)
        self._book(draft.header, event.at_ms, self._ref)
        self._given[event.member_id] += granted.millipoints
        self._sums["vouchers"] += len(codes)

    def _as_it_was(self, entry: Entry) -> None:
        """Take over all effects of *entry*."""
        self._book(entry.header, entry.at_ms, lambda place: PostingRef(entry.till_id, entry.epoch, entry.seq, place))
        if entry.member_id is None:
            return
        member = self._member(entry.member_id)
        if entry.kind in (Kind.SALE_COMPLETED, Kind.SALE_IMPORTED):
            member.visits += 1
        elif entry.kind in (Kind.SALE_REFUNDED, Kind.SALE_VOIDED):
            member.visits -= decode_refund(entry.body).whole
        elif entry.kind == Kind.MEMBER_ERASED:
            member.erased = True
        elif entry.kind in (Kind.TIER_CHANGED, Kind.POINTS_IMPORTED):
            body = decode_body(entry.kind, entry.body)
            if isinstance(body, TierChanged):
                member.manual_tier = _by_hand(body.tier, body.until_ms)
            elif isinstance(body, PointsImported) and body.tier is not None:
                member.manual_tier = _by_hand(body.tier, body.tier_until_ms)

    def _ref(self, place: int) -> PostingRef:
        return PostingRef("", 0, self._seq, place)

    def _book(self, header: Header, at_ms: int, ref: Callable[[int], PostingRef]) -> None:
        """What the ledger does with an entry, in memory."""
        made: list[tuple[str, int | None]] = []
        for place, leg in enumerate(header.legs):
            if leg.currency in (POINTS, QUALIFYING):
                member = self._member(leg.member)
                legs = member.points if leg.currency == POINTS else member.qualifying
                own = ref(place)
                legs.append(
                    PostedLeg(own, at_ms, leg.amount, leg.against, leg.available_ms, leg.expires_ms, leg.undoes)
                )
            elif leg.currency.startswith(f"{VOUCHER}/") and leg.amount > 0:
                made.append((leg.currency.partition("/")[2], leg.expires_ms))
        if header.units:
            self._move_units(header, made)

    def _move_units(self, header: Header, made: list[tuple[str, int | None]]) -> None:
        vouchers = iter(made)
        for move in header.units:
            if move.kind == LIMIT:
                counter = self._member(move.member).uses if move.member else self._everybodys
                counter[move.unit] -= move.change
            elif move.kind == STAMPS:
                self._member(move.member).stamps[move.unit] += move.change
            elif move.change > 0:
                reward, expires_ms = next(vouchers)
                self._member(move.member).vouchers[move.unit] = Voucher(move.unit, reward, expires_ms)
            else:
                self._member(move.member).vouchers.pop(move.unit, None)


def _by_hand(tier: str | None, until_ms: int | None) -> ManualTier | None:
    return None if tier is None else ManualTier(tier, _FOREVER_MS if until_ms is None else until_ms)


def replay_all(replays: Sequence[Replay], events: Iterable[Event]) -> int:
    """Let every event happen under each of *replays*; how many there were."""
    count = 0
    for event in events:
        for replay in replays:
            replay.play(event)
        count += 1
    return count
