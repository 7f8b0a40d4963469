"""What a member has done so far, in sums that the journal yields: visits, spending, first and last sale."""

import msgspec

from ledger.sale_reading import REVERSALS, SALES, SaleReading, read_sale_body
from ledger.store import Transaction, View
from loyalty.entries import Entry
from loyalty.ids import EntryId


class MemberStatistics(msgspec.Struct, frozen=True):
    """*sales* without those voided or wholly refunded; *spent_minor* net of refunds; *rewards* uses of rewards."""

    sales: int = 0
    refunds: int = 0
    spent_minor: int = 0
    first_sale_ms: int | None = None
    last_sale_ms: int | None = None
    first_reward_ms: int | None = None
    rewards: int = 0


def statistics(view: View, member_id: str) -> MemberStatistics:
    """The statistics of one member id at this till."""
    row = view.row(
        "SELECT sales, refunds, spent_minor, first_sale_ms, last_sale_ms, first_reward_ms, rewards"
        " FROM member_statistics WHERE member_id = ?",
        (member_id,),
    )
    return MemberStatistics(*row) if row else MemberStatistics()


def note_reversal(tx: Transaction, sale: str, entry: Entry) -> None:
    """Remember that *entry* takes back (a part of) *sale*."""
    tx.execute("INSERT INTO reversal VALUES (?, ?, ?)", (sale, entry.epoch, entry.seq))


def count_member(tx: Transaction, entry: Entry, reading: SaleReading) -> None:
    """Count a sale or a refund for its member."""
    if reading.whole:
        # A sale taken back whole must leave no trace. Rare, so a walk over the member's sales will do.
        _write(tx, str(entry.member_id), _recount(tx, str(entry.member_id)))
        return
    sales, refunds = (1, 0) if reading.is_sale else (0, 1)
    spent_minor = reading.to_pay_minor if reading.is_sale else -reading.to_pay_minor
    tx.execute(
        "INSERT INTO member_statistics VALUES (?1, ?2, ?3, ?4, ?5, ?5, IIF(?6 > 0, ?5, NULL), ?6)"
        " ON CONFLICT DO UPDATE SET sales = sales + ?2, refunds = refunds + ?3, spent_minor = spent_minor + ?4,"
        " first_sale_ms = MIN(COALESCE(first_sale_ms, ?5), COALESCE(?5, first_sale_ms)),"
        " last_sale_ms = MAX(COALESCE(last_sale_ms, ?5), COALESCE(?5, last_sale_ms)),"
        " first_reward_ms = MIN(COALESCE(first_reward_ms, excluded.first_reward_ms),"
        " COALESCE(excluded.first_reward_ms, first_reward_ms)), rewards = rewards + ?6",
        (
            entry.member_id,
            sales,
            refunds,
            spent_minor,
            entry.at_ms if reading.is_sale else None,
            len(reading.discounts),
        ),
    )


def _recount(view: View, member_id: str) -> MemberStatistics:
    kinds = sorted(SALES | REVERSALS)
    rows = view.rows(
        "SELECT till_id, epoch, seq, kind, at_ms, body FROM entry, till WHERE member_id = ?"
        f" AND kind IN ({', '.join('?' * len(kinds))})",
        (member_id, *kinds),
    )
    readings = [(EntryId(*row[:3]), row[4], read_sale_body(row[3], row[5])) for row in rows]
    gone = {reading.sale for _, _, reading in readings if reading.whole}
    kept = [(at_ms, reading) for entry_id, at_ms, reading in readings if reading.is_sale and str(entry_id) not in gone]
    refunds = [reading for _, _, reading in readings if not reading.is_sale]
    sold_minor = sum(reading.to_pay_minor for _, _, reading in readings if reading.is_sale)
    times = [at_ms for at_ms, _ in kept]
    return MemberStatistics(
        sales=len(kept),
        refunds=len(refunds),
        spent_minor=sold_minor - sum(reading.to_pay_minor for reading in refunds),
        first_sale_ms=min(times, default=None),
        last_sale_ms=max(times, default=None),
        first_reward_ms=min((at_ms for at_ms, reading in kept if reading.discounts), default=None),
        rewards=sum(len(reading.discounts) for _, reading in kept),
    )


def _write(tx: Transaction, member_id: str, counted: MemberStatistics) -> None:
    tx.execute(
        "INSERT OR REPLACE INTO member_statistics (member_id, sales, refunds, spent_minor, first_sale_ms,"
        " last_sale_ms, first_reward_ms, rewards) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (member_id, *msgspec.structs.astuple(counted)),
    )
