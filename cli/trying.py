"""The past of a till as events, for `programme try`: what was sold, taken back, recorded and given by hand."""

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import click
import msgspec

from config.errors import N_, WrongUse
from config.i18n import _
from ledger import journal, profiles
from ledger.journal import HistoryEntry
from ledger.profiles import Profile
from ledger.store import View
from loyalty.activities import Proof
from loyalty.bodies import ActivityRecorded, decode_refund, decode_sale
from loyalty.compared import Comparison, compare
from loyalty.days import StoreFacts, business_day, day_start_ms
from loyalty.entries import Entry, Kind
from loyalty.facts import birthday_windows
from loyalty.past import Event, PastActivity, PastEntry, PastRefund, PastSale
from loyalty.programme.load import Programme
from loyalty.refunds import RefundLine
from loyalty.whatif import Replay, replay_all
from terminal.till import Till
from terminal.till_figures import PointValue, offered_value
from terminal.till_person import month_and_day, segments_of

SALES = (Kind.SALE_COMPLETED, Kind.SALE_IMPORTED)
REVERSALS = (Kind.SALE_REFUNDED, Kind.SALE_VOIDED)
AS_THEY_WERE = (
    Kind.MEMBER_ENROLLED,
    Kind.MEMBER_ERASED,
    Kind.POINTS_ADJUSTED,
    Kind.POINTS_IMPORTED,
    Kind.TIER_CHANGED,
    Kind.VOUCHER_ISSUED,
    Kind.VOUCHER_VOIDED,
)
PLAYED = (*SALES, *REVERSALS, Kind.ACTIVITY_RECORDED, *AS_THEY_WERE)
# Before the days that are played, expiry was posted as it was; within them each programme lets points expire itself.
BEFORE = (*PLAYED, Kind.POINTS_EXPIRED, Kind.EXPIRY_REVERSED)
BEGINNING = date(1970, 1, 1)
TELL_EVERY = 200
Tell = Callable[[int], object]


class Tried(NamedTuple):
    """A comparison and what was compared: *worth_minor* is what the points left to spend can take off at most, in force
    and under the draft; *names* are those of the members most affected."""

    first: date | None
    last: date
    in_force: Programme
    draft: Programme
    comparison: Comparison
    worth_minor: tuple[int, int]
    names: dict[str, str]


class _Days(NamedTuple):
    """The business days that are played."""

    first: date
    last: date


def tried(till: Till, draft: Programme, first: str | None, last: str | None) -> Tried:
    """The history of the business days *first* to *last* under the programme in force, and under *draft*."""
    counter = till.counter
    with counter.ledger.read() as view:
        now_ms = counter.clock.now_ms()
        in_force = counter.programme(view, now_ms)
        currency, store = counter.till(view).currency, counter.store(view)
        draft.plan(currency)  # one for another currency is refused before anything is played
        days = _days(first, last, counter.today(view))
        replays = (Replay(in_force, currency), Replay(draft, currency))
        with click.progressbar(length=_length(view, days), label=_("Playing the past"), file=sys.stderr) as bar:
            past = _Past(view, days, (in_force, draft))
            replay_all(replays, past.events(bar.update))
        # A history that ended long ago is judged by its own end: until today all its tiers would have been lost.
        end = business_day(past.latest_ms, store) if last is None and past.latest_ms else days.last
        end_ms = min(now_ms, day_start_ms(min(end, counter.today(view)) + timedelta(days=1), store))
        before, after = (replay.outcome(end_ms, store) for replay in replays)
        found = compare(before, after, *(replay.fared() for replay in replays))
        return Tried(
            first=None if first is None else days.first,
            last=end,
            in_force=in_force,
            draft=draft,
            comparison=found,
            worth_minor=(
                _worth(offered_value(in_force, currency), before.liability_millipoints),
                _worth(offered_value(draft, currency), after.liability_millipoints),
            ),
            names=_names(view, [each.member_id for each in found.most_affected]),
        )


