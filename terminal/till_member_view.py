"""A member as shown: points, what of them can be spent and why not more, tier, stamps, cards, history."""

from datetime import date, timedelta

import msgspec

from config.formats import local_time
from ledger import journal, profiles
from ledger.journal import HistoryEntry
from ledger.sale_reading import read_sale
from ledger.store import View
from loyalty import lots as lots_of
from loyalty.account import ACTIVE, Account
from loyalty.days import StoreFacts, business_day
from loyalty.entries import POINTS
from loyalty.lots import Lot
from loyalty.money import MILLI
from loyalty.programme.load import Programme
from sync.allowance import MERGE_UNCONFIRMED, Spendable
from terminal.till_account import MemberAccount, read_account
from terminal.till_cards import cards_of
from terminal.till_counter import Counter
from terminal.till_member_shapes import HistoryRow, LotShown, MemberShown, StampsShown, TierShown
from terminal.till_person import month_and_day
from terminal.till_profile import shown as profile_shown
from terminal.till_quoting import names_of
from terminal.till_shapes import Why
from terminal.till_spending import spendable_here
from terminal.till_vouchers import OPEN, vouchers_of

HISTORY_ROWS = 20
BIRTHDAY_DAYS = 7


class _Notes(msgspec.Struct, frozen=True):
    """What a history reads out of bodies of any kind, tolerantly."""

    sale: str | None = None
    store: StoreFacts | None = None
    reason: str | None = None
    activity: str | None = None


_decode_notes = msgspec.json.Decoder(_Notes).decode


def show_member(counter: Counter, view: View, member_id: str, *, history: int = HISTORY_ROWS) -> MemberShown:
    """Everything about a member, under any of their ids; Refused ``member_unknown``.

    The id shown is the surviving one's; but the one that was asked for while a merge waits to be confirmed, so that
    what is then sold is bounded by what that one brought.
    """
    now_ms = counter.clock.now_ms()
    store = counter.store(view)
    programme = counter.programme(view, now_ms)
    member = read_account(counter, view, programme, member_id, now_ms, store)
    facts, account, _ = member
    spendable = spendable_here(counter, view, member, now_ms)
    profile = profile_shown(view, account.member_id)
    names = names_of(programme)
    soonest = lots_of.next_expiry(account.lots, now_ms)
    reasons = why_not(member, spendable, now_ms, store)
    waits = any(why.reason == MERGE_UNCONFIRMED for why in reasons)
    return MemberShown(
        member_id=member.through if waits else account.member_id,
        number=facts.member.number,
        name=profile.name,
        status=facts.member.status,
        points_millipoints=account.points_millipoints,
        pending_millipoints=account.pending_millipoints(now_ms),
        spendable_millipoints=spendable.millipoints if account.status == ACTIVE else 0,
        debt_millipoints=0 if facts.pulled is None else facts.pulled.debt_millipoints,
        why_not=reasons,
        lots=tuple(_lot(lot) for lot in account.lots),
        next_expiry=None
        if soonest is None
        else LotShown(amount_millipoints=soonest[0], earned_ms=None, available_ms=None, expires_ms=soonest[1]),
        tier=_tier(account, programme),
        qualifying_millipoints=account.qualifying_millipoints,
        stamps=tuple(
            StampsShown(card=card.id, name=card.name, stamps=account.stamps.get(card.id, 0), size=card.size)
            for card in programme.model.stamp_cards
        ),
        vouchers=tuple(each for each in vouchers_of(member, programme, now_ms) if each.status == OPEN),
        cards=cards_of(view, facts.ids),
        history=history_of(view, facts.ids, limit=history),
        profile=profile,
        enrolled_ms=facts.member.enrolled_ms,
        visits=account.visits,
        birthday_in_days=_birthday_in_days(view, account.member_id, programme, business_day(now_ms, store)),
        greeting=names.greetings.get(account.tier or ""),
    )


