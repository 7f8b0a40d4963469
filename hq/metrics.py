"""Figures for prometheus: how much comes in, how long it takes, what waits for an operator."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select

from hq import schema
from hq.database import Database

_POSITION, _BEHIND = "position", "behind"


class Metrics:
    """HQ's figures, in a registry of their own; no label ever names a member."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "regulars_hq_requests", "Requests by path and status", ["path", "status"], registry=self.registry
        )
        self.seconds = Histogram("regulars_hq_request_seconds", "Time to answer", ["path"], registry=self.registry)
        self.entries = Counter("regulars_hq_entries", "Entries acknowledged by this process", registry=self.registry)
        self.booked = Gauge("regulars_hq_entries_booked", "Entries in the books", registry=self.registry)
        self.behind = Gauge(
            "regulars_hq_entries_behind", "Entries whose quote is still to be run again", registry=self.registry
        )
        self.open_exceptions = Gauge("regulars_hq_open_exceptions", "Exceptions that wait", registry=self.registry)
        self.tills = Gauge("regulars_hq_tills", "Tills by status", ["status"], registry=self.registry)

    def text(self, database: Database) -> bytes:
        """The figures as prometheus reads them."""
        counters, exceptions, tills = schema.counters, schema.exceptions, schema.tills
        with database.read() as connection:
            at = {row.name: row.value for row in connection.execute(select(counters))}
            waiting = connection.scalar(select(func.count()).where(exceptions.c.resolved_ms.is_(None)))
            by_status = connection.execute(select(tills.c.status, func.count()).group_by(tills.c.status)).all()
        self.booked.set(at.get(_POSITION, 0))
        self.behind.set(at.get(_POSITION, 0) - at.get(_BEHIND, 0))
        self.open_exceptions.set(waiting or 0)
        for status, count in by_status:
            self.tills.labels(status).set(count)
        return generate_latest(self.registry)
