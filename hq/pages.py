"""What tills pull: rows of whole members and notices, each page read in one snapshot."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from hq import schema
from hq.database import among
from hq.lots import posted_legs
from hq.people import consent_of
from hq.records import SUSPENDED, WAITING, Life, Member
from hq.rows import from_member
from hq.terms import Terms
from hq.tills import Till
from loyalty.entries import POINTS, QUALIFYING
from loyalty.lots import Lots, PostedLeg, Renewal, replay
from loyalty.profiles import Consent, Version
from sync.rules import Rules
from sync.wire import (
    MAX_ROWS,
    CardRow,
    LifePlace,
    Lot,
    MemberId,
    MemberRow,
    Notice,
    Page,
    ProfileField,
    Pull,
    Snapshot,
    SnapshotAsk,
    UnitRow,
)

MAX_NOTICES = 100
MAX_DAY_TOTALS = 1000
_CONSENT = "consent/"


class Reader:
    """Reads pages for one till from one snapshot."""

    def __init__(self, connection: Connection, till: Till, timeline: int, rules: Rules, terms: Terms) -> None:
        self._connection = connection
        self._terms = terms
        self._till = till
        self._timeline = timeline
        self._rules = rules
        counters = schema.counters
        read_at = connection.scalar(select(counters.c.value).where(counters.c.name == "hq_seq"))
        self.read_at = read_at or 0

    def page(self, ask: Pull, life: Life, *, most: int = MAX_ROWS) -> Page:
        """What has changed after the till's cursor; from the start when it comes from another timeline."""
        start = ask.cursor if ask.timeline == self._timeline else 0
        members = schema.members
        query = select(members).where(members.c.hq_seq > start).order_by(members.c.hq_seq).limit(most + 1)
        roots = [from_member(row) for row in self._connection.execute(query)]
        told = self._notices(start)
        ends = [self.read_at]
        if len(roots) > most:
            ends.append(roots[most - 1].hq_seq)
        if len(told) > MAX_NOTICES:
            ends.append(told[MAX_NOTICES - 1][0])
        to = min(ends)
        chosen = [each for each in roots if each.hq_seq <= to]
        return Page(
            timeline=self._timeline,
            start=start,
            to=to,
            read_at=self.read_at,
            more=to < self.read_at,
            includes=self.includes(),
            rows=self.rows(chosen, life),
            notices=tuple(notice for number, notice in told if number <= to),
            erasures=self._erasures(to),
        )

    def snapshot(self, ask: SnapshotAsk, life: Life, *, most: int = MAX_ROWS) -> Snapshot:
        """The next piece of all members, by root."""
        members = schema.members
        query = (
            select(members)
            .where(members.c.hq_seq > 0, members.c.member_id > ask.after)
            .order_by(members.c.member_id)
            .limit(most + 1)
        )
        roots = [from_member(row) for row in self._connection.execute(query)]
        chosen, more = roots[:most], len(roots) > most
        cursor = ask.as_of or self.read_at
        return Snapshot(
            timeline=self._timeline,
            cursor=cursor,
            read_at=self.read_at,
            last=chosen[-1].member_id if chosen else ask.after,
            more=more,
            includes=self.includes(),
            rows=self.rows(chosen, life),
            notices=() if more else self._all_notices(cursor),
            erasures=0 if more else self._erasures(cursor),
        )

    def row(self, member_id: str, life: Life) -> MemberRow | None:
        """The row of the member that *member_id* belongs to."""
        members = schema.members
        root = select(members.c.root).where(members.c.member_id == member_id).scalar_subquery()
        found = self._connection.execute(select(members).where(members.c.member_id == root)).first()
        return self.rows([from_member(found)], life)[0] if found else None

    def includes(self) -> tuple[LifePlace, ...]:
        """Up to which entry of each branch of each of the till's lives this snapshot counts them in."""
        lives, heads = schema.lives, schema.heads
        query = (
            select(lives.c.epoch, heads.c.seq, heads.c.hash)
            .join(heads, heads.c.life == lives.c.life)
            .order_by(lives.c.life, heads.c.seq)
        )
        if self._rules.includes_are_per_till:
            query = query.where(lives.c.till_id == self._till.till_id)
        found = [LifePlace(row.epoch, row.seq, row.hash) for row in self._connection.execute(query)]
        found += self._branching()
        return tuple(found) if self._rules.pages_say_what_they_include else ()

    def _branching(self) -> list[LifePlace]:
        """Where lives went on from others: a till that was put back knows that place, not what came after it."""
        lives, entries = schema.lives, schema.entries
        parent = lives.alias("parent")
        query = (
            select(parent.c.epoch, entries.c.seq, entries.c.hash)
            .join(parent, (parent.c.till_id == lives.c.till_id) & (parent.c.epoch == lives.c.parent_epoch))
            .join(entries, (entries.c.life == parent.c.life) & (entries.c.seq == lives.c.parent_seq))
            .where(lives.c.till_id == self._till.till_id, entries.c.hash == lives.c.parent_hash)
        )
        return [LifePlace(row.epoch, row.seq, row.hash) for row in self._connection.execute(query)]

    def rows(self, roots: Sequence[Member], life: Life) -> tuple[MemberRow, ...]:
        """The rows of whole members, in the order of *roots*."""
        if not roots:
            return ()
        return _Rows(self._connection, self._till, life, roots, self._terms).build()

    def _all_notices(self, to: int) -> tuple[Notice, ...]:
        """Everything a till that begins has to be told; of day totals the newest."""
        table = schema.notices
        mine = (table.c.store_id.is_(None)) | (table.c.store_id == self._till.store_id)
        query = select(table).where(table.c.hq_seq <= to, mine).order_by(table.c.hq_seq.desc())
        days = query.where(table.c.kind == "day_total").limit(MAX_DAY_TOTALS)
        rows = [*self._connection.execute(query.where(table.c.kind != "day_total")), *self._connection.execute(days)]
        return tuple(Notice(row.kind, row.key, row.payload) for row in reversed(rows))

    def _notices(self, start: int) -> list[tuple[int, Notice]]:
        table = schema.notices
        mine = (table.c.store_id.is_(None)) | (table.c.store_id == self._till.store_id)
        query = select(table).where(table.c.hq_seq > start, mine).order_by(table.c.hq_seq).limit(MAX_NOTICES + 1)
        return [(row.hq_seq, Notice(row.kind, row.key, row.payload)) for row in self._connection.execute(query)]

    def _erasures(self, to: int) -> int:
        """The change number of the last erasure up to *to*: what a till that applies the page has erased."""
        table = schema.notices
        query = select(table.c.hq_seq).where(table.c.kind == "erased", table.c.hq_seq <= to)
        return self._connection.scalar(query.order_by(table.c.hq_seq.desc()).limit(1)) or 0


