"""Cashiers and managers: signing in by PIN, locking out who guesses, and what needs a manager."""

from collections.abc import Sequence

from config.errors import N_, Refused, WrongUse
from ledger import identity, members, staff
from ledger.staff import Staff
from ledger.store import Ledger, Transaction, View
from loyalty.bodies import OverrideGranted, StaffAdded, StaffChanged, StaffRemoved
from loyalty.entries import Draft, Kind
from loyalty.ids import make_id
from terminal.till_counter import Counter, Scribe
from terminal.till_person import clean_name
from terminal.till_pins import clean_pin, hash_pin, lock_ms, pin_matches
from terminal.till_shapes import Role, Session, StaffMember

ROLES = ("cashier", "manager")
CASHIER_ID_LENGTH = 6
MAX_STAFF = 200
# Wrong PINs that belong to nobody in particular are counted for the whole till, outside any transaction of an act.
_FAILURES = "till.pin_failures"


class StaffDesk:
    """Who works here."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def sign_in(self, pin: str, cashier_id: str | None = None) -> Session:
        """Act as whoever has *pin* from now on.

        Refused ``wrong_pin``, ``locked_out``, ``pin_ambiguous`` (two people have it: pass *cashier_id*).
        """
        with self._counter.ledger.read() as view:
            people = staff.list_staff(view)
        if cashier_id is not None:
            people = tuple(each for each in people if each.cashier_id == cashier_id)
        self._counter.session = self._proven(pin, people)
        return self._counter.session

    def lock(self) -> None:
        """Whoever acts must show the PIN again before anything that needs a manager."""
        session = self._counter.session
        self._counter.session = Session(cashier_id=session.cashier_id, name=session.name, role=session.role)

    def check_manager(self, pin: str | None) -> Session:
        """The manager whose PIN this is. Refused ``manager_needed`` without one, ``wrong_pin``, ``locked_out``."""
        if pin is None:
            raise manager_needed()
        with self._counter.ledger.read() as view:
            managers = tuple(each for each in staff.list_staff(view) if each.role == "manager")
        return self._proven(pin, managers)

    def approved_by(self, manager_pin: str | None) -> Session:
        """The manager who allows an act: the one who signed in, or the one with *manager_pin*."""
        session = self._counter.session
        return session if manager_pin is None and session.is_manager else self.check_manager(manager_pin)

    def vouching(self, manager_pin: str | None) -> Session | None:
        """The manager who vouches for an act, if one does: the one with *manager_pin*, or the one who signed in."""
        if manager_pin is not None:
            return self.check_manager(manager_pin)
        session = self._counter.session
        return session if session.is_manager else None

    def list(self) -> tuple[StaffMember, ...]:
        """Who works here now."""
        with self._counter.ledger.read() as view:
            return tuple(_shown(each) for each in staff.list_staff(view))

    def add(self, name: str, pin: str, role: str = "cashier", manager_pin: str | None = None) -> StaffMember:
        """A new cashier or manager."""
        manager = self.approved_by(manager_pin)
        with self._counter.ledger.write() as tx:
            if len(staff.list_staff(tx)) >= MAX_STAFF:
                raise Refused(
                    "too_many_staff",
                    N_("{limit} people can sign in at one till. Nothing was changed. Remove someone first."),
                    limit=MAX_STAFF,
                )
            return add_staff(self._counter, tx, name=name, pin=pin, role=role, by=manager.cashier_id)

    def set_pin(self, who: str, pin: str, manager_pin: str | None = None) -> StaffMember:
        """A new PIN for the one with the id or name *who*."""
        manager = self.approved_by(manager_pin)
        kept = hash_pin(clean_pin(pin), self._counter.random)
        with self._counter.ledger.write() as tx:
            person = somebody(tx, who)
            self._write(tx, Kind.STAFF_CHANGED, StaffChanged(person.cashier_id, person.role, "pin"), manager)
            staff.set_pin(tx, person.cashier_id, kept)
            return _shown(person)

    def link_member(self, who: str, member_id: str | None, manager_pin: str | None = None) -> StaffMember:
        """Say which member the one with the id or name *who* is, so that earning on strangers' sales shows."""
        manager = self.approved_by(manager_pin)
        with self._counter.ledger.write() as tx:
            person = somebody(tx, who)
            if member_id is not None:
                members.require(tx, member_id)
            changed = Staff(
                cashier_id=person.cashier_id,
                name=person.name,
                role=person.role,
                active=person.active,
                member_id=member_id,
            )
            self._write(tx, Kind.STAFF_CHANGED, StaffChanged(person.cashier_id, person.role, "member"), manager)
            staff.change(tx, changed)
            return _shown(changed)

    def remove(self, who: str, manager_pin: str | None = None) -> StaffMember:
        """The one with the id or name *who* no longer works here; what they did stays. The last manager stays."""
        manager = self.approved_by(manager_pin)
        with self._counter.ledger.write() as tx:
            person = somebody(tx, who)
            others = [each for each in staff.list_staff(tx) if each != person]
            if not any(each.role == "manager" for each in others):
                raise Refused(
                    "last_manager",
                    N_("This is the only manager. Nothing was changed. Add another manager first."),
                )
            self._write(tx, Kind.STAFF_REMOVED, StaffRemoved(person.cashier_id), manager)
            staff.remove(tx, person.cashier_id)
            return _shown(person)

    def _write(self, tx: Transaction, kind: Kind, body: StaffAdded | StaffChanged | StaffRemoved, by: Session) -> None:
        self._counter.append(tx, Draft(kind=kind, body=body, cashier_id=by.cashier_id))

    def _proven(self, pin: str, people: Sequence[Staff]) -> Session:
        """Who of *people* has *pin*; a wrong one is counted before it is told."""
        now_ms = self._counter.clock.now_ms()
        with self._counter.ledger.read() as view:
            _refuse_locked(view, people, now_ms)
            hashes = [(person, staff.pin_hash(view, person.cashier_id)) for person in people]
        entered = pin.strip()
        matching = [person for person, kept in hashes if pin_matches(entered, kept)]
        if not matching:
            raise self._wrong_pin(people, now_ms)
        if len(matching) > 1:
            raise Refused(
                "pin_ambiguous",
                N_("Two people have this PIN. Nothing was changed. Choose your name first, then change your PIN."),
            )
        self._forget_failures(matching[0])
        person = matching[0]
        return Session(cashier_id=person.cashier_id, name=person.name, role=_role(person.role), proven=True)

    def _wrong_pin(self, people: Sequence[Staff], now_ms: int) -> Refused:
        with self._counter.ledger.write() as tx:
            if len(people) == 1:
                failed = people[0].failed_attempts + 1
                locked_ms = lock_ms(failed)
                staff.count_failure(tx, people[0].cashier_id, locked_until_ms=now_ms + locked_ms if locked_ms else None)
            else:
                failed = int(identity.value(tx, _FAILURES, [0, 0])[0]) + 1
                locked_ms = lock_ms(failed)
                identity.set_value(tx, _FAILURES, [failed, now_ms + locked_ms])
        if locked_ms:
            return _locked_out(locked_ms)
        return wrong_pin()

    def _forget_failures(self, person: Staff) -> None:
        with self._counter.ledger.read() as view:
            clean = not person.failed_attempts and not identity.value(view, _FAILURES, [0, 0])[0]
        if not clean:
            with self._counter.ledger.write() as tx:
                staff.clear_failures(tx, person.cashier_id)
                identity.set_value(tx, _FAILURES, [0, 0])


