"""Stamp cards, naively: what a sale stamps, and what its refunds leave of the cards and their vouchers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.account import Voucher
from tests.oracle.naive_rewards import Redeeming
from tests.oracle.plain import Table, Visit, good_until, holds, looked_at, looks_at_some, window


@dataclass(frozen=True)
class Stamped:
    """Stamps on one card, by *lines* (places among the lines as entered; None: by the sale as a whole)."""

    card: str
    stamps: int
    full: int
    lines: list[int] | None


def stamp(
    programme: Table, visit: Visit, redeeming: Redeeming, have: Mapping[str, int], used: Mapping[str, int]
) -> tuple[list[Stamped], list[Voucher], Counter[str]]:
    """What the sale stamps, the vouchers of full cards (without a code), and the days that are stamped."""
    stamped: list[Stamped] = []
    won: list[Voucher] = []
    uses: Counter[str] = Counter()
    for card in programme.get("stamp_card", ()):
        mine = looked_at(card, visit.lines)
        if not holds(card, visit, mine):
            continue
        per, today = card.get("per", "item"), window(f"stamp/{card['id']}", "day", visit.day)
        times = 1
        if per == "item":
            times = sum(
                max(0, visit.lines[place].quantity_milli // 1000 - redeeming.freed[place])
                if visit.lines[place].quantity_milli >= 1000
                else 0
                for place in mine
            )
        stamps = min(times * card.get("stamps", 1), card.get("cap_per_sale", 10**9))
        if not stamps or (per == "visit" and used.get(today)):
            continue
        full = max(0, have.get(card["id"], 0) + stamps) // card["size"]
        by_lines = mine if per == "item" and looks_at_some(card) and len(mine) < len(visit.lines) else None
        stamped.append(Stamped(card["id"], stamps, full, by_lines))
        expires = good_until(card.get("voucher_valid"), visit.at_ms, visit.store)
        won += [Voucher(f"stamps/{card['id']}", card["reward"], expires)] * full
        if per == "visit":
            uses[today] += 1
    return stamped, won, uses


def owed(stamps: int, size: int) -> int:
    """How many full cards it takes so that *stamps* is no longer less than none."""
    return -(min(0, stamps) // size)


def candidates(own: Sequence[str], vouchers: Mapping[str, Voucher], reward: str, not_these: set[str]) -> list[str]:
    """The unused vouchers that go when stamps are missing: the sale's own, then earlier ones for the reward."""
    mine = sorted(code for code in own if code in vouchers)
    others = sorted(
        code
        for code, voucher in vouchers.items()
        if code not in own and voucher.reward == reward and code not in not_these
    )
    return mine + others
