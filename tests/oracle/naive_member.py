"""A member, naively: postings that are changed in place, and lots played from them from the beginning each time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loyalty.account import Voucher
from loyalty.basket import Basket
from loyalty.days import StoreFacts
from loyalty.quoted import Choice
from tests.oracle.naive_earning import Earned, EarnedLot, earn
from tests.oracle.naive_rewards import Given, Redeeming
from tests.oracle.plain import Table, Visit, good_until, milli, points_good_until

NEVER = 1 << 62
Key = tuple[int, int]


@dataclass
class Posting:
    """A credit or debit, less what took it back; *empties* makes it the expiry of a lot, *too_much* by so much."""

    key: Key
    at_ms: int
    amount: int
    of_sale: bool = False
    available_ms: int | None = None
    expires_ms: int | None = None
    empties: Key | None = None
    too_much: int = 0


class LotLeft(NamedTuple):
    """What is left of a credit."""

    key: Key
    amount: int
    available_ms: int | None
    expires_ms: int | None


@dataclass
class Sold:
    """A sale; amounts by line in the order of *basket*, *done* what has come back of each."""

    at_ms: int
    basket: Basket
    to_pay: int
    net: list[int]
    given: list[Given]
    earned: Earned
    won: list[Voucher]
    spent_vouchers: list[Voucher]
    refused: list[Choice]
    done: list[int]
    buying: set[str]
    credits: list[Posting] = field(default_factory=list)
    debit: Posting | None = None
    limit_uses: Counter[str] = field(default_factory=Counter)
    by_all: Counter[str] = field(default_factory=Counter)


@dataclass
class NaiveMember:
    """One member of a shop whose programme is a plain table."""

    programme: Table
    store: StoreFacts
    segments: Sequence[str] = ()
    birthday_windows: Sequence[int] = ()
    postings: list[Posting] = field(default_factory=list)
    balance: int = 0
    qualifying: int = 0
    visits: int = 0
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    used_by_all: Counter[str] = field(default_factory=Counter)

    @property
    def tier(self) -> str | None:
        """The highest tier that all qualifying points together reach."""
        reached = [
            tier["id"] for tier in self.programme.get("tier", ()) if self.qualifying >= milli(tier["from_points"])
        ]
        return reached[-1] if reached else None

    def lots(self) -> list[LotLeft]:
        """What is left of each credit, by key."""
        lots: dict[Key, LotLeft] = {}
        owed = 0
        for posting in sorted(self.postings, key=lambda posting: (posting.at_ms, posting.key)):
            if posting.empties is not None:
                posting.too_much = -posting.amount
                lot = lots.get(posting.empties)
                if lot is not None and lot.expires_ms is not None and lot.expires_ms <= posting.at_ms:
                    posting.too_much = max(0, -posting.amount - lot.amount)
                    lots[lot.key] = lot._replace(amount=lot.amount + posting.amount + posting.too_much)
            elif posting.amount > 0:
                fills = min(owed, posting.amount)
                owed -= fills
                lots[posting.key] = LotLeft(
                    posting.key, posting.amount - fills, posting.available_ms, posting.expires_ms
                )
            else:
                owed += self._take(lots, posting.at_ms, -posting.amount)
            if posting.of_sale and posting.amount:
                self._renew(lots, posting.at_ms)
        return [lot for _, lot in sorted(lots.items()) if lot.amount]

    def _take(self, lots: dict[Key, LotLeft], at_ms: int, amount: int) -> int:
        """Take from the lots in their order; what they don't cover is returned."""

        def order(lot: LotLeft) -> tuple[int, int, int, Key]:
            over = lot.expires_ms is not None and lot.expires_ms <= at_ms
            waits = lot.available_ms is not None and lot.available_ms > at_ms
            made = next(posting.at_ms for posting in self.postings if posting.key == lot.key)
            return 2 if over else int(waits), NEVER if lot.expires_ms is None else lot.expires_ms, made, lot.key

        for lot in sorted(lots.values(), key=order):
            taken = min(amount, lot.amount)
            lots[lot.key] = lot._replace(amount=lot.amount - taken)
            amount -= taken
        return amount

    def _renew(self, lots: dict[Key, LotLeft], at_ms: int) -> None:
        expiry = self.programme.get("expiry", {})
        if expiry.get("model") != "activity":
            return
        until = points_good_until(expiry, at_ms, self.store) or NEVER
        for lot in list(lots.values()):
            if lot.expires_ms is not None and lot.expires_ms > at_ms:
                lots[lot.key] = lot._replace(expires_ms=max(until, lot.expires_ms))

    def spendable(self, at_ms: int) -> int:
        """What can be spent: lots that neither wait nor have expired, at most the balance."""
        due = sum(
            lot.amount
            for lot in self.lots()
            if (lot.available_ms is None or lot.available_ms <= at_ms)
            and (lot.expires_ms is None or lot.expires_ms > at_ms)
        )
        return max(0, min(due, self.balance))

    def give(self, seq: int, at_ms: int, points: int, expires_ms: int | None) -> None:
        """Points from nowhere."""
        self.postings.append(Posting((seq, 0), at_ms, points, expires_ms=expires_ms))
        self.balance += points

    def unexpire(self) -> list[tuple[Key, int]]:
        """Give back what expired too much: by expiry."""
        self.lots()
        back = [(posting.key, posting.too_much) for posting in self.postings if posting.too_much]
        for posting in self.postings:
            posting.amount += posting.too_much
            self.balance += posting.too_much
            posting.too_much = 0
        return back

    def expire(self, seq: int, at_ms: int) -> bool:
        """Post the expiry of every lot whose time is over; False where there is none."""
        over = [lot for lot in self.lots() if lot.expires_ms is not None and lot.expires_ms <= at_ms]
        for place, lot in enumerate(over):
            self.postings.append(Posting((seq, place), at_ms, -lot.amount, empties=lot.key))
            self.balance -= lot.amount
        return bool(over)

    def reckon(self, at_ms: int, basket: Basket, choices: Sequence[Choice]) -> Sold:
        """What a sale comes to; nothing is kept of it."""
        order = sorted(
            range(len(basket.lines)),
            key=lambda place: (
                (line := basket.lines[place]).category.lower(),
                (line.sku or "").lower(),
                line.amount_minor,
                line.quantity_milli,
                place,
            ),
        )
        lines = [basket.lines[place] for place in order]
        visit = Visit(
            at_ms,
            self.store,
            lines,
            basket.payment_method,
            self.visits,
            self.tier,
            self.segments,
            self.birthday_windows,
        )
        redeeming = Redeeming(
            self.programme,
            visit,
            self.spendable(at_ms),
            list(self.vouchers.values()),
            self.used,
            self.used_by_all,
        )
        redeeming.give_all(choices)
        earned = earn(self.programme, visit, redeeming, self.used)

        def as_entered(amounts: Sequence[int]) -> list[int]:
            return [amounts[order.index(place)] for place in range(len(order))]

        earned.lots = [
            EarnedLot(lot.points, lot.available_ms, lot.expires_ms, as_entered(lot.by_line)) for lot in earned.lots
        ]
        return Sold(
            at_ms=at_ms,
            basket=basket,
            to_pay=sum(redeeming.left),
            net=as_entered(redeeming.left),
            given=[Given(each.reward, as_entered(each.off), each.points, each.voucher) for each in redeeming.given],
            earned=earned,
            won=self._won(redeeming, at_ms),
            spent_vouchers=[self.vouchers[each.voucher] for each in redeeming.given if each.voucher],
            refused=redeeming.refused,
            done=[0] * len(order),
            buying={name for name, reward in redeeming.rewards.items() if reward["kind"] == "voucher"},
            limit_uses=redeeming.uses,
            by_all=redeeming.uses_by_all,
        )

    def _won(self, redeeming: Redeeming, at_ms: int) -> list[Voucher]:
        bought = [redeeming.rewards[each.reward] for each in redeeming.given]
        return [
            Voucher(f"{reward['id']}", reward["gives"], good_until(reward.get("valid"), at_ms, self.store))
            for reward in bought
            if reward["kind"] == "voucher"
        ]

    def sell(self, seq: int, sold: Sold, codes: Sequence[str]) -> None:
        """Keep a sale whose vouchers got *codes*."""
        earned = sold.earned
        for place, lot in enumerate(earned.lots):
            posting = Posting((seq, place), sold.at_ms, lot.points, True, lot.available_ms, lot.expires_ms)
            sold.credits.append(posting)
        spent = sum(given.points for given in sold.given)
        if spent:
            place = len(earned.lots) + bool(earned.qualifying)
            sold.debit = Posting((seq, place), sold.at_ms, -spent, True)
            self.postings.append(sold.debit)
        self.postings += sold.credits
        self.balance += earned.total - spent
        self.qualifying += earned.qualifying
        self.visits += 1
        sold.won = [Voucher(code, won.reward, won.expires_ms) for code, won in zip(codes, sold.won, strict=True)]
        for voucher in sold.spent_vouchers:
            del self.vouchers[voucher.code]
        self.vouchers.update({voucher.code: voucher for voucher in sold.won})
        self.used.update(earned.uses)
        self.used.update(sold.limit_uses)
        self.used_by_all.update(sold.by_all)