def why_not(member: MemberAccount, spendable: Spendable, at_ms: int, store: StoreFacts) -> tuple[Why, ...]:
    """Why not all that is shown can be spent now: the reasons with how many points each."""
    facts, account, _ = member
    reasons = []
    if account.status != ACTIVE:
        reasons.append(Why(reason=str(account.status)))
    pending = account.pending_millipoints(at_ms)
    if pending:
        until_ms = min(lot.available_ms or 0 for lot in account.lots if (lot.available_ms or 0) > at_ms)
        until = local_time(until_ms, store.zone).date().isoformat()
        reasons.append(Why(reason="pending", params={"millipoints": pending, "until": until}))
    expired = sum(lot.amount_millipoints for lot in lots_of.expired(account.lots, at_ms))
    if expired:
        reasons.append(Why(reason="expired_not_posted", params={"millipoints": expired}))
    if facts.pulled is not None and facts.pulled.debt_millipoints:
        reasons.append(Why(reason="debt", params={"millipoints": facts.pulled.debt_millipoints}))
    due = max(0, min(lots_of.due(account.lots, at_ms), account.points_millipoints))
    if spendable.millipoints < due:
        missing = {"millipoints": due - spendable.millipoints}
        reasons += [Why(reason=reason, params=missing) for reason in spendable.why_not]
    return tuple(reasons)


def history_of(
    view: View, member_ids: tuple[str, ...], *, limit: int, before: int | None = None
) -> tuple[HistoryRow, ...]:
    """A member's entries, the newest first, before the position *before*."""
    found = journal.member_history(view, member_ids, before=before, limit=limit)
    return tuple(_row(each, frozenset(member_ids)) for each in found)


def _row(found: HistoryEntry, member_ids: frozenset[str]) -> HistoryRow:
    entry = found.entry
    reading = read_sale(entry)
    body = _notes(entry.body)
    amount = None if reading is None else reading.to_pay_minor if reading.is_sale else -reading.to_pay_minor
    return HistoryRow(
        entry_id=str(entry.id),
        position=found.position,
        at_ms=entry.at_ms,
        kind=entry.kind,
        points_millipoints=sum(
            leg.amount for leg in entry.header.legs if leg.currency == POINTS and leg.member in member_ids
        ),
        cashier=entry.cashier_id,
        store=body.store.store_id if body.store else None,
        amount_minor=amount,
        sale_id=str(entry.id) if reading is not None and reading.is_sale else body.sale,
        reason=body.reason or body.activity,
    )


def _notes(body: bytes | msgspec.Raw) -> _Notes:
    try:
        return _decode_notes(body)
    except msgspec.ValidationError:
        return _Notes()


def _lot(lot: Lot) -> LotShown:
    return LotShown(
        amount_millipoints=lot.amount_millipoints,
        earned_ms=lot.at_ms,
        available_ms=lot.available_ms,
        expires_ms=lot.expires_ms,
    )


def _tier(account: Account, programme: Programme) -> TierShown | None:
    """The member's tier and the way to the next; None where the programme has no tiers."""
    tiers = programme.model.tier
    if not tiers:
        return None
    needed = [int(each.from_points * MILLI) for each in tiers]
    level = next((place for place, each in enumerate(tiers) if each.id == account.tier), -1)
    further = level + 1 if level + 1 < len(tiers) else None
    missing = 0 if further is None else max(0, needed[further] - account.qualifying_millipoints)
    return TierShown(
        id="" if level < 0 else tiers[level].id,
        name="" if level < 0 else tiers[level].name,
        until_ms=account.tier_until_ms,
        next=None if further is None else tiers[further].id,
        next_name=None if further is None else tiers[further].name,
        missing_millipoints=missing,
        progress_permille=_progress(account.qualifying_millipoints, needed, level),
    )


def _progress(qualifying_millipoints: int, needed: list[int], level: int) -> int:
    if level + 1 >= len(needed):
        return 1000
    start = needed[level] if level >= 0 else 0
    done = (qualifying_millipoints - start) * 1000 // max(1, needed[level + 1] - start)
    return min(1000, max(0, done))


def _birthday_in_days(view: View, member_id: str, programme: Programme, today: date) -> int | None:
    """How far the birthday is, where it is near: as near as the programme looks, or a week."""
    profile = profiles.profile(view, member_id)
    if profile is None or profile.birthday is None:
        return None
    month, day = month_and_day(profile.birthday)
    near = max((*programme.birthday_days, BIRTHDAY_DAYS))
    for distance in sorted(range(-near, near + 1), key=abs):
        then = today + timedelta(days=distance)
        leap_day_moved = (month, day) == (2, 29) and (then + timedelta(days=1)).month == 3 and then.day == 28
        if (then.month, then.day) == (month, day) or leap_day_moved:
            return distance
    return None
