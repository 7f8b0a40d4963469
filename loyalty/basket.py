"""What is bought: lines and the basket they make."""

import msgspec

MAX_LINES = 500
MAX_LINE_MINOR = 10**11
MAX_QUANTITY_MILLI = 10**9


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: *amount_minor* is the line's total (≥ 0), *quantity_milli* its quantity in thousandths (≥ 0)."""

    category: str
    amount_minor: int
    quantity_milli: int = 1000
    sku: str | None = None


class Basket(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines in the order in which they were entered; amounts in minor units of *currency* (ISO 4217)."""

    currency: str
    lines: tuple[Line, ...] = ()
    payment_method: str | None = None

    @property
    def total_minor(self) -> int:
        """What the lines add up to, before any reward."""
        return sum(line.amount_minor for line in self.lines)


def basket_problem(basket: Basket) -> str | None:
    """The reason code of the first thing wrong with *basket*, or None."""
    if not basket.lines:
        return "basket_empty"
    if len(basket.lines) > MAX_LINES:
        return "basket_too_long"
    for line in basket.lines:
        if not 0 <= line.amount_minor <= MAX_LINE_MINOR:
            return "line_amount_out_of_range"
        if not 0 <= line.quantity_milli <= MAX_QUANTITY_MILLI:
            return "line_quantity_out_of_range"
        if not line.category or len(line.category) > 64 or len(line.sku or "") > 64:
            return "line_category_out_of_range"
    return None
