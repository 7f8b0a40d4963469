"""A till with a million synthetic members, made by bulk SQL: what the benchmarks search in.

python -m benchmarks.population HOME [--members 1000000]
"""

import argparse
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from ledger.fold import digits_reversed, fold, fold_email
from ledger.founding import create_ledger
from ledger.identity import Founding
from ledger.store import Ledger, open_ledger
from loyalty.ids import MEMBER_ID_LENGTH, to_base32

MEMBERS = 1_000_000
_BATCH = 20_000
_ENROLLED_MS = 1_700_000_000_000
_FIRST = [
    "Zofia",
    "Łucja",
    "Maria",
    "Anna",
    "Katarzyna",
    "Małgorzata",
    "Agnieszka",
    "Barbara",
    "Ewa",
    "Krystyna",
    "Jan",
    "Andrzej",
    "Piotr",
    "Krzysztof",
    "Stanisław",
    "Tomasz",
    "Paweł",
    "Józef",
    "Marcin",
    "Marek",
    "Michał",
    "Grzegorz",
    "Jerzy",
    "Tadeusz",
    "Adam",
    "Łukasz",
    "Zbigniew",
    "Ștefan",
    "Ion",
    "Andrei",
    "Mihai",
    "Elena",
    "Ioana",
    "Gheorghe",
    "Анна",
    "Мария",
    "Елена",
    "Ольга",
    "Наталья",
    "Иван",
    "Пётр",
    "Александр",
    "Сергей",
    "Дмитрий",
    "Алексей",
    "Андрей",
    "Михаил",
    "Юлия",
]
_STEMS = [
    "Now",
    "Kowal",
    "Wiśn",
    "Wójc",
    "Kamiń",
    "Lewan",
    "Zieliń",
    "Szymań",
    "Woźn",
    "Dąbrow",
    "Kozłow",
    "Jankow",
    "Mazur",
    "Krawcz",
    "Piotr",
    "Grabow",
    "Pawłow",
    "Michal",
    "Pop",
    "Ionesc",
    "Popesc",
    "Țep",
    "Dumitr",
    "Stan",
    "Иван",
    "Петр",
    "Сидор",
    "Смирн",
    "Кузнец",
    "Попов",
    "Васил",
    "Соколов",
    "Михайл",
    "Новик",
    "Фёдор",
]
_ENDINGS = [
    "ak",
    "ski",
    "ska",
    "ik",
    "czyk",
    "owicz",
    "ewicz",
    "ewska",
    "owska",
    "iak",
    "uk",
    "escu",
    "eanu",
    "ov",
    "ova",
    "ова",
    "ин",
    "ина",
    "енко",
]

Person = tuple[str, str, str, str]


def people(count: int, seed: int = 1) -> Iterator[Person]:
    """(member id, name, phone, e-mail) of *count* made-up people; the same for the same seed."""
    source = random.Random(seed)
    for number in range(count):
        first, stem = source.choice(_FIRST), source.choice(_STEMS)
        name = f"{first} {stem}{source.choice(_STEMS).lower()}{source.choice(_ENDINGS)}"
        phone = f"+48{source.randrange(500_000_000, 900_000_000)}"
        email = f"{fold(first)}.{number:x}@example.com"
        yield to_base32(source.getrandbits(80), MEMBER_ID_LENGTH), name, phone, email


def populate(ledger: Ledger, count: int = MEMBERS, seed: int = 1) -> float:
    """Fill an empty till with *count* members, each with a profile and a card; how many seconds it took."""
    started = time.perf_counter()
    stream = enumerate(people(count, seed), 1)
    while batch := list(islice(stream, _BATCH)):
        with ledger.write() as tx:
            tx.execute_many(
                "INSERT INTO member (no, member_id, number, status, enrolled_ms, confirmed, tier)"
                " VALUES (?, ?, ?, 'active', ?, 1, ?)",
                ((no, who[0], f"29{no:010}", _ENROLLED_MS + no, ("silver", "gold")[no % 2]) for no, who in batch),
            )
            tx.execute_many(
                "INSERT INTO profile (no, name, phone, email, name_folded, email_folded, phone_reversed, versions)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, '{}')",
                (
                    (no, name, phone, email, fold(name), fold_email(email), digits_reversed(phone))
                    for no, (_, name, phone, email) in batch
                ),
            )
            tx.execute_many(
                "INSERT INTO name_index (rowid, name_folded) VALUES (?, ?)", ((no, fold(who[1])) for no, who in batch)
            )
            tx.execute_many(
                "INSERT INTO card (code, member_id, format, kind, status, linked_ms)"
                " VALUES (?, ?, 'EAN13', 'own', 'active', ?)",
                ((card_code(no), who[0], _ENROLLED_MS) for no, who in batch),
            )
    return time.perf_counter() - started


def card_code(no: int) -> str:
    """The card of the *no*-th member (from 1)."""
    return f"29{no * 7_919 % 10_000_000_000:010}{no % 10}"


def populated(home: Path, count: int = MEMBERS) -> Ledger:
    """The till in *home*, filled with *count* members if it is not there yet."""
    paths = HomePaths(home)
    if paths.database.exists():
        return open_ledger(paths, clock=SystemClock())
    founding = Founding("S1", "Benchmark shop", "Till 1", "PLN", "Europe/Warsaw")
    ledger = create_ledger(paths, founding, clock=SystemClock(), random=SystemRandom())
    seconds = populate(ledger, count)
    size_mb = paths.database.stat().st_size / 1e6
    print(f"made {count:,} members in {seconds:.1f} s ({size_mb:.0f} MB)")
    return ledger


def main() -> None:
    """Make the population."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--members", type=int, default=MEMBERS)
    chosen = parser.parse_args()
    populated(chosen.home, chosen.members).close()


if __name__ == "__main__":
    main()
