"""What every desk of the till works with: the ledger, the clock, the random source, the settings and who acts."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from config.errors import N_, Refused
from config.seams import Clock, RandomSource
from config.settings import Settings
from ledger import identity, journal, programmes
from ledger.identity import TillFacts
from ledger.programmes import StoredProgramme
from ledger.store import Ledger, Transaction, View
from loyalty.days import StoreFacts, business_day
from loyalty.entries import Draft, Entry, Kind
from loyalty.programme.load import Programme, load_programme
from terminal.till_person import country_of
from terminal.till_shapes import Session
from terminal.till_sync_state import refuse_if_stopped

MAX_PROGRAMMES_KEPT = 16
MAX_CLOCK_MS = 253_402_300_799_999  # the end of the year 9999: beyond it no calendar goes on


@dataclass
class Scribe:
    """What it takes to write an entry."""

    clock: Clock
    random: RandomSource

    def append(self, tx: Transaction, draft: Draft, at_ms: int | None = None) -> Entry:
        """Write *draft* into the journal as an act of now (or *at_ms*)."""
        return journal.append(tx, draft, at_ms=self.clock.now_ms() if at_ms is None else at_ms)


@dataclass
class Counter(Scribe):
    """Shared by the desks. Only *session* and the compiled programmes change; all else is read in each transaction.

    A *read_only* counter answers and posts nothing, not even what is due; it only notes that a changing code was shown.
    """

    ledger: Ledger
    settings: Settings
    session: Session
    training: bool = False
    read_only: bool = False
    _programmes: OrderedDict[str, Programme] = field(default_factory=OrderedDict)
    _known: tuple[View, TillFacts] | None = None

    def append(self, tx: Transaction, draft: Draft, at_ms: int | None = None) -> Entry:
        """As any scribe; Refused ``till_stopped`` once a copy of this till goes on: then only the drawer is counted."""
        if draft.kind != Kind.SHIFT_CLOSED and not self.acts_alone(tx):
            refuse_if_stopped(tx)
        return super().append(tx, draft, at_ms)

    def till(self, view: View) -> TillFacts:
        """The till's facts as *view* sees them; read once for each view, for every desk asks many times."""
        known = self._known
        if known is None or known[0] is not view:
            known = self._known = (view, identity.till_facts(view))
        return known[1]

    def store(self, view: View) -> StoreFacts:
        """The till's store, for the arithmetic of days."""
        till = self.till(view)
        return StoreFacts(till.store_id, till.zone, till.closing_minute)

    def country(self, view: View) -> str:
        """Where the store is (ISO 3166, two letters): phones are read as there."""
        till = self.till(view)
        return till.country or country_of(till.zone)

    def today(self, view: View) -> date:
        """The business day."""
        return business_day(self.clock.now_ms(), self.store(view))

    def acts_alone(self, view: View) -> bool:
        """Whether this till is its own HQ (SYNC.md 0): the one place that says what only an unpaired till may do."""
        return not self.till(view).paired

    def time_of(self, view: View, at_ms: int | None) -> int:
        """*at_ms*, where a time may be chosen; else now. Refused ``time_not_yours``."""
        if at_ms is None:
            return self.clock.now_ms()
        if not (self.training or self.acts_alone(view)):
            raise Refused(
                "time_not_yours",
                N_("Only a till without headquarters, or in training, may choose the time. Nothing was saved."),
            )
        if not 0 <= at_ms <= MAX_CLOCK_MS:
            raise Refused("time_absurd", N_("There is no such time. Nothing was saved; check the date."))
        return at_ms

    def programme(self, view: View, at_ms: int) -> Programme:
        """The programme in force at *at_ms*; Refused ``no_programme`` before the first one's start."""
        stored = programmes.in_force(view, at_ms)
        if stored is None:
            raise Refused(
                "no_programme",
                N_("No programme was in force at that time. Nothing was saved. Activate one, or check the date."),
            )
        return self._compiled(stored)

    def programme_of_version(self, view: View, version: str) -> Programme | None:
        """A programme by its version, if this till has it."""
        stored = programmes.by_version(view, version)
        return None if stored is None else self._compiled(stored)

    def _compiled(self, stored: StoredProgramme) -> Programme:
        """The programme made ready; once, and the last few are kept: compiling takes longer than selling."""
        programme = self._programmes.get(stored.version)
        if programme is None:
            programme = self._programmes[stored.version] = load_programme(stored.toml)
            if len(self._programmes) > MAX_PROGRAMMES_KEPT:
                self._programmes.popitem(last=False)
        else:
            self._programmes.move_to_end(stored.version)
        return programme
