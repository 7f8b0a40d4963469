"""``regulars hq serve`` as processes: stopped in the middle of things, behind TLS, several on one PostgreSQL."""

import datetime
import ipaddress
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.seams import SystemClock, SystemRandom
from hq.database import Database
from hq.office import Office
from hq.service import Headquarters
from sync.wire import Pull, Push, encode
from tests.integration.hq.attacks import Attacker, packed
from tests.integration.hq.conftest import Postgres
from tests.unit.hq.world import MemoryTill, World

REGULARS = [sys.executable, "-c", "from cli.main import main; main()"]
ROUNDS = 40 if os.environ.get("REGULARS_LONG") else 8


@contextmanager
def serve(where: str, log: Path, *more: str, scheme: str = "http") -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """``regulars hq serve`` on a free port: its address and its process."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    words = ["hq", "--database", where, "serve", "--port", str(port), "--log-file", str(log), "--no-behind", *more]
    environment = {**os.environ, "REGULARS_HOME": str(log.parent / "home")}
    process = subprocess.Popen([*REGULARS, *words], env=environment)
    try:
        while not _answers(port):
            assert process.poll() is None
            time.sleep(0.05)
        yield f"{scheme}://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose clock is the machine's: its HQ is another process."""
    made = World(tmp_path / "hq.db", tills=1)
    made.clock.at = SystemClock().now_ms()
    made.sync()
    return made


def a_push(world: World, till: MemoryTill, member: str) -> Push:
    till.enrol(member)
    till.earn(member, 1000)
    message = world.exchange(till).next().message
    assert isinstance(message, Push)
    return message


def test_told_to_stop_hq_answers_what_is_under_way_and_ends_without_an_error(world: World, tmp_path: Path) -> None:
    till = world.tills[0]
    log = tmp_path / "log" / "hq.log"
    with serve(str(tmp_path / "hq.db"), log) as (url, process):
        attacker = Attacker(url, till)
        body = packed(a_push(world, till, "M5"))
        request = attacker.signed("v1/push", body)
        waiting = attacker.signed("v1/pull", pull := encode(Pull(till.timeline, 10**6, till.life.epoch, wait_s=20)))
        polled: list[int] = []
        poll = threading.Thread(
            target=lambda: polled.append(
                httpx.post(waiting.url, headers=waiting.headers, content=pull, timeout=30).status_code
            )
        )
        poll.start()
        place = urlsplit(url)
        with socket.create_connection((place.hostname, place.port)) as line:
            lines = [f"{name}: {value}" for name, value in request.headers.items()]
            head = "\r\n".join(["POST /v1/push HTTP/1.1", f"Host: {place.netloc}", *lines])
            line.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:20])
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            line.sendall(body[20:])
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
        poll.join()
        assert polled == [200]
        assert process.wait(20) == 0
    assert world.balance("M5") == 1000
    told = [json.loads(each) for each in log.read_text("utf-8").splitlines()]
    assert {"serving", "answered", "stopped"} <= {each["event"] for each in told}
    assert "M5" not in log.read_text("utf-8")


def test_tls_with_a_certificate(world: World, tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    with serve(
        str(tmp_path / "hq.db"), tmp_path / "hq.log", "--tls-cert", str(certificate), "--tls-key", str(key),
        scheme="https",
    ) as (url, _):  # fmt: skip
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert httpx.get(f"{url}/ready", verify=trusting).json() == {"status": "ready"}
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/ready")


def test_a_certificate_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    nothing = tmp_path / "chain.pem"
    nothing.write_text("no certificate", "utf-8")
    words = [
        "hq",
        "--database",
        str(tmp_path / "hq.db"),
        "serve",
        "--tls-cert",
        str(nothing),
        "--tls-key",
        str(nothing),
    ]
    told = subprocess.run([*REGULARS, *words], check=False, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert "PEM" in told.stderr


def test_two_processes_on_one_postgres_book_each_entry_once(postgres: Postgres, tmp_path: Path) -> None:
    database = postgres.new()
    world = World(database, tills=3)
    world.clock.at = SystemClock().now_ms()
    world.sync()
    address = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with (
        serve(address, tmp_path / "one.log") as (one, _),
        serve(address, tmp_path / "two.log") as (two, _),
    ):
        failures: list[object] = []
        threads = [
            threading.Thread(target=_sell, args=(world, till, number, (one, two), failures))
            for number, till in enumerate(world.tills)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
    _assert_whole(database, len(world.tills) * ROUNDS)


def _sell(world: World, till: MemoryTill, number: int, urls: tuple[str, str], failures: list[object]) -> None:
    """Each batch goes to both processes at once, by the same till; and all tills give the same member points."""
    try:
        senders = [Attacker(url, till) for url in urls]
        for turn in range(ROUNDS):
            till.enrol(f"S{number}{turn:014d}")
            till.earn("M-shared", 1000)
            push = world.exchange(till).next().message
            assert isinstance(push, Push)
            assert _sent_by_all(senders, packed(push)) == [200, 200]
            till.acknowledge(push.epoch, len(till.life.entries))
            world.exchange(till).say_hello()
            hello = world.exchange(till).next()
            world.exchange(till).receive(hello, world.hq.hello(till.till_id, hello.message))  # type: ignore[arg-type]
    except BaseException as failure:
        failures.append(failure)


def _sent_by_all(senders: list[Attacker], body: bytes) -> list[int]:
    """The statuses of the same push, sent to every process at once."""
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda each=each: answers.append(each.send("v1/push", body).status_code))
        for each in senders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _assert_whole(database: Database, sales: int) -> None:
    hq = Headquarters(database, clock=SystemClock(), random=SystemRandom())
    office = Office(hq)
    assert office.member("M-shared").balance_millipoints == sales * 1000
    assert not office.invariants()
    assert not office.verify().differences


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "chain.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
