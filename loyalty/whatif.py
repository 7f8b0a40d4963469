"""What if: past sales played again under a programme, and two such outcomes compared.

Pure: whoever calls hands the past over, event by event in the order of time, and may count them for a progress bar.
Both programmes begin with the same opening accounts and then each goes its own way: what a sale earns under one can
be spent later under that one only. A reward that was used is used again where the programme allows it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from loyalty.account import Voucher
from loyalty.activities import Proof, activity, activity_draft
from loyalty.basket import Basket
from loyalty.booking import LIMIT, STAMPS, VOUCHER, Sale, sale_draft
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, QUALIFYING, Draft, Header, PostingRef
from loyalty.facts import MemberFacts, build_account
from loyalty.ids import EntryId
from loyalty.lots import PostedLeg
from loyalty.programme.load import Programme
from loyalty.quote import quote
from loyalty.quoted import Choice, Quote
from loyalty.refund_booking import refund_draft
from loyalty.refunds import MemberNow, RefundLine, SoldSale, refund
from loyalty.sale_bodies import SaleCompleted, SaleRefunded

TOP_MEMBERS = 20


class PastSale(NamedTuple):
    """A sale as it was. *comes_back*: a refund of it will follow, so it has to be remembered."""

    key: str
    at_ms: int
    store: StoreFacts
    basket: Basket
    member_id: str | None = None
    choices: Sequence[Choice] = ()
    segments: tuple[str, ...] = ()
    birthday_windows: tuple[int, ...] = ()
    comes_back: bool = False


class PastRefund(NamedTuple):
    """A refund of the sale *key*, as it was."""

    key: str
    at_ms: int
    lines: Sequence[RefundLine]


class PastActivity(NamedTuple):
    """An activity as it was recorded."""

    at_ms: int
    store: StoreFacts
    member_id: str
    activity: str
    proof: Proof


class PastPoints(NamedTuple):
    """Points that no rule gave: an adjustment, an import."""

    at_ms: int
    member_id: str
    millipoints: int
    against: str
    expires_ms: int | None = None


Event = PastSale | PastRefund | PastActivity | PastPoints


class RewardUse(msgspec.Struct, frozen=True):
    """How often a reward was used, what it took off and what it cost the members."""

    times: int
    amount_minor: int
    millipoints: int


class Outcome(msgspec.Struct, frozen=True):
    """What a programme made of the past. *cost_minor* is what rewards took off; *liability* what may still be spent."""

    sales: int
    turnover_minor: int
    to_pay_minor: int
    cost_minor: int
    points_given_millipoints: int
    points_spent_millipoints: int
    liability_millipoints: int
    rewards: dict[str, RewardUse]
    members_by_tier: dict[str, int]
    vouchers_given: int
    choices_refused: int
    given_by_member: dict[str, int]
    cost_by_member: dict[str, int]


class MemberChange(msgspec.Struct, frozen=True):
    """How a member fares under the draft: points given and what rewards took off, before and after."""

    member_id: str
    given_before_millipoints: int
    given_after_millipoints: int
    cost_before_minor: int
    cost_after_minor: int


class Comparison(msgspec.Struct, frozen=True):
    """Two outcomes of the same past, and the members most affected, the most first."""

    in_force: Outcome
    draft: Outcome
    members_changed: int
    most_affected: tuple[MemberChange, ...]


class _Member:
    """A member as the replay makes them."""

    def __init__(self, opening: MemberFacts) -> None:
        self.points = list(opening.points)
        self.qualifying = list(opening.qualifying)
        self.stamps = Counter(opening.stamps)
        self.vouchers = {voucher.code: voucher for voucher in opening.vouchers}
        self.uses = Counter(opening.uses)
        self.visits = opening.visits
        self.opening = opening

    def facts(self, everybodys: Mapping[str, int], segments: tuple[str, ...], windows: tuple[int, ...]) -> MemberFacts:
        return MemberFacts(
            member_id=self.opening.member_id,
            points=self.points,
            qualifying=self.qualifying,
            stamps=dict(self.stamps),
            vouchers=tuple(self.vouchers.values()),
            uses=dict(self.uses),
            shop_uses=dict(everybodys),
            visits=self.visits,
            segments=segments,
            birthday_windows=windows,
            manual_tier=self.opening.manual_tier,
        )


class Replay:
    """One programme going through the past."""

    def __init__(self, programme: Programme, currency: str, opening: Mapping[str, MemberFacts] | None = None) -> None:
        self.programme, self.currency = programme, currency
        self._opening = opening or {}
        self._members: dict[str, _Member] = {}
        self._everybodys: Counter[str] = Counter()
        self._sold: dict[str, SoldSale] = {}
        self._seq = 0
        self._last: tuple[int, StoreFacts] | None = None
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
            ref = PostingRef("", 0, self._seq, 0)
            leg = PostedLeg(ref, event.at_ms, event.millipoints, event.against, expires_ms=event.expires_ms)
            self._member(event.member_id).points.append(leg)

    def outcome(self) -> Outcome:
        """What it has come to."""
        tiers: Counter[str] = Counter()
        liability = 0
        if self._last is not None:
            at_ms, store = self._last
            for member in self._members.values():
                account = build_account(self.programme, member.facts({}, (), ()), at_ms, store)
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
            given_by_member=dict(self._given),
            cost_by_member=dict(self._cost),
        )

    def _member(self, member_id: str) -> _Member:
        member = self._members.get(member_id)
        if member is None:
            member = self._members[member_id] = _Member(self._opening.get(member_id, MemberFacts(member_id)))
        return member

    def _sale(self, event: PastSale) -> None:
        self._last = (event.at_ms, event.store)
        total = event.basket.total_minor
        self._sums.update(sales=1, turnover=total)
        if event.member_id is None:
            self._sums["to_pay"] += total
            return
        member = self._member(event.member_id)
        facts = member.facts(self._everybodys, event.segments, event.birthday_windows)
        account = build_account(self.programme, facts, event.at_ms, event.store)
        choices = [msgspec.structs.replace(choice, voucher=None) for choice in event.choices]
        quoted = quote(self.programme, account, event.basket, choices, event.at_ms, event.store, offers=False)
        if quoted.refused:
            self._sums["refused"] += len(quoted.refused)
            refused = [each.choice for each in quoted.refused]
            choices = [choice for choice in choices if choice not in refused]
            quoted = quote(self.programme, account, event.basket, choices, event.at_ms, event.store, offers=False)
        sale = Sale(self.programme, account, event.basket, choices, event.at_ms, event.store, quoted)
        codes = [f"{self._seq}-{number}" for number in range(len(quoted.vouchers_won))]
        draft = sale_draft(sale, codes=codes)
        member.visits += 1
        self._book(member, draft, event.at_ms)
        self._count(event.member_id, quoted)
        if event.comes_back:
            assert isinstance(draft.body, SaleCompleted)
            self._sold[event.key] = SoldSale(EntryId("", 0, self._seq), draft.body, draft.header)

    def _count(self, member_id: str, quoted: Quote) -> None:
        self._sums.update(
            to_pay=quoted.to_pay_minor, spent=quoted.points_spent_millipoints, vouchers=len(quoted.vouchers_won)
        )
        self._given[member_id] += quoted.points_earned_millipoints
        for discount in quoted.discounts:
            use = self._rewards[discount.reward]
            use[0] += 1
            use[1] += discount.amount_minor
            use[2] += discount.points_millipoints
            self._cost[member_id] += discount.amount_minor

    def _refund(self, event: PastRefund) -> None:
        sale = self._sold.get(event.key)
        if sale is None or sale.body.account is None:
            return
        member_id = sale.body.account.member_id
        member = self._member(member_id)
        balance = sum(leg.amount for leg in member.points)
        cards = self.programme.model.stamp_cards
        now = MemberNow(balance, member.stamps, tuple(member.vouchers.values()), cards)
        back = refund(sale, event.lines, now, at_ms=event.at_ms)
        draft = refund_draft(back, store=sale.body.store)
        self._book(member, draft, event.at_ms)
        for voucher in back.vouchers_returned:
            member.vouchers[voucher.code] = voucher
        assert isinstance(draft.body, SaleRefunded)
        self._sold[event.key] = sale._replace(so_far=(*sale.so_far, draft.body))
        gross = sum(line.amount_minor for line in back.lines)
        self._sums.update(turnover=-gross, to_pay=-back.refunded_minor, spent=-back.given_back_millipoints)
        self._given[member_id] -= back.taken_back_millipoints
        self._cost[member_id] -= gross - back.refunded_minor
        if back.whole:
            member.visits -= 1

    def _activity(self, event: PastActivity) -> None:
        member = self._member(event.member_id)
        account = build_account(self.programme, member.facts(self._everybodys, (), ()), event.at_ms, event.store)
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
        self._book(member, draft, event.at_ms)
        self._given[event.member_id] += granted.millipoints
        self._sums["vouchers"] += len(codes)

    def _book(self, member: _Member, draft: Draft, at_ms: int) -> None:
        """What the ledger does with an entry, in memory."""
        made: list[tuple[str, int | None]] = []
        for place, leg in enumerate(draft.header.legs):
            ref = PostingRef("", 0, self._seq, place)
            posted = PostedLeg(ref, at_ms, leg.amount, leg.against, leg.available_ms, leg.expires_ms, leg.undoes)
            if leg.currency == POINTS:
                member.points.append(posted)
            elif leg.currency == QUALIFYING:
                member.qualifying.append(posted)
            elif leg.currency.startswith(f"{VOUCHER}/") and leg.amount > 0:
                made.append((leg.currency.partition("/")[2], leg.expires_ms))
        self._move_units(member, draft.header, made)

    def _move_units(self, member: _Member, header: Header, made: list[tuple[str, int | None]]) -> None:
        vouchers = iter(made)
        for move in header.units:
            if move.kind == LIMIT:
                counter = member.uses if move.member else self._everybodys
                counter[move.unit] -= move.change
            elif move.kind == STAMPS:
                member.stamps[move.unit] += move.change
            elif move.change > 0:
                reward, expires_ms = next(vouchers)
                member.vouchers[move.unit] = Voucher(move.unit, reward, expires_ms)
            else:
                member.vouchers.pop(move.unit, None)


def compare(in_force: Outcome, draft: Outcome) -> Comparison:
    """Two outcomes side by side."""
    names = sorted(in_force.given_by_member.keys() | draft.given_by_member.keys())
    changes = [
        MemberChange(
            name,
            in_force.given_by_member.get(name, 0),
            draft.given_by_member.get(name, 0),
            in_force.cost_by_member.get(name, 0),
            draft.cost_by_member.get(name, 0),
        )
        for name in names
    ]
    changed = [change for change in changes if _size(change) > (0, 0)]
    changed.sort(key=lambda change: (*(-part for part in _size(change)), change.member_id))
    return Comparison(in_force, draft, len(changed), tuple(changed[:TOP_MEMBERS]))


def replay_all(replays: Sequence[Replay], events: Iterable[Event]) -> int:
    """Let every event happen under each of *replays*; how many there were."""
    count = 0
    for event in events:
        for replay in replays:
            replay.play(event)
        count += 1
    return count


def _size(change: MemberChange) -> tuple[int, int]:
    """How much changes for a member: points first, then money."""
    return (
        abs(change.given_after_millipoints - change.given_before_millipoints),
        abs(change.cost_after_minor - change.cost_before_minor),
    )
