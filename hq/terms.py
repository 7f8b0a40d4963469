"""By which programme, and in which store's days, HQ judges a member."""

from functools import cached_property
from typing import Final

from sqlalchemy import Connection, select

from config.errors import RegularsError
from hq import schema
from hq.records import Member
from loyalty.days import StoreFacts, moment
from loyalty.lots import Renewal
from loyalty.programme.load import Programme, load_programme

MAX_PROGRAMMES_KEPT: Final = 16
_NOWHERE: Final = StoreFacts("", "UTC")


class Programmes:
    """Programme versions, compiled; the last few are kept."""

    def __init__(self) -> None:
        self._kept: dict[str, Programme] = {}

    def get(self, connection: Connection, version: str) -> Programme | None:
        """The programme of a version, if HQ has it; ProgrammeRefused when this program can't read it."""
        if version not in self._kept:
            table = schema.programmes
            text = connection.scalar(select(table.c.text).where(table.c.version == version))
            if text is None:
                return None
            while len(self._kept) >= MAX_PROGRAMMES_KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[version] = load_programme(text)
        return self._kept.get(version)

    def in_force(self, connection: Connection, now_ms: int) -> Programme | None:
        """The newest version whose start is past: one that HQ has published, or else one that a till has brought."""
        table = schema.programmes
        published = table.c.signature != b""
        query = select(table.c.version).where(table.c.start_ms <= now_ms)
        version = connection.scalar(query.order_by(published.desc(), table.c.start_ms.desc(), table.c.version).limit(1))
        try:
            return None if version is None else self.get(connection, version)
        except RegularsError:
            return None


class Terms:
    """What holds now, read at most once in a transaction."""

    def __init__(self, connection: Connection, programmes: Programmes, now_ms: int) -> None:
        self._connection = connection
        self.programmes = programmes
        self._now_ms = now_ms

    @cached_property
    def programme(self) -> Programme | None:
        """The programme in force, if HQ has one."""
        return self.programmes.in_force(self._connection, self._now_ms)

    @cached_property
    def currency(self) -> str:
        """What the first store sells in."""
        table = schema.stores
        return self._connection.scalar(select(table.c.currency).order_by(table.c.store_id).limit(1)) or "EUR"

    def store_of(self, member: Member) -> StoreFacts:
        """The store where the member was last; any one before that."""
        return self._stores.get(member.last_till) or next(iter(self._stores.values()), _NOWHERE)

    def renewal_of(self, member: Member) -> Renewal | None:
        """Until when each sale keeps the member's points, where they expire for want of activity."""
        if self.programme is None or self.programme.expiry.model != "activity":
            return None
        return self.programme.expiry.renewal(self.store_of(member))

    def expires_ms(self, member: Member) -> int | None:
        """Until when points given to the member now are good (exclusive); None: they never expire."""
        if self.programme is None:
            return None
        store = self.store_of(member)
        return self.programme.expiry.expires_ms(moment(self._now_ms, store), store)

    @cached_property
    def _stores(self) -> dict[str | None, StoreFacts]:
        tills, stores = schema.tills, schema.stores
        columns = (tills.c.till_id, stores.c.store_id, stores.c.zone, stores.c.closing_minute)
        query = select(*columns).join(stores, stores.c.store_id == tills.c.store_id).order_by(tills.c.number)
        return {row.till_id: StoreFacts(*row[1:]) for row in self._connection.execute(query)}
