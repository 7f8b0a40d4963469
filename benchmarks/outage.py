"""Many tills come back after an outage, each with sales that HQ has not heard of, until all have sent and heard all.

    python -m benchmarks.outage [--tills N] [--entries N] [--members N]

The tills are clients of their own that speak the protocol over HTTP (signed, by column, compressed), some at a time, as
many as HQ answers at once; all sell to the same members. Every till then pulls what has changed: tills × members rows.
Beside it: the bare database writing the rows of the entries in as many transactions.
"""

import argparse
import hashlib
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from sqlalchemy import select

from benchmarks.exchange_sales import START_MS
from benchmarks.hq_server import Paired, fsync_ms, load, served
from config.sync_settings import SyncSettings
from hq import schema
from hq.database import open_database
from loyalty.entries import POINTS, AccountMove, Contra, Entry, Header, Kind, Leg, canonical_bytes
from loyalty.ids import TILL_ID_LENGTH, to_base32
from sync.exchange import Path as Where
from sync.exchange import Request
from sync.http import HttpTransport
from sync.signing import sign_head
from sync.wire import MAX_ENTRIES, Page, Pull, Push, Pushed, pack_entries

_AT_ONCE = 16
_DOMAIN = b"regulars/entry/1\x00"
_BODY = msgspec.Raw(b"{}")
_TABLES = (schema.entries, schema.postings, schema.members, schema.accounts)


def main() -> None:
    """Print both figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tills", type=int, default=1000)
    options.add_argument("--entries", type=int, default=500)
    options.add_argument("--members", type=int, default=1000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        address = str(Path(name) / "hq.db")
        print(f"bare fsync: {fsync_ms(Path(name)):.2f} ms; {load()}")
        tills = [Paired(address, to_base32(number + 1, TILL_ID_LENGTH), number + 1) for number in range(asked.tills)]
        batches = [_batches(till, number, asked.entries, asked.members) for number, till in enumerate(tills)]
        with served(address) as hq, ThreadPoolExecutor(_AT_ONCE) as pool:
            cpu, began = hq.cpu_s(), time.perf_counter()
            list(pool.map(lambda each: _push(hq.url, *each), zip(tills, batches, strict=True)))
            pushed_s, pushed_cpu_s = time.perf_counter() - began, hq.cpu_s() - cpu
            rows = sum(pool.map(lambda till: _pull(hq.url, till), tills))
            all_s, all_cpu_s = time.perf_counter() - began, hq.cpu_s() - cpu
        entries = asked.tills * asked.entries
        print(
            f"{asked.tills} tills × {asked.entries} entries: all sent after {pushed_s:.1f} s (HQ {pushed_cpu_s:.1f} s"
            f" of CPU, {entries / pushed_cpu_s:.0f} entries/s per core), all up to date after {all_s:.1f} s"
            f" (HQ {all_cpu_s:.1f} s of CPU; {rows} rows pulled)"
        )
        print(_bare(address, str(Path(name) / "bare.db"), sum(map(len, batches))))
        print(load())


def _batches(till: Paired, number: int, entries: int, members: int) -> list[Push]:
    found: list[Push] = []
    before = till.genesis
    for first in range(1, entries + 1, MAX_ENTRIES):
        head, texts = before, []
        last = min(first + MAX_ENTRIES - 1, entries)
        for seq in range(first, last + 1):
            text = canonical_bytes(_sale(till, seq, f"M{(seq * 7919 + number * 104_729) % members:015d}"))
            head = hashlib.sha256(_DOMAIN + head + text).digest()
            texts.append(text)
        signature = sign_head(till.key, till.till_id, till.epoch, last, head)
        found.append(Push(till.timeline, till.epoch, first, before, pack_entries(texts), head, signature))
        before = head
    return found


def _sale(till: Paired, seq: int, member: str) -> Entry:
    legs = (Leg(member, POINTS, 1000 + seq, Contra.ISSUED),)
    header = Header(legs=legs, own=(AccountMove(member, 1000 + seq),))
    at_ms = START_MS + seq * 60_000
    return Entry(
        till.till_id, till.epoch, seq, Kind.SALE_COMPLETED, at_ms, "boot", at_ms, "C1", member, header, _BODY, b""
    )


def _push(url: str, till: Paired, batches: list[Push]) -> None:
    transport = HttpTransport(url, till.till_id, till.key, SyncSettings())
    for number, push in enumerate(batches):
        assert isinstance(transport.send(Request(number, Where.PUSH, push)), Pushed)
    transport.close()


def _pull(url: str, till: Paired) -> int:
    """Pull from the start until there is no more; how many rows came."""
    transport = HttpTransport(url, till.till_id, till.key, SyncSettings())
    rows, cursor, more = 0, 0, True
    while more:
        page = transport.send(Request(0, Where.PULL, Pull(till.timeline, cursor, till.epoch)))
        assert isinstance(page, Page)
        rows, cursor, more = rows + len(page.rows), page.to, page.more
    transport.close()
    return rows


def _bare(address: str, bare_address: str, batches: int) -> str:
    source, target = open_database(address), open_database(bare_address)
    with source.read() as connection:
        rows = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in _TABLES
        }
    began, cpu = time.perf_counter(), time.process_time()
    for number in range(batches):
        with target.write() as connection:
            for table in _TABLES:
                size = -(-len(rows[table.name]) // batches)
                target.insert_many(connection, table, rows[table.name][number * size : (number + 1) * size])
    spent_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    source.close()
    target.close()
    total = sum(map(len, rows.values()))
    return f"bare database, the same {total} rows: {spent_s:.1f} s by the clock, {cpu_s:.1f} s of CPU"


if __name__ == "__main__":
    main()
