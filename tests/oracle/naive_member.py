"""A member, naively: postings that are changed in place, and lots played from them from the beginning each time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from loyalty.account import Voucher
from loyalty.basket import Basket
from loyalty.days import StoreFacts
from loyalty.quoted import Choice
from tests.oracle.naive_earning import Earned, EarnedLot, earn
from tests.oracle.naive_rewards import Given, Redeeming
from tests.oracle.naive_stamps import Stamped, stamp
from tests.oracle.naive_tiers import Ladder, Qualifying
from tests.oracle.plain import Table, Visit, good_until, holds, milli, points_good_until, waits_until, window

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
    sources: dict[str, str] = field(default_factory=dict)
    credits: list[Posting] = field(default_factory=list)
    debit: Posting | None = None
    qualified: Qualifying = field(default_factory=lambda: Qualifying(0, 0))
    stamped: list[Stamped] = field(default_factory=list)
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
    qualifying: list[Qualifying] = field(default_factory=list)
    stamps: Counter[str] = field(default_factory=Counter)
    visits: int = 0
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    used_by_all: Counter[str] = field(default_factory=Counter)
    references: set[tuple[str, str]] = field(default_factory=set)

    def tier(self, at_ms: int) -> str | None:
        """The tier at a time."""
        return Ladder(self.programme, self.store).tier_at(self.qualifying, at_ms)

    def size(self, card: str) -> int:
        """How many stamps fill a card."""
        return int(next(each["size"] for each in self.programme["stamp_card"] if each["id"] == card))

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
        """Give back what expired too much: by lot."""
        self.lots()
        back = [
            (posting.empties, posting.too_much) for posting in self.postings if posting.too_much and posting.empties
        ]
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

    def record(self, seq: int, at_ms: int, activity: str, reference: str | None, code: str) -> bool:
        """Record an activity whose voucher gets *code*; False where it is not possible."""
        part = next(each for each in self.programme["activity"] if each["id"] == activity)
        visit = Visit(at_ms, self.store, [], None, self.visits, self.tier(at_ms), self.segments, self.birthday_windows)
        known = (reference or "").strip().lower()
        limits = [
            (window(f"activity/{activity}", each["per"], visit.day), each["uses"]) for each in part.get("limits", ())
        ]
        if (
            not holds(part, visit, ())
            or (part.get("proof") == "reference" and not 1 <= len(known) <= 64)
            or (known and (activity, known) in self.references)
            or any(self.used[unit] >= uses for unit, uses in limits)
        ):
            return False
        self.used.update({unit for unit, _ in limits})
        if known:
            self.references.add((activity, known))
        points = milli(part["points"])
        expires = points_good_until(self.programme.get("expiry", {}), at_ms, self.store)
        if "expires_after" in part:
            expires = good_until(part["expires_after"], at_ms, self.store)
        times = (waits_until(part.get("after"), at_ms, self.store), expires)
        self.postings.append(Posting((seq, 0), at_ms, points, True, *times))
        self.balance += points
        if part.get("qualifies"):
            self.qualifying.append(Qualifying(at_ms, points))
        if "voucher" in part:
            self.vouchers[code] = Voucher(
                code, part["voucher"], good_until(part.get("voucher_valid"), at_ms, self.store)
            )
        return True

    def best(self, at_ms: int, basket: Basket) -> tuple[int, int, int]:
        """The best that any set of rewards comes to: what it saves, less points, less rewards."""
        off = [
            Choice(reward["id"])
            for reward in self.programme.get("reward", ())
            if reward["kind"] not in ("points_payment", "voucher", "gift")
        ]
        alone = [choice for choice in off if not self.reckon(at_ms, basket, [choice]).refused]
        found = (0, 0, 0)
        for size in range(1, len(alone) + 1):
            for chosen in combinations(alone, size):
                sold = self.reckon(at_ms, basket, chosen)
                if not sold.refused:
                    saved = sum(line.amount_minor for line in basket.lines) - sold.to_pay
                    found = max(found, (saved, -sum(each.points for each in sold.given), -len(sold.given)))
        return found

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
            self.tier(at_ms),
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
        stamped, cards_won, days = stamp(self.programme, visit, redeeming, self.stamps, self.used)
        earned.uses.update(days)

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
            won=[*cards_won, *self._won(redeeming, at_ms)],
            spent_vouchers=[self.vouchers[each.voucher] for each in redeeming.given if each.voucher],
            refused=redeeming.refused,
            done=[0] * len(order),
            buying={name for name, reward in redeeming.rewards.items() if reward["kind"] == "voucher"},
            stamped=[
                Stamped(each.card, each.stamps, each.full, each.lines and sorted(order[place] for place in each.lines))
                for each in stamped
            ],
            limit_uses=redeeming.uses,
            by_all=redeeming.uses_by_all,
        )

    def _won(self, redeeming: Redeeming, at_ms: int) -> list[Voucher]:
        bought = [redeeming.rewards[each.reward] for each in redeeming.given]
        return [
            Voucher(f"reward/{reward['id']}", reward["gives"], good_until(reward.get("valid"), at_ms, self.store))
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
        sold.qualified = Qualifying(sold.at_ms, earned.qualifying)
        self.qualifying.append(sold.qualified)
        for each in sold.stamped:
            self.stamps[each.card] += each.stamps - each.full * self.size(each.card)
        self.visits += 1
        sold.sources = {code: won.code for code, won in zip(codes, sold.won, strict=True)}
        sold.won = [Voucher(code, won.reward, won.expires_ms) for code, won in zip(codes, sold.won, strict=True)]
        for voucher in sold.spent_vouchers:
            del self.vouchers[voucher.code]
        self.vouchers.update({voucher.code: voucher for voucher in sold.won})
        self.used.update(earned.uses)
        self.used.update(sold.limit_uses)
        self.used_by_all.update(sold.by_all)