class _Past:
    """Reads the journal, and makes of it what both programmes play; *latest_ms* is the newest of the events so far."""

    def __init__(self, view: View, days: _Days, programmes: tuple[Programme, ...]) -> None:
        self._view, self._days, self._programmes = view, days, programmes
        self.latest_ms = 0
        self._coming_back: set[str] = set()
        self._profiles: dict[str, Profile] = {}

    def events(self, tell: Tell) -> Iterator[Event]:
        """All events, in the order in which they were written; *tell* hears by how much it went on."""
        if self._days.first > BEGINNING:
            before = _Days(BEGINNING, self._days.first - timedelta(days=1))
            for row in self._rows(before, BEFORE, tell):
                yield PastEntry(row.entry)
        for row in self._rows(self._days, PLAYED, tell):
            self.latest_ms = max(self.latest_ms, row.entry.at_ms)
            yield self._event(row.entry)

    def _rows(self, days: _Days, kinds: tuple[Kind, ...], tell: Tell) -> Iterator[HistoryEntry]:
        told = 0
        for row in journal.entries_of_days(
            self._view, first_day=days.first, last_day=days.last, kinds=[*map(str, kinds)]
        ):
            yield row
            if row.position - told >= TELL_EVERY:
                tell(row.position - told)
                told = row.position

    def _event(self, entry: Entry) -> Event:
        if entry.kind in SALES:
            return self._sale(entry)
        if entry.kind in REVERSALS:
            refund = decode_refund(entry.body)
            if refund.sale in self._coming_back:
                lines = [RefundLine(line.line, line.quantity_milli) for line in refund.lines]
                return PastRefund(refund.sale, entry.at_ms, lines)
        if entry.kind == Kind.ACTIVITY_RECORDED and entry.member_id is not None:
            body = msgspec.json.decode(entry.body, type=ActivityRecorded)
            return PastActivity(
                entry.at_ms,
                body.store,
                entry.member_id,
                body.activity,
                Proof(body.reference, body.manager),
                segments_of(self._profile(entry.member_id).segments),
                self._windows(entry.member_id, entry.at_ms, body.store),
            )
        return PastEntry(entry)

    def _sale(self, entry: Entry) -> PastSale:
        sale = decode_sale(entry.body)
        comes_back = bool(journal.reversals(self._view, entry.id))
        if comes_back:
            self._coming_back.add(str(entry.id))
        played = PastSale(str(entry.id), entry.at_ms, sale.store, sale.basket, comes_back=comes_back)
        account = sale.account
        if account is None:
            return played
        return played._replace(
            member_id=account.member_id,
            choices=sale.choices,
            segments=account.segments,
            birthday_windows=self._windows(account.member_id, entry.at_ms, sale.store),
            status=account.status,
        )

    def _windows(self, member_id: str, at_ms: int, store: StoreFacts) -> tuple[int, ...]:
        """The days around the birthday that either programme asks for, as they were then."""
        birthday = self._profile(member_id).birthday
        if birthday is None:
            return ()
        month_day, today = month_and_day(birthday), business_day(at_ms, store)
        return tuple({days for each in self._programmes for days in birthday_windows(each, *month_day, today)})

    def _profile(self, member_id: str) -> Profile:
        """What is known of the member now; read once."""
        known = self._profiles.get(member_id)
        if known is None:
            known = self._profiles[member_id] = profiles.profile(self._view, member_id) or Profile()
        return known


def _days(first: str | None, last: str | None, today: date) -> _Days:
    days = _Days(BEGINNING if first is None else _day(first), today if last is None else _day(last))
    if days.first > days.last:
        raise WrongUse("period_wrong", N_("The first day is after the last. Nothing was changed."))
    return days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse("day_wrong", N_("“{text}” is not a day. Write it like 2026-05-31."), text=text[:20]) from error


def _length(view: View, days: _Days) -> int:
    newest = journal.recent(view, limit=1)
    size = newest[0].position if newest else 1
    return size * 2 if days.first > BEGINNING else size


def _worth(value: PointValue, millipoints: int) -> int:
    """What so many points can take off at most."""
    return millipoints * value.minor // value.millipoints if value.millipoints else 0


def _names(view: View, member_ids: list[str]) -> dict[str, str]:
    """What the till calls these members, where it knows."""
    known = ((member_id, profiles.profile(view, member_id)) for member_id in member_ids)
    return {member_id: profile.name for member_id, profile in known if profile is not None and profile.name}
