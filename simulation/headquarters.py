"""HQ's machine: the real HQ on a SQLite file, that can be killed, backed up and put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from sqlalchemy import text

from config.seams import Clock, RandomSource
from hq.backup import backup, put_back
from hq.database import open_database
from hq.ingest import EntryText
from hq.kept import KeptInMemory
from hq.office import Office
from hq.service import Headquarters, Policy
from hq.shown import MemberShown
from loyalty.entries import Header
from simulation.mortal import Fate, MortalDatabase
from sync.exchange import Answer
from sync.rules import ALL_RULES, Rules
from sync.wire import Authorise, Hello, Pull, Push, SnapshotAsk


class Booked(msgspec.Struct, frozen=True):
    """An entry as HQ has it."""

    till_id: str
    epoch: int
    seq: int
    hash: bytes
    kind: str
    suspended: str | None
    header: Header


@dataclass
class HqMachine:
    """The computer HQ runs on."""

    file: Path
    clock: Clock
    random: RandomSource
    policy: Policy
    rules: Rules = ALL_RULES
    page_rows: int = 500
    fate: Fate = field(default_factory=Fate)
    keeper: KeptInMemory = field(default_factory=KeptInMemory)
    backup_file: Path | None = None

    def start(self) -> None:
        """Switch on."""
        self.fate.is_near = False
        self._serve(MortalDatabase(open_database(self.file), self.fate))

    def die(self) -> None:
        """The program was killed and is started again; SQLite has rolled back what was not committed."""
        self.fate.spare()
        self._serve(self._database)

    def stop(self) -> None:
        """Switch off in good order."""
        self.hq.database.close()

    def back_up(self) -> None:
        """Copy the database while HQ runs, as ``regulars hq backup`` does."""
        self.backup_file = self.file.with_name("hq-backup.db")
        self.backup_file.unlink(missing_ok=True)
        backup(self.hq.database, self.backup_file)

    def restore(self) -> None:
        """Put the last backup back; a new timeline begins."""
        assert self.backup_file is not None
        self.fate.spare()
        self.stop()
        self._serve(MortalDatabase(put_back(self.backup_file, self.file), self.fate))
        self.office.restored()

    def booked(self) -> list[Booked]:
        """Every entry that HQ has, its own included."""
        query = text(
            "SELECT l.till_id, l.epoch, e.seq, e.hash, e.kind, e.suspended, e.text FROM entries e"
            " JOIN lives l ON l.life = e.life ORDER BY e.position"
        )
        with self.hq.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Booked(
                till_id=row.till_id,
                epoch=row.epoch,
                seq=row.seq,
                hash=row.hash,
                kind=row.kind,
                suspended=row.suspended,
                header=msgspec.json.decode(row.text, type=EntryText).header,
            )
            for row in rows
        ]

    def debts(self) -> dict[str, int]:
        """What the stores pay for each member, by the surviving id."""
        query = text("SELECT root, SUM(debt) AS owed FROM members GROUP BY root HAVING SUM(debt) > 0 ORDER BY root")
        with self.hq.database.read() as connection:
            return {row.root: int(row.owed) for row in connection.execute(query)}

    def both_sides(self) -> tuple[int, int]:
        """All points that members have, and the accounts that stand against them."""
        has = text("SELECT COALESCE(SUM(balance), 0) FROM members")
        against = text("SELECT COALESCE(-SUM(booked), 0) FROM postings WHERE currency = 'points'")
        with self.hq.database.read() as connection:
            return int(connection.scalar(has) or 0), int(connection.scalar(against) or 0)

    def units(self, ids: tuple[str, ...]) -> dict[str, int]:
        """How many of each stamp card a member has, over all ids, and which vouchers.

        A copied till may have made a voucher of the same code as the original: each is used once, but tills show one.
        """
        query = text("SELECT member_id, what, balance, expires_ms FROM pools")
        found: dict[str, int] = {}
        with self.hq.database.read() as connection:
            for row in connection.execute(query):
                alive = row.expires_ms is None or row.expires_ms > self.clock.now_ms()
                if row.member_id in ids and alive and row.what.startswith(("voucher/", "stamps/")):
                    found[row.what] = found.get(row.what, 0) + int(row.balance)
        counts = {what: min(count, 1) if what.startswith("voucher/") else count for what, count in found.items()}
        return {what: count for what, count in sorted(counts.items()) if count}

    def recovering(self) -> bool:
        """Whether HQ still waits for tills after a restore."""
        with self.hq.database.read() as connection:
            return bool(connection.scalar(text("SELECT COUNT(*) FROM tills WHERE recovering = 1")))

    def member(self, member_id: str) -> MemberShown:
        """A member as an operator sees it; Refused ``member_unknown``."""
        return self.office.member(member_id)

    @contextmanager
    def at_work(self) -> Iterator[Headquarters]:
        """HQ while it does what tills and operators want; only then may it die."""
        with self.fate.near():
            yield self.hq

    def _serve(self, database: MortalDatabase) -> None:
        self._database = database
        self.hq = Headquarters(
            database,
            clock=self.clock,
            random=self.random,
            keeper=self.keeper,
            policy=self.policy,
            rules=self.rules,
            page_rows=self.page_rows,
        )
        self.office = Office(self.hq)


def answered(hq: Headquarters, till_id: str, message: msgspec.Struct) -> Answer:
    """What HQ answers to a till's message."""
    match message:
        case Hello():
            return hq.hello(till_id, message)
        case Push():
            return hq.push(till_id, message)
        case Pull():
            return hq.pull(till_id, message)
        case Authorise():
            return hq.authorise(till_id, message)
        case SnapshotAsk():
            return hq.snapshot(till_id, message)
    raise AssertionError("a message of no kind")
