"""The days of the stores, added up till by till: each entry once, a refund on its own day where the money was given."""

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, select

from hq import schema
from hq.notices import publish
from hq.rows import Fetched
from loyalty.days import StoreFacts, business_day
from loyalty.sale_bodies import SaleCompleted, SaleRefunded

if TYPE_CHECKING:
    from hq.shelf import Shelf


class DayTotal(msgspec.Struct, frozen=True, omit_defaults=True):
    """One till's day: *day* is the business day of the store, amounts in minor units and millipoints."""

    store_id: str
    day: str
    till_id: str
    sales: int = 0
    turnover_minor: int = 0
    to_pay_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0
    earned_millipoints: int = 0
    spent_millipoints: int = 0


class DayTotals:
    """What some more entries add to the days."""

    def __init__(self, shelf: "Shelf") -> None:
        self._shelf = shelf
        self._more: dict[tuple[str, str, str], DayTotal] = {}

    def add_sale(self, row: Fetched, sale: SaleCompleted) -> None:
        """A sale counts where it was made, an imported one where it is said to come from."""
        store_id = sale.imported.store if sale.imported is not None else sale.store.store_id
        quote = sale.quote
        self._add(
            row,
            store_id,
            sale.store,
            sales=1,
            turnover_minor=quote.total_minor,
            to_pay_minor=quote.to_pay_minor,
            earned_millipoints=quote.points_earned_millipoints,
            spent_millipoints=quote.points_spent_millipoints,
        )

    def add_refund(self, row: Fetched, refund: SaleRefunded) -> None:
        """A refund counts in the store that gave the money back."""
        store_id = refund.store.store_id
        if not self._shelf.rules.refund_counts_where_refunded:
            store_id = refund.sale_store or store_id
        self._add(row, store_id, refund.store, refunds=1, refunded_minor=refund.refunded_minor)

    def flush(self) -> None:
        """Add what was collected to what is kept, and tell the stores' tills."""
        table, shelf = schema.day_totals, self._shelf
        for (store_id, day, till_id), more in self._more.items():
            place = (table.c.store_id == store_id, table.c.day == day, table.c.till_id == till_id)
            before = shelf.connection.scalar(select(table.c.totals).where(*place))
            total = more if before is None else _sum(msgspec.json.decode(before, type=DayTotal), more)
            content = msgspec.json.encode(total)
            shelf.database.upsert_many(shelf.connection, table, [(store_id, day, till_id, content)])
            publish(shelf, "day_total", f"{store_id}/{day}/{till_id}", content, store_id)
        self._more.clear()

    def _add(self, row: Fetched, store_id: str, store: StoreFacts, **figures: int) -> None:
        key = (store_id, business_day(row.at_ms, store).isoformat(), row.till_id)
        empty = DayTotal(*key)
        self._more[key] = _sum(self._more.get(key, empty), msgspec.structs.replace(empty, **figures))


def totals_of(connection: Connection, store_id: str | None = None) -> list[DayTotal]:
    """Every day's totals, by store, day and till."""
    table = schema.day_totals
    query = select(table.c.totals).order_by(table.c.store_id, table.c.day, table.c.till_id)
    if store_id is not None:
        query = query.where(table.c.store_id == store_id)
    return [msgspec.json.decode(each, type=DayTotal) for each in connection.scalars(query).all()]


def _sum(one: DayTotal, other: DayTotal) -> DayTotal:
    names = DayTotal.__struct_fields__[3:]
    return msgspec.structs.replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})