def add_staff(scribe: Scribe, tx: Transaction, *, name: str, pin: str, role: str, by: str | None) -> StaffMember:
    """Write somebody in; *by* is None for the first manager."""
    cleaned = clean_name(name)
    if cleaned is None:
        raise WrongUse("name_missing", N_("A name is missing. Nothing was changed; give one."))
    if role not in ROLES:
        raise WrongUse(
            "role_unknown", N_("A role is cashier or manager, not {role}. Nothing was changed."), role=role[:20]
        )
    cashier_id = make_id(scribe.random.token(8), CASHIER_ID_LENGTH)
    kept = hash_pin(clean_pin(pin), scribe.random)
    scribe.append(
        tx,
        Draft(kind=Kind.STAFF_ADDED, body=StaffAdded(cashier_id, role), cashier_id=by or cashier_id),
    )
    person = Staff(cashier_id=cashier_id, name=cleaned, role=role, active=True, member_id=None)
    staff.add(tx, person, kept)
    return _shown(person)


def copy_staff(scribe: Scribe, real: Ledger, training: Ledger) -> None:
    """Let everybody of the *real* till sign in at its *training* till, with the same PIN."""
    with real.read() as view:
        people = [(each, staff.pin_hash(view, each.cashier_id)) for each in staff.list_staff(view)]
    with training.read() as view:
        known = {each.cashier_id: staff.pin_hash(view, each.cashier_id) for each in staff.list_staff(view)}
    if known == {person.cashier_id: kept for person, kept in people}:
        return
    with training.write() as tx:
        for gone in known.keys() - {person.cashier_id for person, _ in people}:
            scribe.append(tx, Draft(kind=Kind.STAFF_REMOVED, body=StaffRemoved(gone)))
            staff.remove(tx, gone)
        for person, kept in people:
            if person.cashier_id in known:
                staff.set_pin(tx, person.cashier_id, kept)
            else:
                scribe.append(tx, Draft(kind=Kind.STAFF_ADDED, body=StaffAdded(person.cashier_id, person.role)))
                staff.add(tx, Staff(person.cashier_id, person.name, person.role), kept)


