"""Where the points that a member spends come from: the one place that splits them, and that says how many there are."""

from ledger import exchange, journal
from ledger.facts import MemberFacts
from ledger.identity import till_facts
from ledger.store import View
from loyalty import lots as lots_of
from loyalty.booking import Sources
from loyalty.entries import POINTS, AccountMove
from loyalty.ids import EntryId
from sync.allowance import Purse, Spendable, pay, spendable, take_back
from terminal.till_account import MemberAccount
from terminal.till_counter import Counter
from terminal.till_sync_rows import member_row
from terminal.till_sync_state import read_state, why_frozen


def sources_of_spending(
    counter: Counter, view: View, member: MemberAccount | None, millipoints: int, at_ms: int
) -> Sources | None:
    """The accounts that pay *millipoints*; None at a till that is its own HQ: all from the member's balance there.

    Refused when this till can't decide it alone.
    """
    if member is None or counter.acts_alone(view):
        return None
    used, standin = pay(purse_of(counter, view, member, at_ms), millipoints)
    return Sources(used, standin)


def spendable_here(counter: Counter, view: View, member: MemberAccount, at_ms: int) -> Spendable:
    """What the member can spend at this till now, and why not more."""
    if counter.acts_alone(view):
        return Spendable(member.account.spendable_millipoints(at_ms))
    return spendable(purse_of(counter, view, member, at_ms))


def take_back_sources(counter: Counter, view: View, facts: MemberFacts, millipoints: int) -> tuple[AccountMove, ...]:
    """Which of this till's accounts a refund charges first, when it takes earned points back."""
    if counter.acts_alone(view):
        return ()
    return take_back(Purse(rights=_rights(view, facts), shown=0, due=0), millipoints)


def purse_of(counter: Counter, view: View, member: MemberAccount, at_ms: int) -> Purse:
    """What this till knows of the points of a member, who comes through one of their ids."""
    facts, state = member.facts, read_state(view)
    row = member_row(facts.pulled)
    floor = state.floor_millipoints if state.pulled_once else 0
    above = exchange.includes(view, facts.pulled.read_id) if facts.pulled is not None else {}
    own_share, through = None, member.through
    if row is not None:
        share = next((each for each in row.ids if each.member == through), None)
        if share is not None and not share.confirmed:
            own = (each.leg.amount for each in facts.legs if (each.leg.member, each.leg.currency) == (through, POINTS))
            own_share = share.balance + sum(own)
    return Purse(
        rights=_rights(view, facts),
        shown=member.account.points_millipoints,
        due=lots_of.due(member.account.lots, at_ms),
        own_share=own_share,
        reserved=0,
        confirmed=row is not None,
        debt=row.debt if row is not None else 0,
        standins=exchange.standins(view, above, facts.ids) if floor else 0,
        all_standins=exchange.standins(view, exchange.last_includes(view)) if floor else 0,
        floor=floor,
        floor_total=state.floor_total_millipoints,
        frozen=why_frozen(view, counter.ledger.paths),
    )


def _rights(view: View, facts: MemberFacts) -> tuple[AccountMove, ...]:
    """What each account may spend; what was earned by entries that HQ has suspended gives no right."""
    row = member_row(facts.pulled)
    lost: dict[str, int] = {}
    till_id = till_facts(view).till_id
    for epoch, seq in row.suspended if row is not None else ():
        entry = journal.entry(view, EntryId(till_id, epoch, seq))
        for move in entry.header.own if entry is not None else ():
            lost[move.member] = lost.get(move.member, 0) + move.amount
    return tuple(
        AccountMove(each.member_id, max(0, each.right_millipoints - lost.get(each.member_id, 0)))
        for each in facts.accounts
    )
