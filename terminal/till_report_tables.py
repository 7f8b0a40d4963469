"""The tables of the manager's reports, each a function of a period."""

from collections.abc import Sequence

import msgspec

from ledger import journal, reports, staff
from ledger.journal import HistoryEntry
from ledger.reports import SaleSums, Span
from ledger.store import View
from loyalty.bodies import ActivityRecorded, FlagRaised, OverrideGranted, PointsAdjusted, SaleRefunded
from loyalty.entries import POINTS, Entry, Kind
from loyalty.programme.load import Programme
from terminal.till_report_shapes import Cell, Column, RewardRow, Table, Unit

TOP = 20
MAX_EXCEPTIONS = 500
MAX_ENTRIES_READ = 50_000
RECENCY_DAYS = (30, 90, 180, 365)
FREQUENCIES = (10, 5, 2)
_NOTABLE = (
    Kind.FLAG_RAISED,
    Kind.SALE_REFUNDED,
    Kind.SALE_VOIDED,
    Kind.POINTS_ADJUSTED,
    Kind.OVERRIDE_GRANTED,
    Kind.VOUCHER_VOIDED,
    Kind.MEMBER_BLOCKED,
    Kind.CARD_BLOCKED,
    Kind.TIER_CHANGED,
)


def by_day(view: View, span: Span, _programme: Programme | None) -> Table:
    """Each day of the period."""
    rows = reports.sale_sums_by(view, span, "day").items()
    return Table(
        id="by_day",
        columns=_columns(
            day="day", sales="count", to_pay="minor", refunded="minor", earned="millipoints", spent="millipoints"
        ),
        rows=tuple(
            (day, s.sales, s.to_pay_minor, s.refunded_minor, s.earned_millipoints, s.spent_millipoints)
            for day, s in rows
        ),
    )