class _Rows:
    """Builds member rows, with few queries for many members."""

    def __init__(self, connection: Connection, till: Till, life: Life, roots: Sequence[Member], terms: Terms) -> None:
        self._connection = connection
        self._till, self._life, self._roots, self._terms = till, life, roots, terms
        table = schema.members
        of_roots = among(connection, table.c.root, [each.member_id for each in roots])
        query = select(table).where(of_roots).order_by(table.c.member_id)
        self._families: defaultdict[str, list[Member]] = defaultdict(list)
        for row in connection.execute(query):
            member = from_member(row)
            self._families[member.root].append(member)
        self._ids = [each.member_id for family in self._families.values() for each in family]

    def build(self) -> tuple[MemberRow, ...]:
        points = posted_legs(self._connection, self._ids, POINTS)
        qualifying = posted_legs(self._connection, self._ids, QUALIFYING)
        granted = self._granted()
        units, uses, cards = self._units(granted), self._uses(), self._cards()
        profiles, consents = self._profiles()
        suspended, waiting = self._kept_back()
        rows = []
        for root in self._roots:
            family = self._families[root.member_id]
            ids = [each.member_id for each in family]
            family.sort(key=lambda each: each.member_id != each.root)
            held = sum(each.held for each in family)
            rows.append(
                MemberRow(
                    root=root.member_id,
                    ids=tuple(
                        MemberId(
                            each.member_id,
                            each.balance - each.held,
                            granted.get((each.member_id, POINTS), 0),
                            bool(each.confirmed),
                        )
                        for each in family
                    ),
                    balance=sum(each.balance for each in family) - held,
                    debt=sum(each.debt for each in family),
                    held=held,
                    enrolled_ms=root.enrolled_ms,
                    status=root.status,
                    tier=root.tier,
                    tier_until_ms=root.tier_until_ms,
                    visits=sum(each.visits for each in family),
                    lots=_wire_lots(_of(points, ids, self._terms.renewal_of(root))),
                    qualifying=_wire_lots(_of(qualifying, ids)),
                    uses=tuple(each for member_id in ids for each in uses.get(member_id, ())),
                    units=tuple(each for member_id in ids for each in units.get(member_id, ())),
                    cards=tuple(each for member_id in ids for each in cards.get(member_id, ())),
                    profile=_newest([each for member_id in ids for each in profiles.get(member_id, ())]),
                    consents=tuple(each for member_id in ids for each in consents.get(member_id, ())),
                    suspended=tuple(sorted({each for member_id in ids for each in suspended.get(member_id, ())})),
                    waiting=tuple(sorted({each for member_id in ids for each in waiting.get(member_id, ())})),
                    last_at_ms=root.last_at_ms or None,
                )
            )
        return tuple(rows)

    def _of_mine(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        return among(self._connection, column, self._ids)

    def _granted(self) -> dict[tuple[str, str], int]:
        table = schema.accounts
        query = select(table).where(self._of_mine(table.c.member_id), table.c.life == self._life.account)
        return {(row.member_id, row.what): row.granted for row in self._connection.execute(query)}

    def _units(self, granted: dict[tuple[str, str], int]) -> dict[str, list[UnitRow]]:
        table = schema.pools
        query = select(table).where(self._of_mine(table.c.member_id)).order_by(table.c.what)
        found: defaultdict[str, list[UnitRow]] = defaultdict(list)
        for row in self._connection.execute(query):
            lent = granted.get((row.member_id, row.what), 0)
            if row.balance or lent:
                unit = UnitRow(row.what, row.member_id, row.balance, lent, row.reward, row.expires_ms)
                found[row.member_id].append(unit)
        return found

    def _uses(self) -> dict[str, list[tuple[str, int]]]:
        table = schema.uses
        query = select(table).where(self._of_mine(table.c.member_id), table.c.times != 0).order_by(table.c.unit)
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.member_id].append((row.unit, row.times))
        return found

    def _cards(self) -> dict[str, list[CardRow]]:
        table = schema.cards
        found: defaultdict[str, list[CardRow]] = defaultdict(list)
        for row in self._connection.execute(
            select(table).where(self._of_mine(table.c.member_id)).order_by(table.c.code)
        ):
            found[row.member_id].append(CardRow(row.code, row.member_id, row.status))
        return found

    def _profiles(self) -> tuple[dict[str, list[ProfileField]], dict[str, list[Consent]]]:
        table = schema.profiles
        fields: defaultdict[str, list[ProfileField]] = defaultdict(list)
        consents: defaultdict[str, list[Consent]] = defaultdict(list)
        for row in self._connection.execute(
            select(table).where(self._of_mine(table.c.member_id)).order_by(table.c.field)
        ):
            if row.consent is not None:
                consents[row.member_id].append(consent_of(row.consent))
            else:
                version = Version(row.at_ms, row.till_id, row.epoch, row.seq)
                fields[row.member_id].append(ProfileField(row.field, row.value, version))
        return fields, consents

    def _kept_back(self) -> tuple[dict[str, list[tuple[int, int]]], dict[str, list[tuple[int, int]]]]:
        """Entries of the pulling till that HQ has, but that do not count (yet)."""
        table, lives = schema.postings, schema.lives
        query = (
            select(table.c.member_id, table.c.state, lives.c.epoch, table.c.seq)
            .join(lives, lives.c.life == table.c.life)
            .where(self._of_mine(table.c.member_id), table.c.state.in_([SUSPENDED, WAITING]))
            .where(lives.c.till_id == self._till.till_id)
        )
        suspended: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        waiting: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in self._connection.execute(query):
            (suspended if row.state == SUSPENDED else waiting)[row.member_id].append((row.epoch, row.seq))
        return suspended, waiting


def _of(legs: dict[str, list[PostedLeg]], ids: Sequence[str], renewal: Renewal | None = None) -> Lots:
    return replay([leg for member_id in ids for leg in legs.get(member_id, ())], renewal)


def _wire_lots(left: Lots) -> tuple[Lot, ...]:
    lots = []
    for each in left.lots:
        assert each.ref is not None
        lots.append(Lot(each.ref, each.at_ms or 0, each.amount_millipoints, each.available_ms, each.expires_ms))
    return tuple(lots)


def _newest(fields: list[ProfileField]) -> tuple[ProfileField, ...]:
    """Of each field the last writing, over all ids of the member."""
    newest: dict[str, ProfileField] = {}
    for each in sorted(fields, key=lambda each: each.version):
        newest[each.field] = each
    return tuple(newest[name] for name in sorted(newest))