def prove_manager(view: View, pin: str | None) -> Staff:
    """The manager in *view* whose PIN this is; Refused ``manager_needed``, ``wrong_pin``. Attempts are not counted."""
    if pin is None:
        raise manager_needed()
    for person in staff.list_staff(view):
        if person.role == "manager" and pin_matches(pin.strip(), staff.pin_hash(view, person.cashier_id)):
            return person
    raise wrong_pin()


def manager_needed() -> Refused:
    """What is said where no manager has shown a PIN."""
    return Refused("manager_needed", N_("This needs a manager. Nothing was changed. Ask a manager for their PIN."))


def wrong_pin() -> Refused:
    """What is said to a wrong PIN."""
    return Refused("wrong_pin", N_("This PIN is wrong. Nothing was changed. Try again."))


def note_override(counter: Counter, tx: Transaction, manager: Session, act: str) -> None:
    """Write down that *manager* allowed *act* to somebody else."""
    if manager.cashier_id != counter.session.cashier_id:
        counter.append(
            tx,
            Draft(
                kind=Kind.OVERRIDE_GRANTED,
                body=OverrideGranted(manager.cashier_id, act),
                cashier_id=counter.session.cashier_id,
            ),
        )


def session_of(view: View, cashier_id: str | None) -> Session:
    """Somebody's session without a PIN; the first manager's for None. Refused ``cashier_unknown``."""
    if cashier_id is None:
        chosen = next((each for each in staff.list_staff(view) if each.role == "manager"), None)
        if chosen is None:
            raise _unknown()
    else:
        chosen = somebody(view, cashier_id)
    return Session(cashier_id=chosen.cashier_id, name=chosen.name, role=_role(chosen.role))


def somebody(view: View, who: str) -> Staff:
    """Who works here by the id or the name *who*; Refused ``cashier_unknown``, ``cashier_ambiguous``."""
    people, wanted = staff.list_staff(view), who.strip().casefold()
    by_id = [each for each in people if each.cashier_id.casefold() == wanted]
    found = by_id or [each for each in people if each.name.casefold() == wanted]
    if not found:
        raise _unknown()
    if len(found) > 1:
        raise Refused(
            "cashier_ambiguous",
            N_("Several people have this name. Nothing was changed. Use the number: `regulars staff list`."),
        )
    return found[0]


def _unknown() -> Refused:
    return Refused(
        "cashier_unknown",
        N_("Nobody with this name or number works here. Nothing was changed. See `regulars staff list`."),
    )


def _refuse_locked(view: View, people: Sequence[Staff], now_ms: int) -> None:
    until_ms = int(identity.value(view, _FAILURES, [0, 0])[1]) if len(people) != 1 else people[0].locked_until_ms or 0
    if until_ms > now_ms:
        raise _locked_out(until_ms - now_ms)


def _locked_out(left_ms: int) -> Refused:
    return Refused(
        "locked_out",
        N_("Too many wrong PINs. Nothing was changed. Try again in {seconds} seconds."),
        seconds=-(-left_ms // 1000),
    )


def _shown(person: Staff) -> StaffMember:
    return StaffMember(
        cashier_id=person.cashier_id,
        name=person.name,
        role=_role(person.role),
        active=person.active,
        member_id=person.member_id,
    )


def _role(text: str) -> Role:
    return "manager" if text == "manager" else "cashier"
