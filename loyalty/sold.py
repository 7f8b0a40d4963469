"""A completed sale line by line: what was paid for each, what it earned, and what it spent. The ground of refunds."""

from collections.abc import Sequence
from typing import NamedTuple

from loyalty.earning import split_points
from loyalty.money import MILLI, share_of
from loyalty.quoted import Discount
from loyalty.sale_bodies import SaleCompleted, SaleRefunded, StampsEarned


class Progress(NamedTuple):
    """How much of each line has come back: *done* of *whole*, in thousandths (0 or 1 of 1 where nothing is counted)."""

    done: tuple[int, ...]
    whole: tuple[int, ...]

    def is_complete(self, lines: Sequence[int]) -> bool:
        """Whether nothing is left of *lines*."""
        return all(self.done[line] == self.whole[line] for line in lines)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of the sale."""
        return self.done == self.whole

    def share(self, by_line: Sequence[int]) -> int:
        """Of amounts *by_line* the part that has come back, whole points as whole points, in sum of all lines."""
        unit = 1 if any(amount % MILLI for amount in by_line) else MILLI
        return sum(
            share_of(amount // unit, done, whole) * unit
            for amount, done, whole in zip(by_line, self.done, self.whole, strict=True)
        )

    def of_lines(self, total: int, lines: Sequence[int]) -> int:
        """The part of *total* that has come back with the quantities of *lines*."""
        done, whole = sum(self.done[line] for line in lines), sum(self.whole[line] for line in lines)
        return share_of(total, done, whole)


class Sold(NamedTuple):
    """A sale's amounts by line, in basket order."""

    gross: tuple[int, ...]
    net: tuple[int, ...]
    quantity_milli: tuple[int, ...]
    earned: tuple[tuple[int, ...], ...]
    qualifying: tuple[int, ...]

    @property
    def all_lines(self) -> range:
        """The numbers of its lines."""
        return range(len(self.gross))

    def progress(self, refunds: Sequence[SaleRefunded]) -> Progress:
        """How much has come back by *refunds*."""
        done = [0] * len(self.gross)
        for refund in refunds:
            for line in refund.lines:
                done[line.line] += line.quantity_milli or 1
        return Progress(tuple(done), tuple(quantity or 1 for quantity in self.quantity_milli))

    def discounted(self, discount: Discount) -> Sequence[int]:
        """The lines that *discount* took something off; all, where it took nothing off."""
        lines = [line for line, amount in enumerate(discount.by_line) if amount]
        return lines or self.all_lines

    def spent_on(self, discount: Discount) -> tuple[int, ...]:
        """The points that *discount* cost, by line, in proportion to what it took off."""
        return split_points(discount.points_millipoints, discount.by_line)

    def stamped(self, stamps: StampsEarned) -> Sequence[int]:
        """The lines that earned *stamps*."""
        return stamps.lines or self.all_lines


def sold(sale: SaleCompleted) -> Sold:
    """*sale* line by line."""
    lines = sale.basket.lines
    net = [line.amount_minor for line in lines]
    for discount in sale.quote.discounts:
        for place, amount in enumerate(discount.by_line):
            net[place] -= amount
    earned = tuple(lot.by_line or split_points(lot.millipoints, net) for lot in sale.quote.earned)
    weights = [sum(by_line) for by_line in zip(*earned, strict=True)] if earned else net
    return Sold(
        gross=tuple(line.amount_minor for line in lines),
        net=tuple(net),
        quantity_milli=tuple(line.quantity_milli for line in lines),
        earned=earned,
        qualifying=split_points(sale.quote.qualifying_millipoints, weights),
    )
