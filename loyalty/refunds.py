"""Refunds: line by line, partial, any number of times, in any order; never more than was sold.

Every share is the difference of two cumulative ones, so that whatever comes back in whatever parts adds up exactly.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from config.errors import N_, Refused
from loyalty.account import Voucher
from loyalty.entries import Header
from loyalty.ids import EntryId
from loyalty.money import share_of
from loyalty.programme.model import StampCard
from loyalty.sale_bodies import RefundedLine, SaleCompleted, SaleRefunded
from loyalty.sold import Progress, Sold, sold


class RefundLine(NamedTuple):
    """Line *line* (from 0) comes back: *quantity_milli* of it, or all that is left."""

    line: int
    quantity_milli: int | None = None


class SoldSale(NamedTuple):
    """A sale as its entry keeps it, and what has come back of it so far, in any order."""

    sale_id: EntryId
    body: SaleCompleted
    header: Header
    so_far: Sequence[SaleRefunded] = ()


class MemberNow(NamedTuple):
    """What a refund needs to know of the member: balance, stamps by card, and unused vouchers.

    *cards* are the stamp cards of the programme in force.
    """

    balance_millipoints: int = 0
    stamps: Mapping[str, int] = {}
    vouchers: Sequence[Voucher] = ()
    cards: Sequence[StampCard] = ()


class Cancelled(NamedTuple):
    """A voucher that no longer works; *stamps* of *card* that had made it fill the card again."""

    code: str
    reward: str
    card: str | None = None
    stamps: int = 0


class UnitsBack(NamedTuple):
    """Units of limits, caps, stock and budgets that can be used again."""

    unit: str
    member: str
    amount: int


class Refund(NamedTuple):
    """What a refund comes to. *taken_back*, *shortfall* are by earned lot, *given_back* by reward of the sale."""

    sale: SoldSale
    at_ms: int
    lines: tuple[RefundedLine, ...]
    refunded_minor: int
    whole: bool
    taken_back: tuple[int, ...]
    shortfall: tuple[int, ...]
    given_back: tuple[int, ...]
    qualifying_millipoints: int
    stamps: dict[str, int]
    stamps_filled: dict[str, int]
    vouchers_returned: tuple[Voucher, ...]
    vouchers_cancelled: tuple[Cancelled, ...]
    units: tuple[UnitsBack, ...]

    @property
    def taken_back_millipoints(self) -> int:
        """Points earned that go back."""
        return sum(self.taken_back)

    @property
    def given_back_millipoints(self) -> int:
        """Points spent that come back."""
        return sum(self.given_back)


def refund(sale: SoldSale, lines: Sequence[RefundLine] | None, member: MemberNow, *, at_ms: int) -> Refund:
    """What taking *lines* back (None: all that is left) comes to.

    Refused when a line is unknown, when more would come back than was sold, and when nothing is left.
    """
    view = sold(sale.body)
    before = view.progress(sale.so_far)
    after, quantities = _after(view, before, lines)
    return _Refunding(sale, view, before, after, member, at_ms).refund(quantities)


def left_of(sale: SoldSale) -> tuple[int, ...]:
    """How much of each line has not come back, in thousandths (1 for a line without quantity)."""
    before = sold(sale.body).progress(sale.so_far)
    return tuple(whole - done for done, whole in zip(before.done, before.whole, strict=True))


def _after(view: Sold, before: Progress, lines: Sequence[RefundLine] | None) -> tuple[Progress, dict[int, int]]:
    """How much will have come back, and how much of each line comes back now."""
    wanted = [RefundLine(line) for line in view.all_lines] if lines is None else lines
    done = list(before.done)
    quantities: dict[int, int] = {}
    for line, quantity_milli in wanted:
        if not 0 <= line < len(done):
            raise Refused(
                "refund_line_unknown",
                N_("The sale has no line {line}. Nothing was changed; look at the receipt for its lines."),
                line=line + 1,
            )
        left = before.whole[line] - done[line]
        quantity = left if quantity_milli is None else (quantity_milli or 1)
        if not 0 <= quantity <= left:
            raise Refused(
                "refund_more_than_sold",
                N_("Only {left} of line {line} is left to refund. Nothing was changed; choose a smaller quantity."),
                line=line + 1,
                left=f"{left / 1000:g}",
                left_milli=left,
            )
        if quantity:
            done[line] += quantity
            quantities[line] = quantities.get(line, 0) + quantity
    if not quantities:
        raise Refused(
            "refund_nothing_left",
            N_("All of this was refunded before. Nothing was changed; there is no more to give back."),
        )
    return Progress(tuple(done), before.whole), quantities


class _Refunding:
    """One refund: every figure is what should have come back after it, less what should have before it."""

    def __init__(
        self, sale: SoldSale, view: Sold, before: Progress, after: Progress, member: MemberNow, at_ms: int
    ) -> None:
        self.sale, self.view, self.before, self.after = sale, view, before, after
        self.member, self.at_ms = member, at_ms
        self.unused = {voucher.code for voucher in member.vouchers}
        self.sizes = {card.id: card.size for card in member.cards}
        self.quote = sale.body.quote

    def refund(self, quantities: Mapping[int, int]) -> Refund:
        lines = tuple(self._line(line, quantity) for line, quantity in sorted(quantities.items()))
        given_back = self._given_back()
        due = [self._share(by_line) for by_line in self.view.earned]
        taken = self._taken_back(due, sum(given_back))
        stamps, cancelled = self._stamps()
        returned, filled = self._vouchers_back(self._stamps_left(stamps, cancelled))
        return Refund(
            sale=self.sale,
            at_ms=self.at_ms,
            lines=lines,
            refunded_minor=sum(line.refunded_minor for line in lines),
            whole=self.after.is_whole,
            taken_back=tuple(taken),
            shortfall=tuple(wanted - got for wanted, got in zip(due, taken, strict=True)),
            given_back=given_back,
            qualifying_millipoints=self._share(self.view.qualifying),
            stamps=stamps,
            stamps_filled=filled,
            vouchers_returned=returned,
            vouchers_cancelled=(*cancelled, *self._bought_vouchers()),
            units=tuple(self._units_back()),
        )

    def _share(self, by_line: Sequence[int]) -> int:
        return self.after.share(by_line) - self.before.share(by_line)

    def _becomes_complete(self, lines: Sequence[int]) -> bool:
        return self.after.is_complete(lines) and not self.before.is_complete(lines)

    def _line(self, line: int, quantity: int) -> RefundedLine:
        bought = self.sale.body.basket.lines[line]
        done, whole = self.before.done[line], self.before.whole[line]
        gross, net = (
            share_of(amount, done + quantity, whole) - share_of(amount, done, whole)
            for amount in (self.view.gross[line], self.view.net[line])
        )
        counted = quantity if self.view.quantity_milli[line] else 0
        return RefundedLine(line, bought.category, gross, net, counted, bought.sku)

    def _given_back(self) -> tuple[int, ...]:
        """Points spent that come back, by reward: in proportion to what it took off the lines.

        What took nothing off (a gift, a voucher) comes back with the last of the sale, and a voucher that was bought
        and used already does not.
        """
        back = []
        for place, discount in enumerate(self.quote.discounts):
            if discount.amount_minor:
                back.append(self._share(self.view.spent_on(discount)))
            elif self._becomes_complete(self.view.all_lines) and self._is_unused(place):
                back.append(discount.points_millipoints)
            else:
                back.append(0)
        return tuple(back)

    def _bought_with(self, place: int) -> list[str]:
        """The codes of the vouchers that the reward at *place* handed out."""
        reward = self.quote.discounts[place].reward
        codes = [voucher.code for voucher in self.quote.vouchers_won if voucher.source == f"reward/{reward}"]
        earlier = sum(discount.reward == reward for discount in self.quote.discounts[:place])
        return codes[earlier : earlier + 1]

    def _is_unused(self, place: int) -> bool:
        return all(code in self.unused for code in self._bought_with(place))

    def _bought_vouchers(self) -> list[Cancelled]:
        """The unused vouchers that were bought in the sale, once nothing is left of it."""
        if not self._becomes_complete(self.view.all_lines):
            return []
        codes = {code for place in range(len(self.quote.discounts)) for code in self._bought_with(place)}
        return [
            Cancelled(voucher.code, voucher.reward)
            for voucher in self.quote.vouchers_won
            if voucher.code in codes & self.unused
        ]

    def _taken_back(self, due: Sequence[int], given_back: int) -> list[int]:
        """Points earned that go back, by lot, as the policy of the sale's programme says."""
        policy = self.sale.body.refund_policy
        if policy == "may_go_negative":
            return list(due)
        if policy == "pending_only":
            due = [
                wanted if lot.available_ms is not None and lot.available_ms > self.at_ms else 0
                for wanted, lot in zip(due, self.quote.earned, strict=True)
            ]
        # No other policy lets the balance fall below zero.
        left = max(0, self.member.balance_millipoints + given_back)
        taken = []
        for wanted in due:
            taken.append(min(wanted, left))
            left -= taken[-1]
        return taken

    def _stamps(self) -> tuple[dict[str, int], list[Cancelled]]:
        """Stamps that go back, and the unused vouchers that go with them where stamps are missing."""
        back: dict[str, int] = {}
        cancelled: list[Cancelled] = []
        for stamps in self.quote.stamps:
            lines = self.view.stamped(stamps)
            count = self.after.of_lines(stamps.earned, lines) - self.before.of_lines(stamps.earned, lines)
            if not count:
                continue
            back[stamps.card] = count
            missing = count - self.member.stamps.get(stamps.card, 0)
            size = stamps.size or self.sizes.get(stamps.card, 0)
            if missing > 0 and size:
                gone = {voucher.code for voucher in cancelled}
                made = [voucher for voucher in self._made_of(stamps.card) if voucher.code not in gone]
                made = made[: -(-missing // size)]
                cancelled += [Cancelled(voucher.code, voucher.reward, stamps.card, size) for voucher in made]
        return back, cancelled

    def _made_of(self, card: str) -> list[Voucher]:
        """Unused vouchers that full cards became: first those of this sale, then earlier ones for the same reward."""
        won = {voucher.code: voucher.source for voucher in self.quote.vouchers_won}
        own = {code for code, source in won.items() if source == f"stamps/{card}"}
        rewards = {each.reward for each in self.member.cards if each.id == card}
        made = [
            voucher
            for voucher in self.member.vouchers
            if voucher.code in own or (voucher.reward in rewards and voucher.code not in won)
        ]
        return sorted(made, key=lambda voucher: (voucher.code not in own, voucher.code))

    def _stamps_left(self, back: Mapping[str, int], cancelled: Sequence[Cancelled]) -> Counter[str]:
        """The stamps on each card once some have gone back and those of cancelled vouchers fill it again."""
        left = Counter(self.member.stamps)
        left.subtract(back)
        for voucher in cancelled:
            if voucher.card is not None:
                left[voucher.card] += voucher.stamps
        return left

    def _vouchers_back(self, have: Counter[str]) -> tuple[tuple[Voucher, ...], dict[str, int]]:
        """Vouchers used in the sale, once nothing is left of the lines that they took something off.

        Where the stamps for one have gone back while it was used, so that its card has less than none, it fills the
        card again instead of coming back.
        """
        spent = {voucher.code: voucher for voucher in self.quote.vouchers_spent}
        returned: list[Voucher] = []
        filled: dict[str, int] = {}
        for discount in self.quote.discounts:
            if discount.voucher is None or not self._becomes_complete(self.view.discounted(discount)):
                continue
            empty = [card for card in self.member.cards if card.reward == discount.reward and have[card.id] < 0]
            if empty:
                have[empty[0].id] += empty[0].size
                filled[empty[0].id] = filled.get(empty[0].id, 0) + empty[0].size
            else:
                returned.append(spent[discount.voucher])
        return tuple(returned), filled

    def _units_back(self) -> list[UnitsBack]:
        """Limits that can be used again: a reward's with its lines, a rule's with the sale, caps in proportion."""
        back = []
        for move in self.sale.header.units:
            if move.kind != "limit" or move.change >= 0:
                continue
            amount = self._unit_back(move.unit.partition("@")[0], -move.change)
            if amount:
                back.append(UnitsBack(move.unit, move.member, amount))
        return back

    def _unit_back(self, base: str, amount: int) -> int:
        what, _, name = base.partition("/")
        if what == "earn":
            return self._cap_back(amount)
        if what in ("reward", "stock", "budget"):
            lines = [
                line
                for discount in self.quote.discounts
                if discount.reward == name
                for line in self.view.discounted(discount)
            ]
            return amount if self._becomes_complete(lines or self.view.all_lines) else 0
        return amount if self._becomes_complete(self.view.all_lines) else 0

    def _cap_back(self, amount: int) -> int:
        """In proportion to the points that go back by right, whatever the policy."""
        total = self.quote.points_earned_millipoints
        if not total:
            return amount if self._becomes_complete(self.view.all_lines) else 0
        after = sum(self.after.share(by_line) for by_line in self.view.earned)
        before = sum(self.before.share(by_line) for by_line in self.view.earned)
        return share_of(amount, after, total) - share_of(amount, before, total)
