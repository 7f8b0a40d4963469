"""Refunds, naively: what should have come back after it, less what should have come back before it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from loyalty.account import Voucher
from tests.oracle.naive_member import NaiveMember, Sold
from tests.oracle.naive_rewards import Given
from tests.oracle.naive_stamps import candidates, owed
from tests.oracle.plain import shared_points


@dataclass(frozen=True)
class Back:
    """What a refund comes to."""

    money: int
    taken: list[int]
    shortfall: list[int]
    given: int
    qualifying: int
    whole: bool


def left_of(sold: Sold) -> list[int]:
    """How much of each line has not come back; 1 for a line without quantity."""
    return [(line.quantity_milli or 1) - done for line, done in zip(sold.basket.lines, sold.done, strict=True)]


def refund(member: NaiveMember, sold: Sold, wanted: Sequence[tuple[int, int]], at_ms: int) -> Back:
    """Quantities of some lines come back, and the member is as if they had not been bought."""
    before = list(sold.done)
    after = list(sold.done)
    for line, quantity in wanted:
        after[line] += quantity
    everything = range(len(after))

    def completes(lines: Sequence[int]) -> bool:
        return _is_all_back(sold, after, lines) and not _is_all_back(sold, before, lines)

    def difference(by_line: Sequence[int], *, points: bool = True) -> int:
        return _back(sold, after, by_line, points=points) - _back(sold, before, by_line, points=points)

    given = 0
    for place, each in enumerate(sold.given):
        if any(each.off):
            given += difference(shared_points(each.points, each.off))
        elif completes(everything) and _still_there(member, sold, place):
            given += each.points
    due = [difference(lot.by_line) for lot in sold.earned.lots]
    taken = _allowed(member, sold, due, given, at_ms)
    qualifying = difference(_qualifying_by_line(sold))
    money = sum(
        floor(Fraction(sold.net[line] * after[line], _whole(sold, line)))
        - floor(Fraction(sold.net[line] * before[line], _whole(sold, line)))
        for line in everything
    )
    _give_units_back(member, sold, before, after)
    unused = dict(member.vouchers)
    _take_stamps(member, sold, before, after, unused)
    for voucher in sold.spent_vouchers:
        given_for = next(each for each in sold.given if each.voucher == voucher.code)
        if completes(_lines_of(given_for, everything)):
            _give_voucher_back(member, voucher)
    if completes(everything):
        member.visits -= 1
        for voucher in sold.won:
            if sold.sources[voucher.code].startswith("reward/") and voucher.code in unused:
                del member.vouchers[voucher.code]
    for posting, amount in zip(sold.credits, taken, strict=True):
        posting.amount -= amount
    if sold.debit is not None:
        sold.debit.amount += given
    member.balance += given - sum(taken)
    sold.qualified.points -= qualifying
    sold.done = after
    short = [wish - got for wish, got in zip(due, taken, strict=True)]
    return Back(money, taken, short, given, qualifying, _is_all_back(sold, after, everything))


def _take_stamps(
    member: NaiveMember, sold: Sold, before: Sequence[int], after: Sequence[int], unused: Mapping[str, Voucher]
) -> None:
    """Stamps go back with the quantities that earned them; where they are missing, unused vouchers go and fill up."""
    for each in sold.stamped:
        lines = each.lines if each.lines is not None else range(len(after))
        whole = sum(_whole(sold, line) for line in lines)
        back = [each.stamps * sum(done[line] for line in lines) // whole for done in (before, after)]
        count = back[1] - back[0]
        if not count:
            continue
        card = next(card for card in member.programme["stamp_card"] if card["id"] == each.card)
        own = [code for code, source in sold.sources.items() if source == f"stamps/{each.card}"]
        other = set(sold.sources) - set(own)
        left = {code: voucher for code, voucher in unused.items() if code in member.vouchers}
        member.stamps[each.card] -= count
        for code in candidates(own, left, card["reward"], other)[: owed(member.stamps[each.card], card["size"])]:
            del member.vouchers[code]
            member.stamps[each.card] += card["size"]


def _give_voucher_back(member: NaiveMember, voucher: Voucher) -> None:
    """A used voucher comes back, unless the stamps for it have gone: then it fills their card."""
    for card in member.programme.get("stamp_card", ()):
        if card["reward"] == voucher.reward and member.stamps[card["id"]] < 0:
            member.stamps[card["id"]] += card["size"]
            return
    member.vouchers[voucher.code] = voucher


def _whole(sold: Sold, line: int) -> int:
    return sold.basket.lines[line].quantity_milli or 1


def _is_all_back(sold: Sold, done: Sequence[int], lines: Sequence[int]) -> bool:
    return all(done[line] == _whole(sold, line) for line in lines)


def _back(sold: Sold, done: Sequence[int], by_line: Sequence[int], *, points: bool) -> int:
    """What has come back in total of an amount that each line has: rounded down line by line."""
    step = 1000 if points and all(amount % 1000 == 0 for amount in by_line) else 1
    return sum(
        floor(Fraction(amount * done[line], _whole(sold, line) * step)) * step for line, amount in enumerate(by_line)
    )


def _qualifying_by_line(sold: Sold) -> list[int]:
    """Qualifying points go with the lines that earned points; where none did, with what was paid; else the first."""
    earned = [sum(lot.by_line[line] for lot in sold.earned.lots) for line in range(len(sold.net))]
    first = [1] + [0] * (len(earned) - 1)
    return shared_points(sold.earned.qualifying, next(each for each in (earned, sold.net, first) if any(each)))


def _lines_of(given: Given, everything: Sequence[int]) -> Sequence[int]:
    """The lines that a reward took something off; all where it took nothing off."""
    return [line for line, off in enumerate(given.off) if off] or everything


def _still_there(member: NaiveMember, sold: Sold, place: int) -> bool:
    """Whether the voucher that this reward handed out has not been used; true of other rewards."""
    bought = [number for number, each in enumerate(sold.given) if each.reward in sold.buying]
    codes = [code for code, source in sold.sources.items() if source.startswith("reward/")]
    return place not in bought or codes[bought.index(place)] in member.vouchers


def _allowed(member: NaiveMember, sold: Sold, due: Sequence[int], given: int, at_ms: int) -> list[int]:
    """What the policy lets the refund take of each lot."""
    policy = member.programme.get("refunds", {}).get("policy", "may_go_negative")
    if policy == "may_go_negative":
        return list(due)
    if policy == "pending_only":
        due = [
            wish if posting.available_ms is not None and posting.available_ms > at_ms else 0
            for wish, posting in zip(due, sold.credits, strict=True)
        ]
    room = max(0, member.balance + given)
    taken = []
    for wish in due:
        taken.append(min(wish, room))
        room -= taken[-1]
    return taken


def _give_units_back(member: NaiveMember, sold: Sold, before: Sequence[int], after: Sequence[int]) -> None:
    """Limits can be used again, and caps have the room again that the points took."""
    everything = range(len(after))
    completed = _is_all_back(sold, after, everything)

    def points_back(done: Sequence[int]) -> int:
        return sum(_back(sold, done, lot.by_line, points=True) for lot in sold.earned.lots)

    for unit, amount in sold.earned.uses.items():
        if not unit.startswith("earn") or not sold.earned.total:
            member.used[unit] -= amount if completed else 0
        else:
            first, last = (Fraction(amount * points_back(done), sold.earned.total) for done in (before, after))
            member.used[unit] -= floor(last) - floor(first)
    for counter, uses in ((member.used, sold.limit_uses), (member.used_by_all, sold.by_all)):
        _give_reward_units_back(counter, uses, sold, before, after)


def _give_reward_units_back(
    counter: Counter[str], uses: Counter[str], sold: Sold, before: Sequence[int], after: Sequence[int]
) -> None:
    everything = range(len(after))
    for unit, amount in uses.items():
        name = unit.partition("@")[0].partition("/")[2]
        lines = {
            line for each in sold.given if each.reward == name for line, off in enumerate(each.off) if off
        } or everything
        if _is_all_back(sold, after, list(lines)) and not _is_all_back(sold, before, list(lines)):
            counter[unit] -= amount
