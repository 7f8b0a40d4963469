"""What operators of HQ do: stores, tills, members, exceptions, programmes, expiry, backup. No network here."""

import msgspec
from sqlalchemy import Connection, select, update

from config.errors import N_, Refused, WrongUse
from hq import behind, pairing, people, recovery, schema
from hq.invariants import broken_invariants, debt_above
from hq.lives import lives_of, seal
from hq.lots import lots_of
from hq.notices import publish
from hq.records import OPEN, SUSPENDED
from hq.replay import LIFE_WRITTEN_OFF, SUSPENSE_ACCEPTED
from hq.rows import Fetched
from hq.secrets import read_facts
from hq.service import Headquarters
from hq.shelf import Shelf
from hq.tills import REVOKED, Till, all_tills, change_till, require_till
from hq.verify import Verification, verify
from loyalty.entries import POINTS, Contra, Kind, Leg
from loyalty.lots import expired
from sync.signing import sign_programme
from sync.wire import SignedProgramme, Store

MAX_NAME = 200
MAX_EXPIRED = 500
TILL_WAS_REVOKED = "till_was_revoked"


class TillShown(msgspec.Struct, frozen=True):
    """How a till stands; *erasures_pending*: erasures that it has not confirmed."""

    till_id: str
    number: int
    store_id: str
    name: str
    status: str
    epoch: int | None
    acked: int
    sealed: bool
    erasures_pending: int
    last_seen: int
    at_risk_millipoints: int


class AccountShown(msgspec.Struct, frozen=True):
    """One allowance account; *right_millipoints* is what its till may spend without asking."""

    member_id: str
    till_id: str
    epoch: int
    granted_millipoints: int
    own_millipoints: int
    used_millipoints: int
    returned_millipoints: int
    right_millipoints: int


class MemberShown(msgspec.Struct, frozen=True):
    """A whole member at HQ."""

    member_id: str
    member_ids: tuple[str, ...]
    status: str
    balance_millipoints: int
    available_millipoints: int
    debt_millipoints: int
    held_millipoints: int
    accounts: tuple[AccountShown, ...]


class ExceptionShown(msgspec.Struct, frozen=True):
    """Something that an operator should look at."""

    number: int
    reason: str
    entry_id: str | None
    member_id: str | None
    params: dict[str, str | int]
    raised_ms: int
    resolved_ms: int | None
    resolution: str | None


