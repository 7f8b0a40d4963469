"""Random days in a small world, with messages lost, repeated and late, and disasters; then everything heals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from config.errors import Refused
from loyalty.entries import POINTS, Contra, Kind
from loyalty.ids import EntryId
from sync.exchange import Answer, Request
from sync.rules import ALL_RULES, Rules
from tests.unit.hq.world import Copies, MemoryTill, World, copy_till

BASE = [
    *("earn", "redeem", "redeem", "refund_earned", "refund_spent", "shift", "give_back", "adjust", "expire"),
    *("authorise", "drop", *["message"] * 6, *["answer"] * 5),
]
FAMILIES = {
    "base": [],
    "merge": ["enrol"] * 3,
    "suspense": ["bad_earn", "accept"],
    "restore": ["backup", "restore"],
    "clone": ["clone"],
    "replace": ["replace", "write_off"],
    "hq_restore": ["hq_backup", "hq_restore"],
}


class Violation(AssertionError):
    """A promise was broken."""


@dataclass
class Chaos:
    """One random run; the same seed gives the same run."""

    where: object
    seed: int
    floor: int = 0
    page_rows: int = 500
    rules: Rules = ALL_RULES
    counts: Counter[str] = field(default_factory=Counter)
    copies: Copies | None = None

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.world = World(
            self.where, tills=3, floor=self.floor, rules=self.rules, page_rows=self.page_rows, copies=self.copies
        )
        self.world.check_every_batch = False
        self.world.random._random.seed(self.seed)
        self.answers: list[tuple[MemoryTill, Request, Answer]] = []
        self.backups: dict[str, MemoryTill] = {}
        self.hq_backup: str | None = None
        self.posted = self.posted_then = 0
        self.risk = self.suspended = 0
        self.sales: list[tuple[str, EntryId, str, int]] = []
        self.lost: set[EntryId] = set()
        self.ever: set[EntryId] = set()
        self.mems = [self.world.member(self.world.tills[0], 4)]
        self.world.sync()
        self.extra: list[MemoryTill] = []

    # -- choice

    @property
    def tills(self) -> list[MemoryTill]:
        return self.world.tills

    def till(self) -> MemoryTill:
        return self.random.choice(self.tills)

    def member(self) -> str:
        return self.random.choice(self.mems)

    def run(self, steps: int, families: list[str]) -> None:
        """Play, then heal; raises Violation."""
        acts = BASE + [act for family in families for act in FAMILIES[family]]
        for _ in range(steps):
            act = self.random.choice(acts)
            self.world.clock.at += self.random.randrange(1, 60_000)
            try:
                if getattr(self, f"do_{act}")() is not False:
                    self.counts[act] += 1
            except Refused as refusal:
                self.counts[f"refused {refusal.reason}"] += 1
            self.check()
        self.heal()

    # -- at a till

    def do_earn(self) -> bool | None:
        till, member, amount = self.till(), self.member(), self.random.randrange(1, 4)
        if till.stopped:
            return False
        self.sales.append(("earn", till.earn(member, amount), member, amount))
        return None

    def do_redeem(self) -> None:
        till, member, amount = self.till(), self.member(), self.random.randrange(1, 5)
        self.sales.append(("redeem", till.redeem(member, amount), member, amount))

    def do_refund_earned(self) -> bool | None:
        return self._refund("earn")

    def do_refund_spent(self) -> bool | None:
        return self._refund("redeem")

    def _refund(self, kind: str) -> bool | None:
        till = self.till()
        sales = [each for each in self.sales if each[0] == kind]
        if till.stopped or not sales:
            return False
        _, sale, member, amount = self.random.choice(sales)
        refunded = sum(
            abs(leg.amount)
            for entry in till.all_entries()
            for leg in entry.header.legs
            if leg.undoes is not None and EntryId(*_ref(leg)) == sale
        )
        if refunded >= amount:
            return False
        if kind == "earn":
            till.refund_earned(sale, member, amount)
        else:
            standin = next(
                (e.header.standin_millipoints for t in self.tills for e in t.all_entries() if e.id == sale), 0
            )
            till.refund_spent(sale, member, amount, standin)
        return None

    def do_shift(self) -> bool | None:
        till = self.till()
        return False if till.stopped else till.close_shift() and None

    def do_give_back(self) -> bool | None:
        till = self.till()
        if till.stopped:
            return False
        till.return_all(self.member())
        return None

    def do_enrol(self) -> bool | None:
        till = self.till()
        if till.stopped or len(self.mems) > 3:
            return False
        member = f"M{next(self.world.members):015d}"
        self.mems.append(member)
        till.enrol(member, phone=f"+4860000000{self.random.randrange(2)}")
        self.sales.append(("earn", till.earn(member, 1), member, 1))
        return None

    def do_bad_earn(self) -> bool | None:
        """A sale that HQ can't accept: its header gives more than it earns."""
        till, member = self.till(), self.member()
        if till.stopped:
            return False
        from loyalty.entries import AccountMove, Header, Leg

        legs = (Leg(member, POINTS, 2, Contra.ISSUED),)
        sale = till.write(Kind.SALE_COMPLETED, Header(legs=legs, own=(AccountMove(member, 3),)), member)
        self.sales.append(("earn", sale, member, 2))
        self.suspended += 3
        return None

    # -- at HQ

    def do_adjust(self) -> None:
        self.world.office.adjust(self.member(), 2, "goodwill")
        self.posted += 2

    def do_expire(self) -> bool | None:
        """HQ takes away what is free, as an expiry does."""
        member = self.member()
        office = self.world.office
        with self.world.hq.write() as shelf:
            recovering = shelf.recovering
        free = office.member(member).available_millipoints
        if recovering or free <= 0:
            return False
        amount = min(free, self.random.randrange(1, 5))
        office.adjust(member, -amount, "expired")
        self.posted += amount
        return None

    def do_accept(self) -> bool | None:
        waiting = [each for each in self.world.office.exceptions() if each.reason == "header_unbalanced"]
        if not waiting:
            return False
        self.world.office.resolve(waiting[0].number, "accept")
        return None

    # -- messages

    def do_message(self) -> None:
        """A till sends its next message; HQ handles it, the answer is under way."""
        till = self.till()
        request = self.world.exchange(till).next()
        self._send(till, request)

    def do_authorise(self) -> bool | None:
        till = self.till()
        if till.stopped:
            return False
        self._send(till, self.world.authorise_request(till, self.member(), self.random.randrange(1, 5)))
        return None

    def _send(self, till: MemoryTill, request: Request) -> None:
        times = 2 if self.random.random() < 0.25 else 1
        for _ in range(times):
            try:
                answer = self.world.answer(till, request)
            except Refused as refusal:
                if refusal.reason == "say_hello":
                    self.world.exchange(till).say_hello()
                raise
            self.answers.append((till, request, answer))

    def do_answer(self) -> bool | None:
        if not self.answers:
            return False
        till, request, answer = self.answers.pop(self.random.randrange(len(self.answers)))
        if till in self.tills:
            self.world.exchange(till).receive(request, answer)
        return None

    def do_drop(self) -> bool | None:
        if not self.answers:
            return False
        self.answers.pop(self.random.randrange(len(self.answers)))
        return None

    # -- disasters

    def do_backup(self) -> None:
        till = self.till()
        self.backups[till.name] = copy_till(till)

    def do_restore(self) -> bool | None:
        till = self.till()
        if till.name not in self.backups or till.stopped:
            return False
        kept = self.backups[till.name]
        self.lost |= {entry.id for entry in till.all_entries()} - {entry.id for entry in kept.all_entries()}
        self.tills[self.tills.index(till)] = kept.restore_from(kept)
        return None

    def do_clone(self) -> bool | None:
        till = self.till()
        if len(self.tills) > 3 or till.stopped:
            return False
        twin = copy_till(till)
        twin.name = till.name + "'"
        self.tills.append(twin)
        for member in self.mems:
            self.risk += till.right(member) + self._right_at_hq(till, member)
        self.copied = till.till_id
        return None

    def do_replace(self) -> bool | None:
        """A backup goes on on another machine while the old one keeps selling."""
        till = self.till()
        if len(self.tills) > 3 or till.stopped:
            return False
        self.tills.append(till.restore_from(till))
        self.tills[-1].name = till.name + "-new"
        for member in self.mems:
            self.risk += till.right(member) + self._right_at_hq(till, member)
        return None

    def do_write_off(self) -> None:
        till = self.till()
        shown = next(each for each in self.world.office.tills() if each.till_id == till.till_id)
        self.risk += shown.at_risk_millipoints
        self.world.office.write_off(till.till_id)

    def do_hq_backup(self) -> None:
        self.posted_then = self.posted
        self.hq_backup = self.world.hq_backup()

    def do_hq_restore(self) -> bool | None:
        if self.hq_backup is None:
            return False
        self.world.hq_restore(self.hq_backup)
        self.risk += self.posted - self.posted_then + 4
        return None

    def _right_at_hq(self, till: MemoryTill, member: str) -> int:
        try:
            shown = self.world.office.member(member)
        except Refused:
            return 0
        return sum(
            max(0, each.right_millipoints)
            for each in shown.accounts
            if each.till_id == till.till_id and each.member_id == member
        )

    # -- promises

    def check(self) -> None:
        bound = self.floor * len(self.tills) + self.risk + self.suspended
        recovering = any(True for _ in self._recovering())
        broken = self.world.office.invariants(risk=self.risk + self.suspended, debt_bound=None if recovering else bound)
        if broken:
            raise Violation("; ".join(broken))

    def _recovering(self) -> list[str]:
        from hq.tills import all_tills

        with self.world.hq.database.read() as connection:
            return [till.till_id for till in all_tills(connection) if till.recovering]

    def heal(self) -> None:
        """Everything is delivered; then all tills give back; HQ and tills must agree."""
        self.answers.clear()
        for turn in range(6):
            for till in list(self.tills):
                self._sync(till)
            self.check()
            if turn == 2:
                for each in self.world.office.exceptions():
                    if each.reason == "header_unbalanced":
                        self.world.office.resolve(each.number, "accept")
            if turn == 3:
                for till in self.tills:
                    if not till.stopped:
                        till.close_shift()
        self._everything_arrived()
        self._agree()
        differences = self.world.office.verify(self.risk + self.suspended).differences
        if differences:
            raise Violation("; ".join(differences))

    def _sync(self, till: MemoryTill) -> None:
        exchange = self.world.exchange(till)
        for _ in range(80):
            self.world.clock.at += 70_000
            request = exchange.next()
            try:
                answer = self.world.answer(till, request)
            except Refused as refusal:
                if refusal.reason != "say_hello":
                    raise
                exchange.say_hello()
                continue
            exchange.receive(request, answer)
            if request.path == "v1/pull" and exchange.up_to_date:
                return
        raise Violation(f"{till.name} never comes to rest")

    def _everything_arrived(self) -> None:
        from sqlalchemy import text

        with self.world.hq.database.read() as connection:
            query = text("SELECT l.till_id, l.epoch, e.seq, e.hash FROM entries e JOIN lives l ON l.life = e.life")
            rows = [tuple(row) for row in connection.execute(query)]
        if len(rows) != len(set(rows)):
            raise Violation("an entry was taken twice")
        there = set(rows)
        for till in self.tills:
            for entry in till.all_entries():
                if (entry.till_id, entry.epoch, entry.seq, entry.hash) not in there:
                    raise Violation(f"entry {entry.seq} of {till.name} never reaches HQ")
        if self._recovering():
            raise Violation("HQ never leaves recovery")

    def _agree(self) -> None:
        for member in self.mems:
            try:
                balance = self.world.balance(member)
            except Refused:
                continue
            for till in self.tills:
                if not till.stopped and till.shown(member) != balance:
                    raise Violation(f"{till.name} shows {till.shown(member)} for {member}, HQ has {balance}")


def _ref(leg: object) -> tuple[str, int, int]:
    undoes = leg.undoes  # type: ignore[attr-defined]
    return undoes.till_id, undoes.epoch, undoes.seq
