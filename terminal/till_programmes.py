"""Programmes at the till: which one is in force, checking a file, and activating one where there is no headquarters."""

from typing import Literal

from config.errors import N_, Refused, WrongUse
from ledger import journal, programmes
from ledger.programmes import StoredProgramme
from ledger.sale_reading import SALES
from ledger.store import Transaction, View
from loyalty.bodies import ProgrammeActivated
from loyalty.entries import Draft, Kind
from loyalty.programme.load import Checked, Programme, check_programme, load_programme
from terminal.till_counter import MAX_CLOCK_MS, Counter, Scribe
from terminal.till_shapes import ProgrammeShown
from terminal.till_staff import StaffDesk, note_override

SHORT_VERSION = 8
BEGINNING_MS = 0


class ProgrammeDesk:
    """The programme in force, those that were, and those that wait for their start."""

    def __init__(self, counter: Counter, staff: StaffDesk) -> None:
        self._counter = counter
        self._staff = staff

    def current(self) -> ProgrammeShown | None:
        """The programme in force now; None before the first one's start."""
        return next((shown for shown in self.list() if shown.state == "in_force"), None)

    def list(self) -> tuple[ProgrammeShown, ...]:
        """Every activation, the latest start first."""
        with self._counter.ledger.read() as view:
            return listed(view, self._counter.clock.now_ms())

    def text(self, version: str) -> str:
        """The TOML text of a version, which may be given by its first letters. Refused ``programme_unknown``."""
        wanted = version.strip().lower()
        with self._counter.ledger.read() as view:
            found = {
                stored.version: stored.toml
                for stored in programmes.list_programmes(view)
                if wanted and stored.version.startswith(wanted)
            }
        if len(found) != 1:
            raise Refused(
                "programme_unknown",
                N_("No programme, or more than one, has the version {version}. See `regulars programme show --all`."),
                version=version[:40],
            )
        return next(iter(found.values()))

    def check(self, text: str) -> Checked:
        """Everything that is wrong with a programme, or doubtful; the store's currency is checked with it."""
        checked = check_programme(text)
        if checked.programme is not None:
            with self._counter.ledger.read() as view:
                checked.programme.plan(self._counter.till(view).currency)
        return checked

    def activate(
        self, text: str, start_ms: int | None = None, manager_pin: str | None = None, *, trusted: bool = False
    ) -> ProgrammeShown:
        """Put a programme in force from *start_ms* on; only where there is no headquarters.

        Without a start it is now; on a till that has not sold yet it is from the beginning of time, so that sales
        imported from before are judged by it. Sales that were made keep the programme they were judged by.
        *trusted*: the caller owns the home, as the command line does, and needs no PIN. ProgrammeRefused names every
        mistake; Refused ``programme_from_hq`` at a paired till.
        """
        manager = self._counter.session if trusted else self._staff.approved_by(manager_pin)
        programme = load_programme(text)
        now_ms = self._counter.clock.now_ms()
        with self._counter.ledger.write() as tx:
            if not self._counter.acts_alone(tx):
                raise Refused(
                    "programme_from_hq",
                    N_("This till gets its programme from headquarters. Nothing was changed. Publish it there."),
                )
            programme.plan(self._counter.till(tx).currency)
            if start_ms is None:
                start_ms = now_ms if journal.last_entry(tx, tuple(SALES)) else _beginning(tx, now_ms)
            if not 0 <= start_ms <= MAX_CLOCK_MS:
                raise WrongUse("start_absurd", N_("There is no such time. Nothing was changed; check the date."))
            start_ms = _free_start(tx, programme, start_ms)
            note_override(self._counter, tx, manager, Kind.PROGRAMME_ACTIVATED)
            stored = keep_programme(self._counter, tx, programme, start_ms=start_ms, by=manager.cashier_id)
            return _shown(stored, programmes.in_force(tx, now_ms), now_ms)


def keep_programme(
    scribe: Scribe, tx: Transaction, programme: Programme, *, start_ms: int, by: str | None
) -> StoredProgramme:
    """Write an activation into the journal and keep the file; set-up does it with the first programme."""
    name = programme.model.name
    body = ProgrammeActivated(version=programme.version, start_ms=start_ms, name=name)
    scribe.append(tx, Draft(kind=Kind.PROGRAMME_ACTIVATED, body=body, cashier_id=by))
    return programmes.store(
        tx,
        programme.text,
        version=programme.version,
        programme_id=programme.version[:SHORT_VERSION],
        name=name,
        start_ms=start_ms,
        stored_ms=scribe.clock.now_ms(),
    )


def _beginning(view: View, now_ms: int) -> int:
    """When the programme began that is in force at a till that has not sold yet; the beginning of time before it."""
    in_force = programmes.in_force(view, now_ms)
    return BEGINNING_MS if in_force is None else in_force.start_ms


def _free_start(view: View, programme: Programme, start_ms: int) -> int:
    """*start_ms*, or the first moment after it when *programme* comes back after another one that began then too."""
    in_force = programmes.in_force(view, start_ms)
    if in_force is None or in_force.version == programme.version:
        return start_ms
    taken = {stored.start_ms for stored in programmes.list_programmes(view) if stored.version == programme.version}
    while start_ms in taken:
        start_ms += 1
    return start_ms


def listed(view: View, now_ms: int) -> tuple[ProgrammeShown, ...]:
    """Every activation with its state at *now_ms*, the latest start first."""
    in_force = programmes.in_force(view, now_ms)
    return tuple(_shown(stored, in_force, now_ms) for stored in programmes.list_programmes(view))


def _shown(stored: StoredProgramme, in_force: StoredProgramme | None, now_ms: int) -> ProgrammeShown:
    if in_force is not None and stored.number == in_force.number:
        state: Literal["in_force", "waiting", "past"] = "in_force"
    else:
        state = "waiting" if stored.start_ms > now_ms else "past"
    return ProgrammeShown(
        id=stored.programme_id, name=stored.name, version=stored.version, start_ms=stored.start_ms, state=state
    )
