"""Shops."""

from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, select

from config.errors import N_, Refused, WrongUse
from config.places import known_currency, known_zone
from hq import schema
from loyalty.days import MINUTES_A_DAY
from sync.wire import Store

if TYPE_CHECKING:
    from hq.shelf import Shelf

MAX_NAME: Final = 200
MAX_STORE_ID: Final = 64


def add_store(shelf: "Shelf", asked: Store) -> Store:
    """A new shop; WrongUse for one that can't be, Refused ``store_exists``."""
    store = _checked(asked)
    table = schema.stores
    if shelf.connection.execute(select(table).where(table.c.store_id == store.store_id)).first():
        raise Refused("store_exists", N_("There is a store “{store}” already."), store=store.store_id)
    row = (store.store_id, store.name, store.zone, store.currency, store.closing_minute)
    shelf.database.insert_many(shelf.connection, table, [row])
    return store


def all_stores(connection: Connection) -> list[Store]:
    """Every shop, by its short name."""
    rows = connection.execute(select(schema.stores).order_by(schema.stores.c.store_id)).all()
    return [Store(row.store_id, row.name, row.zone, row.currency, row.closing_minute) for row in rows]


def require_store(connection: Connection, store_id: str) -> Store:
    """The store; Refused("store_unknown")."""
    found = next((each for each in all_stores(connection) if each.store_id == store_id), None)
    if found is None:
        raise Refused("store_unknown", N_("HQ has no store “{store}”. Nothing was changed."), store=store_id[:40])
    return found


def _checked(store: Store) -> Store:
    short = 0 < len(store.store_id) <= MAX_STORE_ID and store.store_id.isprintable() and "/" not in store.store_id
    if not short or not store.name.strip() or len(store.name) > MAX_NAME:
        raise WrongUse("store_malformed", N_("A store needs a short name without slashes. Nothing was changed."))
    zone, currency = known_zone(store.zone), known_currency(store.currency)
    if zone is None:
        raise WrongUse(
            "zone_unknown",
            N_("There is no time zone {zone}. Nothing was set up; name one like Europe/Warsaw."),
            zone=store.zone[:40],
        )
    if currency is None:
        raise WrongUse(
            "currency_unknown",
            N_("There is no currency {currency}. Nothing was set up; name one like PLN or EUR."),
            currency=store.currency[:10],
        )
    if not 0 <= store.closing_minute < MINUTES_A_DAY:
        raise WrongUse(
            "closing_minute", N_("The day ends between 0 and 1439 minutes after midnight. Nothing was set up.")
        )
    return Store(store.store_id, store.name.strip(), zone, currency, store.closing_minute)
