"""A quote of a 30-line basket under 50 rules and 20 rewards, beside a bare loop over the same lines and rules.

python -m benchmarks.quote [SECONDS]
"""

import statistics
import sys
import time
from collections.abc import Callable

from loyalty.account import Account, Voucher
from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.lots import Lot
from loyalty.programme.load import load_programme
from loyalty.programme.plan import compile_plan
from loyalty.quote import quote

CATEGORIES = [f"Category {number}" for number in range(15)]
STORE = StoreFacts("main", "Europe/Warsaw", 180)
AT_MS = 1_778_600_000_000
GOAL_MS, COMPILE_GOAL_MS = 2.0, 50.0


def programme_text() -> str:
    """50 rules and 20 rewards of every kind, with conditions of every kind, some of which hold."""
    rules = ['[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n']
    for number in range(49):
        category = CATEGORIES[number % len(CATEGORIES)]
        effect = (
            "points = 1\nper = 2.00",
            "bonus = 5",
            "points_per_item = 2",
            "multiply = 1.5",
            "points = 3\nper = 10.00\nwhole_steps = true",
        )[number % 5]
        condition = (
            f'categories = ["{category}"]',
            'weekdays = ["tue", "wed"]',
            f'categories = ["{category}"]\nmin_spend = 10.00',
            'hours = ["06:00-11:00"]',
            'tiers = ["gold"]',
            "min_spend = 500.00",
            'from = 2026-01-01\nuntil = 2026-12-31\nsegments = ["staff"]',
        )[number % 7]
        rules.append(f'[[rule]]\nid = "rule-{number}"\n{effect}\n{condition}\n')
    rewards = []
    for number in range(20):
        category = CATEGORIES[number % len(CATEGORIES)]
        kind = (
            f'kind = "amount_off"\namount = {3 + number}.00',
            f'kind = "percent_off"\npercent = {5 + number}\ncategories = ["{category}"]',
            f'kind = "free_item"\ncategories = ["{category}"]',
            'kind = "percent_off"\npercent = 5\nexclusive_group = "percent"',
            'kind = "gift"',
        )[number % 5]
        points = f"points = {100 + 10 * number}"
        rewards.append(f'[[reward]]\nid = "reward-{number}"\nname = "Reward {number}"\n{points}\n{kind}\n')
    tiers = '[[tier]]\nid = "gold"\nname = "Gold"\nfrom_points = 100\nmultiplier = 1.5\n'
    return f'name = "Benchmark"\n{"".join(rules)}{tiers}{"".join(rewards)}'


def basket() -> Basket:
    """30 lines in 15 categories."""
    lines = (
        Line(CATEGORIES[number * 7 % 15], 199 + 137 * number, 1000 * (1 + number % 3), f"sku{number}")
        for number in range(30)
    )
    return Basket("PLN", tuple(lines), "card")


def bare_loop(lines: tuple[Line, ...], rules: int) -> int:
    """The least that any engine does: look at every line for every rule."""
    total = 0
    for _ in range(rules):
        for line in lines:
            if line.category != "Tobacco":
                total += line.amount_minor
    return total


def median_ms(act: Callable[[], object], seconds: float) -> tuple[float, float]:
    """The median and the 99th percentile of *act*, in milliseconds."""
    times: list[int] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 10:
        start = time.perf_counter_ns()
        act()
        times.append(time.perf_counter_ns() - start)
    times.sort()
    return statistics.median(times) / 1e6, times[len(times) * 99 // 100] / 1e6


def main() -> None:
    """Print both sides."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    text, bought = programme_text(), basket()
    programme = load_programme(text)
    account = Account(
        "M", points_millipoints=900_000, lots=(Lot(900_000),), tier="gold", vouchers=(Voucher("v", "reward-2"),)
    )
    rules, rewards = len(programme.model.rules), len(programme.model.rewards)
    print(f"{len(bought.lines)} lines, {rules} rules, {rewards} rewards, {seconds:g} s each")
    whole = median_ms(lambda: quote(programme, account, bought, (), AT_MS, STORE), seconds)
    print(f"quote with best combination   median {whole[0]:.3f} ms   p99 {whole[1]:.3f} ms   goal {GOAL_MS} ms")
    short = median_ms(lambda: quote(programme, account, bought, (), AT_MS, STORE, offers=False), seconds)
    print(f"quote without offers          median {short[0]:.3f} ms   p99 {short[1]:.3f} ms")
    bare = median_ms(lambda: bare_loop(bought.lines, rules), seconds)
    print(f"bare loop, lines × rules      median {bare[0]:.3f} ms   p99 {bare[1]:.3f} ms")
    compiled = median_ms(lambda: compile_plan(programme.model, "PLN"), seconds)
    print(f"compile                       median {compiled[0]:.3f} ms   goal {COMPILE_GOAL_MS} ms")
    loaded = median_ms(lambda: load_programme(text), seconds)
    print(f"read and check the file       median {loaded[0]:.3f} ms")


if __name__ == "__main__":
    main()
