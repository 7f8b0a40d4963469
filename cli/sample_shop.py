"""The demo's shop: people, members and some weeks of sales, made through the till service like any others."""

import random as chance_of
from collections.abc import Iterator
from datetime import timedelta

from config.formats import local_time
from config.paths import HomePaths
from config.seams import Clock, RandomSource
from config.settings import Settings
from loyalty.basket import Line
from terminal.till import Till
from terminal.till_import_shapes import ImportedSale
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_shapes import SetUp

PIN = {"Maria": "2468", "Ana": "1357"}
DAYS = 42
SALES_A_DAY = 14
MEMBERS = (
    ("Zofia Nowak", "601 234 567", "zofia@example.com", "05-31"),
    ("Łukasz Wiśniewski", "602 345 678", None, None),
    ("Ștefan Țurcanu", "603 456 789", None, "1988-02-29"),
    ("Мария Иванова", None, "maria@example.com", None),
    ("Żaneta Kowalska", "604 567 890", None, "11-24"),
    ("Jan Zieliński", None, None, None),
)
# (category, article, price in minor units): what a grocery with a café sells.
GOODS = (
    ("groceries", None, 4590),
    ("groceries", None, 12_340),
    ("fresh", "apples", 890),
    ("fresh", "bread", 650),
    ("coffee", "latte", 1_400),
    ("coffee", "espresso", 900),
    ("bakery", "croissant", 750),
    ("tobacco", None, 1_900),
)


def make_sample_shop(home: HomePaths, settings: Settings, *, clock: Clock, random: RandomSource) -> None:
    """Set the till up, and let it have had customers for six weeks."""
    request = SetUp(store="Corner Grocery & Café", till="Till 1", manager="Maria", pin=PIN["Maria"])
    set_up(home, request, clock=clock, random=random)
    with open_till(home, settings, clock=clock, random=random) as till:
        till.staff.add("Ana", PIN["Ana"], manager_pin=PIN["Maria"])
        cards = [_enrolled(till, *member) for member in MEMBERS]
        till.imports.sales(_past(till, cards, clock.now_ms()))


def _enrolled(till: Till, name: str, phone: str | None, email: str | None, birthday: str | None) -> str:
    enrolment = Enrolment(name=name, phone=phone, email=email, birthday=birthday)
    return till.members.enrol(enrolment).cards[0].code


def _past(till: Till, cards: list[str], now_ms: int) -> Iterator[ImportedSale]:
    """The same weeks in every demo, counted back from now."""
    facts = till.facts()
    chance = chance_of.Random(7)  # noqa: S311 - a shop's weeks, not a secret
    midnight = local_time(now_ms, facts.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    number = 0
    for day in range(DAYS, 0, -1):
        for _ in range(SALES_A_DAY + chance.randint(-4, 4)):
            number += 1
            at = midnight - timedelta(days=day) + timedelta(hours=7, seconds=chance.randint(0, 12 * 3600))
            goods = chance.choices(GOODS, k=chance.randint(1, 4))
            yield ImportedSale(
                line=number,
                sale_id=f"demo-{number}",
                at_ms=int(at.timestamp() * 1000),
                store=facts.store_id,
                till=facts.till,
                card=chance.choice([*cards, cards[0], None, None]),
                lines=tuple(Line(category, price, 1000, article) for category, article, price in goods),
            )
