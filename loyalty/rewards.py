"""The kinds of rewards: what the programme file says of each, and how much it takes off a basket.

A new kind is a class here, added to :data:`AnyReward`; nothing else has to change.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import IntEnum
from functools import partial
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, model_validator

from config.errors import N_
from loyalty.days import Duration, parse_duration
from loyalty.money import MILLI, split_pro_rata
from loyalty.programme.parts import Amount, Conditions, Id, Length, Limits, Name, Percent, Points

_PRICE_SCALE = 10**18  # finer than two prices can differ, with quantities of at most 10**9

ToMinor = Callable[[Decimal], int]


class Phase(IntEnum):
    """The order in which rewards are applied."""

    ITEMS = 0
    LINES = 1
    BASKET = 2
    PAYMENT = 3
    HANDED_OVER = 4


class Share(NamedTuple):
    """*minor* taken off line *line*; *freed_milli* of its quantity need not be paid at all."""

    line: int
    minor: int
    freed_milli: int = 0


class Left:
    """What is left to pay, line by line in canonical order, while rewards are applied one after another."""

    __slots__ = ("_by_price", "freed_milli", "gross", "minor", "picked_milli", "quantity_milli")

    def __init__(self, gross: Sequence[int], quantity_milli: Sequence[int]) -> None:
        self.gross = gross
        self.quantity_milli = quantity_milli
        self.minor = list(gross)
        self.freed_milli = [0] * len(gross)
        self.picked_milli = [0] * len(gross)
        self._by_price: dict[tuple[bool, Sequence[int]], list[int]] = {}

    def copy(self) -> "Left":
        """The same state, to be changed apart from this one."""
        twin = Left.__new__(Left)
        twin.gross, twin.quantity_milli, twin._by_price = self.gross, self.quantity_milli, self._by_price
        twin.minor = self.minor.copy()
        twin.freed_milli = self.freed_milli.copy()
        twin.picked_milli = self.picked_milli.copy()
        return twin

    def by_price(self, lines: Sequence[int], *, dearest: bool) -> list[int]:
        """*lines* by the price of an item, equal ones in order, without those that hold none; ranked once."""
        ranked = self._by_price.get((dearest, lines))
        if ranked is None:
            sign = -1 if dearest else 1
            rows = sorted((sign * self._item_price(line), line) for line in lines if self.quantity_milli[line])
            ranked = self._by_price[dearest, lines] = [line for _, line in rows]
        return ranked

    def _item_price(self, line: int) -> int:
        """What one item of *line* costs, so fine that different prices never look the same."""
        return self.gross[line] * MILLI * _PRICE_SCALE // max(MILLI, self.quantity_milli[line])

    def take(self, shares: Sequence[Share]) -> int:
        """Take *shares* off; their sum."""
        for line, minor, freed_milli in shares:
            self.minor[line] -= minor
            self.freed_milli[line] += freed_milli
        return sum(share.minor for share in shares)

    def total(self, lines: Sequence[int]) -> int:
        """What *lines* still cost."""
        minor = self.minor
        return sum([minor[line] for line in lines])


class Discounter(NamedTuple):
    """A reward made ready: exactly one of *saving* and *items*, or neither where nothing is taken off the basket.

    *saving* says how much comes off lines that cost so much, for so many millipoints taken; it is spread over them
    pro rata. *items* picks single items and says what comes off each; *dearest_items* is the most that this can come
    to, whatever other rewards have picked before.
    """

    phase: Phase
    saving: Callable[[int, int], int] | None = None
    items: Callable[[Left, Sequence[int]], list[Share]] | None = None
    dearest_items: Callable[[Left, Sequence[int]], list[Share]] | None = None

    def shares(self, left: Left, lines: Sequence[int], millipoints: int) -> list[Share]:
        """What comes off each line."""
        if self.items is not None:
            return self.items(left, lines)
        if self.saving is None:
            return []
        amount = self.saving(left.total(lines), millipoints)
        if not amount:
            return []
        parts = split_pro_rata(amount, [left.minor[line] for line in lines])
        return [Share(line, part) for line, part in zip(lines, parts, strict=True) if part]


class Reward(Conditions):
    """What every kind of reward has in common."""

    id: Annotated[Id, Field(description="Its name for the journal and the command line: a–z, 0–9 and `-`.")]
    name: Annotated[Name, Field(description="What people read.")]
    points: Annotated[Points, Field(description="What it costs.")] = Decimal(0)
    needs_voucher: Annotated[
        bool, Field(description="`true`: only for a voucher, which a stamp card, an activity or a reward gave.")
    ] = False
    exclusive_group: Annotated[Id | None, Field(description="Rewards of one group don't combine in a sale.")] = None
    max_per_sale: Annotated[int, Field(ge=1, le=20, description="How often in one sale.")] = 1
    limits: Annotated[Limits, Field(description="How often a member may have it.")] = ()
    stock: Annotated[int | None, Field(ge=1, description="How many there are, for everybody, ever.")] = None
    budget: Annotated[Amount | None, Field(description="How much it may take off, for everybody, ever.")] = None

    takes_off: ClassVar[bool] = True

    def discounter(self, to_minor: ToMinor) -> Discounter:
        """The reward made ready for a currency."""
        raise NotImplementedError

    def payment(self, to_minor: ToMinor) -> "Payment | None":
        """How points are taken as payment, where the kind does that."""
        del to_minor
        return None

    def gives_voucher(self) -> tuple[str, Duration | None] | None:
        """Which reward's voucher it hands out, and for how long, where the kind does that."""
        return None

    def _line_phase(self) -> Phase:
        looks_at_some = self.categories or self.skus or self.except_categories or self.except_skus
        return Phase.LINES if looks_at_some else Phase.BASKET


