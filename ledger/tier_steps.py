"""When each member first reached each tier by buying: from this, reports tell how long members take."""

from ledger.sale_reading import SaleReading
from ledger.store import Transaction
from loyalty.entries import Entry
from loyalty.ids import parse_entry_id


def note_tier(tx: Transaction, entry: Entry, reading: SaleReading, day: int) -> None:
    """Note the tier that a sale led to, unless the member had it before; a sale taken back whole led nowhere."""
    if reading.tier_after is not None:
        tx.execute(
            "INSERT INTO tier_reached VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (entry.member_id, reading.tier_after, entry.at_ms, day, entry.epoch, entry.seq),
        )
    if reading.whole and reading.sale is not None and (sale := _seq_of(reading.sale)) is not None:
        tx.execute("DELETE FROM tier_reached WHERE member_id = ? AND epoch = ? AND seq = ?", (entry.member_id, *sale))


def _seq_of(sale: str) -> tuple[int, int] | None:
    try:
        entry_id = parse_entry_id(sale)
    except ValueError:
        return None
    return entry_id.epoch, entry_id.seq