def heat_map(view: View, span: Span, _programme: Programme | None) -> Table:
    """Weekday (0 is Monday) by hour."""
    rows = reports.sale_sums_by(view, span, "weekday_hour").items()
    return Table(
        id="heat_map",
        columns=_columns(weekday="weekday", hour="hour", sales="count", to_pay="minor"),
        rows=tuple((int(place) // 24, int(place) % 24, s.sales, s.to_pay_minor) for place, s in rows),
    )


def categories(view: View, span: Span, _programme: Programme | None) -> Table:
    """The best-selling categories."""
    return _ranking("categories", reports.products(view, span, limit=TOP))


def products(view: View, span: Span, _programme: Programme | None) -> Table:
    """The best-selling products."""
    return _ranking("products", reports.products(view, span, by_sku=True, limit=TOP))


def rewards(view: View, span: Span, programme: Programme | None) -> Table:
    """Rewards, the most used first, with what they cost."""
    rows = reward_rows(view, span, programme)
    return Table(
        id="rewards",
        columns=_columns(reward="text", name="text", times="count", cost="minor", points="millipoints"),
        rows=tuple((r.reward, r.name, r.times, r.amount_minor, r.points_millipoints) for r in rows),
    )


def rules(view: View, span: Span, programme: Programme | None) -> Table:
    """What each rule gave."""
    names = {rule.id: rule.name or rule.id for rule in programme.model.rules} if programme else {}
    rules = reports.subjects(view, span, "rule")
    return Table(
        id="rules",
        columns=_columns(rule="text", name="text", times="count", points="millipoints"),
        rows=tuple((r.name, names.get(r.name, r.name), r.times, r.millipoints) for r in rules),
    )


def activities(view: View, span: Span, _programme: Programme | None) -> Table:
    """Acts other than purchases."""
    sums: dict[str, list[int]] = {}
    for row in _entries(view, span, (Kind.ACTIVITY_RECORDED,)):
        body = msgspec.json.decode(row.entry.body, type=ActivityRecorded)
        counted = sums.setdefault(body.activity, [0, 0])
        counted[0] += 1
        counted[1] += body.millipoints
    ranked = sorted(sums.items(), key=lambda each: (-each[1][0], each[0]))
    return Table(
        id="activities",
        columns=_columns(activity="text", times="count", points="millipoints"),
        rows=tuple((name, times, points) for name, (times, points) in ranked[:TOP]),
    )


def stores(view: View, span: Span, _programme: Programme | None) -> Table:
    """Each store that this ledger knows."""
    return Table(
        id="stores",
        columns=_columns(store="text", sales="count", to_pay="minor", refunded="minor"),
        rows=tuple(
            (store, s.sales, s.to_pay_minor, s.refunded_minor)
            for store, s in reports.sale_sums_by(view, span, "store").items()
        ),
    )


def by_cashier(view: View, span: Span, _programme: Programme | None) -> Table:
    """What each cashier did."""
    names = staff_names(view)
    sums = reports.sale_sums_by(view, span, "cashier")
    counted = [
        reports.kinds_by_cashier(view, span, kind)
        for kind in (Kind.POINTS_ADJUSTED, Kind.OVERRIDE_GRANTED, Kind.MEMBER_ENROLLED)
    ]
    everybody = sorted({*map(str, sums), *(cashier for each in counted for cashier in each)})
    return Table(
        id="cashiers",
        columns=_columns(
            cashier="text",
            name="text",
            sales="count",
            to_pay="minor",
            refunds="count",
            voids="count",
            refunded="minor",
            adjustments="count",
            overrides="count",
            enrolments="count",
        ),
        rows=tuple(
            (
                cashier,
                names.get(cashier),
                *_worked(sums.get(cashier, SaleSums())),
                *(each.get(cashier, 0) for each in counted),
            )
            for cashier in everybody
        ),
    )


def notable(view: View, span: Span, _programme: Programme | None) -> Table:
    """What a manager should look at, the newest first."""
    rows = sorted(_entries(view, span, _NOTABLE), key=lambda row: -row.position)[:MAX_EXCEPTIONS]
    return Table(
        id="exceptions",
        columns=_columns(
            at="moment",
            kind="text",
            cashier="text",
            member="text",
            what="text",
            points="millipoints",
            money="minor",
        ),
        rows=tuple(_notable_row(row.entry) for row in rows),
        entries=tuple(str(row.entry.id) for row in rows),
    )


def tiers(view: View, programme: Programme | None) -> Table:
    """Active members by tier."""
    names = {tier.id: tier.name for tier in programme.model.tier} if programme else {}
    counts = [each for each in reports.member_counts(view) if each.status == "active"]
    return Table(
        id="tiers",
        columns=_columns(tier="text", name="text", members="count"),
        rows=tuple((each.tier, names.get(each.tier or "", each.tier), each.members) for each in counts),
    )


def recency_frequency(view: View, now_ms: int) -> Table:
    """Buyers by how long ago they bought last, and how often they have."""
    found = reports.recency_frequency(view, now_ms=now_ms, recency_days=RECENCY_DAYS, frequencies=FREQUENCIES)
    return Table(
        id="recency_frequency",
        columns=_columns(within_days="count", least_sales="count", members="count", spent="minor"),
        rows=tuple(
            (
                RECENCY_DAYS[each.recency] if each.recency < len(RECENCY_DAYS) else None,
                FREQUENCIES[each.frequency] if each.frequency < len(FREQUENCIES) else 1,
                each.members,
                each.spent_minor,
            )
            for each in found
        ),
    )


def _entries(view: View, span: Span, kinds: Sequence[Kind]) -> list[HistoryEntry]:
    """The entries of *kinds* in *span*, in order; of very many the first MAX_ENTRIES_READ."""
    found: list[HistoryEntry] = []
    after = 0
    while len(found) < MAX_ENTRIES_READ and (
        page := journal.entries_of_days(
            view, first_day=span.first, last_day=span.last, kinds=[kind.value for kind in kinds], after=after
        )
    ):
        found += page
        after = page[-1].position
    return found


def _ranking(name: str, ranked: Sequence[reports.Ranked]) -> Table:
    return Table(
        id=name,
        columns=_columns(
            category="text", sku="text", lines="count", quantity="milli", amount="minor", member_amount="minor"
        ),
        rows=tuple(
            (each.category, each.sku, each.lines, each.quantity_milli, each.amount_minor, each.member_amount_minor)
            for each in ranked
        ),
    )


def reward_rows(view: View, span: Span, programme: Programme | None) -> tuple[RewardRow, ...]:
    """Rewards of the period with their names."""
    names = {reward.id: reward.name for reward in programme.model.rewards} if programme else {}
    return tuple(
        RewardRow(
            reward=each.name,
            name=names.get(each.name, each.name),
            times=each.times,
            amount_minor=each.amount_minor,
            points_millipoints=each.millipoints,
        )
        for each in reports.subjects(view, span, "reward")
    )


def _worked(sums: SaleSums) -> tuple[int, ...]:
    return sums.sales, sums.to_pay_minor, sums.refunds, sums.voids, sums.refunded_minor


def _notable_row(entry: Entry) -> tuple[Cell, ...]:
    points = sum(leg.amount for leg in entry.header.legs if leg.currency == POINTS)
    what, money = _said(entry)
    return entry.at_ms, entry.kind, entry.cashier_id, entry.member_id, what, points, money


def _said(entry: Entry) -> tuple[str | None, int | None]:
    """What an entry's body says of itself in a word, and the money it moved."""
    match entry.kind:
        case Kind.FLAG_RAISED:
            return msgspec.json.decode(entry.body, type=FlagRaised).flag, None
        case Kind.SALE_REFUNDED | Kind.SALE_VOIDED:
            refund = msgspec.json.decode(entry.body, type=SaleRefunded)
            return refund.sale, -refund.refunded_minor
        case Kind.POINTS_ADJUSTED:
            return msgspec.json.decode(entry.body, type=PointsAdjusted).reason, None
        case Kind.OVERRIDE_GRANTED:
            return msgspec.json.decode(entry.body, type=OverrideGranted).act, None
    return None, None


def staff_names(view: View) -> dict[str, str]:
    """Everybody who works or has worked here."""
    return {each.cashier_id: each.name for each in staff.list_staff(view, include_removed=True)}


def _columns(**units: Unit) -> tuple[Column, ...]:
    return tuple(Column(id=name, unit=unit) for name, unit in units.items())
