"""Exact arithmetic on integers: shares that add up, and rounding."""

from collections.abc import Sequence

MILLI = 1000


def split_pro_rata(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """*total* (≥ 0) in shares proportional to *weights* (each ≥ 0), which add up to *total* exactly.

    Largest remainder (Hare–Niemeyer); ties go to the earlier place. All weights zero: all to the first place.
    ValueError for a negative total or weight, or for a total without any place to go.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    if not weights:
        if total:
            raise ValueError("nothing to split over")
        return ()
    whole = sum(weights)
    if whole == 0:
        return (total, *([0] * (len(weights) - 1)))
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def share_of(total: int, part: int, whole: int) -> int:
    """The share of *total* that belongs to the first *part* of *whole*, rounded down.

    Cumulative use makes it exact: the shares of successive parts, each the difference of two calls,
    add up to *total* when *part* reaches *whole*, however the parts were cut.
    """
    if not 0 <= part <= whole or whole <= 0:
        raise ValueError("part must lie within whole")
    return total * part // whole if total >= 0 else -(-total * part // whole)
