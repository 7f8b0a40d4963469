"""A new till takes all members of HQ through HTTP into its own file, beside bare SQLite taking the same facts.

    python -m benchmarks.bootstrap [--members N]

HQ's members have a name, a phone number, a card and one lot of points. The goal is 1,000,000 members, selling in less
than 30 s on a 100 Mbit/s line: what the line alone would take for the bytes that came is printed too.
"""

import argparse
import resource
import subprocess
import tempfile
import time
from itertools import islice
from pathlib import Path

import pysqlite3

from benchmarks.exchange_sales import START_MS, TILL
from benchmarks.hq_server import STORE, Served, headquarters, load, served
from benchmarks.population import Person, card_code, people
from benchmarks.start import environment_of, regulars
from config.paths import HomePaths
from config.seams import SystemClock, SystemRandom
from config.settings import Settings
from hq import schema
from hq.database import Database, Row
from hq.office import Office
from hq.records import Member, Posting
from hq.rows import member_row, posting_row
from loyalty.entries import POINTS, Contra
from sync.wire import MAX_ROWS
from terminal.till_opening import open_till

_CHUNK = 10_000
_POINTS = 120_000
_FIELDS = ("name", "phone")
_LINE_BYTES_S = 100e6 / 8


def main() -> None:
    """Print both figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", type=int, default=1_000_000)
    members = options.parse_args().members
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home, address = HomePaths(folder / "home"), str(folder / "hq.db")
        subprocess.run(
            [regulars(), "setup", "--defaults"], env=environment_of(home.root), check=True, capture_output=True
        )
        hq = headquarters(address)
        Office(hq).add_store(STORE, "Shop", "Europe/Warsaw", "PLN")
        code = Office(hq).add_till(STORE, "Till")
        _fill(hq.database, members)
        hq.database.close()
        with served(address) as server:
            _measure(home, server, code, members)
        print(_bare(folder / "bare.db", members))
    print(load())


def _measure(home: HomePaths, server: Served, code: str, members: int) -> None:
    with open_till(home, Settings(), clock=SystemClock(), random=SystemRandom()) as till:
        till.sync.pair(server.url, code)
        began, cpu, received = time.perf_counter(), time.process_time(), _received()
        hq_cpu = server.cpu_s()
        till.sync.sync_once()
        spent_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        bytes_received = _received() - received
        hq_cpu = server.cpu_s() - hq_cpu
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{members} members: {spent_s:.1f} s by the clock until the till is up to date (till {cpu_s:.1f} s of CPU, HQ"
        f" {hq_cpu:.1f} s); {bytes_received / 1e6:.1f} MB, which take {bytes_received / _LINE_BYTES_S:.1f} s on a"
        f" 100 Mbit/s line; memory of the till's process {memory_mb:.0f} MB"
    )


def _received() -> int:
    """Bytes that came to this machine's own address."""
    for line in Path("/proc/net/dev").read_text(encoding="ascii").splitlines():
        name, _, figures = line.partition(":")
        if name.strip() == "lo":
            return int(figures.split()[0])
    return 0


def _fill(database: Database, members: int) -> None:
    """Put members into HQ's tables as if their entries had been booked."""
    everybody = enumerate(people(members), 1)
    while chunk := list(islice(everybody, _CHUNK)):
        with database.write() as connection:
            cards = [(card_code(number), who[0], "active", 0) for number, who in chunk]
            put = database.insert_many
            put(connection, schema.members, [_member(number, who) for number, who in chunk])
            put(connection, schema.postings, [_posting(number, who) for number, who in chunk])
            put(connection, schema.cards, cards)
            put(connection, schema.profiles, [row for number, who in chunk for row in _profile(number, who)])
            database.upsert_many(connection, schema.counters, [("hq_seq", chunk[-1][0])])


def _member(number: int, who: Person) -> Row:
    record = Member(who[0], who[0], START_MS)
    record.balance = record.free = _POINTS
    record.hq_seq = number
    return member_row(record)


def _posting(number: int, who: Person) -> Row:
    return posting_row(
        Posting(
            position=10**9 + number,
            leg=0,
            life=1,
            seq=number,
            member_id=who[0],
            currency=POINTS,
            amount=_POINTS,
            booked=_POINTS,
            against=Contra.ISSUED,
            at_ms=START_MS,
        )
    )


def _profile(number: int, who: Person) -> list[Row]:
    return [
        (who[0], field, value, START_MS, TILL, 1, number, None) for field, value in zip(_FIELDS, who[1:3], strict=True)
    ]


def _bare(file: Path, members: int) -> str:
    """One table of bare SQLite with the same facts of each member, written in pieces of the same size."""
    connection = pysqlite3.connect(str(file), isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE member (member_id TEXT PRIMARY KEY, name TEXT, phone TEXT, card TEXT UNIQUE, balance INTEGER)"
    )
    everybody = enumerate(people(members), 1)
    began, cpu = time.perf_counter(), time.process_time()
    while chunk := list(islice(everybody, MAX_ROWS)):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(who[0], who[1], who[2], card_code(number), _POINTS) for number, who in chunk]
        connection.executemany("INSERT INTO member VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
    spent_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    connection.close()
    return f"bare SQLite, one table with the same facts: {spent_s:.1f} s by the clock, {cpu_s:.1f} s of CPU"


if __name__ == "__main__":
    main()
