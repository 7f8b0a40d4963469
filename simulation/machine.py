"""A till's computer: its home folder, its clock, and the real till service while the program runs."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from config.paths import HomePaths
from config.seams import RandomSource
from config.settings import Settings
from ledger import journal, lives
from ledger.store import View
from loyalty.entries import Entry
from simulation.clock import MachineClock
from simulation.mortal import Fate, MortalLedger, put_back_files
from sync.exchange import Exchange
from sync.rules import ALL_RULES, Rules
from sync.transport import Transport
from terminal.till import Till
from terminal.till_opening import open_till
from terminal.till_sync import SyncDesk
from terminal.till_sync_store import LedgerStore

MAX_READ = 500


@dataclass
class Machine:
    """One computer with a till on it. *twin*: it is a copy of another, or another is a copy of it."""

    name: str
    home: HomePaths
    clock: MachineClock
    random: RandomSource
    rules: Rules = ALL_RULES
    transport: Transport | None = None
    fate: Fate = field(default_factory=Fate)
    twin: bool = False
    revoked: bool = False
    running: bool = False
    cut_until_ms: int = 0
    deaf_until_ms: int = 0
    backup: Path | None = None

    def start(self) -> None:
        """Switch on: open the till and begin a new conversation with HQ."""
        self.clock.boot()
        self.running = True
        self.till: Till = open_till(self.home, Settings(), clock=self.clock, random=self.random)
        self.till.counter.ledger = MortalLedger.over(self.till.counter.ledger, self.fate, self._image)
        # The manager has shown the PIN this morning; checking it anew each time is all a run would do.
        self.till.counter.session = msgspec.structs.replace(self.till.session, proven=True)
        self.till_id = self.till.facts().till_id
        self.desk = SyncDesk(self.till.counter, make_transport=self._line, rules=self.rules)
        self.exchange = Exchange(
            LedgerStore(self.till.counter.ledger, self.clock, self.rules),
            clock=self.clock,
            random=self.random,
            rules=self.rules,
        )

    def die(self) -> None:
        """The program was killed: the disk is as it was then, and the till is started again."""
        self.fate.spare()
        self.till.close()
        put_back_files(self.home, self._image)
        self.start()

    def stop(self) -> None:
        """Switch off in good order."""
        self.fate.spare()
        self.running = False
        self.till.close()

    def copy_home(self, where: Path) -> None:
        """A raw copy of the whole home, as a disk image is made."""
        shutil.copytree(self.home.root, where)

    # -- what is asked about it, each in a snapshot of its own

    @property
    def stopped(self) -> bool:
        """Whether another copy of this till goes on in its place."""
        return self.desk.status().frozen == "till_stopped"

    def epoch(self) -> int:
        """The life it is in."""
        with self.till.counter.ledger.read() as view:
            return lives.current_life(view).epoch

    def entries(self) -> list[Entry]:
        """The whole journal, all lives."""
        with self.till.counter.ledger.read() as view:
            return list(entries_of(view))

    def _line(self, url: str, till_id: str, key: object, settings: Settings) -> Transport:  # noqa: ARG002 - one line
        assert self.transport is not None, "the machine was never connected"
        return self.transport

    @property
    def _image(self) -> Path:
        return self.home.root.with_name(self.home.root.name + ".image")


def entries_of(view: View) -> Iterator[Entry]:
    """Every entry of every life."""
    for life in lives.lives(view):
        seq = 0
        while page := journal.entries_after(view, life.epoch, seq, MAX_READ):
            yield from page
            seq = page[-1].seq