class AmountOff(Reward):
    """A fixed amount off the lines it looks at."""

    kind: Literal["amount_off"]
    amount: Annotated[Amount, Field(gt=0, description="How much comes off; never more than the lines cost.")]

    def discounter(self, to_minor: ToMinor) -> Discounter:
        amount_minor = to_minor(self.amount)
        return Discounter(self._line_phase(), saving=lambda total, _: min(amount_minor, total))


class PercentOff(Reward):
    """A percentage off the lines it looks at, rounded down once for all of them."""

    kind: Literal["percent_off"]
    percent: Annotated[Percent, Field(description="How many percent.")]
    max_amount: Annotated[Amount | None, Field(gt=0, description="At most this much.")] = None

    def discounter(self, to_minor: ToMinor) -> Discounter:
        percent_milli = int(self.percent * MILLI)
        most_minor = None if self.max_amount is None else to_minor(self.max_amount)

        def saving(total: int, _: int) -> int:
            amount = total * percent_milli // (100 * MILLI)
            return amount if most_minor is None else min(amount, most_minor)

        return Discounter(self._line_phase(), saving=saving)


class FreeItem(Reward):
    """Single items for nothing. A line of less than one whole item counts as one item."""

    kind: Literal["free_item"]
    which: Annotated[Literal["cheapest", "dearest"], Field(description="Which of the matching items, by price.")] = (
        "cheapest"
    )
    items: Annotated[int, Field(ge=1, le=100, description="How many items.")] = 1

    def discounter(self, to_minor: ToMinor) -> Discounter:
        del to_minor
        return _item_discounter(self.items, self.which, lambda price: price, frees=True)


class CheaperItem(Reward):
    """Single items cheaper: by a percentage, by an amount, or at a price."""

    kind: Literal["cheaper_item"]
    which: Annotated[Literal["cheapest", "dearest"], Field(description="Which of the matching items, by price.")] = (
        "cheapest"
    )
    items: Annotated[int, Field(ge=1, le=100, description="How many items.")] = 1
    percent: Annotated[Percent | None, Field(description="So many percent off each.")] = None
    amount: Annotated[Amount | None, Field(gt=0, description="So much off each.")] = None
    price: Annotated[Amount | None, Field(description="Each costs this instead.")] = None

    @model_validator(mode="after")
    def _one_way(self) -> "CheaperItem":
        if sum(way is not None for way in (self.percent, self.amount, self.price)) != 1:
            raise ValueError(N_("needs exactly one of percent, amount and price"))
        return self

    def discounter(self, to_minor: ToMinor) -> Discounter:
        return _item_discounter(self.items, self.which, self._off(to_minor), frees=False)

    def _off(self, to_minor: ToMinor) -> Callable[[int], int]:
        if self.percent is not None:
            percent_milli = int(self.percent * MILLI)
            return lambda price: price * percent_milli // (100 * MILLI)
        if self.amount is not None:
            amount_minor = to_minor(self.amount)
            return lambda _: amount_minor
        price_minor = to_minor(self.price or Decimal(0))
        return lambda price: max(0, price - price_minor)