class Office:
    """The operators' side of :class:`hq.service.Headquarters`."""

    def __init__(self, hq: Headquarters) -> None:
        self._hq = hq
        self._programmes = behind.Programmes()

    # -- stores and tills

    def add_store(self, store_id: str, name: str, zone: str, currency: str, closing_minute: int = 0) -> Store:
        """A new shop; its zone and the minute after midnight at which its business day ends."""
        if not store_id or len(store_id) > 64 or "/" in store_id or len(name) > MAX_NAME:
            raise WrongUse("store_malformed", N_("A store needs a short name without slashes. Nothing was changed."))
        with self._hq.write() as shelf:
            if shelf.connection.execute(select(schema.stores).where(schema.stores.c.store_id == store_id)).first():
                raise Refused("store_exists", N_("There is a store “{store}” already."), store=store_id)
            row = (store_id, name, zone, currency, closing_minute)
            shelf.database.insert_many(shelf.connection, schema.stores, [row])
        return Store(store_id, name, zone, currency, closing_minute)

    def stores(self) -> list[Store]:
        """All shops."""
        with self._hq.database.read() as connection:
            rows = connection.execute(select(schema.stores).order_by(schema.stores.c.store_id)).all()
        return [Store(row.store_id, row.name, row.zone, row.currency, row.closing_minute) for row in rows]

    def add_till(self, store_id: str, name: str) -> str:
        """A one-time code that pairs one till with this store within ten minutes."""
        with self._hq.write() as shelf:
            return pairing.new_code(shelf, store_id, name[:MAX_NAME], self._hq.random)

    def tills(self) -> list[TillShown]:
        """Every till and how it stands."""
        with self._hq.write() as shelf:
            return [self._till_shown(shelf, till) for till in all_tills(shelf.connection)]

    def revoke(self, till_id: str) -> None:
        """Trust a till no longer: it gets nothing, and what it still sends waits for an operator."""
        self._hq.keeper.add("revoked", till_id)
        with self._hq.write() as shelf:
            till = require_till(shelf.connection, till_id)
            for life in lives_of(shelf, till_id):
                seal(shelf, till, life, "revoked")
            change_till(shelf.connection, till_id, status=REVOKED, recovering=0)
            shelf.journal.write(TILL_WAS_REVOKED, body={"till_id": till_id})
            publish(shelf, "revoked", till_id, b"")
            if not shelf.connection.execute(select(schema.tills).where(schema.tills.c.recovering == 1)).first():
                shelf.recovering = False

    def write_off(self, till_id: str, epoch: int | None = None) -> int:
        """Give up a sealed life (all of the till's when *epoch* is None): its rights are free again; their sum."""
        with self._hq.write() as shelf:
            require_till(shelf.connection, till_id)
            ended = [life for life in lives_of(shelf, till_id) if life.state != OPEN and not life.closed]
            dead = [life for life in ended if epoch is None or life.epoch == epoch]
            if not dead:
                raise Refused(
                    "nothing_to_write_off",
                    N_("No life of this till is over and still owed. If it is lost, revoke it first."),
                )
            freed = 0
            for life in dead:
                shelf.journal.write(LIFE_WRITTEN_OFF, body={"till_id": till_id, "epoch": life.epoch})
                freed += shelf.booking.close_life(life, shelf.now_ms)
            return freed

    # -- members

    def member(self, member_id: str) -> MemberShown:
        """A member with all its ids and accounts; Refused("member_unknown")."""
        with self._hq.write() as shelf:
            if shelf.known(member_id) is None:
                raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))
            family = shelf.family(member_id)
            ids = tuple(each.member_id for each in family)
            accounts = [each for each in shelf.accounts_of_member(ids) if each.what == POINTS]
            return MemberShown(
                member_id=ids[0],
                member_ids=ids,
                status=family[0].status,
                balance_millipoints=sum(each.balance - each.held for each in family),
                available_millipoints=sum(each.available for each in family),
                debt_millipoints=sum(each.debt for each in family),
                held_millipoints=sum(each.held for each in family),
                accounts=tuple(
                    AccountShown(
                        each.member_id,
                        shelf.life(each.life).till_id,
                        shelf.life(each.life).epoch,
                        each.granted,
                        each.own,
                        each.used,
                        each.returned,
                        each.right,
                    )
                    for each in sorted(accounts, key=lambda each: (each.member_id, each.life))
                ),
            )

    def find(self, text: str) -> str:
        """The member id that *text* (an id, a card's code, a phone number) leads to; Refused when none or several."""
        cards, profiles, members = schema.cards, schema.profiles, schema.members
        with self._hq.database.read() as connection:
            for query in (
                select(members.c.root).where(members.c.member_id == text),
                select(members.c.root)
                .join(cards, cards.c.member_id == members.c.member_id)
                .where(cards.c.code == text),
                select(members.c.root)
                .join(profiles, profiles.c.member_id == members.c.member_id)
                .where(profiles.c.field == people.CONTACT, profiles.c.value == text),
            ):
                found: set[str] = set(connection.scalars(query).all())
                if len(found) > 1:
                    raise Refused(
                        "member_ambiguous", N_("Several members fit. Nothing was changed; give the member id.")
                    )
                if found:
                    return found.pop()
        raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))

    def adjust(self, member_id: str, millipoints: int, reason: str) -> None:
        """Give or take points at HQ."""
        with self._hq.write() as shelf:
            if shelf.known(member_id) is None:
                raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))
            leg = Leg(member_id, POINTS, millipoints, Contra.ADJUSTED)
            shelf.booking.post((leg,))
            body = {"reason": reason[:MAX_NAME]}
            shelf.journal.write(Kind.POINTS_ADJUSTED, body=body, legs=(leg,), member_id=member_id)
            shelf.booking.settle(member_id, shelf.now_ms)

    def confirm_merge(self, member_id: str) -> None:
        """It is one person: all cards may spend all points."""
        with self._hq.write() as shelf:
            if shelf.known(member_id) is None:
                raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))
            people.confirm_merge(shelf, member_id)

    def erase(self, member_id: str) -> None:
        """Forget who a member is, here and, with their next pull, at every till."""
        with self._hq.write() as shelf:
            if shelf.known(member_id) is None:
                raise Refused("member_unknown", N_("HQ does not know this member. Nothing was changed."))
            for each in shelf.family(member_id):
                self._hq.keeper.add("erased", each.member_id)
            people.erase(shelf, member_id)
            shelf.journal.write(Kind.MEMBER_ERASED, member_id=member_id)

    def expire(self, most: int = MAX_EXPIRED) -> int:
        """Post what has expired and is not lent, of at most *most* members; how many lots. Not while HQ recovers."""
        with self._hq.write() as shelf:
            if shelf.recovering:
                return 0
            table = schema.members
            due = (table.c.next_expiry_ms <= shelf.now_ms) & table.c.next_expiry_ms.is_not(None)
            roots = shelf.connection.scalars(select(table.c.root).where(due).distinct().limit(most)).all()
            return sum(self._expire(shelf, root) for root in sorted(roots))

    # -- exceptions

    def exceptions(self, *, resolved: bool = False, most: int = 200) -> list[ExceptionShown]:
        """What waits for an operator (or was settled), the oldest first."""
        table = schema.exceptions
        condition = table.c.resolved_ms.is_not(None) if resolved else table.c.resolved_ms.is_(None)
        with self._hq.database.read() as connection:
            rows = connection.execute(select(table).where(condition).order_by(table.c.number).limit(most)).all()
        return [_exception(row) for row in rows]

    def resolve(self, number: int, resolution: str) -> None:
        """Settle an exception; ``accept`` books a suspended entry's credits, any other word only closes the case."""
        table = schema.exceptions
        with self._hq.write() as shelf:
            row = shelf.connection.execute(select(table).where(table.c.number == number)).first()
            if row is None or row.resolved_ms is not None:
                raise Refused("exception_unknown", N_("There is no open exception {number}."), number=number)
            if resolution == "accept" and row.position is not None:
                self._accept(shelf, row.position)
            shelf.connection.execute(
                update(table)
                .where(table.c.number == number)
                .values(resolved_ms=shelf.now_ms, resolution=resolution[:MAX_NAME])
            )

    # -- programmes

    def publish(self, programme_id: str, version: str, text: str, start_ms: int) -> SignedProgramme:
        """Sign a programme version and tell every till; it is in force from *start_ms* on."""
        unsigned = SignedProgramme(programme_id, version, start_ms, text)
        signed = sign_programme(self._hq.keys.signing, unsigned)
        with self._hq.write() as shelf:
            row = (version, programme_id, start_ms, text, signed.signature, shelf.now_ms)
            shelf.database.upsert_many(shelf.connection, schema.programmes, [row])
            publish(shelf, "programme", f"{start_ms:020d}/{version}", msgspec.msgpack.encode(signed))
        return signed

    def programmes(self) -> list[SignedProgramme]:
        """Every version that was published, by its start."""
        table = schema.programmes
        with self._hq.database.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.start_ms)).all()
        return [SignedProgramme(row.programme_id, row.version, row.start_ms, row.text, row.signature) for row in rows]

    # -- the whole

    def restored(self) -> int:
        """This database was put back from a backup: begin a new timeline; its number."""
        with self._hq.write() as shelf:
            before = int(read_facts(shelf.connection, ("timeline",))["timeline"])
            timeline = recovery.new_timeline(shelf.now_ms, before, self._hq.random)
            recovery.begin(shelf, timeline, self._hq.keys.public, self._hq.keeper)
            return timeline

    def verify(self, risk: int = 0) -> Verification:
        """Derive everything again; see :mod:`hq.verify`."""
        return verify(self._hq.database, self._hq.rules, risk)

    def invariants(self, risk: int = 0, debt_bound: int | None = None) -> list[str]:
        """Which invariants don't hold now."""
        with self._hq.database.read() as connection:
            found = broken_invariants(connection, risk)
            return found + (debt_above(connection, debt_bound) if debt_bound is not None else [])

    def work_behind(self) -> int:
        """Do a little of what is not in the ingest's way: quotes again, day totals, expiry. How much was done."""
        with self._hq.write() as shelf:
            done = behind.go_on(shelf, self._programmes)
        return done + self.expire()

    def day_totals(self, store_id: str | None = None) -> list[behind.DayTotal]:
        """Every day of every till, as far as HQ has added up."""
        with self._hq.database.read() as connection:
            return behind.totals_of(connection, store_id)

    # -- inner

    def _till_shown(self, shelf: Shelf, till: Till) -> TillShown:
        lives = lives_of(shelf, till.till_id)
        life = next((each for each in reversed(lives) if each.epoch == till.open_epoch), lives[-1] if lives else None)
        heads = schema.heads
        query = select(heads.c.seq).where(heads.c.life == (life.life if life else 0)).order_by(heads.c.seq.desc())
        dead = [each for each in lives if not each.closed and each.state != OPEN and each.account == each.life]
        lost = [right for each in dead for right in _points(shelf, each.account)]
        return TillShown(
            till_id=till.till_id,
            number=till.number,
            store_id=till.store_id,
            name=till.name,
            status=till.status,
            epoch=life.epoch if life else None,
            acked=shelf.connection.scalar(query.limit(1)) or 0,
            sealed=life is not None and life.state != OPEN,
            erasures_pending=_erasures_after(shelf.connection, till.erasures_done),
            last_seen=till.last_seen_ms,
            at_risk_millipoints=sum(lost),
        )

    def _accept(self, shelf: Shelf, position: int) -> None:
        waiting = [each for each in shelf.postings_of(position) if each.state == SUSPENDED]
        if not waiting:
            return
        shelf.journal.write(SUSPENSE_ACCEPTED, body={"position": position})
        for posting in waiting:
            shelf.booking.accept(posting, shelf.life(posting.life), shelf.now_ms)

    def _expire(self, shelf: Shelf, root: str) -> int:
        family = shelf.family(root)
        ids = [each.member_id for each in family]
        lots = lots_of(shelf.connection, ids).lots
        left = sum(each.available for each in family)
        if not shelf.rules.expire_only_available:
            left = sum(each.balance for each in family)
        count = 0
        for lot in expired(lots, shelf.now_ms):
            amount = min(lot.amount_millipoints, left)
            if amount <= 0:
                break
            left -= amount
            count += 1
            leg = Leg(root, POINTS, -amount, Contra.EXPIRED, undoes=lot.ref)
            shelf.booking.post((leg,))
            shelf.journal.write(Kind.POINTS_EXPIRED, legs=(leg,), member_id=root)
        later = [lot.expires_ms for lot in lots if lot.expires_ms is not None and lot.expires_ms > shelf.now_ms]
        lent = any(lot.expires_ms is not None and lot.expires_ms <= shelf.now_ms for lot in lots) and left <= 0
        for each in family:
            each.next_expiry_ms = None
        family[0].next_expiry_ms = shelf.now_ms if lent else min(later, default=None)
        shelf.touch(root)
        return count


def _points(shelf: Shelf, life: int) -> list[int]:
    return [max(0, each.right) for each in shelf.accounts_of(life) if each.what == POINTS]


def _erasures_after(connection: Connection, done: int) -> int:
    table = schema.notices
    query = select(table.c.key).where(table.c.kind == "erased", table.c.hq_seq > done)
    return len(connection.execute(query).all())


def _exception(row: Fetched) -> ExceptionShown:
    params = msgspec.json.decode(row.params, type=dict[str, str | int])
    told = (row.number, row.reason, row.entry_id, row.member_id)
    return ExceptionShown(*told, params, row.raised_ms, row.resolved_ms, row.resolution)
