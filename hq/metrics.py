"""Figures for prometheus: how much comes in, how long it takes, what waits for an operator."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from hq.office import Office


class Metrics:
    """HQ's figures, in a registry of their own; no label ever names a member."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "regulars_hq_requests", "Requests by path and status", ["path", "status"], registry=self.registry
        )
        self.seconds = Histogram("regulars_hq_request_seconds", "Time to answer", ["path"], registry=self.registry)
        self.entries = Counter("regulars_hq_entries", "Entries booked", registry=self.registry)
        self.open_exceptions = Gauge("regulars_hq_open_exceptions", "Exceptions that wait", registry=self.registry)
        self.tills = Gauge("regulars_hq_tills", "Tills by status", ["status"], registry=self.registry)

    def text(self, office: Office) -> bytes:
        """The figures as prometheus reads them."""
        self.open_exceptions.set(len(office.exceptions(most=10_000)))
        by_status: dict[str, int] = {}
        for till in office.tills():
            by_status[till.status] = by_status.get(till.status, 0) + 1
        for status, count in by_status.items():
            self.tills.labels(status).set(count)
        return generate_latest(self.registry)