class Payment(NamedTuple):
    """Points taken as payment: *each_millipoints* are worth *worth_minor*."""

    each_millipoints: int
    worth_minor: int
    step_millipoints: int
    minimum_millipoints: int
    max_share_milli: int

    def worth(self, millipoints: int) -> int:
        """What so many points pay, rounded down."""
        return millipoints * self.worth_minor // self.each_millipoints

    def most(self, left_minor: int, spendable_millipoints: int) -> int:
        """The most points that may be taken for what is left to pay, in whole steps; 0 where that is too few.

        No more than it takes to pay the whole share, and none that would pay more.
        """
        payable = left_minor * self.max_share_milli // (100 * MILLI)
        needed = -(-payable * self.each_millipoints // self.worth_minor)
        steps = -(-needed // self.step_millipoints)
        if self.worth(steps * self.step_millipoints) > payable:
            steps -= 1
        millipoints = min(steps, spendable_millipoints // self.step_millipoints) * self.step_millipoints
        return millipoints if millipoints >= self.minimum_millipoints else 0


class PointsPayment(Reward):
    """Points as payment: the cashier or the member says how many."""

    kind: Literal["points_payment"]
    points: Annotated[Points, Field(gt=0, description="So many points …")] = Decimal(100)
    worth: Annotated[Amount, Field(gt=0, description="… pay this much.")]
    step: Annotated[Points | None, Field(gt=0, description="Only in such steps (`points` by default).")] = None
    minimum: Annotated[Points, Field(description="At least so many points.")] = Decimal(0)
    max_share: Annotated[Percent, Field(description="At most this percentage of what is left to pay.")] = Decimal(100)

    def discounter(self, to_minor: ToMinor) -> Discounter:
        payment = self.payment(to_minor)
        return Discounter(Phase.PAYMENT, saving=lambda total, taken: min(payment.worth(taken), total))

    def payment(self, to_minor: ToMinor) -> Payment:
        return Payment(
            each_millipoints=int(self.points * MILLI),
            worth_minor=to_minor(self.worth),
            step_millipoints=int((self.step or self.points) * MILLI),
            minimum_millipoints=int(self.minimum * MILLI),
            max_share_milli=int(self.max_share * MILLI),
        )


class VoucherReward(Reward):
    """A voucher for another reward, handed out now and used in a later sale."""

    kind: Literal["voucher"]
    gives: Annotated[Id, Field(description="The reward that the voucher is for.")]
    valid: Annotated[Length | None, Field(description="How long it is good (`90d`); for ever without it.")] = None
    takes_off: ClassVar[bool] = False

    def discounter(self, to_minor: ToMinor) -> Discounter:
        del to_minor
        return Discounter(Phase.HANDED_OVER)

    def gives_voucher(self) -> tuple[str, Duration | None]:
        return self.gives, None if self.valid is None else parse_duration(self.valid)


class Gift(Reward):
    """A thing handed over at the till; the basket costs the same."""

    kind: Literal["gift"]
    takes_off: ClassVar[bool] = False

    def discounter(self, to_minor: ToMinor) -> Discounter:
        del to_minor
        return Discounter(Phase.HANDED_OVER)


AnyReward = Annotated[
    AmountOff | PercentOff | FreeItem | CheaperItem | PointsPayment | VoucherReward | Gift,
    Field(discriminator="kind"),
]


def _item_discounter(count: int, which: str, off: Callable[[int], int], *, frees: bool) -> Discounter:
    """Takes *off* each of the picked items; *frees* when nothing of them has to be paid."""

    def pick(left: Left, lines: Sequence[int], *, dearest: bool) -> list[Share]:
        return [
            Share(line, minor, unit if frees else 0)
            for line, minor, unit in _items(left, lines, count, off, dearest=dearest)
        ]

    return Discounter(
        Phase.ITEMS,
        items=partial(pick, dearest=which == "dearest"),
        dearest_items=partial(pick, dearest=True),
    )


def _items(
    left: Left, lines: Sequence[int], count: int, off: Callable[[int], int], *, dearest: bool
) -> list[tuple[int, int, int]]:
    """Up to *count* items not picked before, by price: (line, what comes off the item, thousandths of it).

    An item from which nothing would come off is passed over.
    """
    picked = left.picked_milli
    items: list[tuple[int, int, int]] = []
    for line in left.by_price(lines, dearest=dearest):
        if len(items) == count:
            break
        amount, quantity = left.gross[line], left.quantity_milli[line]
        unit = min(MILLI, quantity)
        while len(items) < count and picked[line] + unit <= quantity:
            before, after = picked[line], picked[line] + unit
            # Rounded up, so that no later item of a line is dearer than its first: the search for the best needs it.
            price = -(-amount * after // quantity) + (-amount * before // quantity)
            minor = min(off(price), price)
            if minor <= 0:
                break
            items.append((line, minor, unit))
            picked[line] = after
    return items
