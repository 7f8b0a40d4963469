"""What operators of HQ do: stores, tills, members, exceptions, programmes, expiry, backup. No network here."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from config.errors import N_, Refused, WrongUse
from hq import behind, cases, expiry, finding, pairing, people, recovery, schema, stores
from hq.cases import ExceptionShown
from hq.day_totals import DayTotal, totals_of
from hq.invariants import broken_invariants, debt_above
from hq.kept import REVOKED as KEPT_REVOKED
from hq.lives import lives_of, seal
from hq.notices import publish
from hq.records import OPEN
from hq.replay import LIFE_WRITTEN_OFF
from hq.secrets import read_facts
from hq.service import Headquarters
from hq.shown import MemberShown, TillShown, member_shown, require_family, till_shown
from hq.tills import REVOKED, all_tills, change_till, require_till
from hq.verify import Verification, verify
from loyalty.acts import tier_draft
from loyalty.bodies import PointsAdjusted
from loyalty.entries import POINTS, Contra, Header, Kind, Leg
from loyalty.ids import HQ_TILL_ID
from sync.signing import sign_programme
from sync.wire import SignedProgramme, Store

MAX_NAME = 200
MAX_EXPIRED = 500
MAX_MILLIPOINTS = 10**12
TILL_WAS_REVOKED = "till_was_revoked"


class Office:
    """The operators' side of :class:`hq.service.Headquarters`."""

    def __init__(self, hq: Headquarters) -> None:
        self._hq = hq

    # -- stores and tills

    def add_store(self, store_id: str, name: str, zone: str, currency: str, closing_minute: int = 0) -> Store:
        """A new shop; its zone and the minute after midnight at which its business day ends."""
        with self._hq.write() as shelf:
            return stores.add_store(shelf, Store(store_id, name, zone, currency, closing_minute))

    def stores(self) -> list[Store]:
        """All shops."""
        with self._hq.database.read() as connection:
            return stores.all_stores(connection)

    def add_till(self, store_id: str, name: str) -> str:
        """A one-time code that pairs one till with this store within ten minutes."""
        with self._hq.write() as shelf:
            return pairing.new_code(shelf, store_id, name[:MAX_NAME], self._hq.random)

    def tills(self) -> list[TillShown]:
        """Every till and how it stands."""
        with self._hq.write() as shelf:
            return [till_shown(shelf, till) for till in all_tills(shelf.connection)]

    def revoke(self, till_id: str) -> None:
        """Trust a till no longer: it gets nothing, and what it still sends waits for an operator."""
        with self._hq.write() as shelf:
            till = require_till(shelf.connection, till_id)
            shelf.to_keep.append((KEPT_REVOKED, till_id))
            for life in lives_of(shelf, till_id):
                seal(shelf, till, life, "revoked")
            change_till(shelf.connection, till_id, status=REVOKED)
            shelf.journal.write(TILL_WAS_REVOKED, body={"till_id": till_id})
            publish(shelf, "revoked", till_id, b"")
            if till.recovering:
                recovery.wait_no_more(shelf, till)

    def write_off(self, till_id: str, epoch: int | None = None) -> int:
        """Give up a sealed life (all of the till's when *epoch* is None): its rights are free again; their sum."""
        with self._hq.write() as shelf:
            require_till(shelf.connection, till_id)
            ended = [life for life in lives_of(shelf, till_id) if life.state != OPEN and not life.closed]
            dead = [life for life in ended if epoch in (None, life.epoch) and life.account == life.life]
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
            return member_shown(shelf, member_id)

    def find(self, text: str, phones: Sequence[str] = ()) -> str:
        """The one member that *text* leads to; see :func:`hq.finding.find`."""
        with self._hq.database.read() as connection:
            return finding.find(connection, text, phones)

    def adjust(self, member_id: str, millipoints: int, reason: str) -> None:
        """Give or take points at HQ; what is given expires as points that are earned do."""
        if not 0 < abs(millipoints) <= MAX_MILLIPOINTS:
            raise WrongUse(
                "adjustment_out_of_range",
                N_("An adjustment is at least a thousandth of a point and at most {most} points. Nothing was changed."),
                most=MAX_MILLIPOINTS // 1000,
            )
        with self._hq.write() as shelf:
            root = require_family(shelf, member_id)[0]
            expires_ms = shelf.terms.expires_ms(root) if millipoints > 0 else None
            header = Header(legs=(Leg(member_id, POINTS, millipoints, Contra.ADJUSTED, expires_ms=expires_ms),))
            body = PointsAdjusted(millipoints, reason[:MAX_NAME], HQ_TILL_ID)
            shelf.booking.post(header)
            shelf.journal.write(Kind.POINTS_ADJUSTED, body=body, header=header, member_id=member_id)
            shelf.booking.settle(member_id, shelf.now_ms)

    def set_tier(self, member_id: str, tier: str | None, until_ms: int | None = None, reason: str = "") -> None:
        """Give a tier by hand until *until_ms* (None: one of its windows), or (*tier* None) let the points decide."""
        with self._hq.write() as shelf:
            root = require_family(shelf, member_id)[0]
            programme = shelf.terms.programme
            if tier is not None and (programme is None or all(level.id != tier for level in programme.tiers.levels)):
                raise Refused(
                    "tier_unknown", N_("The programme has no tier {tier}. Nothing was changed."), tier=tier[:40]
                )
            if until_ms is None and tier is not None and programme is not None:
                until_ms = programme.tiers.by_hand_until_ms(shelf.now_ms, shelf.terms.store_of(root))
            if until_ms is not None and until_ms <= shelf.now_ms:
                raise WrongUse("tier_end_past", N_("A tier ends on a day to come. Nothing was changed."))
            draft = tier_draft(member_id, tier, until_ms, manager=HQ_TILL_ID, reason=reason[:MAX_NAME])
            people.give_tier(shelf, member_id, tier, until_ms, shelf.now_ms)
            shelf.journal.write(Kind.TIER_CHANGED, body=draft.body, member_id=member_id)

    def merge(self, one: str, other: str) -> str:
        """Two members are one person, as an operator has seen: the older one's id; Refused ``merge_same``."""
        with self._hq.write() as shelf:
            require_family(shelf, one)
            require_family(shelf, other)
            root = people.merge(shelf, one, other, confirmed=True)
            if root is None:
                raise Refused(
                    "merge_same",
                    N_("These are one member already, or one of them was erased. Nothing was changed."),
                )
            return root

    def confirm_merge(self, member_id: str) -> None:
        """It is one person: all cards may spend all points."""
        with self._hq.write() as shelf:
            family = require_family(shelf, member_id)
            people.confirm_merge(shelf, member_id)
            cases.merge_was_confirmed(shelf, [each.member_id for each in family])

    def erase(self, member_id: str) -> None:
        """Forget who a member is, here and, with their next pull, at every till."""
        with self._hq.write() as shelf:
            require_family(shelf, member_id)
            people.erase(shelf, member_id)
            shelf.journal.write(Kind.MEMBER_ERASED, member_id=member_id)

    def expire(self, most: int = MAX_EXPIRED) -> int:
        """Post what has expired and is free, of at most *most* members; how many lots. Not while HQ recovers."""
        with self._hq.write() as shelf:
            return expiry.expire(shelf, most)

    # -- exceptions

    def exceptions(self, *, resolved: bool = False, most: int = 200) -> list[ExceptionShown]:
        """What waits for an operator (or was settled), the oldest first."""
        with self._hq.database.read() as connection:
            return cases.cases(connection, resolved=resolved, most=most)

    def resolve(self, number: int, resolution: str) -> ExceptionShown:
        """Settle an exception; ``accept`` counts what a suspended entry gives, any other word only closes the case."""
        with self._hq.write() as shelf:
            return cases.resolve(shelf, number, resolution)

    def resolve_all(self, numbers: Sequence[int], resolution: str) -> list[ExceptionShown]:
        """Settle several exceptions, all or none."""
        with self._hq.write() as shelf:
            return [cases.resolve(shelf, number, resolution) for number in dict.fromkeys(numbers)]

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
            done = behind.go_on(shelf)
        return done + self.expire()

    def day_totals(self, store_id: str | None = None) -> list[DayTotal]:
        """Every day of every till, as far as HQ has added up."""
        with self._hq.database.read() as connection:
            return totals_of(connection, store_id)
